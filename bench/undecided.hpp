#pragma once
/// What no engine can leave out, whatever it decides: of each command its id looked up and noted,
/// its digest, its event and its answer; of each commit its hash and its way there and back.
/// librdkafka is used as it is; nothing is checked, no entity is looked at, nothing is decided. It
/// says how near an engine could come to the bare records on this machine. One thread.
#include "bench/bare_kafka.hpp"
#include "engine/command_index.hpp"
#include "events/commit.hpp"
#include "ferry/v1/command.pb.h"

#include <deque>
#include <span>

namespace ferry::bench {

class Undecided {
public:
    /// `kafka` must outlive this, and must have read back what was produced to it before.
    explicit Undecided(BareKafka& kafka) : kafka_(kafka) { header_.first = {1}; }

    /// Microseconds for one command of them, with at most `in_flight` unanswered.
    double together(std::size_t in_flight, std::span<const v1::Command> commands);

private:
    struct Batch {
        BareRecord record;
        std::vector<v1::CommandResult> answers;
    };
    void send(std::span<const v1::Command> commands);
    void write_event(const v1::Command& command);
    void answer_oldest(std::string_view read_back);

    BareKafka& kafka_;
    CommandIndex ids_;
    std::deque<Batch> under_way_;
    CommitBuilder builder_;
    CommitHeader header_;
    v1::StoredEvent event_;
    std::string stored_;
};

}  // namespace ferry::bench
