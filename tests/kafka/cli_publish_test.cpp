// `ferry publish`, `ferry topics` and `ferry decode` on the real broker, and the publishing that a
// command does before it exits.
#include "events/kafka_log.hpp"
#include "events/kafka_topic.hpp"
#include "events/sqlite_log.hpp"
#include "tests/kafka/broker_address.hpp"
#include "tests/kafka/published_topics.hpp"
#include "tests/read_estate.hpp"

#include <boost/json/parse.hpp>

#include <cstdio>

namespace ferry::test {

namespace {

struct OnKafka {
    KafkaAddress address = fresh_address();
    std::string url() const { return to_text(address); }

    /// With --log on Kafka.
    ProgramRun run(std::vector<std::string> arguments, const std::string& in = "") const {
        arguments.insert(arguments.begin(), {"ferry", "--log", url()});
        std::vector<const char*> pointers;
        for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
        std::istringstream given(in);
        std::ostringstream out;
        std::ostringstream err;
        Session session{given, out, err};
        const int exit = run_program(static_cast<int>(pointers.size()), pointers.data(), session);
        return {exit, out.str(), err.str()};
    }
    void apply_read_estate() const {
        std::string lines;
        for (const ReadCommand& each : read_estate)
            lines +=
                fmt::format("{{\"entity\":\"{}\",\"actor\":\"{}\",\"commandId\":\"c{}\",{}}}\n",
                            each.entity, each.actor, &each - read_estate + 1, each.action);
        const ProgramRun applied = run({"apply", "-"}, lines);
        INFO(applied);
        REQUIRE(applied.exit == 0);
        REQUIRE(applied.err.empty());
    }
    void make_topic(std::string_view what, std::string_view setting, std::string_view value) {
        TopicSpec spec = topic_spec(what);
        spec.settings[std::string(setting)] = value;
        auto topics = KafkaTopics::open(address);
        REQUIRE(topics);
        REQUIRE(topics->create(topic_name(address, "paris", what), spec));
    }
    std::string setting(std::string_view what, const std::string& name) const {
        auto topics = KafkaTopics::open(address);
        REQUIRE(topics);
        const auto facts = topics->describe(topic_name(address, "paris", what));
        REQUIRE(facts);
        REQUIRE(*facts);
        return (*facts)->settings.at(name);
    }
};

boost::json::object first_object(const std::string& text) {
    return boost::json::parse(lines_of(text).at(0)).as_object();
}

/// What a shell's pipeline prints, with its exit code.
ProgramRun shell(const std::string& pipeline) {
    ProgramRun run;
    std::FILE* const pipe = popen(("bash -o pipefail -c \"" + pipeline + "\"").c_str(), "r");
    REQUIRE(pipe);
    char buffer[4096];
    while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe))
        run.out.append(buffer, got);
    run.exit = WEXITSTATUS(pclose(pipe));
    return run;
}

}  // namespace

TEST_CASE("publish makes of an embedded log what the world reads on Kafka") {
    OnKafka on;
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const std::vector<std::string> check{"publish", "--to",    on.url(), "--site",
                                         "paris",   "--check", "--json"};
    auto seen = first_object(ferry.run(check).out);
    CHECK(seen.at("lag").to_number<int>() == paris_end);
    CHECK(seen.at("published").to_number<int>() == 0);
    const ProgramRun run = ferry.run({"publish", "--to", on.url()});
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(lines_of(run.out).size() == 2);
    CHECK(run.says("paris: 21 events published, to 21 of 21, lag 0"));
    seen = first_object(ferry.run(check).out);
    CHECK(seen.at("lag").to_number<int>() == 0);
    CHECK(seen.at("published").to_number<int>() == paris_end);
    for (const char* const site : {"paris", "lyon"})
        check_published(on.address, site, std::make_unique<SqliteLog>(ferry.log().string(), site));
}

TEST_CASE("on Kafka whoever writes also publishes before it exits") {
    OnKafka on;
    on.apply_read_estate();
    for (const char* const site : {"paris", "lyon"})
        check_published(on.address, site, std::make_unique<KafkaLog>(on.address, site));
    const std::size_t before = events_in_topic(on.address, "paris").size();
    // A second command goes on from there, and repeats nothing.
    CHECK(on.run({"check", "pool:ocs01", "legacy-operational", "pass"}).exit == 0);
    const auto after = events_in_topic(on.address, "paris");
    CHECK(after.size() > before);
    CHECK(after.size() == consumed(on.address, "paris").size());
    check_published(on.address, "paris", std::make_unique<KafkaLog>(on.address, "paris"));
    CHECK(first_object(on.run({"publish", "--check", "--json", "--site", "paris"}).out)
              .at("lag")
              .to_number<int>() == 0);
}

