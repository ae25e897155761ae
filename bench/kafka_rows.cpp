#include "bench/bare_kafka.hpp"
#include "bench/commands.hpp"
#include "bench/give_up.hpp"
#include "bench/kafka_estate.hpp"
#include "bench/reference.hpp"
#include "bench/rows.hpp"
#include "bench/undecided.hpp"
#include "events/commit.hpp"
#include "events/hash.hpp"
#include "projections/publisher.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace ferry::bench {

namespace {

/// A run takes a tenth of a second and more: in a shorter one a single pause of a thread decides.
constexpr std::uint32_t users = 2'400'000;
/// Of five events each.
constexpr std::uint32_t users_with_history = 130'000;

/// Of the last commands: the commits as they stand in the topic. `from` is an offset before them,
/// and comes nearer.
std::vector<BareRecord> commits_since(const KafkaAddress& address, Position since, Offset& from) {
    std::vector<BareRecord> commits;
    const auto log = open_kafka(address);
    const auto read = log->read(from, [&](const Record& record) {
        const auto header = claimed_header(record.bytes);
        if (!header) return true;
        if (header->first <= since) from = record.offset;
        else commits.push_back({"", std::string(text_of(record.bytes)), {}, header->count});
        return true;
    });
    need_done(read);
    return commits;
}

/// The same as a record for each event, with the headers that the world reads them by.
std::vector<BareRecord> events_of(const Fleet& fleet, const std::vector<BareRecord>& commits) {
    std::vector<BareRecord> records;
    PublicRecord record;
    for (const BareRecord& stored : commits) {
        const CommitView commit = read_checked_commit(bytes_of(stored.value)).view;
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            record.fill(fleet, commit.header, placed.position, event);
            BareRecord& bare = records.emplace_back(BareRecord{record.key(), record.value(), {}});
            for (const KafkaHeader& header : record.headers())
                bare.headers.emplace_back(header.name, header.value);
        });
    }
    return records;
}

/// Before a run: 20,000 small records keep a broker busy after the last of them was read back, and
/// so do a log that was read and a topic that was made.
constexpr std::chrono::seconds rest{1};

/// What the commands of a row left behind, produced again by librdkafka alone.
class Again {
public:
    /// `before`: how long the broker rests once all is prepared.
    Again(Bench& bench, KafkaAddress address, Estate& estate, Commands& commands,
          std::chrono::seconds before = rest)
        : bench_(bench),
          address_(std::move(address)),
          estate_(estate),
          commands_(commands),
          before_(before) {}

    std::vector<BareRecord> commits() {
        return commits_since(address_, commands_.began_at(), begin_);
    }
    /// Microseconds an event.
    double together(std::size_t in_flight, bool as_events) {
        std::vector<BareRecord> records = commits();
        if (as_events) records = events_of(estate_.replica.fleet, records);
        BareKafka bare(bench_.brokers, fresh_topic(bench_, as_events ? "events" : "log"));
        bare.produce_and_read_back({BareRecord{"", "first", {}}}, 1);
        double events = 0;
        for (const BareRecord& record : records) events += static_cast<double>(record.events);
        std::this_thread::sleep_for(before_);
        return seconds_of([&] { bare.produce_and_read_back(records, in_flight); }) * 1e6 / events;
    }
    /// Microseconds of each, the next once the one before it was read back.
    std::vector<double> one_at_a_time() {
        BareKafka bare(bench_.brokers, fresh_topic(bench_, "log"));
        bare.produce_and_read_back({BareRecord{"", "first", {}}}, 1);
        std::vector<double> each;
        for (const BareRecord& record : commits())
            each.push_back(seconds_of([&] { bare.produce_and_read_back({record}, 1); }) * 1e6);
        return each;
    }

private:
    Bench& bench_;
    KafkaAddress address_;
    Estate& estate_;
    Commands& commands_;
    std::chrono::seconds before_;
    Offset begin_;  ///< of what is read of the log
};

