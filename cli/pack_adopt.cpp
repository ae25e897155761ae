#include "cli/pack_adopt.hpp"

#include "cli/answer.hpp"
#include "cli/view.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

/// What is known of every entity, to tell afterwards what an adoption changed.
std::vector<Small<v1::State>> knowledge_of(const Fleet& fleet) {
    std::vector<Small<v1::State>> known;
    for (const Entity& entity : fleet.entities) known.push_back(entity.knowledge);
    return known;
}

void print_changes(Session& session, const Fleet& fleet,
                   const std::vector<Small<v1::State>>& before) {
    for (std::size_t number = 1; number < before.size() && number <= fleet.size(); ++number) {
        const v1::State was = before[number];
        const v1::State is = fleet.at({number}).knowledge;
        if (was != is)
            session.out << fmt::format("  {} {}: {} → {}\n", fleet.id({number}),
                                       word(region_of(is)), word(was), word(is));
    }
}

Result<std::vector<std::string>> sites_to_adopt(Session& session, Sites& sites,
                                                const std::string& only) {
    if (sites.all().empty()) return std::unexpected(no_log_at(session));
    std::vector<std::string> names;
    for (const Site& site : sites.all())
        if (only.empty() ? !sites.is_lost(site.name) : site.name == only)
            names.push_back(site.name);
    if (names.empty())
        return fail(Errc::bad_input,
                    fmt::format("there is no site `{}`; `ferry status` lists the sites", only));
    return names;
}

/// False where nothing more can be given.
bool adopt_in(Session& session, Sites& sites, const std::string& name, const PackSource& pack) {
    const Fleet& fleet = sites.named(name)->replica.fleet;
    if (!fleet.packs.empty() && fleet.packs.back()->toml == pack.toml) {
        session.err << fmt::format("{}: pack {} is in force already, since position {}\n", name,
                                   pack.reading.pack->name, fleet.pack.value);
        return true;
    }
    v1::Command command = sites.command("site:" + name);
    command.mutable_adopt_pack()->set_toml(pack.toml);
    const auto before = knowledge_of(fleet);
    // By the rules as they are before it is adopted, which a dry run does too.
    const auto& approvals = sites.pack(*sites.named(name)).approvals;
    const bool needs_approval = std::ranges::any_of(
        approvals, [](const ApprovalRule& rule) { return rule.action == v1::ACTION_ADOPT_PACK; });
    const auto results = sites.execute(std::span(&command, 1));
    if (!results) {
        session.report(results.error());
        return false;
    }
    print_answer(session, name, command, results->front());
    if (session.dry_run && !session.json && needs_approval)
        session.out << fmt::format("  approved by: ferry approve site:{} adopt-pack --plan {}\n",
                                   name, to_hex(sha256(bytes_of(pack.toml))));
    if (!session.json) print_changes(session, sites.named(name)->replica.fleet, before);
    return true;
}

}  // namespace

ExitCode adopt_pack(Session& session, const std::string& pack, const std::string& only_site) {
    const auto source = right_pack(session, pack);
    if (!source) return session.exit;
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    const auto names = sites_to_adopt(session, **sites, only_site);
    if (!names) return session.report(names.error());
    for (const std::string& name : *names)
        if (!adopt_in(session, **sites, name, *source)) return session.exit;
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace ferry
