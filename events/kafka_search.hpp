#pragma once
/// Finds the commit that holds a position in a topic, where offsets say nothing about positions and
/// void records may claim anything: by acceptance, from the nearest place where its state is known.
/// One thread. Errors: as events/kafka_reader.hpp, and configuration for an unknown format.
#include "events/acceptance.hpp"
#include "events/kafka_reader.hpp"

namespace ferry {

class KafkaSearch {
public:
    static Result<KafkaSearch> open(const KafkaAddress& address, std::string topic);

    /// Nothing where the log ends before it. `stall_max`: how long no record may come.
    Result<std::optional<std::vector<Byte>>> find(Position position,
                                                  std::chrono::milliseconds stall_max);
    /// The value of the record at `offset`; nothing where there is none any more.
    Result<std::optional<std::vector<Byte>>> at(Offset offset, std::chrono::milliseconds stall_max);

private:
    /// What acceptance remembers before the record at `next`.
    struct Place {
        AcceptanceState state;
        Offset next;
    };
    explicit KafkaSearch(KafkaReader reader) : reader_(std::move(reader)) {}
    /// The last known place before `position`.
    Place place_before(Position position) const;
    void remember(const Place& place);

    KafkaReader reader_;
    std::vector<Place> places_{Place{}};  ///< ascending
    std::uint64_t commits_since_ = 0;
};

}  // namespace ferry