/// A broker goes on compiling what it runs often for a minute and more, on the same processors.
/// Both sides have that behind them when the first row is measured. On a log of its own.
void warm_up(Bench& bench) {
    constexpr double enough_seconds = 60;
    constexpr std::uint32_t few_users = 20'000;
    const KafkaAddress address = fresh_address(bench);
    Estate estate(open_kafka(address));
    estate.make({.users = few_users, .stage = Stage::registered});
    Commands commands(estate);
    Again again(bench, address, estate, commands, std::chrono::seconds(0));
    for (double spent = 0; spent < enough_seconds;)
        spent += seconds_of([&] {
            commands.observe_together(1000, few_users, few_users);
            again.together(1000, false);
            again.together(1000, true);
        });
}

/// On a topic of its own that was written to before, as the reference's.
double undecided(Bench& bench, Commands& commands, std::uint32_t count) {
    BareKafka bare(bench.brokers, fresh_topic(bench, "log"));
    bare.produce_and_read_back({BareRecord{"", "first", {}}}, 1);
    const std::vector<v1::Command> asked = commands.next(count);
    std::this_thread::sleep_for(rest);
    return Undecided(bare).together(1000, asked);
}

void add_together_rows(Bench& bench, Commands& commands, Again& again, std::uint32_t count) {
    const auto rested = [](Run run) {
        return [run = std::move(run)] {
            std::this_thread::sleep_for(rest);
            return run();
        };
    };
    const Run ferry = rested([&, count] { return commands.by_writer(1000, count); });
    const Run bare = [&] { return again.together(1000, false); };
    bench.table.add({.operation = "commands on Kafka, 1000 in flight, time of one (reference: "
                                  "produce and read back the same commits)",
                     .goal = "≥ 0.8 × its rate",
                     .unit = Unit::microseconds,
                     .ferry = ferry,
                     .reference = bare,
                     .ratio_at_most = 1 / 0.8});
    bench.table.add({.operation = "the same, asked from another thread (reference: the same)",
                     .goal = "≥ 0.8 × its rate",
                     .unit = Unit::microseconds,
                     .ferry = rested([&, count] { return commands.together(1000, count); }),
                     .reference = bare,
                     .ratio_at_most = 1 / 0.8});
    bench.table.add({.operation = "what no engine can leave out, nothing decided: ids, digests, "
                                  "events, hashes and answers (reference: the same)",
                     .unit = Unit::microseconds,
                     .ferry = [&, count] { return undecided(bench, commands, count); },
                     .reference = bare});
    bench.table.add({.operation = "commands on Kafka, 1000 in flight, time of one (reference: "
                                  "produce and read back a record for each event, with its "
                                  "headers)",
                     .goal = "≥ 2 × its rate",
                     .unit = Unit::microseconds,
                     .ferry = ferry,
                     .reference = [&] { return again.together(1000, true); },
                     .ratio_at_most = 1 / 2.0});
}

void add_single_row(Bench& bench, Commands& commands, Again& again, std::uint32_t count,
                    double share, double ratio) {
    bench.table.add(
        {.operation = fmt::format("one command at a time on Kafka, p{:.0f} "
                                  "(reference: produce and read back the same commits)",
                                  share * 100),
         .goal = fmt::format("≤ {} ×", ratio),
         .unit = Unit::microseconds,
         .ferry = [&, count, share] { return quantile_of(commands.one_at_a_time(count), share); },
         .reference = [&, share] { return quantile_of(again.one_at_a_time(), share); },
         .ratio_at_most = ratio});
}

/// Consumes the whole log, hashes each commit and parses its events, in one thread.
void consume_hash_parse(Bench& bench, const KafkaAddress& address) {
    BareKafka bare(bench.brokers, topic_name(address, site, "log"));
    bare.read([](const rd_kafka_message_t& message) {
        hash_parse({static_cast<const char*>(message.payload), message.len});
    });
}

