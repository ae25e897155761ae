#include "events/kafka_client.hpp"

#include "events/kafka_question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <thread>

namespace ferry {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t message_bytes_max = 512;

/// How long the end of a client is waited for; it takes some milliseconds.
constexpr std::chrono::seconds client_end_max{3};

/// What the safety of a log hangs on; design.md section 4 says why for each.
constexpr std::array kept_properties{
    "acks",
    "request.required.acks",
    "enable.idempotence",
    "isolation.level",
    "group.id",
    "enable.auto.commit",
    "auto.offset.reset",
    "enable.partition.eof",
    "transactional.id",
    "enable.auto.offset.store",
};

struct DestroyConf {
    void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, DestroyConf>;

struct DestroyTopic {
    void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};

/// librdkafka would print to stderr, which belongs to people; what it says ends up in our errors.
void keep_log_line(const rd_kafka_t* client, int, const char* facility, const char* line) {
    // What it thinks of the properties explains no error.
    if (std::string_view(facility) == "CONFWARN") return;
    static_cast<KafkaTrouble*>(rd_kafka_opaque(client))->note(line);
}

void keep_error(rd_kafka_t* client, int code, const char* reason, void* opaque) {
    auto& trouble = *static_cast<KafkaTrouble*>(opaque);
    trouble.note(reason);
    if (code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        trouble.note_disconnected();
    if (is_absent(static_cast<rd_kafka_resp_err_t>(code))) trouble.note_topic_missed();
    (void)client;
}

Result<void> set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
    char message[message_bytes_max] = {};
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), message, sizeof message) ==
        RD_KAFKA_CONF_OK)
        return {};
    // librdkafka's own message may repeat the value, which may be a secret.
    return fail(Errc::configuration,
                fmt::format("librdkafka does not take the property `{}` with the value given; see "
                            "its CONFIGURATION.md for what it takes",
                            name));
}

Result<void> set_all(rd_kafka_conf_t* conf, const KafkaAddress& address,
                     const KafkaProperties& own) {
    if (auto done = set(conf, "bootstrap.servers", address.brokers); !done) return done;
    if (auto done = set(conf, "client.id", "ferry"); !done) return done;
    // A broker that is back is found within a second; librdkafka would look every ten.
    if (auto done = set(conf, "reconnect.backoff.max.ms", "1000"); !done) return done;
    for (const auto& [name, value] : own)
        if (auto done = set(conf, name, value); !done) return done;
    for (const auto& [name, value] : address.properties) {
        if (std::find(kept_properties.begin(), kept_properties.end(), name) !=
            kept_properties.end())
            return fail(Errc::configuration,
                        fmt::format("`{}` is not to be set: a log's safety hangs on the value "
                                    "Ferry gives it. Take it out of the file of --kafka-config",
                                    name));
        if (auto done = set(conf, name, value); !done) return done;
    }
    return {};
}

}  // namespace

void KafkaTrouble::note(std::string_view said) {
    const std::scoped_lock lock(mutex_);
    last_ = said;
}

std::string KafkaTrouble::diagnosis() const {
    const std::scoped_lock lock(mutex_);
    return last_.empty() ? std::string() : fmt::format(" (librdkafka says: {})", last_);
}

bool KafkaTrouble::refused() const {
    const std::scoped_lock lock(mutex_);
    // librdkafka goes on trying and says so nowhere else while a request waits for a connection.
    return last_.contains("SASL authentication error");
}

/// librdkafka before 2.1.0 never ends a consumer whose topic was deleted (its CHANGELOG), and later
/// ones may hang too (its pull request 4724). Whoever waited for it would be silent for ever, so
/// such a client is left to itself, with a few threads.
void KafkaClient::Destroy::operator()(rd_kafka_t* client) const {
    std::promise<void> ending;
    const std::future<void> ended = ending.get_future();
    std::thread([client, kept = trouble, ending = std::move(ending)]() mutable {
        // Without the flag a consumer would wait for a group it never joined.
        rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
        kept.reset();
        ending.set_value();
    }).detach();
    ended.wait_for(client_end_max);
}

Result<KafkaClient> KafkaClient::open(const KafkaAddress& address, KafkaRole role,
                                      const KafkaProperties& own, DeliveryReport delivered) {
    KafkaClient client;
    Conf conf(rd_kafka_conf_new());
    rd_kafka_conf_set_log_cb(conf.get(), keep_log_line);
    rd_kafka_conf_set_error_cb(conf.get(), keep_error);
    rd_kafka_conf_set_opaque(conf.get(), client.trouble_.get());
    if (delivered) rd_kafka_conf_set_dr_msg_cb(conf.get(), delivered);
    if (auto done = set_all(conf.get(), address, own); !done) return std::unexpected(done.error());
    char message[message_bytes_max] = {};
    const auto type = role == KafkaRole::producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
    client.stop_ = address.stop;
    rd_kafka_t* const started = rd_kafka_new(type, conf.get(), message, sizeof message);
    if (!started)
        return fail(Errc::configuration,
                    fmt::format("librdkafka does not start for {}: {}. Look at the file of "
                                "--kafka-config",
                                to_text(address), message));
    (void)conf.release();  // the client owns it now
    client.handle_ = {started, Destroy{client.trouble_}};
    return client;
}

Result<KafkaMetadata> ask_metadata(const KafkaClient& client,
                                   const std::optional<std::string>& only, milliseconds wait,
                                   std::string_view what) {
    struct Answer {
        rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
        KafkaMetadata metadata;
    };
    auto answered = put_question(client, wait, [only](rd_kafka_t* handle, int timeout_ms) {
        const std::unique_ptr<rd_kafka_topic_t, DestroyTopic> topic(
            only ? rd_kafka_topic_new(handle, only->c_str(), nullptr) : nullptr);
        const rd_kafka_metadata_t* found = nullptr;
        const auto error = rd_kafka_metadata(handle, only ? 0 : 1, topic.get(), &found, timeout_ms);
        return Answer{error, KafkaMetadata(found)};
    });
    const auto error = answered ? answered->error : RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(kafka_error(error, what, client.trouble()));
    return std::move(answered->metadata);
}

Result<void> learn_topic(const KafkaClient& client, const std::string& topic, milliseconds wait) {
    const auto found =
        ask_metadata(client, topic, wait, fmt::format("{} cannot be reached", topic));
    if (!found) return std::unexpected(found.error());
    return {};
}

bool is_absent(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

std::string to_text(rd_kafka_resp_err_t code) {
    return fmt::format("{}: {}", rd_kafka_err2name(code), rd_kafka_err2str(code));
}

Error kafka_error(rd_kafka_resp_err_t code, std::string_view what, const KafkaTrouble& trouble) {
    switch (code) {
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
            return {Errc::not_allowed,
                    fmt::format("{}: {}. Ask for the ACL Read on the group `ferry`, which is named "
                                "and never joined",
                                what, to_text(code))};
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
            return {Errc::not_allowed,
                    fmt::format("{}: {}. Ask for the ACL that this needs", what, to_text(code))};
        default:
            if (trouble.refused())
                return {Errc::not_allowed,
                        fmt::format("{}: the brokers refuse this user{}. Check sasl.username and "
                                    "sasl.password in the file of --kafka-config",
                                    what, trouble.diagnosis())};
            return {Errc::unavailable,
                    fmt::format("{}: {}{}. {}", what, to_text(code), trouble.diagnosis(),
                                is_absent(code)
                                    ? "Somebody may have deleted a topic: `ferry topics --check`"
                                    : "Check that the brokers are up and the address is right")};
    }
}

}  // namespace ferry
