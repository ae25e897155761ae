#pragma once
/// The engine of one site: a bounded queue in front of one deciding thread. It drains whatever
/// commands queued up while the last commit was being written and decides them as one batch: group
/// commit without a timer. On a log that answers later it decides the next batch while the one
/// before is on its way. Callers may be many threads; a full queue makes them wait.
#include "engine/answer.hpp"
#include "engine/writer.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace ferry {

struct EngineOptions {
    /// Callers wait while this many commands are queued: a few commits' worth, so that the deciding
    /// thread never idles and memory stays bounded.
    std::size_t queued_max = 4096;
    /// How many commands one batch takes at most: one commit of single-event commands.
    std::size_t batch_max = commit_events_max;
    /// How often an engine without commands looks whether a check has become too old for its pack.
    std::chrono::milliseconds idle_max{1000};
    /// How many batches may be on their way while another one is decided.
    std::size_t ahead_max = 2;
};

class Engine {
public:
    /// Takes an opened writer, which must outlive the engine, and starts the deciding thread.
    explicit Engine(Writer& writer, EngineOptions options = {});
    /// Stops as `stop` does.
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Queues one command and gives its answer when the log has said so. After a failure of the log
    /// every answer is UNKNOWN, and `failure` says why. Any thread. What can be said about a
    /// command without any state is found out here, in the caller's thread.
    Answer submit(v1::Command command);

    /// The same for a caller who waits for the answer. Where nothing else is asked the command is
    /// decided and its commit waited for in the caller's thread, which saves waking two.
    v1::CommandResult execute(v1::Command command);

    /// Decides what is queued and ends the thread; commands submitted later are answered UNKNOWN.
    void stop();

    /// The error that stopped the engine, if one did.
    std::optional<Error> failure() const;

private:
    /// Commands in order, each with what is understood of it, and their answers to be. What was
    /// answered stays until something takes its place, and is freed by the caller who puts it there
    /// and not by the deciding thread.
    struct Batch {
        std::size_t size = 0;
        std::vector<v1::Command> commands;
        std::vector<Result<Request>> requests;
        std::shared_ptr<BatchAnswers> answers;
        Answer add(v1::Command& command, Result<Request> request);
    };
    Batch fresh_batch();
    /// Whose turn it is to use the writer.
    enum class Turn { deciding_thread, caller, nobody };
    void run();
    /// An empty batch where nothing is asked, for a while if nothing is under way either; nothing
    /// where the engine stops.
    std::optional<Batch> take_batch();
    /// Sleeps until something is asked; false where nothing was for a while.
    bool wait_for_commands(std::unique_lock<std::mutex>& lock);
    void expire();
    void stop_for(const Error& failed);
    void begin(Batch taken);
    void answer_oldest();
    static void answer_unknown(Batch& batch, const Error& failed);

    Writer& writer_;
    EngineOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable queued_;
    std::condition_variable drained_;
    std::deque<Batch> queue_;   ///< each but the last is full
    std::vector<Batch> spare_;  ///< answered, to be filled again
    std::deque<Batch> begun_;   ///< and not answered; the deciding thread's own
    std::size_t commands_queued_ = 0;
    Turn turn_ = Turn::deciding_thread;
    bool turn_awaited_ = false;  ///< by the deciding thread, whatever is asked
    std::optional<Error> failure_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ferry
