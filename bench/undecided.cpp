#include "bench/undecided.hpp"

#include "bench/commands.hpp"
#include "bench/give_up.hpp"
#include "bench/table.hpp"
#include "events/hash.hpp"
#include "events/little_endian.hpp"

#include <algorithm>

namespace ferry::bench {

double Undecided::together(std::size_t in_flight, std::span<const v1::Command> commands) {
    const std::size_t batch = in_flight / batches_under_way;
    const double seconds = seconds_of([&] {
        for (auto left = commands; !left.empty() || !under_way_.empty();) {
            if (!left.empty() && under_way_.size() < batches_under_way) {
                const std::size_t size = std::min(batch, left.size());
                send(left.first(size));
                left = left.subspan(size);
                continue;
            }
            kafka_.take_back([this](const rd_kafka_message_t& message) {
                answer_oldest({static_cast<const char*>(message.payload), message.len});
            });
        }
    });
    return seconds * 1e6 / static_cast<double>(commands.size());
}

void Undecided::send(std::span<const v1::Command> commands) {
    builder_.clear();
    Batch& batch = under_way_.emplace_back();
    batch.answers.reserve(commands.size());
    Position position = header_.first;
    for (const v1::Command& command : commands) {
        if (!ids_.candidates(command.command_id()).empty()) give_up("an id was given twice");
        ids_.note(command.command_id(), position);
        write_event(command);
        v1::CommandResult& answer = batch.answers.emplace_back();
        answer.set_command_id(command.command_id());
        answer.set_outcome("DONE");
        answer.set_position(position.value);
        answer.set_version(event_.version());
        position = position.next();
    }
    const std::vector<Byte> commit = builder_.finish(header_);
    std::copy_n(commit.begin(), header_.previous.size(), header_.previous.begin());
    header_.first = position;
    batch.record.value = text_of(commit);
    kafka_.hand_over(batch.record);
}

void Undecided::write_event(const v1::Command& command) {
    command.SerializeToString(&stored_);
    event_.Clear();
    event_.set_entity(header_.first.value);
    event_.set_version(2);
    event_.set_previous_position(header_.first.value);
    event_.set_command_id(command.command_id());
    event_.set_command_digest(get_little_endian<std::uint64_t>(sha256(bytes_of(stored_)).data()));
    event_.set_actor(command.actor());
    event_.set_reason(command.reason());
    v1::Transitioned& body = *event_.mutable_transitioned();
    body.set_region(v1::REGION_LIFECYCLE);
    body.set_from(v1::STATE_LEGACY);
    body.set_to(v1::STATE_COEXIST_TEST);
    body.set_command(v1::ACTION_ENTER_COEXISTENCE);
    if (!builder_.add(event_)) give_up("a commit is full");
}

void Undecided::answer_oldest(std::string_view read_back) {
    Batch& batch = under_way_.front();
    if (read_back != batch.record.value) give_up("another record came back");
    for (v1::CommandResult& answer : batch.answers) {
        const v1::CommandResult taken = std::move(answer);
        if (taken.outcome() != "DONE") give_up(taken.ShortDebugString());
    }
    under_way_.pop_front();
}

}  // namespace ferry::bench
