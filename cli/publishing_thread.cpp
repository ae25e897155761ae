#include "cli/publishing_thread.hpp"

#include "projections/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds ending_max{2'000};
/// Whoever ends this waits as long for a broker that is away.
constexpr milliseconds publishing_stall_max{5'000};

}  // namespace

PublishingThread::PublishingThread(LogUrl url, std::string site,
                                   std::function<void(const std::string&)> say)
    : url_(std::move(url)),
      site_(std::move(site)),
      say_(std::move(say)),
      thread_([this] { run(); }) {}

PublishingThread::~PublishingThread() {
    end_ = steady_clock::now() + ending_max;
    ending_ = true;
    thread_.join();
}

bool PublishingThread::is_out_of_time() const {
    return ending_ && steady_clock::now() > end_.load();
}

void PublishingThread::run() {
    KafkaLogOptions log_options;
    log_options.stall_max = publishing_stall_max;
    Replica replica(std::make_unique<KafkaLog>(url_.kafka, site_, std::move(log_options)));
    replica.keeps_index = false;
    PublisherOptions options;
    options.mends_states = true;
    options.stall_max = publishing_stall_max;
    options.stopping = [this] { return is_out_of_time(); };
    Publisher publisher(url_.kafka, site_, std::move(options));
    std::string trouble;
    milliseconds wait = published_every;
    for (bool last = false; !last;) {
        const auto until = steady_clock::now() + wait;
        while (!ending_ && steady_clock::now() < until)
            std::this_thread::sleep_for(published_every);
        last = ending_;  // what came before it was told to end is published yet
        if (last && !trouble.empty()) return;  // by whoever leads next
        const auto done = publisher.catch_up(replica);
        if (!done && done.error().message != trouble)
            say_(fmt::format("publishing fails and is tried again: {}", done.error().message));
        if (done && !trouble.empty()) say_("publishing goes on");
        trouble = done ? "" : done.error().message;
        wait = done ? published_every : std::min(wait * 2, publisher_back_off_max);
    }
}

}  // namespace ferry
