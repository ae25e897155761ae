#pragma once
/// Commits that were read back from a log lately. Entities that changed together are asked for
/// together, and reading a commit back costs its hash; here it is read and checked once. Holds a
/// few hundred commits and a few megabytes at most. One thread.
#include "events/commit.hpp"
#include "events/log.hpp"

#include <deque>

namespace ferry {

class CommitShelf {
public:
    /// A commit with its events apart, each in place. Valid until the shelf is asked again.
    struct Standing {
        std::vector<Byte> stored;
        CommitHeader header;
        std::vector<Bytes> events;
    };
    /// The commit that holds `position`; null where the log ends before it. Errors: damaged, and as
    /// Log::find.
    Result<const Standing*> holding(Log& log, Position position);

    void clear();

private:
    static constexpr std::size_t bytes_max = 4 << 20;
    /// A commit of one command takes more room here than its bytes, and each is looked at in turn.
    static constexpr std::size_t commits_max = 256;
    std::deque<Standing> standing_;  // the latest in front
    std::size_t bytes_ = 0;
};

}  // namespace ferry
