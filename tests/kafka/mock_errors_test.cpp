// Every error code a broker may answer with, by librdkafka's mock cluster, once and in a row: what
// was acknowledged is where the report said, nothing hangs, and a new client goes on.
#include "events/hash.hpp"
#include "events/kafka_producer.hpp"
#include "events/kafka_reader.hpp"
#include "events/randomness.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdlib>
#include <map>
#include <thread>

namespace ferry::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Kafka's numbers of the requests that Ferry's clients make.
const std::map<std::int16_t, std::string> requests{
    {0, "Produce"}, {1, "Fetch"}, {2, "ListOffsets"}, {3, "Metadata"}, {22, "InitProducerId"}};
constexpr int codes_max = 120;
constexpr std::size_t in_a_row = 4;
constexpr milliseconds wait{4'000};
/// What one client may take until it answers, whatever the brokers say.
constexpr milliseconds answered_within{30'000};

class MockCluster {
public:
    MockCluster() {
        owner_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
        cluster_ = rd_kafka_mock_cluster_new(owner_, 1);
        rd_kafka_mock_topic_create(cluster_, "log", 1, 1);
        address.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    }
    ~MockCluster() {
        rd_kafka_mock_cluster_destroy(cluster_);
        rd_kafka_destroy(owner_);
    }
    MockCluster(const MockCluster&) = delete;
    MockCluster& operator=(const MockCluster&) = delete;

    void answer(std::int16_t request, rd_kafka_resp_err_t code, std::size_t times) const {
        const std::vector<rd_kafka_resp_err_t> codes(times, code);
        rd_kafka_mock_push_request_errors_array(cluster_, request, times, codes.data());
    }
    void answer_well() const {
        for (const auto& [request, name] : requests)
            rd_kafka_mock_clear_request_errors(cluster_, request);
    }

    KafkaAddress address;

private:
    rd_kafka_t* owner_;
    rd_kafka_mock_cluster_t* cluster_;
};

/// What was acknowledged, by offset, and how often something was not.
struct Acknowledged {
    std::map<Offset, std::string> records;
    int refused = 0;
    int damaged = 0;
};

void deliver(const MockCluster& cluster, const std::string& value, Acknowledged& acknowledged) {
    auto producer = KafkaProducer::open(cluster.address);
    REQUIRE(producer.has_value());
    const auto delivered = producer->deliver({.topic = "log", .value = bytes_of(value)}, wait);
    if (delivered) acknowledged.records.emplace(*delivered, value);
    else ++acknowledged.refused;
}

/// What a reader sees of all there is; nothing where it was answered with an error.
std::optional<std::map<Offset, std::string>> read_all(const MockCluster& cluster, Errc& said) {
    std::map<Offset, std::string> found;
    auto reader = KafkaReader::open(cluster.address, "log", milliseconds(5));
    REQUIRE(reader.has_value());
    const auto marks = reader->watermarks(wait);
    if (marks && !*marks) return found;
    if (marks && (*marks)->high.value > 0) {
        if (auto placed = reader->place({0}); !placed) {
            said = placed.error().code;
            return std::nullopt;
        }
        const auto until = steady_clock::now() + wait;
        while (*reader->next() < (*marks)->high && steady_clock::now() < until) {
            const auto record = reader->read(milliseconds(50));
            if (!record) {
                said = record.error().code;
                return std::nullopt;
            }
            if (*record) found.emplace((*record)->offset, std::string(text_of((*record)->value)));
        }
    }
    if (marks) return found;
    said = marks.error().code;
    return std::nullopt;
}

bool all_of_them() { return std::getenv("FERRY_LONG") != nullptr; }

std::vector<rd_kafka_resp_err_t> codes(SystemRandomness& randomness) {
    const int every = all_of_them() ? 1 : 10;
    const int from = all_of_them() ? 0 : static_cast<int>(randomness.number() % 10);
    MESSAGE("codes from " << from << " on, every " << every);
    // A duplicate is reported as delivered, without an offset: always among them.
    std::vector<rd_kafka_resp_err_t> picked{RD_KAFKA_RESP_ERR_UNKNOWN, RD_KAFKA_RESP_ERR__TRANSPORT,
                                            RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER};
    for (int code = 1 + from; code <= codes_max; code += every)
        picked.push_back(static_cast<rd_kafka_resp_err_t>(code));
    return picked;
}

}  // namespace

TEST_CASE("whatever code a broker answers with, what is acknowledged stands and nothing hangs") {
    const MockCluster cluster;
    SystemRandomness randomness;
    Acknowledged acknowledged;
    int cases = 0;
    milliseconds longest{0};
    deliver(cluster, "first", acknowledged);
    for (const rd_kafka_resp_err_t code : codes(randomness))
        for (const auto& [request, name] : requests)
            for (const std::size_t times : {std::size_t{1}, in_a_row}) {
                if (!all_of_them() && (randomness.number() % 2 == 0) == (times == 1)) continue;
                CAPTURE(name);
                CAPTURE(rd_kafka_err2name(code));
                CAPTURE(times);
                const auto began = steady_clock::now();
                cluster.answer(request, code, times);
                deliver(cluster, fmt::format("record {}", ++cases), acknowledged);
                Errc said = Errc::unavailable;
                if (!read_all(cluster, said) && said == Errc::damaged) ++acknowledged.damaged;
                const auto took =
                    std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
                CHECK(took < answered_within);
                longest = std::max(longest, took);
                cluster.answer_well();
            }
    const std::size_t before = acknowledged.records.size();
    deliver(cluster, "last", acknowledged);
    CHECK(acknowledged.records.size() == before + 1);
    Errc said = Errc::unavailable;
    const auto found = read_all(cluster, said);
    REQUIRE(found.has_value());
    for (const auto& [offset, value] : acknowledged.records) {
        CAPTURE(offset.value);
        REQUIRE(found->contains(offset));
        CHECK(found->at(offset) == value);
    }
    MESSAGE(cases << " cases, " << acknowledged.records.size() << " acknowledged, "
                  << acknowledged.refused << " not, " << acknowledged.damaged
                  << " reads stopped, the longest took " << longest.count() << " ms");
}

}  // namespace ferry::test
