#include "engine/writer.hpp"

#include "engine/command_result.hpp"
#include "engine/evolve.hpp"
#include "engine/public_event.hpp"
#include "events/fold_reader.hpp"
#include "events/short_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

namespace ferry {

namespace {

/// An answer repeats what its caller wrote, and has to fit a commit and a record of Kafka whatever
/// that was: a command that cannot be answered would be taken again for ever.
constexpr std::size_t message_bytes_max = 4096;

void keep_short(v1::CommandResult& result) {
    const auto shorten = [](std::string& text) {
        if (text.size() > message_bytes_max) text = shortened(text, message_bytes_max);
    };
    shorten(*result.mutable_message());
    for (v1::FailedGuard& failed : *result.mutable_failed_guards())
        shorten(*failed.mutable_reason());
}

v1::CommandResult invalid(const v1::Command& command, std::string message) {
    v1::CommandResult result = answer_of(command, "INVALID", std::move(message));
    keep_short(result);
    return result;
}

v1::CommandResult reused(const v1::Command& command) {
    return invalid(command, fmt::format("commandId `{}` was used for another command; give every "
                                        "command an id of its own",
                                        command.command_id()));
}

v1::CommandResult done(const v1::Command& command, Position position, Version version) {
    v1::CommandResult result;
    result.set_command_id(command.command_id());
    result.set_outcome("DONE");
    result.set_position(position.value);
    result.set_version(version.value);
    return result;
}

/// Adds the events of one command, all of them or, where there is no room, none.
bool add_all(CommitBuilder& builder, const Draft& draft, std::size_t from, std::size_t to) {
    const CommitBuilder::Mark before = builder.mark();
    for (std::size_t i = from; i < to; ++i) {
        if (builder.add(draft.events[i])) continue;
        builder.back_to(before);
        return false;
    }
    return true;
}

/// How many versions back, and by how much, a conflict is explained; a caller further behind reads
/// the history.
constexpr std::size_t between_max = 100;
constexpr std::size_t between_bytes_max = 64'000;

/// How many commands' entities are looked up together. Each look-up waits for memory a few times,
/// and in a short loop the processor waits for several of them at once: for some two dozen lines,
/// beyond which it drops what is asked for.
constexpr std::size_t looked_ahead = 16;

}  // namespace

Writer::Writer(Replica& replica, const Pack& pack, const Clock& clock, Randomness& randomness,
               WriterOptions options)
    : replica_(replica),
      pack_(pack),
      clock_(clock),
      randomness_(randomness),
      options_(std::move(options)),
      wall_started_(clock.now()),
      monotonic_started_(clock.monotonic()) {}

Writer::~Writer() = default;

Result<std::vector<v1::CommandResult>> Writer::execute(
    std::span<const v1::Command> commands, std::span<const Result<Request>> understood) {
    FERRY_ASSERT(under_way_.empty(), "what was begun is finished first");
    begin(commands, understood);
    return finish();
}

Result<std::vector<v1::CommandResult>> Writer::rehearse(std::span<const v1::Command> commands) {
    if (auto fit = check_fit(); !fit) return std::unexpected(fit.error());
    rehearsing_ = true;
    draft_.begin(replica_.fleet.position.next(),
                 std::max(clock_.now(), replica_.acceptance.recorded));
    expire_checks();
    auto results = decide_all(commands);
    rehearsing_ = false;
    return results;
}

void Writer::look_ahead(std::span<const v1::Command> commands) const {
    std::array<std::string_view, looked_ahead> entities;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        replica_.index.prefetch(commands[i].command_id());
        entities[i] = commands[i].entity();
    }
    replica_.fleet.look_ahead(std::span(entities).first(commands.size()));
}

Result<std::vector<v1::CommandResult>> Writer::decide_all(std::span<const v1::Command> commands) {
    std::vector<v1::CommandResult> results(commands.size());
    for (std::size_t at = 0; at < commands.size(); ++at) {
        if (at % looked_ahead == 0)
            look_ahead(commands.subspan(at, std::min(looked_ahead, commands.size() - at)));
        auto request = understood_.empty() ? understand(commands[at]) : understood_[at];
        if (auto decided = decide(commands[at], std::move(request), results[at]); !decided)
            return std::unexpected(decided.error());
        if (came_late_) break;  // all of them are decided again
    }
    return results;
}

