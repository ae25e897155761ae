#include "projections/verification.hpp"

#include "events/head_file.hpp"
#include "projections/campaign_proof.hpp"
#include "projections/rollback_proof.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

class Verifier {
public:
    Verifier(Log& log, std::vector<EndProof> proofs) : log_(log), proofs_(std::move(proofs)) {}
    Result<Verification> run();

private:
    bool take(const Record& record);
    void count(const CommitView& commit);
    void note(Discrepancy discrepancy);
    void compare(const EndProof& proof, const CommitView& commit);
    void refuse(const Record& record, VoidReason reason);
    void found(Integrity integrity, std::string where, std::string reason);
    Result<void> read_head();
    void compare_end();
    Result<void> prove_rollbacks();

    Log& log_;
    std::vector<EndProof> proofs_;  ///< by position
    std::size_t next_proof_ = 0;
    AcceptanceState state_;
    RollbackProof rollbacks_;
    EventOrder order_{[this](Position position, const v1::StoredEvent& event) {
        rollbacks_.note(position, event);
    }};
    CampaignProof campaign_;
    Verification report_;
    bool unknown_format_ = false;
};

void Verifier::found(Integrity integrity, std::string where, std::string reason) {
    // What comes first in the log is what is wrong; the rest may only follow from it.
    if (report_.verdict != Integrity::intact) return;
    report_.verdict = integrity;
    report_.where = std::move(where);
    report_.reason = std::move(reason);
}

void Verifier::note(Discrepancy discrepancy) {
    if (report_.discrepancies.size() < discrepancies_shown_max)
        report_.discrepancies.push_back(std::move(discrepancy));
    ++report_.discrepancies_count;
}

void Verifier::compare(const EndProof& proof, const CommitView& commit) {
    const CommitHeader& header = commit.header;
    if (proof.log_id && *proof.log_id != header.log_id)
        return found(Integrity::rewritten, "position 1",
                     fmt::format("{} is of the log {}, and this is another, {}", proof.by,
                                 to_hex(proof.log_id->bytes), to_hex(header.log_id.bytes)));
    if (proof.position != header.last() || proof.head != commit.hash)
        return found(Integrity::rewritten,
                     fmt::format("the commit of positions {} to {}", header.first.value,
                                 header.last().value),
                     fmt::format("{} proves another commit that ends at position {}", proof.by,
                                 proof.position.value));
    if (report_.verdict != Integrity::intact) return;
    const bool again = report_.end_proved_to == proof.position;
    report_.end_proved_by = again ? report_.end_proved_by + " and " + proof.by : proof.by;
    report_.end_proved_to = proof.position;
    report_.proved_elsewhere = proof.kept_elsewhere || (again && report_.proved_elsewhere);
}

void Verifier::count(const CommitView& commit) {
    ++report_.commits;
    order_.follow(commit, [this](Discrepancy discrepancy) { note(std::move(discrepancy)); });
    campaign_.follow(commit, [this](Discrepancy discrepancy) { note(std::move(discrepancy)); });
    while (next_proof_ < proofs_.size() && proofs_[next_proof_].position <= commit.header.last())
        compare(proofs_[next_proof_++], commit);
}

void Verifier::refuse(const Record& record, VoidReason reason) {
    ++report_.voids[reason];
    if (!log_.void_is_damage()) return;
    const std::string where = fmt::format("row {}", record.offset.value);
    const auto header = claimed_header(record.bytes);
    const bool hole = reason == VoidReason::gap || reason == VoidReason::before_first;
    if (hole && header && header->first > state_.position.next())
        return found(Integrity::commits_missing, where,
                     fmt::format("positions {} to {} are missing before it",
                                 state_.position.next().value, header->first.value - 1));
    found(Integrity::damaged, where, explained(reason));
}

bool Verifier::take(const Record& record) {
    const Judged judged = accept(state_, record.bytes);
    switch (judged.judgement) {
        case Judgement::commit_counts: count(judged.commit); break;
        case Judgement::fence_counts:
        case Judgement::reservation_counts: break;
        case Judgement::is_void: refuse(record, judged.reason); break;
        case Judgement::unknown_format: unknown_format_ = true; return false;
    }
    // Behind damage nothing can count on a log that admits one writer.
    return report_.verdict == Integrity::intact || report_.verdict == Integrity::rewritten;
}

/// The head file is read before the log: a writer at work moves it ahead of what was read.
Result<void> Verifier::read_head() {
    const std::string path = log_.derived_path("head");
    if (path.empty()) return {};
    auto head = read_head_file(path);
    if (!head) return std::unexpected(head.error());
    if (*head) proofs_.push_back({(*head)->position, (*head)->hash, "the head file", {}, false});
    return {};
}

void Verifier::compare_end() {
    report_.read_to = state_.position;
    report_.log_id = state_.log_id;
    report_.head = state_.head;
    report_.waits_for_seal = state_.reserved_for.has_value();
    report_.sealed = state_.sealed_for.has_value();
    report_.unknown_bodies = order_.unknown_bodies();
    report_.home_changes = order_.take_home_changes();
    if (next_proof_ < proofs_.size())
        found(Integrity::end_missing, fmt::format("after position {}", state_.position.value),
              fmt::format("{} proves that the log went on to position {}", proofs_.back().by,
                          proofs_.back().position.value));
    // Where a proof contradicts, nobody can say from which position on it was rewritten: all that
    // stands is what an earlier proof agrees with.
    report_.intact_to = report_.verdict == Integrity::rewritten
                            ? report_.end_proved_to.value_or(Position{})
                            : state_.position;
}

/// Last, because it folds the log; what the events promise about their order belongs here too.
Result<void> Verifier::prove_rollbacks() {
    const auto compared = rollbacks_.compare(
        log_, state_.position, [this](Discrepancy discrepancy) { note(std::move(discrepancy)); });
    if (!compared) return std::unexpected(compared.error());
    report_.rollback_digests = *compared;
    if (report_.discrepancies.empty()) return {};
    const Discrepancy& first = *std::min_element(
        report_.discrepancies.begin(), report_.discrepancies.end(),
        [](const Discrepancy& a, const Discrepancy& b) { return a.position < b.position; });
    report_.intact_to = std::min(report_.intact_to, Position{first.position.value - 1});
    found(Integrity::inconsistent, fmt::format("position {}", first.position.value), first.what);
    return {};
}

Result<Verification> Verifier::run() {
    if (auto read = read_head(); !read) return std::unexpected(read.error());
    std::stable_sort(proofs_.begin(), proofs_.end(),
                     [](const EndProof& a, const EndProof& b) { return a.position < b.position; });
    const auto end = log_.read(Offset{0}, [&](const Record& record) { return take(record); });
    if (unknown_format_)
        return fail(Errc::configuration,
                    fmt::format("{}: the record after position {} has a format this build does not "
                                "know; verify this log with a newer ferry",
                                log_.name(), state_.position.value));
    if (!end && end.error().code != Errc::damaged) return std::unexpected(end.error());
    if (!end)
        found(Integrity::damaged, fmt::format("after position {}", state_.position.value),
              end.error().message);
    compare_end();
    if (auto proved = prove_rollbacks(); !proved) return std::unexpected(proved.error());
    return std::move(report_);
}

}  // namespace

Result<Verification> verify_log(Log& log, std::vector<EndProof> proofs) {
    return Verifier(log, std::move(proofs)).run();
}

}  // namespace ferry
