#include "engine/replica.hpp"

#include "engine/done_commands.hpp"
#include "engine/evolve.hpp"
#include "events/fold_reader.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

void note_commands(CommandIndex& index, const CommitView& commit) {
    for_each_command_id(commit,
                        [&](Position position, std::string_view id) { index.note(id, position); });
}

Result<std::optional<FoundEvent>> event_on(CommitShelf& shelf, Log& log, Position position) {
    using Found = std::optional<FoundEvent>;
    const auto holding = shelf.holding(log, position);
    if (!holding) return std::unexpected(holding.error());
    if (!*holding) return Found();
    const CommitShelf::Standing& commit = **holding;
    const std::size_t index = position.value - commit.header.first.value;
    Found found(FoundEvent{commit.header, {}});
    if (index < commit.events.size() &&
        found->event.ParseFromArray(commit.events[index].data(),
                                    static_cast<int>(commit.events[index].size())))
        return found;
    return fail(Errc::damaged, fmt::format("{}: the event at position {} cannot be parsed; run "
                                           "`ferry verify`",
                                           log.name(), position.value));
}

}  // namespace

Replica::Replica(std::unique_ptr<Log> with) : log(std::move(with)) {}
Replica::Replica(Replica&&) noexcept = default;
Replica& Replica::operator=(Replica&&) noexcept = default;
Replica::~Replica() = default;

Result<void> Replica::take(const Record& record) {
    // What is the same to the byte as what was handed over has the hash that was made then.
    const bool is_expected =
        !expected.empty() && text_of(record.bytes) == text_of(expected.front().stored);
    const Judged judged =
        is_expected ? accept_checked(acceptance, record.bytes) : accept(acceptance, record.bytes);
    switch (judged.judgement) {
        case Judgement::unknown_format:
            return fail(Errc::configuration,
                        fmt::format("{}: the record after position {} has a format this build does "
                                    "not know; read this log with a newer ferry",
                                    log->name(), acceptance.position.value));
        case Judgement::is_void:
            truncation_hinted_ = truncation_hinted_ || hints_at_truncation(judged, record.bytes);
            ++voids[judged.reason];
            if (log->void_is_damage())
                damage =
                    Damage{acceptance.position, record.offset, std::string(name_of(judged.reason))};
            break;
        case Judgement::fence_counts:
        case Judgement::reservation_counts: break;
        case Judgement::commit_counts:
            head_offset = record.offset;
            take_commit(judged.commit, is_expected);
            break;
    }
    return {};
}

void Replica::take_commit(const CommitView& commit, bool is_expected) {
    // The commit may be looked at in the bytes that were kept of it.
    Expected own;
    if (is_expected) {
        own = std::move(expected.front());
        expected.pop_front();
    } else {
        overtaken = overtaken || std::ranges::any_of(expected, &Expected::folded);
    }
    if (!own.folded) {
        evolve(fleet, commit);
        if (keeps_index) note_commands(index, commit);
    }
    if (on_commit) on_commit(commit);
}

bool Replica::hints_at_truncation(const Judged& judged, Bytes record) const {
    const auto header = claimed_header(record);
    if (!header || header->log_id != acceptance.log_id || header->term != acceptance.term ||
        header->writer != acceptance.writer)
        return false;
    return judged.reason == VoidReason::gap || judged.reason == VoidReason::wrong_previous ||
           header->read_back > acceptance.position;
}

Result<void> Replica::check_not_truncated() {
    truncation_hinted_ = false;
    if (!head_offset) return {};
    const auto stored = log->at(*head_offset);
    if (!stored) return std::unexpected(stored.error());
    const auto reading = *stored ? read_commit(**stored) : CommitReading{};
    if (reading.shape == CommitShape::whole && reading.view.hash == acceptance.head) return {};
    return std::unexpected(truncated_after(*log, acceptance.position));
}

Error truncated_after(const Log& log, Position position) {
    return {Errc::damaged,
            fmt::format("{}: log truncated after position {}: what was accepted there is no "
                        "longer in it. Nothing is taken over or written; find out what removed "
                        "it, and compare with a copy or a checkpoint",
                        log.name(), position.value)};
}

Result<void> Replica::catch_up() { return catch_up_by(&Log::read); }

Result<void> Replica::catch_up_some() { return catch_up_by(&Log::read_some); }

Result<void> Replica::catch_up_by(Reading reading) {
    if (damage) return {};
    if (log->take_reconnected())
        if (auto whole = check_not_truncated(); !whole) return whole;
    Result<void> taken;
    const auto end = (*log.*reading)(next, [&](const Record& record) {
        taken = take(record);
        return taken.has_value() && !damage;
    });
    if (!taken) return taken;
    if (!end) {
        if (end.error().code != Errc::damaged || !log->void_is_damage())
            return std::unexpected(end.error());
        damage = Damage{acceptance.position, next, end.error().message};
        return {};
    }
    if (!damage) next = *end;
    return truncation_hinted_ ? check_not_truncated() : Result<void>();
}

void Replica::forget() {
    acceptance = {};
    fleet = {};
    index.clear();
    next = {};
    head_offset.reset();
    voids.clear();
    shelf.clear();
    damage.reset();
    expected.clear();
    overtaken = false;
}

Result<std::optional<FoundEvent>> find_event(Log& log, Position position) {
    CommitShelf shelf;
    return event_on(shelf, log, position);
}

Result<std::optional<FoundEvent>> find_event(const Replica& replica, Position position) {
    return event_on(replica.shelf, *replica.log, position);
}

Result<std::optional<std::pair<Position, v1::StoredEvent>>> find_command(Replica& replica,
                                                                         std::string_view id) {
    using Found = std::optional<std::pair<Position, v1::StoredEvent>>;
    for (const Position position : replica.index.candidates(id)) {
        if (position > replica.acceptance.position) continue;  // decided, and not read back
        auto found = find_event(replica, position);
        if (!found) return std::unexpected(found.error());
        if (*found && (*found)->event.has_accepted())
            if (auto carried = carried_command((*found)->event, id))
                return Found(std::move(carried));
        if (*found && (*found)->event.command_id() == id)
            return Found(std::pair(position, std::move((*found)->event)));
    }
    return Found();
}

}  // namespace ferry
