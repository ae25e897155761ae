// `ferry wave`: members that are moved together, from the plan to the end or back.
#include "cli/answer.hpp"
#include "cli/import/letter_case.hpp"
#include "cli/program.hpp"
#include "cli/rollback.hpp"
#include "cli/wave_create.hpp"
#include "cli/wave_run.hpp"
#include "cli/wave_status.hpp"
#include "engine/request_wave.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

struct WaveOptions {
    std::string what;
    WaveCreation creation;
    WaveStatusOptions status;
    RollbackOptions rollback;
    bool no_wait = false;
};

bool is_one_of(std::string_view what, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, what) != words.end();
}

/// Whether anything was given that only a plan has a use for.
bool plans(const WaveCreation& given) {
    const SelectionOptions& members = given.members;
    for (const std::string& text :
         {given.to, given.start, given.complete_by, given.time_zone, given.failure_budget,
          members.pool, members.kind, members.state, members.application_class})
        if (!text.empty()) return true;
    return given.size_max + given.pace + given.concurrency > 0 || given.split || given.free ||
           given.pilot || !given.after.empty();
}

/// One command to the wave; true where it was done.
Result<bool> steer(Session& session, const std::string& name,
                   const std::function<void(v1::Command&)>& set) {
    auto sites = Sites::open(session, true);
    if (!sites) return std::unexpected(sites.error());
    const auto place = find_wave(**sites, name);
    if (!place) return std::unexpected(place.error());
    v1::Command command = (*sites)->command(wave_id(name));
    set(command);
    const auto results = (*sites)->execute(std::span(&command, 1));
    if (!results) return std::unexpected(results.error());
    const bool done =
        print_answer(session, place->site->name, command, results->front()) == ExitCode::done;
    if (auto closed = (*sites)->close(); !closed) return std::unexpected(closed.error());
    return done;
}

void set_action(const std::string& what, v1::Command& command) {
    if (what == "start") command.mutable_start_wave();
    if (what == "pause") command.mutable_pause_wave();
    if (what == "resume") command.mutable_resume_wave();
    if (what == "retry-failed") command.mutable_resume_wave()->set_retry_failed(true);
    if (what == "stop") command.mutable_stop_wave();
}

/// To the moment before it first ran, its members and nobody else; then it is over. The rollback is
/// found done by whoever asks again after a crash between the two.
ExitCode roll_back(Session& session, WaveOptions& options) {
    const std::string& name = options.creation.name;
    {
        auto sites = Sites::open(session, true);
        if (!sites) return session.report(sites.error());
        if ((*sites)->warn_about_logs() != ExitCode::done) return session.exit;
        const auto place = find_wave(**sites, name);
        if (!place) return session.report(place.error());
        const WaveState& wave = *wave_of(place->site->replica.fleet, place->number);
        const v1::State state = place->site->replica.fleet.at(place->number).lifecycle;
        if (wave.started.value == 0 || state == v1::STATE_WAVE_ROLLED_BACK) {
            session.err << fmt::format("refused: wave:{} {}\n", name,
                                       wave.started.value == 0
                                           ? "has never run, so there is nothing to set back; "
                                             "`ferry wave stop` ends it"
                                           : "was rolled back already");
            return session.exit = ExitCode::refused;
        }
        // A runner at work would make every plan stale before it is agreed to.
        if (state == v1::STATE_WAVE_RUNNING && !session.dry_run) {
            v1::Command pause = (*sites)->command(wave_id(name));
            pause.mutable_pause_wave();
            if (const auto paused = (*sites)->execute(std::span(&pause, 1)); !paused)
                return session.report(paused.error());
            session.err << fmt::format("wave:{} is paused for it\n", name);
        }
        options.rollback.request.to =
            fmt::format("{}:{}", place->site->name, wave.started.value - 1);
        options.rollback.request.selectors = {wave_id(name)};
        plan_and_run(session, **sites, options.rollback);
        if (session.exit != ExitCode::done || session.dry_run) return session.exit;
        if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    }
    const auto done = steer(session, name, [](v1::Command& command) {
        command.mutable_stop_wave()->set_rolled_back(true);
    });
    return done ? session.exit : session.report(done.error());
}

