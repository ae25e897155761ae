#include "engine/engine.hpp"

namespace ferry {

namespace {

v1::CommandResult unknown(const v1::Command& command, const std::string& why) {
    v1::CommandResult result;
    result.set_command_id(command.command_id());
    result.set_outcome("UNKNOWN");
    result.set_message(why + " Ask again with the same commandId once the log can be had.");
    return result;
}

}  // namespace

Engine::Engine(Writer& writer, EngineOptions options)
    : writer_(writer), options_(options), thread_([this] { run(); }) {}

Engine::~Engine() { stop(); }

std::future<v1::CommandResult> Engine::submit(v1::Command command) {
    Result<Request> request = understand(command);
    std::unique_lock lock(mutex_);
    drained_.wait(lock,
                  [&] { return commands_queued_ < options_.queued_max || stopping_ || failure_; });
    std::promise<v1::CommandResult> answer;
    auto future = answer.get_future();
    if (stopping_ || failure_) {
        answer.set_value(
            unknown(command, failure_ ? failure_->message : "The engine has stopped."));
        return future;
    }
    if (queue_.empty() || queue_.back().commands.size() >= options_.batch_max)
        queue_.push_back(std::exchange(spare_, {}));
    Batch& batch = queue_.back();
    batch.commands.push_back(std::move(command));
    batch.requests.push_back(std::move(request));
    batch.answers.push_back(std::move(answer));
    ++commands_queued_;
    queued_.notify_one();
    return future;
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

std::optional<Engine::Batch> Engine::take_batch() {
    std::unique_lock lock(mutex_);
    if (!queued_.wait_for(lock, options_.idle_max, [&] { return !queue_.empty() || stopping_; }))
        return Batch();
    if (queue_.empty()) return std::nullopt;
    Batch batch = std::move(queue_.front());
    queue_.pop_front();
    commands_queued_ -= batch.commands.size();
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

void Engine::decide(Batch& batch) {
    std::optional<Error> failed = failure();
    if (!failed) {
        for (std::size_t i = 0; i < batch.commands.size(); ++i)
            if (batch.requests[i]) batch.requests[i]->borrow_from(batch.commands[i]);
        auto results = writer_.execute(batch.commands, batch.requests);
        if (results) {
            for (std::size_t i = 0; i < batch.answers.size(); ++i)
                batch.answers[i].set_value(std::move((*results)[i]));
            return;
        }
        failed = results.error();
        stop_for(*failed);
    }
    for (std::size_t i = 0; i < batch.answers.size(); ++i)
        batch.answers[i].set_value(unknown(batch.commands[i], failed->message));
}

void Engine::keep_room_of(Batch batch) {
    batch.requests.clear();
    batch.commands.clear();
    batch.answers.clear();
    const std::lock_guard lock(mutex_);
    spare_ = std::move(batch);
}

void Engine::expire() {
    if (failure() || !writer_.expiry_is_due()) return;
    if (const auto expired = writer_.execute({}); !expired) stop_for(expired.error());
}

void Engine::run() {
    while (std::optional<Batch> batch = take_batch()) {
        if (batch->commands.empty()) {
            expire();
            continue;
        }
        decide(*batch);
        keep_room_of(std::move(*batch));
    }
}

}  // namespace ferry
