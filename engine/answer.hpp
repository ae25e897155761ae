#pragma once
/// What a caller of an engine holds until the log has said how his command ended. Commands that
/// were decided together are answered together, at once: a `std::promise` each would cost a system
/// call each, because what sets its value (glibc's `pthread_once`) wakes whoever might wait for it.
/// An answer is its caller's own; the batch behind it may be shared by many threads.
#include "ferry/v1/command.pb.h"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace ferry {

/// The answers to the commands of one batch, in order.
class BatchAnswers {
public:
    /// Once, by whoever decided.
    void give(std::vector<v1::CommandResult> results) {
        results_ = std::move(results);
        given_ = 1;
        given_.notify_all();
    }
    /// Waits until they are given, and moves one of them out.
    v1::CommandResult take(std::size_t at) {
        given_.wait(0);
        return std::move(results_[at]);
    }

private:
    std::vector<v1::CommandResult> results_;
    std::atomic<int> given_ = 0;  // an int, which the kernel can wait for as it is
};

/// One of them.
class Answer {
public:
    /// Of nothing; to be assigned to.
    Answer() = default;
    Answer(std::shared_ptr<BatchAnswers> batch, std::size_t at)
        : batch_(std::move(batch)), at_(at) {}
    /// Waits for it. Once.
    v1::CommandResult get() { return std::exchange(batch_, nullptr)->take(at_); }

private:
    std::shared_ptr<BatchAnswers> batch_;
    std::size_t at_ = 0;
};

}  // namespace ferry
