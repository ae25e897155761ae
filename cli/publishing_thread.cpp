#include "cli/publishing_thread.hpp"

#include "projections/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds ending_max{2'000};
/// A broker that is silent for so long is away: that is said, and it is tried again.
constexpr milliseconds publishing_stall_max{5'000};

}  // namespace

PublishingThread::PublishingThread(LogUrl url, std::string site,
                                   std::function<void(const std::string&)> say)
    : url_(std::move(url)),
      site_(std::move(site)),
      say_(std::move(say)),
      thread_([this](const std::stop_token& out_of_time) {
          run(out_of_time);
          ended_.set_value();
      }) {}

PublishingThread::~PublishingThread() {
    ending_ = true;
    ended_.get_future().wait_for(ending_max);
}

void PublishingThread::run(const std::stop_token& out_of_time) {
    url_.kafka.stop = out_of_time;
    KafkaLogOptions log_options;
    log_options.stall_max = publishing_stall_max;
    Replica replica(std::make_unique<KafkaLog>(url_.kafka, site_, std::move(log_options)));
    replica.keeps_index = false;
    PublisherOptions options;
    options.mends_states = true;
    options.stall_max = publishing_stall_max;
    options.stopping = [&] { return out_of_time.stop_requested(); };
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
        if (out_of_time.stop_requested()) return;
        if (!done && done.error().message != trouble)
            say_(fmt::format("publishing fails and is tried again: {}", done.error().message));
        if (done && !trouble.empty()) say_("publishing goes on");
        trouble = done ? "" : done.error().message;
        wait = done ? published_every : std::min(wait * 2, publisher_back_off_max);
    }
}

}  // namespace ferry
