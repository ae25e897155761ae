#include "events/kafka_topic_provision.hpp"

#include <fmt/format.h>

#include <thread>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds appear_wait{10'000};

/// The controller makes it; the broker asked next may take a moment to know.
Result<std::optional<TopicFacts>> make(KafkaTopics& topics, const std::string& topic,
                                       const TopicSpec& spec) {
    if (auto made = topics.create(topic, spec); !made) return std::unexpected(made.error());
    const auto until = steady_clock::now() + appear_wait;
    auto facts = topics.describe(topic);
    while (facts && !*facts && steady_clock::now() < until) {
        std::this_thread::sleep_for(milliseconds(20));
        facts = topics.describe(topic);
    }
    return facts;
}

}  // namespace

Result<void> provide_topics(const KafkaAddress& address, std::string_view site,
                            std::span<const std::string_view> whats) {
    auto topics = KafkaTopics::open(address);
    if (!topics) return std::unexpected(topics.error());
    for (const std::string_view what : whats) {
        const TopicSpec& spec = topic_spec(what);
        const std::string topic = topic_name(address, site, what);
        auto facts = topics->describe(topic);
        if (facts && !*facts) facts = make(*topics, topic, spec);
        if (!facts) return std::unexpected(facts.error());
        if (!*facts)
            return fail(Errc::unavailable,
                        fmt::format("{} was made and does not appear; try again", topic));
        if (const auto drift = drift_of(topic, spec, **facts); !drift.empty())
            return fail(Errc::configuration,
                        fmt::format("{}. Nothing is written until that is mended: `ferry topics "
                                    "--apply` sets what can be set",
                                    to_text(drift)));
    }
    return {};
}

}  // namespace ferry
