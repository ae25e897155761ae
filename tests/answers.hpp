#pragma once
/// How tests look at an answer.
#include "ferry/v1/command.pb.h"

#include <set>
#include <string>

namespace ferry::test {

using Names = std::set<std::string>;

/// The guards that a refusal names; the outcome where it is no refusal.
inline Names failed_guards(const v1::CommandResult& result) {
    if (result.outcome() != "REFUSED") return {result.outcome()};
    Names names;
    for (const v1::FailedGuard& failed : result.failed_guards()) names.insert(failed.guard());
    return names;
}

/// The commands that a NO_TRANSITION names; the outcome where it is none.
inline Names possible_now(const v1::CommandResult& result) {
    if (result.outcome() != "NO_TRANSITION") return {result.outcome()};
    return {result.possible().begin(), result.possible().end()};
}

/// The reason of one guard; empty where it did not fail.
inline std::string reason_of(const v1::CommandResult& result, std::string_view guard) {
    for (const v1::FailedGuard& failed : result.failed_guards())
        if (failed.guard() == guard) return failed.reason();
    return "";
}

inline bool says(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace ferry::test