void add_reading_rows(Bench& bench, const KafkaAddress& address) {
    Position end;
    {
        Replica replica(open_kafka(address));
        need_done(replica.catch_up());
        end = replica.fleet.position;
    }
    bench.table.add(
        {.operation = fmt::format("rebuild from Kafka, {} events (reference: consume, "
                                  "SHA-256 and protobuf parse in one thread)",
                                  end.value),
         .goal = "≥ 0.9 × its rate",
         .ferry =
             [&] {
                 Replica replica(open_kafka(address));
                 replica.keeps_index = false;
                 return seconds_of([&] { need_done(replica.catch_up()); });
             },
         .reference = [&] { return seconds_of([&] { consume_hash_parse(bench, address); }); },
         .ratio_at_most = 1 / 0.9});
    bench.table.add(
        {.operation = "the first commit of a log on Kafka, from nothing",
         .goal = "≤ 20 ms",
         .unit = Unit::milliseconds,
         .ferry =
             [&] {
                 const auto log = open_kafka(address);
                 return seconds_of([&] {
                            need_done(log->read(Offset{}, [](const Record&) { return false; }));
                        }) *
                        1e3;
             },
         .at_most = 20});
}

BareRecord copy_of(const rd_kafka_message_t& message) {
    const auto text = [](const void* bytes, std::size_t size) {
        return bytes ? std::string(static_cast<const char*>(bytes), size) : std::string();
    };
    BareRecord record{text(message.key, message.key_len), text(message.payload, message.len), {}};
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i)
        record.headers.emplace_back(name, text(value, size));
    return record;
}

/// What the publisher wrote to one of its topics.
std::vector<BareRecord> published(Bench& bench, const KafkaAddress& to, std::string_view what) {
    std::vector<BareRecord> records;
    BareKafka(bench.brokers, topic_name(to, site, what)).read([&](const auto& message) {
        records.push_back(copy_of(message));
    });
    return records;
}

void add_publisher_row(Bench& bench) {
    const KafkaAddress address = fresh_address(bench);
    Position end;
    {
        Estate estate(open_kafka(address));
        estate.make({.users = 40'000});
        end = estate.replica.fleet.position;
    }
    KafkaAddress to;
    std::vector<BareRecord> events;
    std::vector<BareRecord> states;
    bench.table.add(
        {.operation = fmt::format("read a log on Kafka and publish its {} events and their states "
                                  "(reference: produce the same records with their headers)",
                                  end.value),
         .goal = "≥ 0.8 × its rate",
         .ferry =
             [&] {
                 to = fresh_address(bench);
                 Publisher publisher(to, std::string(site));
                 Replica replica(open_kafka(address));
                 replica.keeps_index = false;
                 return seconds_of([&] { need_done(publisher.catch_up(replica)); });
             },
         .reference =
             [&] {
                 if (events.empty()) {
                     events = published(bench, to, "events");
                     states = published(bench, to, "state");
                 }
                 BareKafka bare_events(bench.brokers, fresh_topic(bench, "events"));
                 BareKafka bare_states(bench.brokers, fresh_topic(bench, "state"));
                 bare_events.produce({BareRecord{"", "first", {}}});
                 bare_states.produce({BareRecord{"first", "first", {}}});
                 return seconds_of([&] {
                     bare_events.produce(events);
                     bare_states.produce(states);
                 });
             },
         .ratio_at_most = 1 / 0.8});
}

}  // namespace

void add_kafka_rows(Bench& bench) {
    if (bench.brokers.empty()) return;
    warm_up(bench);
    const KafkaAddress address = fresh_address(bench);
    {
        Estate estate(open_kafka(address));
        const EstateSize size{.users = users, .stage = Stage::registered};
        estate.make(size);
        estate.bring_pools(size, Stage::coexisting);
        Commands commands(estate);
        Again again(bench, address, estate, commands);
        const auto share = static_cast<std::uint32_t>(users / (5 * bench.table.runs()));
        add_together_rows(bench, commands, again, share);
        add_single_row(bench, commands, again, std::min(share, 1'000U), 0.5, 1.2);
        add_single_row(bench, commands, again, std::min(share, 1'000U), 0.99, 1.5);
    }
    const KafkaAddress history = fresh_address(bench);
    Estate(open_kafka(history)).make({.users = users_with_history});
    add_reading_rows(bench, history);
    add_publisher_row(bench);
    add_takeover_row(bench);
}

}  // namespace ferry::bench
