// `ferry withdraw`: takes leavers and switched-off applications out of the estate.
#include "cli/passage.hpp"
#include "cli/program.hpp"
#include "cli/selection.hpp"

namespace ferry {

namespace {

AdvancePlan plan_withdrawal(std::span<const Sites::Place> selected) {
    AdvancePlan plan;
    for (const Sites::Place& place : selected) {
        const Fleet& fleet = place.site->replica.fleet;
        if (fleet.at(place.number).presence == v1::STATE_WITHDRAWN) {
            ++plan.already;
            continue;
        }
        plan.steps.push_back({plan.travellers.size(), v1::ACTION_WITHDRAW});
        plan.travellers.emplace_back(fleet.id(place.number));
    }
    return plan;
}

ExitCode withdraw(Session& session, const SelectionOptions& options) {
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    const auto selected = select_entities(**sites, options);
    if (!selected) return session.report(selected.error());
    Tally tally("withdrawn", "would be withdrawn");
    const auto ran =
        run_passage(session, **sites, plan_withdrawal(*selected), "withdrawing", tally);
    tally.print(session);
    if (!ran) return session.report(ran.error());
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace

void add_withdraw(CLI::App& app, Session& session) {
    const auto options = std::make_shared<SelectionOptions>();
    Verb verb(
        app, "withdraw",
        "Take users or applications out of the estate\n\n"
        "Examples:\n"
        "  ferry withdraw user:bob@contoso.com --reason 'left the company'\n"
        "  ferry withdraw @leavers.txt --dry-run\n\n"
        "Possible from legacy, coexist-test and pilot. Who is withdrawn keeps no pool alive; an "
        "import or a register brings them back.");
    add_selection_options(verb, *options);
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { withdraw(session, *options); });
}

}  // namespace ferry