ExitCode wave(Session& session, WaveOptions& options) {
    const std::string& what = options.what;
    std::string& name = options.creation.name;
    name = intake::lower_case(name);
    if (name.starts_with("wave:")) name.erase(0, 5);
    const bool needs_name = what != "status" && what != "list";
    if (needs_name && name.empty())
        return session.report(
            {Errc::usage, fmt::format("say which wave to {}: `ferry wave {} NAME`", what, what)});
    if (what == "list" && !name.empty())
        return session.report(
            {Errc::usage, "list takes no name; `ferry wave status NAME` shows one"});
    if (what != "create" &&
        (!options.creation.members.selectors.empty() || plans(options.creation)))
        return session.report({Errc::usage, fmt::format("{} takes the wave's name alone; members, "
                                                        "windows and limits are given to create",
                                                        what)});
    if (what == "create") return create_wave(session, options.creation);
    if (!needs_name) {
        options.status.name = name;
        return wave_status(session, options.status);
    }
    if (what == "run") return run_wave(session, name);
    if (what == "rollback") return roll_back(session, options);
    const auto done =
        steer(session, name, [&](v1::Command& command) { set_action(what, command); });
    if (!done) return session.report(done.error());
    const bool goes = is_one_of(what, {"start", "resume", "retry-failed"});
    if (!*done || !goes || options.no_wait || session.dry_run) return session.exit;
    return run_wave(session, name);
}

void add_plan_options(Verb& verb, WaveCreation& creation) {
    add_members_options(verb, creation.members);
    verb.add_option("--to", creation.to, "create: the state to bring them to")
        .one_of({"pilot", "production"});
    verb.add_option("--size-max", creation.size_max, "create: at most this many members")
        .positive();
    verb.add_flag("--split", creation.split,
                  "create: as many waves as --size-max asks for: NAME-1, NAME-2, …, in turn");
    verb.add_flag("--free", creation.free,
                  "create: leave out whoever is in another unfinished wave");
    verb.add_option("--start", creation.start, "create: nobody is moved before");
    verb.add_option("--complete-by", creation.complete_by, "create: nobody is moved after");
    verb.add_option("--time-zone", creation.time_zone,
                    "create: of times without an offset, such as Europe/Paris");
    verb.add_option("--pace", creation.pace, "create: members a minute at most").positive();
    verb.add_option("--concurrency", creation.concurrency, "create: open moves at once at most")
        .positive();
    verb.add_option("--failure-budget", creation.failure_budget,
                    "create: hold once so many have failed, such as 5 or 2%");
    verb.add_flag("--pilot", creation.pilot, "create: bulk waves of its pools wait for it");
    verb.add_option("--after", creation.after, "create: a wave that has to be completed first")
        .one_value_each();
}

}  // namespace

void add_wave(CLI::App& app, Session& session) {
    const auto options = std::make_shared<WaveOptions>();
    Verb verb(
        app, "wave",
        "Move members together: plan, start, hold, retry, roll back\n\n"
        "Examples:\n"
        "  ferry wave create w1 wave-1.csv --to pilot --pilot --failure-budget 2%\n"
        "  ferry wave create w2 5% --pool ocs01.contoso.com --to pilot --start 2027-03-01T20:00 "
        "--time-zone Europe/Paris\n"
        "  ferry wave start w1\n"
        "  ferry wave status --follow\n"
        "  ferry wave retry-failed w1\n"
        "  ferry wave rollback w1 --dry-run\n\n"
        "start, resume and retry-failed also run the wave until it is done, holds, or Ctrl-C; run "
        "does so for one that is running. One failing member blocks nobody: it holds by itself "
        "once its failure budget is spent, or where a check is inconclusive. rollback sets its "
        "members back to exactly what they were before it first ran.");
    verb.add_option("WHAT", options->what, "What to do")
        .required()
        .one_of({"create", "start", "run", "pause", "resume", "retry-failed", "stop", "rollback",
                 "status", "list"});
    verb.add_option("NAME", options->creation.name, "Which wave");
    add_plan_options(verb, options->creation);
    verb.add_flag("--no-wait", options->no_wait,
                  "start, resume, retry-failed: only say so; a runner elsewhere goes on");
    verb.add_flag("--follow", options->status.follow, "status: show it as it changes");
    verb.add_flag("--all", options->status.whole, "status: everybody who failed");
    verb.add_flag("--yes", options->rollback.yes, "rollback: do not ask");
    verb.add_option("--expect", options->rollback.expect,
                    "rollback: the hash of the plan that was agreed to");
    add_moment_option(verb, options->status.at);
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] {
        options->rollback.whole = options->status.whole;
        wave(session, *options);
    });
}

}  // namespace ferry