TEST_CASE("a command that cannot publish is done all the same, and says so") {
    OnKafka on;
    on.make_topic("events", "retention.ms", "60000");
    const std::string line = testing::pool_line("01", "paris");
    const ProgramRun run = on.run({"apply", "-"}, line);
    INFO(run);
    CHECK(run.exit == 0);
    CHECK(run.says("DONE"));
    CHECK(run.warns("done, but not published yet"));
    CHECK(run.warns("retention.ms is 60000 and ought to be -1"));
    CHECK(on.run({"topics", "--apply"}).exit == 0);
    CHECK(on.run({"publish"}).exit == 0);
    check_published(on.address, "paris", std::make_unique<KafkaLog>(on.address, "paris"));
}

TEST_CASE("topics names what is absent, makes it, and then finds nothing to do") {
    OnKafka on;
    CHECK(on.run({"topics", "--check"}).exit == 69);
    const ProgramRun absent = on.run({"topics", "--check", "--site", "paris"});
    CHECK(absent.exit == 1);
    CHECK(absent.says("paris.events: absent"));
    const ProgramRun rehearsed = on.run({"topics", "--apply", "--site", "paris", "--dry-run"});
    CHECK(rehearsed.exit == 0);
    CHECK(rehearsed.says("paris.state: would be created"));
    CHECK(on.run({"topics", "--check", "--site", "paris"}).exit == 1);
    const ProgramRun made = on.run({"topics", "--apply", "--site", "paris"});
    INFO(made);
    CHECK(made.exit == 0);
    CHECK(made.says("paris.log: created"));
    CHECK(made.says("  cleanup.policy=compact"));
    const ProgramRun checked = on.run({"topics", "--check"});
    INFO(checked);
    CHECK(checked.exit == 0);
    CHECK(lines_of(on.run({"topics", "--check", "--json"}).out).size() == 6);
    CHECK(lines_of(on.run({"topics", "--check", "--json", "--only", "log"}).out).size() == 1);
}

TEST_CASE("topics names a setting that drifted, and sets it without losing the others") {
    OnKafka on;
    on.make_topic("events", "max.message.bytes", "2000000");
    on.make_topic("state", "cleanup.policy", "delete");
    const std::vector<std::string> only{"--site", "paris", "--only", "events", "--only", "state"};
    const auto run = [&](std::vector<std::string> call) {
        call.insert(call.begin(), "topics");
        call.insert(call.end(), only.begin(), only.end());
        return on.run(call);
    };
    const ProgramRun drifted = run({"--check"});
    CHECK(drifted.exit == 1);
    CHECK(drifted.says("! cleanup.policy is delete and ought to be compact"));
    const auto json =
        boost::json::parse(lines_of(run({"--check", "--json"}).out).at(1)).as_object();
    CHECK(json.at("drift").as_array().size() == 1);
    CHECK(run({"--apply", "--dry-run"}).says("would be altered"));
    const ProgramRun applied = run({"--apply"});
    INFO(applied);
    CHECK(applied.exit == 0);
    CHECK(applied.says("paris.state: altered"));
    CHECK(run({"--check"}).exit == 0);
    CHECK(on.setting("state", "cleanup.policy") == "compact");
    // Both were set by hand besides what is asked for.
    CHECK(on.setting("events", "max.message.bytes") == "2000000");
    on.make_topic("lease", "max.message.bytes", "3000000");
    auto topics = KafkaTopics::open(on.address);
    REQUIRE(topics);
    REQUIRE(topics->alter(topic_name(on.address, "paris", "lease"), topic_spec("lease")));
    CHECK(on.setting("lease", "max.message.bytes") == "3000000");
}

