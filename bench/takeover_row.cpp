// Taking over a log on Kafka from a leader that is alive and busy.
#include "bench/give_up.hpp"
#include "bench/kafka_estate.hpp"
#include "bench/rows.hpp"
#include "engine/engine.hpp"

#include <fmt/format.h>

#include <deque>
#include <thread>

namespace ferry::bench {

namespace {

constexpr int takeovers = 20;

/// Keeps a leader busy, 100 commands in flight, until it is told that it leads no longer.
void keep_busy(Estate& estate, std::string_view name) {
    Engine engine(estate.writer);
    std::deque<Answer> waiting;
    for (std::uint64_t number = 0;; ++number) {
        v1::Command command = estate.ask("user:" + user_name(0));
        command.set_command_id(fmt::format("{}-{}", name, number));
        command.mutable_observe_client()->set_client("lync-2013");
        waiting.push_back(engine.submit(std::move(command)));
        if (waiting.size() < 100) continue;
        if (waiting.front().get().outcome() != "DONE") return;
        waiting.pop_front();
    }
}

/// Milliseconds from the decision to take over until all of the old leader's commits are known and
/// the new one's stands.
std::vector<double> take_over_again_and_again(const KafkaAddress& address) {
    auto leader = std::make_unique<Estate>(open_kafka(address));
    leader->make({.users = 10, .pools = 1, .stage = Stage::registered});
    std::vector<double> each;
    for (int round = 0; round < takeovers; ++round) {
        auto next = std::make_unique<Estate>(open_kafka(address, true));
        std::thread busy([&] { keep_busy(*leader, fmt::format("round-{}", round)); });
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        need_done(next->replica.catch_up());
        each.push_back(seconds_of([&] { need_done(next->writer.execute({})); }) * 1e3);
        busy.join();
        leader = std::move(next);
    }
    return each;
}

}  // namespace

void add_takeover_row(Bench& bench) {
    bench.table.add(
        {.operation = fmt::format("takeover of a live, busy leader by one that follows "
                                  "and holds the lease, p99 of {}",
                                  takeovers),
         .goal = "≤ 50 ms",
         .unit = Unit::milliseconds,
         .ferry =
             [&] { return quantile_of(take_over_again_and_again(fresh_address(bench)), 0.99); },
         .at_most = 50});
}

}  // namespace ferry::bench
