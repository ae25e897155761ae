// `ferry plan`: the checklist of a pool, or of every pool of a site, from here to retired.
#include "cli/entity_argument.hpp"
#include "cli/program.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "engine/spelling.hpp"
#include "engine/words.hpp"
#include "projections/checklist.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace ferry {

namespace {

struct PlanOptions {
    std::string of;
    std::string at;
};

struct Planned {
    const SiteView& site;
    const Pack& pack;
    Checklist list;
};

boost::json::object step_json(const ChecklistStep& step) {
    boost::json::array blockers;
    for (const ChecklistStep::Blocker& each : step.blocked_by)
        blockers.push_back(boost::json::object{{"guard", std::string(name_of(each.guard))},
                                               {"reason", each.reason},
                                               {"blocks", each.blocks}});
    boost::json::object json{{"step", step.what},
                             {"kind", std::string(word(step.kind))},
                             {"action", std::string(word(step.action))},
                             {"standing", std::string(name_of(step.standing))}};
    if (!step.application_class.empty()) json["applicationClass"] = step.application_class;
    if (step.done + step.left > 0) {
        json["done"] = step.done;
        json["left"] = step.left;
        json["ready"] = step.ready;
    }
    json["blockedBy"] = std::move(blockers);
    if (!step.no_return.empty()) json["noReturn"] = step.no_return;
    if (!step.loses.empty()) json["loses"] = step.loses;
    if (step.people > 0) json["people"] = step.people;
    return json;
}

void print_json(Session& session, const Planned& planned) {
    const Fleet& fleet = *planned.site.fleet;
    boost::json::array steps;
    for (const ChecklistStep& step : planned.list.steps) steps.push_back(step_json(step));
    session.out << boost::json::serialize(
                       boost::json::object{{"site", fleet.site},
                                           {"pool", planned.list.pool},
                                           {"successor", planned.list.successor},
                                           {"lifecycle", std::string(word(planned.list.lifecycle))},
                                           {"position", fleet.position.value},
                                           {"pack", planned.pack.name},
                                           {"packPosition", fleet.pack.value},
                                           {"users", planned.list.users},
                                           {"steps", std::move(steps)}})
                << '\n';
}

std::string people_text(std::uint64_t people) { return counted(people, "person", "people"); }

std::string notes_of(const ChecklistStep& step) {
    if (!step.no_return.empty()) return fmt::format("NO RETURN for {}", people_text(step.people));
    if (!step.loses.empty()) return fmt::format("way back loses, for {}", people_text(step.people));
    return "";
}

std::string count_of(const ChecklistStep& step) {
    if (step.done + step.left == 0) return "";
    return step.left == 0 ? fmt::format("{} done", step.done)
                          : fmt::format("{} done, {} left", step.done, step.left);
}

/// Reasons stand under the step they block; what lies further ahead names its guards alone.
void print_text(Session& session, const Planned& planned) {
    const Fleet& fleet = *planned.site.fleet;
    session.out << fmt::format(
        "pool:{} → {}, in {}  ({}:{}, pack {})\n", planned.list.pool,
        planned.list.successor.empty() ? "no successor named" : planned.list.successor,
        word(planned.list.lifecycle), fleet.site, fleet.position.value, planned.pack.name);
    Table table({}, 2);
    for (const ChecklistStep& step : planned.list.steps) {
        std::string guards;
        for (const ChecklistStep::Blocker& each : step.blocked_by)
            guards += fmt::format("{}{}", guards.empty() ? "needs " : ", ", name_of(each.guard));
        std::string note = notes_of(step);
        if (!guards.empty()) note += (note.empty() ? "" : "; ") + guards;
        table.add({std::string(name_of(step.standing)), step.what, count_of(step), note});
    }
    table.print(session.out);
    for (const ChecklistStep& step : planned.list.steps) {
        const bool now =
            step.standing == StepStanding::blocked || step.standing == StepStanding::next;
        for (const ChecklistStep::Blocker& each : step.blocked_by)
            if (now)
                session.out << fmt::format(
                    "  {} is blocked{} by {}: {}\n", step.what,
                    step.kind == v1::KIND_POOL ? "" : fmt::format(" for {}", each.blocks),
                    name_of(each.guard), each.reason);
        if (!step.no_return.empty() && step.standing != StepStanding::done)
            session.out << fmt::format("  {} cannot be undone: {}\n", step.what, step.no_return);
    }
}

/// The site where the argument names one.
std::string site_argument(const std::vector<SiteView>& sites, const std::string& argument) {
    constexpr std::string_view prefix = "site:";
    std::string name = argument.starts_with(prefix) ? argument.substr(prefix.size()) : argument;
    for (const SiteView& site : sites)
        if (site.fleet->site == name) return name;
    return argument.starts_with(prefix) ? name : "";
}

Result<void> unknown(const std::vector<SiteView>& sites, const std::string& argument) {
    NearestWord nearest(argument.substr(argument.find(':') + 1));
    for (const SiteView& site : sites) {
        nearest.offer(site.fleet->site);
        for (std::size_t number = 1; number <= site.fleet->size(); ++number)
            if (site.fleet->at({number}).kind == v1::KIND_POOL)
                nearest.offer(site.fleet->name({number}));
    }
    return fail(
        Errc::bad_input,
        fmt::format("there is no pool or site `{}`; {}", argument,
                    nearest.found().empty() ? "`ferry status` lists them"
                                            : fmt::format("did you mean `{}`?", nearest.found())));
}

ExitCode plan(Session& session, const PlanOptions& options) {
    const auto view = View::open(session, options.at);
    if (!view) return session.report(view.error());
    const auto sites = (*view)->sites();
    if (!sites) return session.report(sites.error());
    const std::string argument = entity_id(options.of);
    const std::string pool = argument.substr(argument.find(':') + 1);
    const std::string whole = site_argument(*sites, options.of);
    bool first = true;
    for (const SiteView& site : *sites) {
        const Fleet& fleet = *site.fleet;
        if (!whole.empty() && fleet.site != whole) continue;
        for (std::size_t number = 1; number <= fleet.size(); ++number) {
            const EntityNumber at{number};
            if (fleet.at(at).kind != v1::KIND_POOL) continue;
            if (whole.empty() && fleet.name(at) != pool) continue;
            const Pack& pack = pack_in_force(fleet, *session.pack);
            const Planned planned{site, pack, checklist_of(fleet, pack, at, session.actor)};
            if (!first && !session.json) session.out << '\n';
            session.json ? print_json(session, planned) : print_text(session, planned);
            first = false;
        }
    }
    if (first)
        if (const auto missing = unknown(*sites, options.of); !missing)
            return session.report(missing.error());
    return (*view)->finish();
}

}  // namespace

void add_plan(CLI::App& app, Session& session) {
    const auto options = std::make_shared<PlanOptions>();
    Verb verb(
        app, "plan",
        "List what is left to do until a pool is retired\n\n"
        "Examples:\n"
        "  ferry plan pool:ocs01.contoso.com\n"
        "  ferry plan site:paris --json\n\n"
        "Each step is done, next, blocked (by which guard, and for how many) or later. Steps from "
        "which there is no way back say so, and how many people they concern.");
    verb.add_option("POOL", options->of, "A pool, or site:NAME for all of its pools").required();
    verb.add_option("--actor", session.actor,
                    "Who would ask (default: FERRY_ACTOR, else the login name)");
    add_moment_option(verb, options->at);
    add_read_options(verb, session);
    verb.callback([&session, options] { plan(session, *options); });
}

}  // namespace ferry
