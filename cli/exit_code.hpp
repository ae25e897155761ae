#pragma once
/// The exit codes of design.md section 8, in one place.
#include "events/error.hpp"

namespace ferry {

enum class ExitCode : int {
    done = 0,
    refused = 1,
    usage = 2,
    bad_input = 65,
    unavailable = 69,
    io = 74,
    unknown = 75,
    not_allowed = 77,
    configuration = 78,
};

inline ExitCode exit_code(Errc code) {
    switch (code) {
        case Errc::usage: return ExitCode::usage;
        case Errc::bad_input: return ExitCode::bad_input;
        case Errc::unavailable: return ExitCode::unavailable;
        case Errc::io:
        case Errc::damaged: return ExitCode::io;
        case Errc::outcome_unknown: return ExitCode::unknown;
        case Errc::not_allowed: return ExitCode::not_allowed;
        case Errc::configuration: return ExitCode::configuration;
    }
    return ExitCode::io;
}

}  // namespace ferry
