#pragma once
/// The error vocabulary of every room: what a caller is expected to handle travels as a value.
/// Programmer errors do not: they stop the process through `FERRY_ASSERT`, in release builds too.
#include <cstdlib>
#include <expected>
#include <string>
#include <utility>

namespace ferry {

/// What kind of thing went wrong. The command line maps each to one exit code (design.md section
/// 8).
enum class Errc {
    usage,        ///< the call itself was wrong (64-style misuse; exit 2)
    bad_input,    ///< what was given to read could not be understood (exit 65)
    unavailable,  ///< the log cannot be had: another writer holds it, broker unreachable (exit 69)
    io,           ///< a read, write or sync failed (exit 74)
    damaged,      ///< what is stored is not what was written (exit 74)
    outcome_unknown,  ///< handed over, and nobody can say yet whether it stands (exit 75)
    not_allowed,      ///< the caller may not do this (exit 77)
    configuration,    ///< a setting, format or build does not fit this log (exit 78)
};

/// Whether the same may succeed later, though nobody mends anything.
constexpr bool may_pass(Errc code) {
    return code == Errc::unavailable || code == Errc::outcome_unknown;
}

struct Error {
    Errc code = Errc::io;
    std::string message;  ///< what, where, why and what next, in one or two sentences
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message) {
    return std::unexpected(Error{code, std::move(message)});
}

/// Prints the broken promise and aborts. Never returns.
[[noreturn]] void assertion_failed(const char* condition, const char* why, const char* file,
                                   int line);

}  // namespace ferry

// A macro, because the text of the condition and its place are what the report needs.
#define FERRY_ASSERT(condition, why) \
    ((condition) ? void(0) : ::ferry::assertion_failed(#condition, why, __FILE__, __LINE__))
