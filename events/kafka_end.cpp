#include "events/kafka_end.hpp"

#include "events/kafka_question.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A broker that is there answers within milliseconds; one that is just starting takes a second.
constexpr milliseconds patience{2'500};

}  // namespace

struct KafkaEnd::Answer {
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
    std::int64_t low = 0;
    std::int64_t high = 0;
};

std::optional<KafkaEnd::Answer> KafkaEnd::put(milliseconds wait) const {
    return put_question(client_, wait, [topic = topic_](rd_kafka_t* handle, int timeout_ms) {
        Answer answer;
        answer.error = rd_kafka_query_watermark_offsets(handle, topic.c_str(), 0, &answer.low,
                                                        &answer.high, timeout_ms);
        return answer;
    });
}

Result<std::optional<Watermarks>> KafkaEnd::ask(milliseconds wait) {
    const auto until = steady_clock::now() + wait;
    bool learned = false;
    for (;;) {
        const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
        const auto answered = put(std::clamp(left, milliseconds(1), patience));
        const auto error = answered ? answered->error : RD_KAFKA_RESP_ERR__TIMED_OUT;
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
            return Watermarks{{static_cast<std::uint64_t>(answered->low)},
                              {static_cast<std::uint64_t>(answered->high)}};
        if (is_absent(error) && learned) return std::optional<Watermarks>();
        // librdkafka remembers for a while that a topic was not there; somebody may have made it.
        if (is_absent(error)) {
            learned = true;
            if (auto anew = learn_topic(client_, topic_, wait); !anew)
                return std::unexpected(anew.error());
            continue;
        }
        const bool timed_out = error == RD_KAFKA_RESP_ERR__TIMED_OUT;
        if (!timed_out || client_.is_stopped() || steady_clock::now() >= until)
            return std::unexpected(kafka_error(
                error, fmt::format("{}: its end cannot be learned", topic_), client_.trouble()));
        if (answered) continue;
        auto fresh = KafkaClient::open(address_, KafkaRole::consumer, {{"group.id", "ferry"}});
        if (!fresh) return std::unexpected(fresh.error());
        client_ = std::move(*fresh);
    }
}

}  // namespace ferry
