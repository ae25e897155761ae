#include "cli/entity_argument.hpp"

#include "cli/import/letter_case.hpp"
#include "engine/spelling.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

/// Whether `typed` is `id` but for its kind, or for what follows a short name or an account:
/// `ocs01` and `pool:ocs01` of `pool:ocs01.contoso.com`, `alice` of `user:alice@contoso.com`.
bool begins(std::string_view id, std::string_view typed) {
    if (typed.find(':') == typed.npos) id.remove_prefix(id.find(':') + 1);
    if (!id.starts_with(typed)) return false;
    return id.size() == typed.size() || id[typed.size()] == '.' || id[typed.size()] == '@';
}

std::string nearest_id(Sites& sites, const std::string& typed) {
    NearestWord nearest(typed);
    std::string begun;
    for (const Site& site : sites.all())
        for (std::size_t number = 1; number <= site.replica.fleet.size(); ++number) {
            const std::string_view id = site.replica.fleet.id({number});
            nearest.offer(id);
            // A pool is meant more often than the users whose addresses begin alike.
            if (begins(id, typed) && (begun.empty() || id.starts_with("pool:"))) begun = id;
        }
    return begun.empty() ? nearest.found() : begun;
}

}  // namespace

std::string entity_id(std::string_view typed) {
    constexpr std::string_view scheme = "sip:";
    std::string id = intake::lower_case(typed);
    const auto colon = id.find(':');
    const bool bare = colon == id.npos || id.starts_with(scheme);
    const std::size_t name_at = bare ? 0 : colon + 1;
    if (std::string_view(id).substr(name_at).starts_with(scheme)) id.erase(name_at, scheme.size());
    if (bare && id.find('@') != id.npos) id.insert(0, "user:");
    return id;
}

Result<Sites::Place> find_entity(Sites& sites, std::string_view typed) {
    const std::string id = entity_id(typed);
    if (const auto parsed = parse_entity(id); !parsed) {
        const std::string nearest = id.empty() ? "" : nearest_id(sites, id);
        if (nearest.empty()) return std::unexpected(parsed.error());
        return fail(Errc::bad_input,
                    fmt::format("{}; did you mean `{}`?", parsed.error().message, nearest));
    }
    if (const auto place = sites.find(id)) return *place;
    for (const Site& site : sites.all())
        if (sites.is_lost(site.name) && site.replica.fleet.find(id))
            return fail(Errc::bad_input,
                        fmt::format("{} is known only by what site {} wrote after it was taken "
                                    "over, which is part of nothing; read that with `ferry events "
                                    "--site {}`",
                                    id, site.name, site.name));
    if (sites.all().empty())
        return fail(Errc::bad_input,
                    fmt::format("unknown entity `{}`: nothing is registered here yet; begin with "
                                "`ferry import`, or name the right logs with --log",
                                id));
    const std::string nearest = nearest_id(sites, id);
    return fail(Errc::bad_input,
                nearest.empty()
                    ? fmt::format("unknown entity `{}`; `ferry show --all` lists what is known", id)
                    : fmt::format("unknown entity `{}`; did you mean `{}`?", id, nearest));
}

std::optional<v1::Action> action_argument(std::string_view typed) {
    for (int value = v1::Action_MIN; value <= v1::Action_MAX; ++value) {
        if (!v1::Action_IsValid(value) || value == v1::ACTION_UNSPECIFIED) continue;
        const auto action = static_cast<v1::Action>(value);
        if (typed == word(action) || typed == json_name(action)) return action;
    }
    return std::nullopt;
}

}  // namespace ferry
