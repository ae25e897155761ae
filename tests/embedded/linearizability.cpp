#include "tests/embedded/linearizability.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry::test {

namespace {

using Calls = std::vector<const Call*>;

/// The one order there can be: a version is written, then read, then the next is written.
std::pair<std::uint64_t, bool> place(const Call& call) { return {call.version, !call.wrote}; }

std::optional<std::string> of_versions(const std::string& entity, const Calls& calls,
                                       std::uint64_t end) {
    std::map<std::uint64_t, const Call*> writes;
    for (const Call* call : calls) {
        if (!call->wrote) continue;
        const auto [known, added] = writes.emplace(call->version, call);
        if (!added)
            return fmt::format("{}: {} and {} both made version {}", entity, known->second->command,
                               call->command, call->version);
    }
    if (writes.size() != end || (end > 0 && writes.rbegin()->first != end))
        return fmt::format("{}: {} writes were answered, and version {} stands", entity,
                           writes.size(), end);
    for (const Call* call : calls)
        if (!call->wrote && call->version > end)
            return fmt::format("{}: {} was told version {}, which never was", entity, call->command,
                               call->version);
    return {};
}

std::optional<std::string> of_expectation(const Call& call) {
    if (!call.expected) return {};
    const bool met = *call.expected == (call.wrote ? call.version - 1 : call.version);
    if (met == call.wrote) return {};
    return fmt::format("{}: {} expected version {} and {} version {}", call.entity, call.command,
                       *call.expected, call.wrote ? "made" : "was refused at", call.version);
}

/// No call may come before one that was answered before it was begun.
std::optional<std::string> of_real_time(const Calls& calls) {
    Calls by_begin = calls;
    Calls by_answer = calls;
    std::ranges::sort(by_begin, {}, &Call::begun);
    std::ranges::sort(by_answer, {}, &Call::answered);
    const Call* furthest = nullptr;
    auto answered = by_answer.begin();
    for (const Call* call : by_begin) {
        for (; answered != by_answer.end() && (*answered)->answered < call->begun; ++answered)
            if (!furthest || place(*furthest) < place(**answered)) furthest = *answered;
        if (furthest && place(*call) < place(*furthest))
            return fmt::format("{}: {} was answered with version {} before {} was asked, which {} "
                               "version {}",
                               call->entity, furthest->command, furthest->version, call->command,
                               call->wrote ? "made" : "was told", call->version);
    }
    return {};
}

/// One answer for each id; whoever asked again leaves the first alone to be judged, begun at the
/// first question and answered at the first answer.
std::optional<std::string> answered_alike(const std::vector<Call>& calls,
                                          std::map<std::string, Call>& once) {
    for (const Call& call : calls) {
        if (!call.wrote) {
            once.emplace(fmt::format("{} {}", call.command, call.begun), call);
            continue;
        }
        const auto [known, added] = once.emplace(call.command, call);
        if (added) continue;
        if (known->second.version != call.version)
            return fmt::format("{}: {} was answered with version {} and with {}", call.entity,
                               call.command, known->second.version, call.version);
        known->second.begun = std::min(known->second.begun, call.begun);
        known->second.answered = std::min(known->second.answered, call.answered);
    }
    return {};
}

}  // namespace

std::optional<std::string> contradiction(const std::vector<Call>& calls,
                                         const std::map<std::string, std::uint64_t>& ends) {
    std::map<std::string, Call> once;
    if (auto wrong = answered_alike(calls, once)) return wrong;
    std::map<std::string, Calls> by_entity;
    for (const auto& [entity, end] : ends) by_entity[entity];
    for (const auto& [id, call] : once) {
        by_entity[call.entity].push_back(&call);
        if (auto wrong = of_expectation(call)) return wrong;
    }
    for (const auto& [entity, own] : by_entity) {
        const auto end = ends.find(entity);
        if (end == ends.end()) return fmt::format("{} is not there at all", entity);
        if (auto wrong = of_versions(entity, own, end->second)) return wrong;
        if (auto wrong = of_real_time(own)) return wrong;
    }
    return {};
}

}  // namespace ferry::test
