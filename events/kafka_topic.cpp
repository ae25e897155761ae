#include "events/kafka_topic.hpp"

#include "events/kafka_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

template <auto destroy>
struct Destroy {
    template <class Handle>
    void operator()(Handle* handle) const {
        destroy(handle);
    }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroy<rd_kafka_queue_destroy>>;
using Options = std::unique_ptr<rd_kafka_AdminOptions_t, Destroy<rd_kafka_AdminOptions_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroy<rd_kafka_event_destroy>>;
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Destroy<rd_kafka_NewTopic_destroy>>;
using Resource =
    std::unique_ptr<rd_kafka_ConfigResource_t, Destroy<rd_kafka_ConfigResource_destroy>>;

}  // namespace

struct KafkaTopics::State {
    KafkaClient client;
    milliseconds wait{};

    Result<KafkaMetadata> metadata() const {
        return ask_metadata(client, std::nullopt, wait, "the cluster does not answer");
    }

    /// Sends one request of the admin API and waits for its answer.
    template <class Send>
    Result<Event> ask(rd_kafka_admin_op_t operation, std::string_view what, Send&& send) const {
        const Queue queue(rd_kafka_queue_new(client.handle()));
        const Options options(rd_kafka_AdminOptions_new(client.handle(), operation));
        char message[256] = {};
        rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(wait.count()),
                                                  message, sizeof message);
        send(options.get(), queue.get());
        const auto until = steady_clock::now() + wait + std::chrono::seconds(1);
        Event event;
        while (!event && !client.is_stopped() && steady_clock::now() < until)
            event.reset(
                rd_kafka_queue_poll(queue.get(), static_cast<int>(stop_looked_at_every.count())));
        if (!event)
            return std::unexpected(
                kafka_error(RD_KAFKA_RESP_ERR__TIMED_OUT, what, client.trouble()));
        if (const auto error = rd_kafka_event_error(event.get()))
            return std::unexpected(kafka_error(error, what, client.trouble()));
        return event;
    }

    /// `own_only`: those set on the topic itself, not what it takes over from the broker.
    Result<std::map<std::string, std::string>> settings_of(const std::string& topic,
                                                           bool own_only = false) const;
};

KafkaTopics::KafkaTopics(std::unique_ptr<State> state) : state_(std::move(state)) {}
KafkaTopics::~KafkaTopics() = default;
KafkaTopics::KafkaTopics(KafkaTopics&&) noexcept = default;

Result<KafkaTopics> KafkaTopics::open(const KafkaAddress& address, std::chrono::milliseconds wait) {
    auto client = KafkaClient::open(address, KafkaRole::producer, {});
    if (!client) return std::unexpected(client.error());
    return KafkaTopics(std::make_unique<State>(State{std::move(*client), wait}));
}

Result<std::vector<std::string>> KafkaTopics::names() {
    const auto metadata = state_->metadata();
    if (!metadata) return std::unexpected(metadata.error());
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>((*metadata)->topic_cnt));
    for (int i = 0; i < (*metadata)->topic_cnt; ++i)
        names.emplace_back((*metadata)->topics[i].topic);
    std::sort(names.begin(), names.end());
    return names;
}

Result<std::map<std::string, std::string>> KafkaTopics::State::settings_of(const std::string& topic,
                                                                           bool own_only) const {
    const Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    const auto event =
        ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, fmt::format("{} cannot be described", topic),
            [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                rd_kafka_ConfigResource_t* asked = resource.get();
                rd_kafka_DescribeConfigs(client.handle(), &asked, 1, options, queue);
            });
    if (!event) return std::unexpected(event.error());
    std::size_t count = 0;
    const auto* const result = rd_kafka_event_DescribeConfigs_result(event->get());
    const auto* const* const resources = rd_kafka_DescribeConfigs_result_resources(result, &count);
    std::map<std::string, std::string> settings;
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto error = rd_kafka_ConfigResource_error(resources[i]))
            return std::unexpected(
                kafka_error(error, fmt::format("{} cannot be described", topic), client.trouble()));
        std::size_t entries_count = 0;
        const auto* const* const entries =
            rd_kafka_ConfigResource_configs(resources[i], &entries_count);
        for (std::size_t j = 0; j < entries_count; ++j) {
            const bool own = rd_kafka_ConfigEntry_source(entries[j]) ==
                             RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG;
            if (own_only && !own) continue;
            const char* const value = rd_kafka_ConfigEntry_value(entries[j]);
            settings[rd_kafka_ConfigEntry_name(entries[j])] = value ? value : "";
        }
    }
    return settings;
}

