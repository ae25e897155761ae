#include "engine/engine.hpp"

#include "engine/command_result.hpp"

namespace ferry {

namespace {

v1::CommandResult unknown(const v1::Command& command, const std::string& why) {
    return answer_of(command, "UNKNOWN",
                     why + " Ask again with the same commandId once the log can be had.");
}

}  // namespace

Engine::Engine(Writer& writer, EngineOptions options)
    : writer_(writer), options_(options), thread_([this] { run(); }) {}

Engine::~Engine() { stop(); }

Answer Engine::submit(v1::Command command) {
    Result<Request> request = understand(command);
    std::unique_lock lock(mutex_);
    drained_.wait(lock,
                  [&] { return commands_queued_ < options_.queued_max || stopping_ || failure_; });
    if (stopping_ || failure_) {
        const auto alone = std::make_shared<BatchAnswers>();
        alone->give({unknown(command, failure_ ? failure_->message : "The engine has stopped.")});
        return {alone, 0};
    }
    if (queue_.empty() || queue_.back().size >= options_.batch_max) queue_.push_back(fresh_batch());
    Answer answer = queue_.back().add(command, std::move(request));
    ++commands_queued_;
    queued_.notify_one();
    return answer;
}

v1::CommandResult Engine::execute(v1::Command command) {
    std::unique_lock lock(mutex_);
    if (turn_ != Turn::nobody || !queue_.empty() || stopping_ || failure_) {
        lock.unlock();
        return submit(std::move(command)).get();
    }
    turn_ = Turn::caller;
    lock.unlock();
    auto results = writer_.execute(std::span(&command, 1));
    if (!results) stop_for(results.error());
    lock.lock();
    turn_ = Turn::nobody;
    // Woken without need, the deciding thread takes a processor from those who bring the next
    // answer.
    if (turn_awaited_ || !queue_.empty() || stopping_) queued_.notify_one();
    return results ? std::move(results->front()) : unknown(command, results.error().message);
}

Answer Engine::Batch::add(v1::Command& command, Result<Request> request) {
    if (size == commands.size()) {
        commands.emplace_back();
        requests.emplace_back();
    }
    commands[size].Swap(&command);
    if (request) request->borrow_from(commands[size]);
    requests[size] = std::move(request);
    return {answers, size++};
}

Engine::Batch Engine::fresh_batch() {
    Batch batch;
    if (!spare_.empty()) {
        batch = std::move(spare_.back());
        spare_.pop_back();
    }
    batch.commands.reserve(options_.batch_max);  // they are borrowed from, and stay where they are
    batch.answers = std::make_shared<BatchAnswers>();
    return batch;
}

void Engine::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    queued_.notify_all();
    drained_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::optional<Error> Engine::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

bool Engine::wait_for_commands(std::unique_lock<std::mutex>& lock) {
    turn_ = Turn::nobody;
    const bool asked = queued_.wait_for(lock, options_.idle_max, [&] {
        return turn_ == Turn::nobody && (!queue_.empty() || stopping_);
    });
    turn_awaited_ = true;
    queued_.wait(lock, [&] { return turn_ == Turn::nobody; });
    turn_awaited_ = false;
    turn_ = Turn::deciding_thread;
    return asked;
}

std::optional<Engine::Batch> Engine::take_batch() {
    std::unique_lock lock(mutex_);
    if (begun_.empty() && !wait_for_commands(lock)) return Batch();
    if (queue_.empty()) return stopping_ ? std::nullopt : std::optional(Batch());
    Batch batch = std::move(queue_.front());
    queue_.pop_front();
    commands_queued_ -= batch.size;
    drained_.notify_all();
    return batch;
}

/// Nobody waits for room in the queue any more.
void Engine::stop_for(const Error& failed) {
    {
        const std::lock_guard lock(mutex_);
        failure_ = failed;
    }
    drained_.notify_all();
}

void Engine::begin(Batch taken) {
    if (const auto failed = failure()) return answer_unknown(taken, *failed);
    Batch& batch = begun_.emplace_back(std::move(taken));
    writer_.begin(std::span(batch.commands).first(batch.size),
                  std::span(batch.requests).first(batch.size));
}

void Engine::answer_oldest() {
    auto results = writer_.finish();
    if (!results) {
        stop_for(results.error());
        for (Batch& batch : begun_) answer_unknown(batch, results.error());
        return begun_.clear();
    }
    Batch batch = std::move(begun_.front());
    begun_.pop_front();
    batch.answers->give(std::move(*results));
    batch.answers.reset();
    batch.size = 0;
    const std::lock_guard lock(mutex_);
    if (spare_.size() <= options_.ahead_max) spare_.push_back(std::move(batch));
}

void Engine::answer_unknown(Batch& batch, const Error& failed) {
    std::vector<v1::CommandResult> results;
    results.reserve(batch.size);
    for (std::size_t i = 0; i < batch.size; ++i)
        results.push_back(unknown(batch.commands[i], failed.message));
    batch.answers->give(std::move(results));
}

void Engine::expire() {
    if (failure() || !writer_.expiry_is_due()) return;
    if (const auto expired = writer_.execute({}); !expired) stop_for(expired.error());
}

void Engine::run() {
    for (;;) {
        std::optional<Batch> batch = take_batch();
        if (batch && batch->size > 0) begin(std::move(*batch));
        else if (!begun_.empty()) answer_oldest();
        else if (batch) expire();
        else return;
        while (!begun_.empty() &&
               (begun_.size() > options_.ahead_max || writer_.finishes_at_once()))
            answer_oldest();
    }
}

}  // namespace ferry
