#include "cli/wave_create.hpp"

#include "cli/answer.hpp"
#include "cli/import/letter_case.hpp"
#include "cli/local_time.hpp"
#include "engine/request_wave.hpp"
#include "engine/words.hpp"
#include "events/clock.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

/// A time of the command line as the log keeps it; empty where none is given.
Result<std::string> absolute(const std::string& text, const std::string& zone,
                             std::string_view option) {
    if (text.empty()) return std::string();
    const auto time = time_in_zone(text, zone);
    if (time) return to_rfc3339(*time);
    return fail(Errc::usage, fmt::format("{}: {}", option, time.error().message));
}

v1::PlanWave plan_of(const WaveCreation& creation, const std::string& site) {
    v1::PlanWave plan;
    plan.set_site(site);
    plan.set_to(creation.to);
    plan.set_size_max(static_cast<std::uint32_t>(creation.size_max));
    plan.set_time_zone(creation.time_zone);
    plan.set_pace(static_cast<std::uint32_t>(creation.pace));
    plan.set_concurrency(static_cast<std::uint32_t>(creation.concurrency));
    plan.set_failure_budget(creation.failure_budget);
    plan.set_pilot(creation.pilot);
    for (const std::string& before : creation.after) plan.add_after(intake::lower_case(before));
    return plan;
}

void add_member(v1::PlanWave& plan, NamedMember& member) {
    if (!member.start.empty() || !member.complete_by.empty()) {
        v1::MemberWindow& own = *plan.add_windows();
        own.set_member(member.entity);
        own.set_start(std::move(member.start));
        own.set_complete_by(std::move(member.complete_by));
    }
    plan.add_members(std::move(member.entity));
}

/// The commands: one, or as many as the size limit splits the members into.
std::vector<v1::Command> commands_of(Sites& sites, const WaveCreation& creation,
                                     const v1::PlanWave& plan, std::vector<NamedMember> members) {
    const std::string id = intake::lower_case(wave_id(creation.name));
    const std::size_t each =
        creation.split && creation.size_max != 0 ? creation.size_max : members.size();
    std::vector<v1::Command> commands;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i % each == 0) {
            const bool whole = each >= members.size();
            commands.push_back(
                sites.command(whole ? id : fmt::format("{}-{}", id, commands.size() + 1)));
            *commands.back().mutable_plan_wave() = plan;
            if (commands.size() > 1)
                commands.back().mutable_plan_wave()->add_after(
                    commands[commands.size() - 2].entity());
        }
        add_member(*commands.back().mutable_plan_wave(), members[i]);
    }
    return commands;
}

void leave_out_planned(Sites& sites, NamedMembers& named) {
    std::erase_if(named.members, [&](const NamedMember& member) {
        const auto place = sites.find(member.entity);
        return place && unfinished_wave_of(place->site->replica.fleet, place->number).value != 0;
    });
}

ExitCode print_findings(Session& session, const std::vector<intake::Finding>& findings) {
    for (const intake::Finding& finding : findings) session.err << to_text(finding) << '\n';
    session.err << "ferry: nothing was written; correct what is named above\n";
    return session.exit = ExitCode::bad_input;
}

void print_planned(Session& session, Sites& sites, const std::string& site,
                   std::span<const v1::Command> commands) {
    const Fleet& fleet = sites.named(site)->replica.fleet;
    for (const v1::Command& command : commands) {
        const auto number = fleet.find(command.entity());
        const WaveState* wave = number ? wave_of(fleet, *number) : nullptr;
        if (!wave) continue;
        session.out << fmt::format("  {}: {} to {}, {} of them there already\n", command.entity(),
                                   counted(wave->total(), "member"), command.plan_wave().to(),
                                   wave->moved);
    }
}

}  // namespace

void add_members_options(Verb& verb, SelectionOptions& options) {
    verb.add_option("MEMBERS", options.selectors,
                    "create: FILE.csv with a column of addresses, or what `advance` takes: an "
                    "entity, pool:NAME/users, a share such as 5%, @FILE");
    verb.add_option("--pool", options.pool, "create: members of this pool alone");
    verb.add_option("--kind", options.kind, "create: members of this kind alone")
        .one_of({"user", "application"});
    verb.add_option("--state", options.state, "create: members in this state alone")
        .one_of({"legacy", "coexist-test", "pilot", "production"});
    verb.add_option("--class", options.application_class,
                    "create: applications of this class alone");
}

ExitCode create_wave(Session& session, const WaveCreation& creation) {
    if (creation.to.empty())
        return session.report({Errc::usage, "say where to: --to pilot or --to production"});
    if (creation.members.selectors.empty())
        return session.report({Errc::usage, "say who is in it: FILE.csv, a selector such as "
                                            "pool:NAME/users, or a share such as 5% with --pool"});
    if (creation.split && creation.size_max == 0)
        return session.report({Errc::usage, "--split needs --size-max: how many a wave may have"});
    auto start = absolute(creation.start, creation.time_zone, "--start");
    if (!start) return session.report(start.error());
    auto complete_by = absolute(creation.complete_by, creation.time_zone, "--complete-by");
    if (!complete_by) return session.report(complete_by.error());
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    auto named = wave_members(**sites, creation.members, creation.time_zone);
    if (!named) return session.report(named.error());
    if (!named->findings.empty()) return print_findings(session, named->findings);
    if (creation.free) leave_out_planned(**sites, *named);
    if (named->members.empty())
        return session.report(
            {Errc::bad_input, "everybody named is in an unfinished wave already; `ferry wave list` "
                              "shows them. A share holds the smaller ones: with --free, name a "
                              "larger one to get the next"});
    v1::PlanWave plan = plan_of(creation, named->site);
    plan.set_start(std::move(*start));
    plan.set_complete_by(std::move(*complete_by));
    const auto commands = commands_of(**sites, creation, plan, std::move(named->members));
    const auto results = (*sites)->execute(commands);
    if (!results) return session.report(results.error());
    // Each of a split comes after the one before it, so nothing is said of those behind a refusal.
    std::size_t planned = 0;
    while (planned < commands.size() && print_answer(session, named->site, commands[planned],
                                                     (*results)[planned]) == ExitCode::done)
        ++planned;
    if (!session.json)
        print_planned(session, **sites, named->site, std::span(commands).first(planned));
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace ferry
