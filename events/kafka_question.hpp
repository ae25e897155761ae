#pragma once
/// A question to brokers that librdkafka lets nobody interrupt, put in a thread of its own: where
/// no answer comes in time, or nobody waits any more, that thread keeps the client and whatever the
/// question holds, and is left to itself. Any thread. Errors: none.
#include "events/kafka_client.hpp"

#include <future>
#include <optional>
#include <thread>
#include <type_traits>

namespace ferry {

/// So much later than its own time-out librdkafka may say that it passed.
constexpr std::chrono::milliseconds answer_late_max{100};

/// `question` is given the client's handle and `wait`, as librdkafka wants its time-outs. Nothing
/// where it does not answer in time, or not before the client's address is told to stop.
template <class Question>
std::optional<std::invoke_result_t<Question&, rd_kafka_t*, int>> put_question(
    const KafkaClient& client, std::chrono::milliseconds wait, Question question) {
    using Answer = std::invoke_result_t<Question&, rd_kafka_t*, int>;
    const int timeout_ms = static_cast<int>(wait.count());
    std::promise<Answer> promise;
    auto answer = promise.get_future();
    std::thread([asked = client, timeout_ms, question = std::move(question),
                 promise = std::move(promise)]() mutable {
        Answer given = question(asked.handle(), timeout_ms);
        asked = KafkaClient();
        promise.set_value(std::move(given));
    }).detach();
    const auto until = std::chrono::steady_clock::now() + wait + answer_late_max;
    while (answer.wait_for(stop_looked_at_every) != std::future_status::ready)
        if (client.is_stopped() || std::chrono::steady_clock::now() >= until) return std::nullopt;
    return answer.get();
}

}  // namespace ferry
