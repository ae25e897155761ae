#pragma once
/// Asks a broker where a topic begins and ends. librdkafka 2.0.2 waits for the broker that led the
/// partition when it was asked, whatever its time-out says, also when that broker is dead and
/// another leads by now. So a client that does not answer is left to its question
/// (events/kafka_question.hpp), and a new one, which learns the leader anew, is asked instead.
/// One thread. Errors: unavailable, not_allowed.
#include "events/kafka_client.hpp"

namespace ferry {

/// The offset of the first record there is, and the one behind the last.
struct Watermarks {
    Offset low;
    Offset high;
};

class KafkaEnd {
public:
    /// Begins with a client that there is already.
    KafkaEnd(KafkaAddress address, KafkaClient client, std::string topic)
        : address_(std::move(address)), client_(std::move(client)), topic_(std::move(topic)) {}

    /// Nothing where the topic is not there.
    Result<std::optional<Watermarks>> ask(std::chrono::milliseconds wait);

private:
    struct Answer;
    /// Nothing where no answer came in time.
    std::optional<Answer> put(std::chrono::milliseconds wait) const;

    KafkaAddress address_;
    KafkaClient client_;
    std::string topic_;
};

}  // namespace ferry
