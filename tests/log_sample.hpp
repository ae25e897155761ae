#pragma once
/// Commits for tests of logs and acceptance: chained rightly, from fixed ids, with events of
/// choice.
#include "events/acceptance.hpp"
#include "events/log.hpp"
#include "events/randomness.hpp"

namespace ferry::test {

/// Any id whose sixteen bytes are `byte`.
template <class Id>
Id id_of(unsigned byte) {
    Id id;
    id.bytes.fill(static_cast<Byte>(byte));
    return id;
}

v1::StoredEvent event_with_reason(const std::string& reason);

/// A commit whose header is `header`, with `events` events; the hash is right.
std::vector<Byte> commit_of(const CommitHeader& header, std::uint32_t events = 1);
std::vector<Byte> commit_of(const CommitHeader& header, const std::vector<v1::StoredEvent>& events);

/// A log's right continuation: each call yields the commit that follows the one before.
class Chain {
public:
    explicit Chain(unsigned log = 1, unsigned writer = 1);
    std::vector<Byte> first();
    std::vector<Byte> plain(std::uint32_t events = 1);
    std::vector<Byte> plain(const std::vector<v1::StoredEvent>& events);
    std::vector<Byte> takeover(Term term, unsigned writer);
    std::vector<Byte> seal(unsigned next_writer);

    /// The header of the commit that would follow, as a plain one.
    CommitHeader next() const;
    /// Takes `commit` as the one that follows.
    void accept(Bytes commit);
    const AcceptanceState& state() const { return state_; }

private:
    std::vector<Byte> take(std::vector<Byte> commit);
    AcceptanceState state_;
};

/// All records of a log, from its beginning; fails the test where reading fails.
std::vector<std::vector<Byte>> all_records(Log& log);

/// A directory of its own, gone at the end.
class ScratchDirectory {
public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace ferry::test
