#pragma once
/// How far a site is published, as the ends of its topics say: where a publisher goes on. Whoever
/// has write rights may have put anything there; what is no event or state of the site is passed
/// over. One thread. Errors: as events/kafka_reader.hpp; `stall_max` is how long a broker may send
/// nothing although it has more.
#include "events/kafka_reader.hpp"
#include "ferry/v1/event.pb.h"
#include "ferry/v1/state.pb.h"

#include <functional>

namespace ferry {

struct PublishedEnd {
    Position events;       ///< of the last event in the topic; 0 where there is none
    std::string event_id;  ///< its id, which tells one log from another
    Position states;       ///< up to here all states are in the topic
};

/// Topics that are absent count as empty.
Result<PublishedEnd> published_end(const KafkaAddress& address, const std::string& site,
                                   std::chrono::milliseconds stall_max = std::chrono::seconds(30));

/// Nothing where the record is no event of a log, or no state of an entity.
std::optional<v1::Event> event_of(Bytes value);
std::optional<v1::EntityState> state_of(Bytes value);

/// Visits every record of a topic from its beginning to its end as it is now.
Result<void> read_topic(const KafkaAddress& address, const std::string& topic,
                        const std::function<void(const KafkaRecord&)>& visit,
                        std::chrono::milliseconds stall_max = std::chrono::seconds(30));

}  // namespace ferry
