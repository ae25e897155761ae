#include "events/kafka_topic_provision.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace ferry {

Result<void> provide_topics(const KafkaAddress& address, std::string_view site,
                            std::span<const std::string_view> whats) {
    auto topics = KafkaTopics::open(address);
    if (!topics) return std::unexpected(topics.error());
    for (const std::string_view what : whats) {
        const TopicSpec& spec = topic_spec(what);
        const std::string topic = topic_name(address, site, what);
        auto facts = topics->describe(topic);
        if (facts && !*facts) {
            if (auto made = topics->create(topic, spec); !made) return made;
            facts = topics->describe(topic);
        }
        if (!facts) return std::unexpected(facts.error());
        if (!*facts)
            return fail(Errc::unavailable, fmt::format("{} went away again; try again", topic));
        const auto drift = drift_of(topic, spec, **facts);
        if (drift.empty()) continue;
        std::set<std::string> remedies;
        for (const TopicDrift& one : drift) remedies.insert(remedy(one, spec));
        return fail(Errc::configuration,
                    fmt::format("{}. Nothing is written until that is mended: {}", to_text(drift),
                                fmt::join(remedies, "; ")));
    }
    return {};
}

}  // namespace ferry
