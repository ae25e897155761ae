#pragma once
/// The topics of a site: what each must be set to, what it is set to, and making it so. The log's
/// settings are part of its safety (design.md section 4): a wrong one is refused by name.
/// Stateless; any thread. Errors: unavailable, not_allowed, configuration.
#include "events/kafka_address.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

/// Of a topic on a cluster that has so many brokers.
constexpr int replicas_wanted = 3;

/// How a topic ought to be set. On a single broker the replicas are as many as there are.
struct TopicSpec {
    std::string what;  ///< log, lease, events, state, commands, results
    std::map<std::string, std::string> settings;
    bool keeps_truth = false;  ///< replicas and unclean elections matter as they do for the log
};

/// All topics of a site, in the order they are listed to people.
const std::vector<TopicSpec>& topic_specs();
const TopicSpec& topic_spec(std::string_view what);

struct TopicFacts {
    int partitions = 0;
    int replicas = 0;  ///< of partition 0
    int brokers = 0;   ///< in the cluster
    std::map<std::string, std::string> settings;
};

/// How many replicas must have a record before it counts as written; 0 where that is not known.
int in_sync_of(const TopicFacts& facts);

/// One setting that is not as it ought to be.
struct TopicDrift {
    std::string topic;
    std::string setting;
    std::string is;
    std::string ought;
};

/// Pure: where `facts` differ from `spec`.
std::vector<TopicDrift> drift_of(const std::string& topic, const TopicSpec& spec,
                                 const TopicFacts& facts);

/// No request changes it on a topic that exists, or none of Ferry's.
bool is_for_people(const TopicDrift& drift);

/// What they do about it: `kafka-reassign-partitions.sh adds them`.
std::string remedy(const TopicDrift& drift, const TopicSpec& spec);

/// `paris.log: retention.ms is 604800000 and ought to be -1; …`
std::string to_text(const std::vector<TopicDrift>& drift);

/// The broker's controller, asked and told. One thread.
class KafkaTopics {
public:
    static Result<KafkaTopics> open(const KafkaAddress& address,
                                    std::chrono::milliseconds wait = std::chrono::seconds(10));
    ~KafkaTopics();
    KafkaTopics(KafkaTopics&&) noexcept;

    /// Names of all topics of the cluster that this client may see.
    Result<std::vector<std::string>> names();
    /// Nothing where there is no such topic.
    Result<std::optional<TopicFacts>> describe(const std::string& topic);
    /// No error where it exists already. Returns when the topic is seen with what was set, as does
    /// `alter`: the controller decides, and the broker asked next may take a moment to know.
    Result<void> create(const std::string& topic, const TopicSpec& spec);
    /// Sets what `spec` says on a topic that exists; partitions and replicas stay as they are, and
    /// so does what else was set on it.
    Result<void> alter(const std::string& topic, const TopicSpec& spec);

private:
    struct State;
    explicit KafkaTopics(std::unique_ptr<State> state);
    Result<void> wait_for(const std::string& topic,
                          const std::map<std::string, std::string>& settings);
    std::unique_ptr<State> state_;
};

}  // namespace ferry
