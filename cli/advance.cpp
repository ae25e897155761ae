// `ferry advance`: brings one or many entities to a lifecycle state, by the commands on the way.
#include "cli/passage.hpp"
#include "cli/program.hpp"
#include "cli/selection.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

struct AdvanceOptions {
    SelectionOptions selection;
    std::string to;
    std::size_t limit = 0;
};

/// What would not follow each traveller to the new side, asked before anybody moves.
std::vector<std::vector<StaysBehind>> look_behind(Sites& sites, const AdvancePlan& plan) {
    std::vector<std::vector<StaysBehind>> all;
    for (const std::string& traveller : plan.travellers) {
        const auto place = sites.find(traveller);
        all.push_back(place ? what_stays_behind(place->site->replica.fleet,
                                                sites.pack(*place->site), place->number)
                            : std::vector<StaysBehind>());
    }
    return all;
}

ExitCode advance(Session& session, const AdvanceOptions& options) {
    const auto to = lifecycle_of(options.to);
    FERRY_ASSERT(to && *to != v1::STATE_LEGACY, "the parser takes only states forward");
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    const auto selected = select_entities(**sites, options.selection);
    if (!selected) return session.report(selected.error());
    const AdvancePlan plan = plan_advance(*selected, *to, options.limit);
    Tally tally("moved", "would move");
    const bool looks = session.dry_run && *to >= v1::STATE_PILOT;
    auto behind = looks ? look_behind(**sites, plan) : std::vector<std::vector<StaysBehind>>();
    const auto ran = run_passage(session, **sites, plan, "advancing", tally);
    for (std::size_t i = 0; i < behind.size() && ran; ++i)
        if ((*ran)[i])
            for (StaysBehind& each : behind[i]) tally.stays_behind.push_back(std::move(each));
    tally.print(session);
    if (!ran) return session.report(ran.error());
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace

void add_advance(CLI::App& app, Session& session) {
    const auto options = std::make_shared<AdvanceOptions>();
    Verb verb(
        app, "advance",
        "Bring entities to a state, by every command on the way\n\n"
        "Examples:\n"
        "  ferry advance pool:ocs01.contoso.com --to coexist-test\n"
        "  ferry advance 5% --pool ocs01.contoso.com --to pilot --reason 'wave 1'\n"
        "  ferry advance pool:ocs01.contoso.com/users --to production\n"
        "  ferry advance @wave-2.txt --to production --dry-run\n\n"
        "A member goes to pilot by coexistence, to production from wherever it is; a pool takes "
        "each step in turn. Whoever is there already is left alone, and an entity stops at its "
        "first refusal. With --dry-run it also lists what would not follow to the new side: "
        "meetings, and clients that cannot sign in there. Going back is a rollback.");
    add_selection_options(verb, options->selection);
    verb.add_option("--to", options->to, "The state to bring them to")
        .required()
        .one_of({"coexist-test", "pilot", "production", "retired"});
    verb.add_option("--limit", options->limit, "Move at most this many").positive();
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { advance(session, *options); });
}

}  // namespace ferry
