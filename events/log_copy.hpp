#pragma once
/// Copies a log into another one of any kind, byte for byte: the commits that count, in their
/// order. Fences and void records stay behind. Acceptance judges both sides, the origin while it is
/// read and the copy after it was written. A copy begins with a reservation
/// (events/reservation.hpp) and takes up again where it stopped.
///
/// Thread rule: that of the two logs, which must outlive it and be different ones.
/// Errors: damaged (either log is, with what `ferry repair` is needed for), configuration (the
/// destination holds something else, or the origin was sealed for another one), unavailable (the
/// origin is empty, or somebody writes to the destination), outcome_unknown (the destination did
/// not take what was appended; run it again), and what the logs themselves say.
#include "events/acceptance.hpp"
#include "events/log.hpp"
#include "events/randomness.hpp"

namespace ferry {

struct CopyOptions {
    /// The origin is to be sealed for this copy: refused where it was sealed for another one, or is
    /// itself a copy that waits for a seal.
    bool to_move = false;
    /// Called with the last position copied, after each commit.
    std::function<void(Position)> on_copied;
};

class LogCopy {
public:
    LogCopy(Log& origin, Log& destination, Randomness& randomness, CopyOptions options = {});

    /// Reads both to their ends and compares them. Writes nothing. Whoever is to `run` leads the
    /// destination first, so that nothing comes between.
    Result<void> survey();

    /// Appends what the destination lacks of the origin as it is now. After a `survey` without an
    /// error; may be called again to copy what the origin got meanwhile.
    Result<void> run();

    /// Both as they were last read.
    const AcceptanceState& origin() const { return origin_.state; }
    const AcceptanceState& destination() const { return destination_.state; }
    /// The destination holds the origin's seal and went on behind it: the move is done.
    bool gone_on() const { return gone_on_; }

    /// What the destination held when it was surveyed, and what it lacked.
    Position held() const { return held_; }
    std::uint64_t commits_missing() const { return commits_missing_; }
    std::uint64_t bytes_missing() const { return bytes_missing_; }
    /// What was copied since.
    std::uint64_t commits_copied() const { return commits_copied_; }
    std::uint64_t bytes_copied() const { return bytes_copied_; }

private:
    /// One side, read as any reader would.
    struct Side {
        Log* log;
        AcceptanceState state;
        Offset next;
    };
    using CommitVisitor = std::function<bool(const CommitView&, const Record&)>;

    static Result<void> follow(Side& side, const CommitVisitor& visit);
    Result<void> survey_origin();
    Result<void> judge();
    Result<void> judge_ahead();
    Result<void> judge_move();
    Result<void> reserve();
    Result<void> read_back(const AcceptanceState& expected);
    Error refusal(std::string_view what, std::string_view next) const;

    Side origin_;
    Side destination_;
    Side resumed_;  ///< the origin, read up to what the destination holds
    Randomness& randomness_;
    CopyOptions options_;
    bool surveyed_ = false;
    bool same_so_far_ = false;
    bool gone_on_ = false;
    Position held_;
    std::uint64_t commits_missing_ = 0;
    std::uint64_t bytes_missing_ = 0;
    std::uint64_t commits_copied_ = 0;
    std::uint64_t bytes_copied_ = 0;
};

}  // namespace ferry
