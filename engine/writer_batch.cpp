// Batches of commands on their way: begun one after the other, finished in the same order, and all
// decided again where the chain of their commits broke.
#include "engine/writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

void Writer::begin(std::span<const v1::Command> commands,
                   std::span<const Result<Request>> understood) {
    FERRY_ASSERT(understood.empty() || understood.size() == commands.size(),
                 "not every command is understood, or another's");
    begin({.commands = commands, .understood = understood});
}

void Writer::begin(Batch batch) {
    const bool holds = under_way_.empty() || under_way_.back().decided;
    FERRY_ASSERT(!failed_ || !holds, "a writer that failed was asked again");
    batch.number = ++begun_;
    under_way_.push_back(std::move(batch));
    if (holds) attempt(under_way_.back());
}

void Writer::attempt(Batch& batch) {
    came_late_ = false;
    batch.decided = false;
    const auto ready = begin_batch();
    batch.ready = ready.has_value();
    if (!ready) {
        batch.results = std::unexpected(ready.error());
        return;
    }
    batch_ = batch.number;
    taken_to_ = batch.taken_to;
    understood_ = batch.understood;
    batch.results = decide_batch(batch);
    understood_ = {};
    taken_to_.reset();
    batch.decided = batch.results && !came_late_;
    batch.commits = handed_over_;
    chain_broken_ = !batch.decided;
}

Result<Writer::Results> Writer::decide_batch(const Batch& batch) {
    expire_checks();
    auto results = decide_all(batch.commands);
    if (!results || came_late_) return results;
    record_taken();
    if (auto flushed = flush(); !flushed) return std::unexpected(flushed.error());
    return results;
}

bool Writer::finishes_at_once() const {
    return !under_way_.empty() && under_way_.front().decided && !chain_broken_ &&
           landed() >= under_way_.front().commits;
}

Result<Writer::Results> Writer::finish() {
    FERRY_ASSERT(!under_way_.empty(), "nothing was begun");
    Batch& first = under_way_.front();
    bool stands = first.decided && !chain_broken_;
    if (stands) {
        const auto landed = land(first.commits);
        if (!landed) first.results = std::unexpected(landed.error());
        stands = landed && *landed;
    }
    if (!stands && first.ready) mend();
    Result<Results> results = std::move(first.results);
    if (results && replica_.fleet.position.value != 0) early_answers_.clear();
    // Their ids are the caller's, who may drop them now.
    while (!recent_.empty() && recent_.front().batch == first.number) recent_.pop_front();
    under_way_.pop_front();
    return results;
}

void Writer::mend() {
    // A later one may have met what concerns the first as well, a producer that was lost.
    const auto failed = std::ranges::find_if(
        under_way_, [](const Batch& batch) { return !batch.results.has_value(); });
    Result<void> fit = failed == under_way_.end() ? refold() : recover(failed->results.error());
    recent_.clear();
    for (Batch& batch : under_way_) {
        if (fit) batch.results = decide_until_first(batch);
        else batch.results = std::unexpected(fit.error());
        batch.decided = batch.results.has_value();
        batch.commits = handed_over_;
        if (!batch.decided) fit = std::unexpected(batch.results.error());
    }
    chain_broken_ = false;
}

Result<void> Writer::recover(const Error& failed) {
    if (failed.code == Errc::outcome_unknown && !failed_)
        if (auto settled = settle_unknown(); settled) return {};
    failed_ = true;
    return std::unexpected(failed);
}

Result<Writer::Results> Writer::decide_until_first(Batch& batch) {
    for (int tried = 1; tried < options_.attempts_max; ++tried) {
        attempt(batch);
        if (!batch.ready) return std::move(batch.results);
        if (batch.decided) {
            const auto landed = land(batch.commits);
            if (landed && *landed) return std::move(batch.results);
            if (!landed) batch.results = std::unexpected(landed.error());
        }
        auto again = batch.results ? refold() : recover(batch.results.error());
        if (!again) return std::unexpected(again.error());
        recent_.clear();
    }
    return fail(
        Errc::unavailable,
        fmt::format("{}: other writers came first {} times in a row; try again, or stop them",
                    replica_.log->name(), options_.attempts_max));
}

}  // namespace ferry
