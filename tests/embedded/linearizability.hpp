#pragma once
/// Whether what concurrent callers were told of one entity at a time could have happened in one
/// order that agrees with real time. Versions make the judgement exact: each write made one, each
/// refusal read one, so the order is forced, and only real time can contradict it. Pure.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry::test {

/// One call, from before it was made to after it was answered, by one counter for all threads.
struct Call {
    std::string entity;
    std::string command;  ///< its id: asked twice it is answered alike
    std::uint64_t begun = 0;
    std::uint64_t answered = 0;
    std::optional<std::uint64_t> expected;  ///< the version it was to find
    bool wrote = false;                     ///< else it was told the version that stands
    std::uint64_t version = 0;              ///< that it made, or that it was told
};

/// What contradicts a single order; nothing where one exists. `ends` are the versions that stand
/// when all is answered.
std::optional<std::string> contradiction(const std::vector<Call>& calls,
                                         const std::map<std::string, std::uint64_t>& ends);

}  // namespace ferry::test
