#pragma once
/// The publisher: makes of one site's log what the world reads on Kafka, from any kind of log.
/// `PREFIX.<site>.events` gets every event that was accepted, in log order, at least once and
/// without a gap; `PREFIX.<site>.state` the current state of each entity that changed. It keeps
/// nothing of its own: where it goes on is what it finds at the ends of its topics, so it may be
/// killed at any moment, and two of them at once only repeat each other. One thread.
/// Errors: unavailable (brokers, or no progress for `stall_max`), not_allowed, configuration (topic
/// settings, topics made from another log, events this build does not know), damaged and io (the
/// log's own). After an error the next `catch_up` begins anew from the ends of the topics.
#include "engine/replica.hpp"
#include "projections/public_record.hpp"
#include "projections/published_end.hpp"

namespace ferry {

/// How long new events may wait for whoever follows a log to publish it, and how long at most it
/// waits for a broker that is away.
constexpr std::chrono::milliseconds published_every{20};
constexpr std::chrono::milliseconds publisher_back_off_max{5'000};

struct PublisherOptions {
    /// Without a delivery report, or an answer, for so long it gives up what is under way.
    std::chrono::milliseconds stall_max{30'000};
    /// Compares the whole topic of states with the fleet once, and publishes again what differs: a
    /// rival that was killed half-way may have left an older state behind a newer one.
    bool mends_states = false;
    /// Asked now and then; once true nothing more is handed over.
    std::function<bool()> stopping = {};
    /// Told about once a second how far a long reading has come.
    std::function<void(Position published, Position read)> progress = {};
};

class Publisher {
public:
    Publisher(KafkaAddress to, std::string site, PublisherOptions options = {});
    ~Publisher();
    Publisher(Publisher&&) noexcept;

    /// Reads the replica's log to its end, and returns once all of it is published. The replica may
    /// be fresh; its `on_commit` is used meanwhile.
    Result<void> catch_up(Replica& replica);

    /// The last event whose delivery was reported, or that was found in the topic.
    Position published() const { return published_; }
    /// How many events were published since this object first looked.
    std::uint64_t count() const {
        return begun_ && published_ > *begun_ ? published_.value - begun_->value : 0;
    }

private:
    struct Session;

    Result<void> begin(Replica& replica);
    Result<void> publish_read(Replica& replica, Position from);
    Result<void> publish_rest(Replica& replica);
    void take(const Fleet& fleet, const CommitView& commit);
    void take_event(const Fleet& fleet, const CommitHeader& header, Position position,
                    const v1::StoredEvent& event);
    void publish_states(const Fleet& fleet, Position up_to);
    Result<void> mend_states(const Fleet& fleet);
    void hand_over(const KafkaMessage& message, KafkaDeliveries& deliveries);
    void look_at_deliveries();
    Result<void> wait_for_deliveries();
    Result<void> check_end(const Replica& replica) const;
    void tell_progress(Position read);
    void give_up(Error error);
    bool is_stopping() const { return options_.stopping && options_.stopping(); }

    KafkaAddress to_;
    std::string site_;
    PublisherOptions options_;
    std::string events_topic_;
    std::string state_topic_;
    PublicRecord record_;
    Position published_;             ///< as far as reports came
    std::optional<Position> begun_;  ///< where the topic ended when it was first looked at
    bool mended_ = false;
    std::chrono::steady_clock::time_point told_{};
    std::unique_ptr<Session> session_;
};

}  // namespace ferry
