#include "events/log_copy.hpp"

#include "events/head_file.hpp"
#include "events/seal.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

/// How much is appended before it is read back: enough to keep the way there busy, little enough
/// that what was not taken is noticed soon.
constexpr std::uint64_t commits_unread_max = 256;
constexpr std::uint64_t bytes_unread_max = 4 << 20;

Error damaged_after(const Log& log, Position position, std::string_view reason) {
    return {Errc::damaged, fmt::format("{} is damaged after position {} ({}); nothing is copied "
                                       "until `ferry repair` has set the tail aside",
                                       log.name(), position.value, reason)};
}

/// What the head file proves about the end; nothing where the log has none.
Result<std::optional<Head>> proved_end(const Log& log) {
    const std::string path = log.derived_path("head");
    if (path.empty()) return std::nullopt;
    return read_head_file(path);
}

}  // namespace

LogCopy::LogCopy(Log& origin, Log& destination, Randomness& randomness, CopyOptions options)
    : origin_{&origin, {}, {}},
      destination_{&destination, {}, {}},
      resumed_{&origin, {}, {}},
      randomness_(randomness),
      options_(std::move(options)) {}

Result<void> LogCopy::follow(Side& side, const CommitVisitor& visit) {
    Result<void> judged;
    const auto take = [&](const Record& record) {
        const Judged found = accept(side.state, record.bytes);
        switch (found.judgement) {
            case Judgement::commit_counts: return visit(found.commit, record);
            case Judgement::fence_counts:
            case Judgement::reservation_counts: return true;
            case Judgement::unknown_format:
                judged = fail(Errc::configuration,
                              fmt::format("{}: the record after position {} has a format that this "
                                          "build does not know; copy with a newer ferry",
                                          side.log->name(), side.state.position.value));
                return false;
            case Judgement::is_void: break;
        }
        if (!side.log->void_is_damage()) return true;
        judged =
            std::unexpected(damaged_after(*side.log, side.state.position, name_of(found.reason)));
        return false;
    };
    const auto end = side.log->read(side.next, take);
    if (!judged) return judged;
    if (!end) return std::unexpected(end.error());
    side.next = *end;
    return {};
}

Result<void> LogCopy::survey() {
    const auto everything = [](const CommitView&, const Record&) { return true; };
    destination_ = {destination_.log, {}, {}};
    if (auto read = follow(destination_, everything); !read) return read;
    held_ = destination_.state.position;
    gone_on_ = false;
    if (auto read = survey_origin(); !read) return read;
    if (auto fits = judge(); !fits) return fits;
    if (options_.to_move)
        if (auto fits = judge_move(); !fits) return fits;
    surveyed_ = true;
    return {};
}

/// A chain makes comparing cheap: where both sides were judged from their beginning and hold the
/// same commit, by its hash, they hold the same bytes in all commits before it.
Result<void> LogCopy::survey_origin() {
    origin_ = {origin_.log, {}, {}};
    resumed_ = origin_;
    commits_missing_ = bytes_missing_ = 0;
    same_so_far_ = held_.value == 0;
    // Before the log, which a writer at work moves on meanwhile.
    const auto proved = proved_end(*origin_.log);
    if (!proved) return std::unexpected(proved.error());
    bool end_seen = !*proved;
    const auto read = follow(origin_, [&](const CommitView& commit, const Record& record) {
        const Position last = commit.header.last();
        end_seen = end_seen || (last == (*proved)->position && commit.hash == (*proved)->hash);
        if (last == held_ && commit.hash == destination_.state.head) {
            same_so_far_ = true;
            resumed_ = {origin_.log, origin_.state, record.offset.next()};
        }
        if (last > held_) {
            ++commits_missing_;
            bytes_missing_ += record.bytes.size();
        }
        return true;
    });
    if (!read) return read;
    if (end_seen) return {};
    return std::unexpected(
        damaged_after(*origin_.log, origin_.state.position,
                      fmt::format("the head file proves another commit at position {}",
                                  (*proved)->position.value)));
}

Error LogCopy::refusal(std::string_view what, std::string_view next) const {
    return {Errc::configuration,
            fmt::format("{} {}. Nothing was written; {}", destination_.log->name(), what, next)};
}

Result<void> LogCopy::judge() {
    constexpr std::string_view elsewhere = "copy to a place that is empty";
    const AcceptanceState& copy = destination_.state;
    if (!origin_.state.started())
        return fail(Errc::unavailable, fmt::format("{} holds no commit, so there is nothing to "
                                                   "copy; name the log that you mean",
                                                   origin_.log->name()));
    const bool empty = !copy.started() && !copy.reserved_for;
    if (empty) return {};
    if (copy.log_id != origin_.state.log_id)
        return std::unexpected(
            refusal(fmt::format("holds another log, {}, and {} is {}", to_hex(copy.log_id.bytes),
                                origin_.log->name(), to_hex(origin_.state.log_id.bytes)),
                    elsewhere));
    if (copy.position > origin_.state.position) return judge_ahead();
    if (!same_so_far_)
        return std::unexpected(
            refusal(fmt::format("holds other commits up to position {} than {}", held_.value,
                                origin_.log->name()),
                    "look at both with `ferry verify`, and copy to a place that is empty"));
    if (copy.reserved_for) return {};
    return std::unexpected(
        refusal("holds this log without the reservation that a copy begins with, so it may be "
                "written to where it is",
                elsewhere));
}