Result<std::optional<TopicFacts>> KafkaTopics::describe(const std::string& topic) {
    const auto metadata = state_->metadata();
    if (!metadata) return std::unexpected(metadata.error());
    for (int i = 0; i < (*metadata)->topic_cnt; ++i) {
        const auto& found = (*metadata)->topics[i];
        if (topic != found.topic) continue;
        auto settings = state_->settings_of(topic);
        if (!settings) return std::unexpected(settings.error());
        TopicFacts facts;
        facts.partitions = found.partition_cnt;
        facts.replicas = found.partition_cnt > 0 ? found.partitions[0].replica_cnt : 0;
        facts.brokers = (*metadata)->broker_cnt;
        facts.settings = std::move(*settings);
        return facts;
    }
    return std::optional<TopicFacts>();
}

Result<void> KafkaTopics::wait_for(const std::string& topic,
                                   const std::map<std::string, std::string>& settings) {
    const auto until = steady_clock::now() + state_->wait;
    for (;;) {
        const auto facts = describe(topic);
        const auto is_set = [&](const auto& setting) {
            const auto found = (*facts)->settings.find(setting.first);
            return found != (*facts)->settings.end() && found->second == setting.second;
        };
        if (facts && *facts && std::ranges::all_of(settings, is_set)) return {};
        if (state_->client.is_stopped() || steady_clock::now() >= until) {
            if (!facts) return std::unexpected(facts.error());
            return fail(Errc::unavailable,
                        fmt::format("{} was made and does not appear; try again", topic));
        }
        std::this_thread::sleep_for(milliseconds(20));
    }
}

Result<void> KafkaTopics::create(const std::string& topic, const TopicSpec& spec) {
    const auto metadata = state_->metadata();
    if (!metadata) return std::unexpected(metadata.error());
    const int brokers = (*metadata)->broker_cnt;
    char message[256] = {};
    const NewTopic made(rd_kafka_NewTopic_new(topic.c_str(), 1, std::min(replicas_wanted, brokers),
                                              message, sizeof message));
    if (!made)
        return fail(Errc::configuration, fmt::format("{} cannot be created: {}", topic, message));
    for (const auto& [name, value] : spec.settings)
        rd_kafka_NewTopic_set_config(made.get(), name.c_str(), value.c_str());
    if (spec.keeps_truth && brokers > 1)
        rd_kafka_NewTopic_set_config(made.get(), "min.insync.replicas", "2");
    const std::string failing = fmt::format("{} cannot be created", topic);
    const auto event =
        state_->ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, failing,
                    [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                        rd_kafka_NewTopic_t* asked = made.get();
                        rd_kafka_CreateTopics(state_->client.handle(), &asked, 1, options, queue);
                    });
    if (!event) return std::unexpected(event.error());
    std::size_t count = 0;
    const auto* const* const results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event->get()), &count);
    bool existed = false;
    for (std::size_t i = 0; i < count; ++i) {
        const auto error = rd_kafka_topic_result_error(results[i]);
        existed = existed || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS;
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR && !existed)
            return std::unexpected(kafka_error(error, failing, state_->client.trouble()));
    }
    return wait_for(topic, existed ? std::map<std::string, std::string>() : spec.settings);
}

Result<void> KafkaTopics::alter(const std::string& topic, const TopicSpec& spec) {
    const Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    const auto facts = describe(topic);
    if (!facts) return std::unexpected(facts.error());
    // The request replaces all settings of the topic, so what is not named would be lost.
    auto settings = state_->settings_of(topic, true);
    if (!settings) return std::unexpected(settings.error());
    for (const auto& [name, value] : spec.settings) (*settings)[name] = value;
    if (spec.keeps_truth && *facts && (*facts)->brokers > 1 && in_sync_of(**facts) < 2)
        (*settings)["min.insync.replicas"] = "2";
    for (const auto& [name, value] : *settings)
        rd_kafka_ConfigResource_set_config(resource.get(), name.c_str(), value.c_str());
    const std::string failing = fmt::format("{} cannot be altered", topic);
    const auto event =
        state_->ask(RD_KAFKA_ADMIN_OP_ALTERCONFIGS, failing,
                    [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                        rd_kafka_ConfigResource_t* asked = resource.get();
                        rd_kafka_AlterConfigs(state_->client.handle(), &asked, 1, options, queue);
                    });
    if (!event) return std::unexpected(event.error());
    std::size_t count = 0;
    const auto* const* const results = rd_kafka_AlterConfigs_result_resources(
        rd_kafka_event_AlterConfigs_result(event->get()), &count);
    for (std::size_t i = 0; i < count; ++i)
        if (const auto error = rd_kafka_ConfigResource_error(results[i]))
            return std::unexpected(kafka_error(error, failing, state_->client.trouble()));
    return wait_for(topic, *settings);
}

}  // namespace ferry