TEST_CASE("a service refuses topics of which it would not read or keep everything, by name") {
    OnKafka ferry;
    std::string what;
    SUBCASE("commands that others' commands to the same entity replace") { what = "commands"; }
    SUBCASE("results likewise") { what = "results"; }
    ferry.make_topic(what, "cleanup.policy", "compact");
    const ProgramRun refused = ferry.run({"serve", "--site", "paris"});
    CHECK(refused.exit == 78);
    CHECK(refused.warns("paris." + what + ": cleanup.policy is compact and ought to be delete"));
    CHECK(refused.warns("ferry topics --apply"));
}

TEST_CASE("a log whose topic was given more partitions is moved away, and told how") {
    const OnKafka ferry;
    ferry.apply_read_estate();
    for (const char* const what : {"log", "commands"}) {
        const ProgramRun grown = shell(fmt::format(
            "{}/deploy/kafka/tool org.apache.kafka.tools.TopicCommand "
            "--bootstrap-server {} --topic {} --partitions 3 {} 2>&1",
            FERRY_SOURCE_DIR, ferry.address.brokers, topic_name(ferry.address, "paris", what),
            what == std::string("log") ? "--alter" : "--create"));
        INFO(grown);
        REQUIRE(grown.exit == 0);
    }
    const ProgramRun topics = ferry.run({"topics", "--check", "--site", "paris"});
    CHECK(topics.says("! partitions is 3 and ought to be 1: no topic gets fewer: `ferry copy"));
    CHECK(
        topics.says("! partitions is 3 and ought to be 1: no topic gets fewer: delete it, which"));
    const ProgramRun refused = ferry.run({"mark", "later"});
    CHECK(refused.exit == 78);
    CHECK(refused.warns("`ferry copy --move` takes the log to another place"));
    OnKafka other;
    other.address.prefix = ferry.address.prefix + "b";
    const ProgramRun moved = ferry.run({"copy", "--move", ferry.url(), other.url()});
    INFO(moved);
    CHECK(moved.exit == 0);
    CHECK(moved.says("it goes on in " + other.url()));
    CHECK(other.run({"mark", "later"}).exit == 0);
    CHECK(other.run({"verify"}).exit == 0);
    CHECK(ferry.run({"mark", "later"}).exit == 78);
}

TEST_CASE("kcat and decode print what stands in each topic, a line a record") {
    OnKafka on;
    on.apply_read_estate();
    const auto decoded = [&](std::string_view what, const std::string& options = "") {
        return shell(fmt::format("kcat -C -q -b {} -t {} -e -f '%R%s' | {} decode {}",
                                 on.address.brokers, topic_name(on.address, "paris", what),
                                 FERRY_PROGRAM, options));
    };
    const ProgramRun events = decoded("events");
    CHECK(events.exit == 0);
    CHECK(lines_of(events.out).size() == std::size_t{paris_end});
    CHECK(events.says("coexist-test → pilot"));
    CHECK(decoded("log").says("commit 1-2  first  term 1"));
    // Who leads next fences the one before.
    CHECK(on.run({"check", "pool:ocs01", "legacy-operational", "pass"}).exit == 0);
    CHECK(decoded("log", "--json --type log").says("\"type\":\"fence\""));
    CHECK(decoded("lease").says("released"));
    CHECK(decoded("state").says("user:alice@x.com"));
    const ProgramRun headers =
        shell(fmt::format("kcat -C -q -b {} -t {} -e -f '%k|%h\\n'", on.address.brokers,
                          topic_name(on.address, "paris", "events")));
    CHECK(headers.says("pool:ocs01|content-type=application/protobuf,ce_specversion=1.0,ce_id="));
    CHECK(headers.says("ce_type=ferry.user.transitioned.v1"));
}

TEST_CASE("a site whose topics are there and whose log has not begun is named, and so is that") {
    const OnKafka ferry;
    REQUIRE(ferry.run({"topics", "--apply", "--site", "nice"}).exit == 0);
    const ProgramRun status = ferry.run({"status"});
    INFO(status);
    CHECK(status.exit == 0);
    CHECK(status.out == "nice  nothing is recorded yet; `ferry import` begins it\n");
    CHECK(ferry.run({"status", "--json"}).out.starts_with(R"({"site":"nice","kind":"pool",)"));
    CHECK(ferry.run({"status", "--at", "1"}).warns("nothing is recorded in"));
    CHECK(ferry.run({"rollback", "--to", "before", "--dry-run"}).exit == 69);
}

}  // namespace ferry::test
