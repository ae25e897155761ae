#include "engine/replica.hpp"

#include "engine/evolve.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

void note_commands(CommandIndex& index, const CommitView& commit) {
    for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
        index.note(event.command_id(), placed.position);
    });
}

}  // namespace

Result<void> Replica::take(const Record& record) {
    const Judged judged = accept(acceptance, record.bytes);
    switch (judged.judgement) {
        case Judgement::unknown_format:
            return fail(Errc::configuration,
                        fmt::format("{}: the record after position {} has a format this build does "
                                    "not know; read this log with a newer ferry",
                                    log->name(), acceptance.position.value));
        case Judgement::is_void:
            ++voids[judged.reason];
            if (log->void_is_damage())
                damage =
                    Damage{acceptance.position, record.offset, std::string(name_of(judged.reason))};
            break;
        case Judgement::fence_counts: break;
        case Judgement::commit_counts:
            if (folded_ahead == judged.commit.header.commit_id) folded_ahead.reset();
            else {
                overtaken = overtaken || folded_ahead.has_value();
                evolve(fleet, judged.commit);
            }
            if (keeps_index) note_commands(index, judged.commit);
            if (on_commit) on_commit(judged.commit);
            break;
    }
    return {};
}

Result<void> Replica::catch_up() {
    if (damage) return {};
    Result<void> taken;
    const auto end = log->read(next, [&](const Record& record) {
        taken = take(record);
        return taken.has_value() && !damage;
    });
    if (!taken) return taken;
    if (end) {
        if (!damage) next = *end;
        return {};
    }
    if (end.error().code != Errc::damaged) return std::unexpected(end.error());
    damage = Damage{acceptance.position, next, end.error().message};
    return {};
}

void Replica::forget() {
    acceptance = {};
    fleet = {};
    index.clear();
    next = {};
    voids.clear();
    damage.reset();
    folded_ahead.reset();
    overtaken = false;
}

Result<std::optional<FoundEvent>> find_event(Log& log, Position position) {
    using Found = std::optional<FoundEvent>;
    const auto stored = log.find(position);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) return Found();
    const CommitReading reading = read_commit(**stored);
    const auto damaged = [&] {
        return fail(Errc::damaged, fmt::format("{}: the commit that holds position {} is damaged; "
                                               "run `ferry verify`",
                                               log.name(), position.value));
    };
    if (reading.shape != CommitShape::whole) return damaged();
    const CommitHeader& header = reading.view.header;
    if (position < header.first || position > header.last()) return Found();
    const auto pieces = split_events(reading.view);
    const std::size_t index = position.value - header.first.value;
    Found found(FoundEvent{header, {}});
    if (index >= pieces.size() ||
        !found->event.ParseFromArray(pieces[index].data(), static_cast<int>(pieces[index].size())))
        return damaged();
    return found;
}

Result<std::optional<std::pair<Position, v1::StoredEvent>>> find_command(Replica& replica,
                                                                         std::string_view id) {
    using Found = std::optional<std::pair<Position, v1::StoredEvent>>;
    for (const Position position : replica.index.candidates(id)) {
        auto found = find_event(*replica.log, position);
        if (!found) return std::unexpected(found.error());
        if (*found && (*found)->event.command_id() == id)
            return Found(std::pair(position, std::move((*found)->event)));
    }
    return Found();
}

}  // namespace ferry
