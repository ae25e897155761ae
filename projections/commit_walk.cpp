#include "projections/commit_walk.hpp"

#include <fmt/format.h>

namespace ferry {

Error damaged_after(const Log& log, Position position, std::string_view reason) {
    return {Errc::damaged,
            fmt::format("{} is damaged after position {} ({}); what is before it can still be "
                        "read. Run `ferry verify` to see what is wrong.",
                        log.name(), position.value, reason)};
}

Result<void> walk_commits(Log& log, WalkPlace& place, const CommitVisitor& visit) {
    Result<void> outcome;
    const auto end = log.read(place.next, [&](const Record& record) {
        const Judged judged = accept(place.acceptance, record.bytes);
        if (judged.judgement == Judgement::commit_counts) return visit(judged.commit);
        if (judged.judgement == Judgement::unknown_format)
            outcome = fail(Errc::configuration,
                           fmt::format("{}: the record after position {} has a format this build "
                                       "does not know; read this log with a newer ferry",
                                       log.name(), place.acceptance.position.value));
        if (judged.judgement == Judgement::is_void && log.void_is_damage())
            outcome = std::unexpected(
                damaged_after(log, place.acceptance.position, name_of(judged.reason)));
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    if (!end) return std::unexpected(end.error());
    place.next = *end;
    return {};
}

Result<WalkPlace> place_before(Log& log, Position position) {
    if (!log.void_is_damage()) return WalkPlace{};
    const auto holding = log.find(position);
    if (!holding) return std::unexpected(holding.error());
    const auto header = *holding ? claimed_header(**holding) : std::nullopt;
    if (!header || header->first.value <= 1) return WalkPlace{};
    const auto before = log.find({header->first.value - 1});
    if (!before) return std::unexpected(before.error());
    if (!*before) return WalkPlace{};
    const CommitView commit = read_commit(**before).view;
    WalkPlace place;
    place.acceptance = {commit.header.log_id, commit.header.last(), commit.hash,
                        commit.header.term,   commit.header.writer, commit.header.recorded,
                        std::nullopt,         std::nullopt,         std::nullopt};
    if (commit.header.kind == CommitKind::seal)
        place.acceptance.sealed_for = commit.header.next_writer;
    // Where one writer stands behind a lock, a commit's offset is its first position.
    place.next = {header->first.value};
    return place;
}

}  // namespace ferry
