// Commands taken from a topic: their answers are part of the log before they are given.
#include "engine/evolve.hpp"
#include "engine/writer.hpp"

namespace ferry {

namespace {

/// So many are taken again at most by whoever leads next, for answers that nothing had to record.
constexpr std::uint64_t taken_unrecorded_max = 10'000;

}  // namespace

void Writer::begin_taken(std::span<const v1::Command> commands, Offset next) {
    FERRY_ASSERT(under_way_.empty() || replica_.acceptance.started(),
                 "a log begins before anything is decided ahead on it");
    begin({.commands = commands, .taken_to = next});
}

void Writer::note_published(std::span<const v1::CommandResult> refusals) {
    for (const v1::CommandResult& refusal : refusals)
        published_.try_emplace(refusal.command_id(), refusal);
}

void Writer::record_answer(const Request& request, const v1::CommandResult& result) {
    v1::StoredEvent event;
    event.set_command_id(request.command->command_id());
    event.set_command_digest(request.digest);
    event.set_actor(request.command->actor());
    *event.mutable_answered()->mutable_result() = result;
    // Before a log begins there is no place for it yet.
    if (replica_.fleet.position.value == 0) {
        early_answers_.emplace(request.command->command_id(), std::move(event));
        return;
    }
    recent_.push_back({.last = draft_.next,
                       .id = request.command->command_id(),
                       .digest = request.digest,
                       .batch = batch_,
                       .refused = std::make_shared<const v1::CommandResult>(result)});
    add_site_event(std::move(event));
}

void Writer::record_taken() {
    if (replica_.fleet.position.value == 0) return;
    for (const auto& [id, answered] : early_answers_) add_site_event(answered);
    if (!taken_to_) return;
    // Where nothing was recorded, taking the same commands again comes to the same answers.
    const Offset before = replica_.fleet.commands_next;
    const bool few = *taken_to_ < Offset{before.value + taken_unrecorded_max};
    if (draft_.events.empty() && few) return;
    v1::StoredEvent event;
    event.mutable_commands_consumed()->set_next_offset(taken_to_->value);
    add_site_event(std::move(event));
}

void Writer::add_site_event(v1::StoredEvent event) {
    const Entity& site = replica_.fleet.at({0});
    event.set_version(site.version + 1);
    event.set_previous_position(site.last_position.value);
    evolve(replica_.fleet, draft_.next, draft_.recorded, event);
    draft_.next = draft_.next.next();
    draft_.events.add(std::move(event));
    note_ids(draft_.events.size() - 1);
    boundaries_.push_back(draft_.events.size());
}

}  // namespace ferry
