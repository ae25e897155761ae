#pragma once
/// The log on Apache Kafka: the topic `PREFIX.<site>.log`, partition 0, one record per commit or
/// fence, the same bytes as on any other log. Kafka has no conditional append, so what is appended
/// counts only once it is read back and accepted; the log's order decides between writers
/// (design.md section 4). Thread rule and contract: events/log.hpp. Offsets are Kafka's.
/// Errors: unavailable (brokers, another leader, a lost lease), not_allowed (ACLs), configuration
/// (topic settings, properties), damaged (`log truncated after n`, history that is gone),
/// outcome_unknown (no delivery report came: a takeover tells).
#include "events/kafka_lease.hpp"
#include "events/kafka_search.hpp"
#include "events/log.hpp"

#include <deque>

namespace ferry {

struct KafkaLogOptions {
    LeaseOptions lease;
    /// Reading gives up where nothing comes for so long although the broker says there is more.
    std::chrono::milliseconds stall_max{30'000};
    /// An append whose report does not come for so long is answered as of unknown outcome. Longer
    /// than librdkafka's own `message.timeout.ms`, so that it normally says so first.
    std::chrono::milliseconds delivery_max{35'000};
    /// Where derived files may stand; empty: nowhere.
    std::string derived_directory;
    /// The log is led to be moved away, perhaps because its topic cannot be set as it ought to be.
    bool to_be_left = false;
};

class KafkaLog final : public Log {
public:
    KafkaLog(KafkaAddress address, std::string site, KafkaLogOptions options = {});

    /// A handle that has appended reads what has come, up to and with its own records, without
    /// asking the broker for the end; any other asks.
    Result<Offset> read(Offset from, const RecordVisitor& visit) override;
    Result<Offset> read_some(Offset from, const RecordVisitor& visit) override;
    Result<std::optional<std::vector<Byte>>> find(Position position) override;
    Result<std::optional<std::vector<Byte>>> at(Offset offset) override;

    /// Makes the topics where they are absent, checks their settings, takes the lease, and connects
    /// what appending and taking over will need.
    Result<void> lead() override;
    Result<Appended> append(Bytes record) override;
    Result<Appended> hand_over(Bytes record) override;
    Result<void> stop() override;
    bool void_is_damage() const override { return false; }
    bool competes() const override { return false; }
    Result<void> may_append() override;
    bool take_reconnected() override;
    std::string derived_path(std::string_view suffix) const override;
    std::string name() const override;

private:
    /// A record that was handed over and whose report is still to come.
    struct OnItsWay {
        KafkaDeliveries delivery;
        std::chrono::steady_clock::time_point until;
    };
    enum class Reach { all, oldest };  ///< of the records on their way
    Result<Offset> read_up_to(Reach reach, Offset from, const RecordVisitor& visit);
    Result<KafkaReader*> reader();
    Result<KafkaSearch*> search();
    Result<KafkaProducer*> producer();
    Result<std::optional<Offset>> end_to_read_to(Offset from);
    /// Of the oldest record on its way. False where it did not come within `wait`.
    Result<bool> take_report(std::chrono::milliseconds wait);
    void drop_producer();
    Result<void> check_topics();

    KafkaAddress address_;
    std::string site_;
    std::string topic_;
    KafkaLogOptions options_;
    std::deque<OnItsWay> on_their_way_;  ///< oldest first; librdkafka writes to them in place
    std::optional<KafkaReader> reader_;
    std::optional<KafkaSearch> search_;
    std::optional<KafkaProducer> producer_;
    std::unique_ptr<KafkaLease> lease_;
    std::chrono::steady_clock::time_point settings_checked_{};
    bool appending_ = false;  ///< reads go by what was delivered and fetched
    Offset appended_to_;      ///< behind the last record that was delivered
};

}  // namespace ferry
