#include "bench/commands.hpp"

#include "bench/give_up.hpp"
#include "bench/table.hpp"
#include "engine/engine.hpp"

#include <algorithm>
#include <deque>

namespace ferry::bench {

namespace {

void expect_done(const v1::CommandResult& result) {
    if (result.outcome() != "DONE") give_up(result.ShortDebugString());
}

void take(std::deque<Answer>& waiting) {
    expect_done(waiting.front().get());
    waiting.pop_front();
}

}  // namespace

std::vector<v1::Command> Commands::next(std::uint32_t count) {
    std::vector<v1::Command> commands;
    for (std::uint32_t i = 0; i < count; ++i, ++next_user_) {
        commands.push_back(estate_.ask("user:" + user_name(next_user_)));
        commands.back().mutable_enter_coexistence();
    }
    return commands;
}

void Commands::begin() {
    began_at_ = estate_.replica.fleet.position;
    estate_.clock.pass(std::chrono::milliseconds(1));
}

double Commands::together(std::size_t in_flight, std::uint32_t count) {
    return give_together(in_flight, next(count));
}

double Commands::observe_together(std::size_t in_flight, std::uint32_t count, std::uint32_t users) {
    std::vector<v1::Command> commands;
    for (std::uint32_t i = 0; i < count; ++i) {
        commands.push_back(
            estate_.ask("user:" + user_name(static_cast<std::uint32_t>(random_() % users))));
        commands.back().mutable_observe_policy()->set_policy("voice");
        commands.back().mutable_observe_policy()->set_name(i % 2 == 0 ? "gold" : "silver");
    }
    return give_together(in_flight, std::move(commands));
}

double Commands::give_together(std::size_t in_flight, std::vector<v1::Command> commands) {
    begin();
    const auto count = static_cast<double>(commands.size());
    Engine engine(estate_.writer);
    std::deque<Answer> waiting;
    const double seconds = seconds_of([&] {
        for (v1::Command& command : commands) {
            if (waiting.size() == in_flight) take(waiting);
            waiting.push_back(engine.submit(std::move(command)));
        }
        while (!waiting.empty()) take(waiting);
    });
    return seconds * 1e6 / count;
}

double Commands::by_writer(std::size_t in_flight, std::uint32_t count) {
    const std::vector<v1::Command> commands = next(count);
    begin();
    const std::size_t batch = in_flight / batches_under_way;
    const double seconds = seconds_of([&] {
        Writer& writer = estate_.writer;
        for (std::span left(commands); !left.empty() || writer.under_way() > 0;) {
            if (!left.empty() && writer.under_way() < batches_under_way) {
                const std::size_t size = std::min(batch, left.size());
                writer.begin(left.first(size));
                left = left.subspan(size);
                if (!writer.finishes_at_once()) continue;
            }
            const auto results = writer.finish();
            need_done(results);
            for (const v1::CommandResult& result : *results) expect_done(result);
        }
    });
    return seconds * 1e6 / count;
}

std::vector<double> Commands::one_at_a_time(std::uint32_t count) {
    std::vector<v1::Command> commands = next(count);
    begin();
    Engine engine(estate_.writer);
    std::vector<double> each;
    for (v1::Command& command : commands)
        each.push_back(seconds_of([&] { expect_done(engine.execute(std::move(command))); }) * 1e6);
    return each;
}

void Commands::at_once(std::uint32_t count) {
    std::vector<v1::Command> commands = next(count);
    begin();
    estate_.give(commands);
}

}  // namespace ferry::bench
