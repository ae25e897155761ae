#include "cli/tally.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace ferry {

namespace {

constexpr std::size_t behind_listed_max = 20;

}  // namespace

void Tally::count(const std::string& guard, std::string_view entity, const std::string& reason) {
    Group& group = groups_[guard];
    if (group.count++ > 0) return;
    group.entity = entity;
    group.reason = reason;
}

void Tally::refuse(std::string_view entity, const v1::CommandResult& result) {
    ++refused;
    for (const auto& failed : result.failed_guards())
        count(failed.guard(), entity, failed.reason());
    if (result.failed_guards().empty())
        count(result.outcome() == "NO_TRANSITION" ? "no-transition"
              : result.outcome() == "CONFLICT"    ? "conflict"
                                                  : "invalid",
              entity, result.message());
}

std::vector<std::pair<std::string, Tally::Group>> Tally::groups_by_count() const {
    std::vector<std::pair<std::string, Group>> groups(groups_.begin(), groups_.end());
    std::stable_sort(groups.begin(), groups.end(), [](const auto& left, const auto& right) {
        return left.second.count > right.second.count;
    });
    return groups;
}

void Tally::print_text(Session& session) const {
    const bool dry = session.dry_run;
    session.out << fmt::format("{} {}, already there {}, {} {}\n", dry ? would_ : past_, moved,
                               already, dry ? "would be refused" : "refused", refused);
    for (const auto& [guard, group] : groups_by_count())
        session.out << fmt::format("  {} {}, such as {}: {}\n", group.count, guard, group.entity,
                                   group.reason);
    print_stays_behind(session);
}

void Tally::print_stays_behind(Session& session) const {
    if (stays_behind.empty()) return;
    std::map<std::string_view, std::size_t> kinds;
    for (const StaysBehind& each : stays_behind) ++kinds[each.kind];
    session.out << "does not follow to the new side:";
    for (const auto& [kind, count] : kinds)
        session.out << fmt::format("{} {} {}", kind == kinds.begin()->first ? "" : ",", count,
                                   kind);
    session.out << '\n';
    const std::size_t listed = std::min(stays_behind.size(), behind_listed_max);
    for (std::size_t i = 0; i < listed; ++i) {
        const StaysBehind& each = stays_behind[i];
        session.out << fmt::format("  {}: {} {} {}\n", each.entity, each.kind, each.subject,
                                   each.reason);
    }
    if (listed < stays_behind.size())
        session.out << fmt::format("  … and {} more; --json lists all\n",
                                   stays_behind.size() - listed);
}

void Tally::print_json(Session& session) const {
    boost::json::array refusals;
    for (const auto& [guard, group] : groups_by_count())
        refusals.push_back({{"guard", guard},
                            {"count", group.count},
                            {"example", group.entity},
                            {"reason", group.reason}});
    boost::json::object object{{past_, moved},
                               {"already", already},
                               {"refused", refused},
                               {"refusals", std::move(refusals)},
                               {"dryRun", session.dry_run}};
    if (session.dry_run) {
        boost::json::array& behind = object["staysBehind"].emplace_array();
        for (const StaysBehind& each : stays_behind)
            behind.push_back(boost::json::object{{"entity", each.entity},
                                                 {"kind", each.kind},
                                                 {"subject", each.subject},
                                                 {"reason", each.reason}});
    }
    session.out << boost::json::serialize(object) << '\n';
}

ExitCode Tally::print(Session& session) const {
    if (session.json) print_json(session);
    else print_text(session);
    if (refused > 0) session.exit = ExitCode::refused;
    return session.exit;
}

}  // namespace ferry
