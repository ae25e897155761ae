#pragma once
/// A small embedded log for somebody to damage, byte by byte, and what then becomes of it.
#include "events/sqlite_log.hpp"
#include "projections/verification.hpp"
#include "tests/log_sample.hpp"

#include <string>
#include <vector>

namespace ferry::test {

using Records = std::vector<std::vector<Byte>>;

enum class Verdict {
    harmless,  ///< all that was committed is read, and verify says so
    detected,  ///< verify or reading names damage, or a missing end
    silent,    ///< called intact, and is not what was written
};

/// What is kept of a directory: its database, its write-ahead log and its head file.
struct Copy {
    std::string database, wal, head;
};

class Victim {
public:
    /// At least so large a database; stopped in order, or as a crash leaves it with the last
    /// commits in the write-ahead log.
    Victim(std::size_t database_bytes, std::size_t commits_in_wal);

    const Copy& whole() const { return whole_; }
    const Records& records() const { return records_; }
    /// As the log was half-way.
    const Copy& earlier() const { return earlier_; }
    EndProof checkpoint() const;

    void put(const Copy& copy) const;
    /// Changes one bit in place, and back when called again.
    void flip(std::string_view suffix, std::size_t bit) const;
    Verdict judge(std::vector<EndProof> proofs = {}) const;
    /// What verify says.
    std::string said(std::vector<EndProof> proofs = {}) const;
    /// Writes on, where that is not refused; what is there then.
    Verdict judge_after_an_append() const;

private:
    std::string path(std::string_view suffix) const;
    Copy copy() const;

    ScratchDirectory scratch_;
    Copy whole_, earlier_;
    Records records_;
};

}  // namespace ferry::test
