#include "cli/unasked_check.hpp"

#include "engine/spelling.hpp"

#include <fmt/format.h>

namespace ferry {

void warn_where_unasked(Session& session, const Pack& pack, const std::string& check) {
    NearestWord nearest(check);
    bool asked = check == compatibility_check || check == forced_move_check;
    const auto offer = [&](const std::string& name) {
        asked = asked || name == check;
        nearest.offer(name);
    };
    for (const std::string& name : pack.coexistence_checks) offer(name);
    for (const CheckRule& rule : pack.checks) offer(rule.check);
    for (const RequiredChecks& required : pack.required)
        for (const std::string& name : required.checks) offer(name);
    if (asked) return;
    session.warn(fmt::format("no rule of the pack {} asks for the check `{}`{}", pack.name, check,
                             nearest.found().empty()
                                 ? std::string()
                                 : fmt::format("; did you mean `{}`?", nearest.found())));
}

}  // namespace ferry
