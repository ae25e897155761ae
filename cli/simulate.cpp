// `ferry simulate`: what a command would bring, tried on a copy in memory.
#include "cli/advance_plan.hpp"
#include "cli/passage.hpp"
#include "cli/program.hpp"
#include "cli/rollback_question.hpp"
#include "cli/selection.hpp"
#include "cli/wave_run.hpp"
#include "engine/words.hpp"
#include "projections/what_if.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>

namespace ferry {

namespace {

constexpr std::size_t lines_shown = 10;

struct SimulateOptions {
    std::string what;
    SelectionOptions selection;
    std::string to;
    bool with_members = false;
};

/// One site's share of what was simulated.
struct Simulated {
    std::string site;
    Position position;
    WhatIfResult result;
};

boost::json::object json_of(const SimulateOptions& options, const Simulated& simulated) {
    const WhatIfResult& result = simulated.result;
    const RollbackPlan& back = result.way_back;
    boost::json::object json{{"simulated", options.what},
                             {"site", simulated.site},
                             {"position", simulated.position.value},
                             {"decisions", result.decisions},
                             {"wouldMove", result.moved},
                             {"refused", result.refused},
                             {"holds", result.holds}};
    boost::json::array& refusals = json["refusals"].emplace_array();
    for (const auto& [guard, group] : result.refusals)
        refusals.push_back(boost::json::object{{"guard", guard},
                                               {"count", group.count},
                                               {"entity", group.entity},
                                               {"reason", group.reason}});
    boost::json::array& lost = json["lost"].emplace_array();
    for (const StaysBehind& each : result.lost)
        lost.push_back(boost::json::object{{"entity", each.entity},
                                           {"kind", each.kind},
                                           {"subject", each.subject},
                                           {"reason", each.reason}});
    boost::json::array& apart = json["apart"].emplace_array();
    for (const Apart& each : result.apart)
        apart.push_back(boost::json::object{{"who", each.who}, {"reason", each.reason}});
    json["wayBack"] =
        boost::json::object{{"reversible", back.count(Reversibility::reversible)},
                            {"withLoss", back.count(Reversibility::with_loss)},
                            {"notReversible", back.count(Reversibility::not_reversible)},
                            {"leftBehind", back.left_behind.size()}};
    return json;
}

/// A list that is cut: what is on a screen at three in the morning is read, the rest is in --json.
template <class Values, class Line>
void print_list(std::ostream& out, std::string_view title, const Values& values, Line line) {
    if (values.empty()) return;
    out << fmt::format("  {}: {}\n", title, values.size());
    std::size_t shown = 0;
    for (const auto& value : values) {
        if (shown++ == lines_shown) {
            out << fmt::format("    and {} more; --json lists them\n", values.size() - lines_shown);
            return;
        }
        out << "    " << line(value) << '\n';
    }
}

void print_text(std::ostream& out, const SimulateOptions& options, const Simulated& simulated) {
    const WhatIfResult& result = simulated.result;
    const RollbackPlan& back = result.way_back;
    out << fmt::format("{}: {} simulated on a copy of {}:{}, nothing is written\n", simulated.site,
                       options.what, simulated.site, simulated.position.value);
    if (options.what != "rollback")
        out << fmt::format("  would move {}, refused {}\n", result.moved, result.refused);
    if (!result.holds.empty()) out << fmt::format("  would not be done: {}\n", result.holds);
    for (const auto& [guard, group] : result.refusals)
        out << fmt::format("    {} {}, such as {}: {}\n", group.count, guard, group.entity,
                           group.reason);
    print_list(out, "would be lost", result.lost, [](const StaysBehind& each) {
        return fmt::format("{} {} {}: {}", each.entity, each.kind, each.subject, each.reason);
    });
    print_list(out, "could not talk", result.apart,
               [](const Apart& each) { return fmt::format("{}: {}", each.who, each.reason); });
    out << fmt::format("  the way back: {} reversible, {} with loss, {} not reversible\n",
                       back.count(Reversibility::reversible), back.count(Reversibility::with_loss),
                       back.count(Reversibility::not_reversible));
    for (const PlanItem& item : back.items)
        if (item.group == Reversibility::not_reversible && !item.reasons.empty()) {
            out << fmt::format("    {}: {}\n", item.entity, item.reasons.front());
            break;
        }
}

ExitCode print_all(Session& session, const SimulateOptions& options,
                   const std::vector<Simulated>& all) {
    for (const Simulated& each : all) {
        if (session.json) session.out << boost::json::serialize(json_of(options, each)) << '\n';
        else print_text(session.out, options, each);
        if (each.result.refused > 0 || !each.result.holds.empty()) session.exit = ExitCode::refused;
    }
    return session.exit;
}

using Simulations = Result<std::vector<Simulated>>;

Simulations simulate_wave(Session& session, Sites& sites, const std::string& name) {
    const auto place = find_wave(sites, name);
    if (!place) return std::unexpected(place.error());
    const Fleet& fleet = place->site->replica.fleet;
    WhatIf what_if(fleet, *session.pack, session.actor, SystemClock().now());
    what_if.run_wave(place->number);
    std::vector<EntityNumber> scope;
    for (const std::uint32_t member : wave_of(fleet, place->number)->members)
        scope.push_back({member});
    std::vector<Simulated> all;
    const v1::State to = wave_of(fleet, place->number)->to;
    all.push_back({place->site->name, fleet.position, what_if.finish(scope, to)});
    return all;
}

Simulations simulate_advance(Session& session, Sites& sites, const SimulateOptions& options) {
    const auto to = lifecycle_of(options.to);
    if (!to || *to == v1::STATE_LEGACY)
        return fail(Errc::usage, "say where to: --to coexist-test, pilot, production or retired");
    const auto selected = select_entities(sites, options.selection);
    if (!selected) return std::unexpected(selected.error());
    const AdvancePlan plan = plan_advance(*selected, *to, 0);
    std::map<Site*, WhatIf> copies;
    std::map<Site*, std::vector<EntityNumber>> scopes;
    for (const Sites::Place& place : *selected) {
        copies.try_emplace(place.site, place.site->replica.fleet, *session.pack, session.actor,
                           SystemClock().now());
        scopes[place.site].push_back(place.number);
    }
    std::vector<bool> refused(plan.travellers.size());
    for (const AdvanceStep& step : plan.steps) {
        if (refused[step.traveller]) continue;
        v1::Command command;
        command.set_entity(plan.travellers[step.traveller]);
        set_action(command, step.action);
        const auto place = sites.find(command.entity());
        refused[step.traveller] = !copies.at(place->site).try_out(std::move(command));
    }
    std::vector<Simulated> all;
    all.reserve(copies.size());
    for (auto& [site, copy] : copies)
        all.push_back({site->name, site->replica.fleet.position, copy.finish(scopes[site], *to)});
    return all;
}

Simulations simulate_rollback(Session& session, Sites& sites, const SimulateOptions& options) {
    RollbackRequest request;
    request.to = options.to;
    request.selectors = options.selection.selectors;
    request.with_members = options.with_members;
    if (request.to.empty()) return fail(Errc::usage, "say where to: --to POSITION, TIME or LABEL");
    const auto parts = plan_request(sites, request, "");
    if (!parts) return std::unexpected(parts.error());
    std::vector<Simulated> all;
    for (const SiteRollback& part : *parts) {
        const Fleet& fleet = part.site->replica.fleet;
        WhatIf what_if(fleet, *session.pack, session.actor, SystemClock().now());
        what_if.set_back(part.plan);
        Simulated simulated{part.site->name, fleet.position, what_if.finish(part.plan.scope)};
        WhatIfResult& result = simulated.result;
        for (const PlanItem& item : part.plan.items) {
            for (const PlannedRemediation& each : item.remediations)
                result.lost.push_back({item.entity, each.kind, each.subject,
                                       item.reasons.empty() ? "" : item.reasons.front()});
            if (item.group != Reversibility::not_reversible) continue;
            ++result.refused;
            if (RefusedGroup& group = result.refusals["not-reversible"]; group.count++ == 0)
                group = {1, item.entity, item.reasons.empty() ? "" : item.reasons.front()};
        }
        for (const LeftBehind& each : part.plan.left_behind) {
            ++result.refused;
            if (RefusedGroup& group = result.refusals["left-behind"]; group.count++ == 0)
                group = {1, each.entity, each.reason};
        }
        all.push_back(std::move(simulated));
    }
    return all;
}

ExitCode simulate(Session& session, const SimulateOptions& options) {
    const auto& selectors = options.selection.selectors;
    if (options.what == "wave" && selectors.size() != 1)
        return session.report({Errc::usage, "say which wave: `ferry simulate wave NAME`"});
    if (options.what == "advance" && selectors.empty())
        return session.report(
            {Errc::usage, "say who: `ferry simulate advance SELECTOR --to pilot`"});
    const auto sites = Sites::open(session, false);
    if (!sites) return session.report(sites.error());
    const auto all = options.what == "wave" ? simulate_wave(session, **sites, selectors.front())
                     : options.what == "advance" ? simulate_advance(session, **sites, options)
                                                 : simulate_rollback(session, **sites, options);
    if (!all) return session.report(all.error());
    print_all(session, options, *all);
    if (const ExitCode damaged = (*sites)->warn_about_logs(); damaged != ExitCode::done)
        return damaged;
    return session.exit;
}

}  // namespace

void add_simulate(CLI::App& app, Session& session) {
    const auto options = std::make_shared<SimulateOptions>();
    Verb verb(app, "simulate",
              "Try a wave, an advance or a rollback on a copy in memory\n\n"
              "Examples:\n"
              "  ferry simulate wave w1\n"
              "  ferry simulate advance pool:ocs01.contoso.com/users --to pilot\n"
              "  ferry simulate rollback --to before-pilot 'pool:ocs01.contoso.com/*' --json\n\n"
              "Says who would be refused by which guard, what would be lost, who could not talk to "
              "whom meanwhile, and what the way back would cost. Nothing is written. A wave is "
              "tried as if all it waits for came in time and every move succeeded.");
    verb.add_option("WHAT", options->what, "What to try")
        .required()
        .one_of({"wave", "advance", "rollback"});
    verb.add_option("SELECTOR", options->selection.selectors,
                    "A wave's name; or entities, as the verb itself takes them");
    verb.add_option("--to", options->to,
                    "advance: the state to bring them to; rollback: a position, time or label");
    verb.add_option("--pool", options->selection.pool, "advance: members of this pool alone");
    verb.add_option("--kind", options->selection.kind, "advance: entities of this kind alone")
        .one_of({"pool", "user", "application"});
    verb.add_option("--state", options->selection.state, "advance: entities in this state alone")
        .one_of({"legacy", "coexist-test", "pilot", "production", "retired"});
    verb.add_option("--class", options->selection.application_class,
                    "advance: applications of this class alone");
    verb.add_flag("--with-members", options->with_members,
                  "rollback: take the members of pools in scope along");
    verb.add_option("--actor", session.actor,
                    "Who would ask (default: FERRY_ACTOR, else the login name)");
    add_read_options(verb, session);
    verb.callback([&session, options] { simulate(session, *options); });
}

}  // namespace ferry
