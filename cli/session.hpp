#pragma once
/// What every verb is given: the streams, the options that all verbs share, and where it leaves its
/// exit code. Stdout is data, stderr is for people.
#include "cli/exit_code.hpp"
#include "cli/verb.hpp"
#include "engine/pack.hpp"

#include <functional>
#include <iostream>
#include <string>

namespace ferry {

struct Session {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    /// Whether whoever read stdout has gone away, as `head` does.
    std::function<bool()> reader_is_gone{};
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool colour = false;  ///< a terminal, and neither NO_COLOR nor --no-color

    std::string log_url = "sqlite:ferry-data";
    std::string kafka_config{};  ///< a file of librdkafka's properties
    bool take_over = false;      ///< leads a log on Kafka although another leader may be alive
    std::string via{};           ///< `kafka`: commands go to a running service
    double wait_seconds = 30;    ///< for its answers; then they are UNKNOWN
    std::string actor{};         ///< --actor, else the login name
    std::string reason{};
    bool confirm_clock = false;
    bool dry_run = false;
    bool json = false;
    const Pack* pack = &side_by_side();  ///< whose rules decide
    ExitCode exit = ExitCode::done;

    /// Prints an error for people and remembers its exit code, which it also returns.
    ExitCode report(const Error& error);
    /// Something to know that does not fail the verb.
    void warn(std::string_view message);
};

/// The options of every verb that writes: --actor, --reason, --dry-run, --confirm-clock.
void add_write_options(Verb& verb, Session& session);
/// The options of every verb that reads: --json.
void add_read_options(Verb& verb, Session& session);

/// FERRY_ACTOR, else the login name; `unknown` where the system does not say.
std::string default_actor();

}  // namespace ferry
