#include "cli/session.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace ferry {

ExitCode Session::report(const Error& error) {
    err << "ferry: " << error.message << '\n';
    exit = exit_code(error.code);
    return exit;
}

void Session::warn(std::string_view message) { err << "ferry: warning: " << message << '\n'; }

void add_write_options(Verb& verb, Session& session) {
    verb.add_option("--actor", session.actor,
                    "Who does this (default: FERRY_ACTOR, else the login name)")
        .accepts([](const std::string& name) {
            return std::string(name.empty() ? "give a name: every event says who did it" : "");
        });
    verb.add_option("--reason", session.reason, "Why; recorded with every event");
    verb.add_flag("--dry-run", session.dry_run, "Show what would happen and write nothing");
    verb.add_option("--via", session.via,
                    "kafka: give the commands to the `ferry serve` that leads the log")
        .one_of({"kafka"});
    verb.add_option("--wait", session.wait_seconds,
                    "With --via: how many seconds to wait for an answer before it is UNKNOWN")
        .positive()
        .with_default_shown();
    verb.add_flag("--take-over", session.take_over,
                  "On Kafka: lead the log although another leader's lease has not ended");
    verb.add_flag("--confirm-clock", session.confirm_clock,
                  "Write although the clock jumped: somebody has looked and it is right");
}

void add_read_options(Verb& verb, Session& session) {
    verb.add_flag("--json", session.json, "Print JSON, one object a line, for programs");
}

std::string default_actor() {
    // Not by the option's own envname: CLI11 applies that for every verb that was not called, too,
    // and would put it over what was said on the command line.
    if (const char* named = std::getenv("FERRY_ACTOR"); named && *named) return named;
    if (const passwd* entry = getpwuid(geteuid())) return entry->pw_name;
    return "unknown";
}

}  // namespace ferry