Result<void> Writer::decide(const v1::Command& command, Result<Request> request,
                            v1::CommandResult& result) {
    if (!request) {
        result = invalid(command, request.error().message);
        return {};
    }
    auto known = answer_known(*request);
    if (!known) return std::unexpected(known.error());
    if (*known) {
        result = std::move(**known);
        return {};
    }
    // Where there are none the id is not even hashed.
    const bool may_be = taken_to_ && !published_.empty();
    if (const auto published = may_be ? published_.find(command.command_id()) : published_.end();
        published != published_.end()) {
        result = published->second;
        record_answer(*request, result);
        return {};
    }
    if (auto created = create_log(*request); !created) return std::unexpected(created.error());
    HomeEvidence evidence;
    if (auto gathered = gather(*request, evidence); !gathered)
        return std::unexpected(gathered.error());
    if (came_late_) return {};
    const std::size_t before = draft_.events.size();
    Decision(replica_.fleet, pack(), *request, draft_, result).run();
    // Checks that somebody brings along may be older than any that this writer has looked at.
    if (request->action == v1::ACTION_ACCEPT) quiet_.reset();
    if (result.outcome() == "DONE") {
        boundaries_.push_back(draft_.events.size());
        note_ids(before);
        const std::string& id =
            rehearsing_ ? rehearsed_ids_.emplace_back(command.command_id()) : command.command_id();
        recent_.push_back({.last = {draft_.next.value - 1},
                           .id = id,
                           .digest = request->digest,
                           .position = {result.position()},
                           .version = {result.version()},
                           .batch = batch_});
        return {};
    }
    keep_short(result);
    if (result.outcome() == "CONFLICT")
        if (auto added = add_between(*request, result); !added)
            return std::unexpected(added.error());
    if (taken_to_) record_answer(*request, result);
    return {};
}

Result<std::optional<v1::CommandResult>> Writer::answer_known(const Request& request) {
    using Answer = std::optional<v1::CommandResult>;
    const v1::Command& command = *request.command;
    const auto answer = [&](std::uint64_t digest, Position position, Version version) {
        return Answer(digest == request.digest ? done(command, position, version)
                                               : reused(command));
    };
    // Where there are none the id is not even hashed.
    if (const auto early = early_answers_.empty() ? early_answers_.end()
                                                  : early_answers_.find(command.command_id());
        early != early_answers_.end()) {
        if (early->second.command_digest() != request.digest) return Answer(reused(command));
        return Answer(early->second.answered().result());
    }
    const auto noted = replica_.index.candidates(command.command_id());
    if (noted.empty()) return Answer();
    for (const Position last : noted)
        if (const Recent* recent = recent_of(last, command.command_id()))
            return recent->refused && recent->digest == request.digest
                       ? Answer(*recent->refused)
                       : answer(recent->digest, recent->position, recent->version);
    const auto found = find_command(replica_, command.command_id());
    if (!found) return std::unexpected(found.error());
    if (!*found) return Answer();
    const auto& [position, event] = **found;
    if (event.command_digest() == request.digest && event.has_answered())
        return Answer(event.answered().result());
    const auto own = own_event(request, position, event);
    if (!own) return std::unexpected(own.error());
    return answer(event.command_digest(), own->first, own->second);
}

void Writer::note_ids(std::size_t from) {
    Position position{draft_.next.value - (draft_.events.size() - from)};
    for (; from < draft_.events.size(); ++from, position = position.next()) {
        const v1::StoredEvent& event = draft_.events[from];
        visit_command_ids(position, event, event.command_id(),
                          [&](Position at, std::string_view id) { replica_.index.note(id, at); });
    }
}

const Writer::Recent* Writer::recent_of(Position last, std::string_view id) const {
    const auto found = std::ranges::lower_bound(recent_, last, {}, &Recent::last);
    const bool is_it = found != recent_.end() && found->last == last && found->id == id;
    return is_it ? &*found : nullptr;
}

Result<std::pair<Position, Version>> Writer::own_event(const Request& request, Position last,
                                                       const v1::StoredEvent& event) {
    std::pair answer(last, Version{event.version()});
    const auto number = request.is_site() ? std::optional(EntityNumber{0})
                                          : replica_.fleet.find(request.command->entity());
    if (!number || event.entity() == number->value) return answer;
    for (Position before{last.value - 1}; before.value != 0; --before.value) {
        const auto found = find_event(replica_, before);
        if (!found) return std::unexpected(found.error());
        if (!*found || (*found)->event.command_id() != event.command_id()) break;
        if ((*found)->event.entity() == number->value)
            return std::pair(before, Version{(*found)->event.version()});
    }
    return answer;
}

