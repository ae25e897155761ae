#pragma once
/// Before anything is written to a site's topics they exist and are set as they ought to be.
/// Stateless; any thread. Errors: configuration (a wrong setting, by name), unavailable,
/// not_allowed.
#include "events/kafka_topic.hpp"

#include <span>

namespace ferry {

/// Makes those of the site's topics (`log`, `events`, …) that are absent, and refuses the others
/// where a setting is wrong.
Result<void> provide_topics(const KafkaAddress& address, std::string_view site,
                            std::span<const std::string_view> whats);

}  // namespace ferry