/// The destination holds more than the origin: right behind the origin's seal, and nowhere else.
Result<void> LogCopy::judge_ahead() {
    // Not by its position: on a log with void records only acceptance knows which commit holds it.
    Side again{destination_.log, {}, {}};
    const auto read = follow(again, [&](const CommitView& commit, const Record&) {
        same_so_far_ = same_so_far_ || commit.hash == origin_.state.head;
        return !same_so_far_;
    });
    if (!read) return read;
    gone_on_ = same_so_far_ && origin_.state.sealed_for.has_value();
    if (gone_on_) return {};
    return std::unexpected(
        refusal(fmt::format("reaches position {}, and {} ends at {} and was not sealed there: it "
                            "lost commits, or is no origin of this copy",
                            held_.value, origin_.log->name(), origin_.state.position.value),
                "look at both with `ferry verify`"));
}

Result<void> LogCopy::judge_move() {
    // One that only followed where the log went is still reserved, for a writer that nobody named.
    if (gone_on_ && !destination_.state.reserved_for) return {};
    if (origin_.state.reserved_for)
        return fail(Errc::configuration,
                    fmt::format("{} is itself a copy that waits for its origin's seal; move the "
                                "origin, or finish the move that made it",
                                origin_.log->name()));
    const auto& sealed_for = origin_.state.sealed_for;
    if (!sealed_for || sealed_for == destination_.state.reserved_for) return {};
    return fail(
        Errc::configuration,
        fmt::format("{} was sealed at position {} for {}, and {} is not that copy. Nothing was "
                    "written; finish the move to the copy that the seal names",
                    origin_.log->name(), origin_.state.position.value,
                    sealed_destination(*origin_.log, origin_.state.position),
                    destination_.log->name()));
}

Result<void> LogCopy::reserve() {
    const Reservation reservation{origin_.state.log_id, randomness_.id<WriterId>()};
    if (auto put = destination_.log->append(stored_reservation(reservation)); !put)
        return std::unexpected(put.error());
    if (auto read = follow(destination_, [](const auto&, const auto&) { return true; }); !read)
        return read;
    // Two copies may have begun at once: the first reservation counts, for both of them.
    const AcceptanceState& copy = destination_.state;
    if (copy.reserved_for && copy.log_id == reservation.log_id) return {};
    return fail(Errc::unavailable,
                fmt::format("{}: somebody else began to write there; nothing was copied. Name a "
                            "place that is empty",
                            destination_.log->name()));
}

Result<void> LogCopy::read_back(const AcceptanceState& expected) {
    bool taken = destination_.state.position == expected.position;
    const auto read = follow(destination_, [&](const CommitView& commit, const Record&) {
        taken = taken || commit.hash == expected.head;
        return true;
    });
    if (!read) return read;
    if (taken) return {};
    return fail(Errc::outcome_unknown,
                fmt::format("{} did not take the commits up to position {}: it ends at {}. Another "
                            "writer is at work there, or an append was lost; run the same command "
                            "again, it goes on where the copy stops",
                            destination_.log->name(), expected.position.value,
                            destination_.state.position.value));
}

Result<void> LogCopy::run() {
    FERRY_ASSERT(surveyed_, "a copy runs only after it was surveyed");
    if (gone_on_) return {};
    if (!destination_.state.reserved_for)
        if (auto reserved = reserve(); !reserved) return reserved;
    std::uint64_t commits = 0, bytes = 0;
    Result<void> written;
    const auto copy = [&](const CommitView&, const Record& record) {
        if (auto put = destination_.log->append(record.bytes); !put)
            written = std::unexpected(put.error());
        bytes += record.bytes.size();
        if (written && (++commits == commits_unread_max || bytes > bytes_unread_max)) {
            written = read_back(resumed_.state);
            commits = bytes = 0;
        }
        if (!written) return false;
        ++commits_copied_;
        bytes_copied_ += record.bytes.size();
        if (options_.on_copied) options_.on_copied(resumed_.state.position);
        return true;
    };
    if (auto read = follow(resumed_, copy); !read) return read;
    if (!written) return written;
    origin_ = {origin_.log, resumed_.state, resumed_.next};
    return read_back(resumed_.state);
}

}  // namespace ferry