Result<void> Writer::add_between(const Request& request, v1::CommandResult& conflict) {
    const auto number = request.is_site() ? std::optional(EntityNumber{0})
                                          : replica_.fleet.find(request.command->entity());
    if (!number || request.expected.kind == Expected::Kind::exists) return {};
    const Version from = request.expected.version;
    std::vector<v1::Event> events;
    // What the batches before have decided has to stand in the log, to be found.
    if (!rehearsing_) {
        const auto landed = land(handed_over_);
        if (!landed) return std::unexpected(landed.error());
        came_late_ = !*landed;
        if (came_late_) return {};
    }
    std::size_t bytes = 0;
    const auto has_room = [&](v1::Event event) {
        bytes += event.ByteSizeLong();
        if (bytes > between_bytes_max) return false;
        events.push_back(std::move(event));
        return events.size() < between_max;
    };
    Position position = replica_.fleet.at(*number).last_position;
    while (position.value != 0) {
        // What this batch has decided is not in the log yet.
        if (position > replica_.acceptance.position) {
            const std::size_t first = draft_.next.value - draft_.events.size();
            if (position.value < first) break;  // decided in an earlier rehearsal
            const v1::StoredEvent& event = draft_.events[position.value - first];
            if (event.version() <= from.value ||
                !has_room(public_event(replica_.fleet, position, draft_.recorded, event)))
                break;
            position = {event.previous_position()};
            continue;
        }
        const auto found = find_event(replica_, position);
        if (!found) return std::unexpected(found.error());
        if (!*found || (*found)->event.version() <= from.value ||
            !has_room(
                public_event(replica_.fleet, position, (*found)->header.recorded, (*found)->event)))
            break;
        position = {(*found)->event.previous_position()};
    }
    for (v1::Event& event : std::views::reverse(events)) *conflict.add_events() = std::move(event);
    return {};
}

Result<void> Writer::flush() {
    builder_.clear();
    std::size_t from = 0;
    for (const std::size_t to : boundaries_) {
        // The events of one command stand in one commit, so it is closed before it would overflow.
        // Whatever is decided after an adoption names it, so it begins a commit of its own.
        const Position begins{draft_.next.value - draft_.events.size() + from};
        const bool other_pack = pack_before(replica_.fleet, begins) !=
                                pack_before(replica_.fleet, tail().position.next());
        if ((other_pack && !builder_.empty()) || !add_all(builder_, draft_, from, to)) {
            if (auto handed = hand_over(builder_, CommitKind::plain); !handed) return handed;
            const bool added = add_all(builder_, draft_, from, to);
            FERRY_ASSERT(added, "one command does not fit one commit");
        }
        from = to;
    }
    return builder_.empty() ? Result<void>() : hand_over(builder_, CommitKind::plain);
}

Result<void> Writer::append(std::span<v1::StoredEvent> events, const Completion& complete) {
    FERRY_ASSERT(under_way_.empty(), "what was begun is finished first");
    if (auto begun = begin_batch(); !begun) return begun;
    for (v1::StoredEvent& event : events) {
        if (complete)
            if (auto completed = complete(replica_.fleet, event); !completed) {
                if (auto dropped = refold(); !dropped) return dropped;
                return completed;
            }
        const Entity& entity = replica_.fleet.at({event.entity()});
        event.set_version(entity.version + 1);
        event.set_previous_position(entity.last_position.value);
        evolve(replica_.fleet, draft_.next, draft_.recorded, event);
        draft_.next = draft_.next.next();
        draft_.events.add(std::move(event));
    }
    note_ids(0);
    boundaries_.push_back(draft_.events.size());
    const auto flushed = flush();
    const auto landed = flushed ? land(handed_over_) : std::unexpected(flushed.error());
    if (!landed) {
        failed_ = true;
        return std::unexpected(landed.error());
    }
    if (*landed) return {};
    if (auto again = refold(); !again) return again;
    return fail(Errc::unavailable,
                fmt::format("{}: another writer came first; plan again", replica_.log->name()));
}

}  // namespace ferry
