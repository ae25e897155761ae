#pragma once
/// From which kind of log to which: what holds for a copy or a move holds on all of these ways.
#include "events/log_copy.hpp"
#include "tests/log_contract.hpp"
#include "tests/log_homes.hpp"

namespace ferry::test {

template <class From, class To>
struct Way {
    using Origin = From;
    using Destination = To;
};
using MemoryToSqlite = Way<MemoryHome, SqliteHome>;
using SqliteToMemory = Way<SqliteHome, MemoryHome>;
using SqliteToSqlite = Way<SqliteHome, SqliteHome>;
using MemoryToMemory = Way<MemoryHome, MemoryHome>;
#define FERRY_ALL_WAYS MemoryToSqlite, SqliteToMemory, SqliteToSqlite, MemoryToMemory

/// The commits of a log that count, byte for byte, in their order.
inline Records commits_of(Log& log) {
    Records commits;
    AcceptanceState state;
    for (auto& record : all_records(log))
        if (accept(state, record).judgement == Judgement::commit_counts)
            commits.push_back(std::move(record));
    return commits;
}

/// The state that acceptance reaches at the end of a log.
inline AcceptanceState state_of(Log& log) {
    AcceptanceState state;
    for (const auto& record : all_records(log)) accept(state, record);
    return state;
}

template <class T>
void require_done(const Result<T>& result) {
    INFO((result ? "" : result.error().message));
    REQUIRE(result.has_value());
}

inline void check_refused(const Result<void>& result, Errc code, std::string_view part) {
    REQUIRE_FALSE(result.has_value());
    CAPTURE(result.error().message);
    CHECK(result.error().code == code);
    CHECK(result.error().message.find(part) != std::string::npos);
}

}  // namespace ferry::test
