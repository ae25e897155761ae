// `ferry decode`: each kind of record as a line, and what is none of them named and counted.
#include "events/fence.hpp"
#include "events/hash.hpp"
#include "events/reservation.hpp"
#include "ferry/v1/lease.pb.h"
#include "ferry/v1/state.pb.h"
#include "projections/public_record.hpp"
#include "tests/read_estate.hpp"

#include <boost/json/parse.hpp>

#include <random>

namespace ferry {

namespace {

std::string framed(std::string_view value) {
    std::string frame;
    for (int shift = 24; shift >= 0; shift -= 8)
        frame += static_cast<char>((value.size() >> shift) & 0xff);
    return frame.append(value);
}

const std::string tombstone = "\xff\xff\xff\xff";

std::string an_event() {
    v1::Event event;
    event.set_event_id("0123456789abcdef0123456789abcdef-0");
    event.set_site("paris");
    event.set_position(120);
    event.set_entity("user:alice@x.com");
    event.set_type("Transitioned");
    event.set_region("lifecycle");
    event.set_from("legacy");
    event.set_to("coexist-test");
    event.set_actor("dana");
    return event.SerializeAsString();
}

std::string a_state() {
    v1::EntityState state;
    state.set_entity("user:alice@x.com");
    state.set_kind("user");
    state.set_site("paris");
    state.set_position(120);
    state.set_version(4);
    state.set_lifecycle("pilot");
    state.set_presence("withdrawn");
    state.set_home("lync01");
    return state.SerializeAsString();
}

std::string a_commit() {
    test::Chain chain;
    return std::string(text_of(chain.first()));
}

std::string a_fence() { return std::string(text_of(stored_fence({{}, {7}, {}}))); }

std::string a_reservation() { return std::string(text_of(stored_reservation({}))); }

std::string a_lease() {
    v1::Lease lease;
    lease.set_holder_id(std::string(16, 'h'));
    lease.set_holder("ferry serve on host1, process 7");
    lease.set_beat(12);
    lease.set_lease_milliseconds(3000);
    return lease.SerializeAsString();
}

std::string a_command() {
    v1::Command command;
    command.set_command_id("sixteen-letters.");
    command.set_entity("user:alice@x.com");
    command.set_actor("dana");
    command.mutable_start_pilot();
    return command.SerializeAsString();
}

std::string a_result() {
    v1::CommandResult result;
    result.set_command_id("sixteen-letters.");
    result.set_outcome("REFUSED");
    result.set_position(9);
    result.set_version(3);
    auto& guard = *result.add_failed_guards();
    guard.set_guard("pool-in-pilot");
    guard.set_reason("the pool is legacy");
    return result.SerializeAsString();
}

struct Kind {
    std::string_view topic;
    std::string_view type;
    std::string value;
    std::string_view line;
};

std::vector<Kind> kinds() {
    return {{"events", "event", an_event(), "paris:120  user:alice@x.com  legacy → coexist-test"},
            {"state", "state", a_state(), "user:alice@x.com  version 4  pilot  withdrawn"},
            {"log", "commit", a_commit(), "commit 1-2  first  term 1"},
            {"log", "fence", a_fence(), "fence  term 7"},
            {"log", "reservation", a_reservation(), "reservation  writer 000000"},
            {"lease", "lease", a_lease(), "lease of ferry serve on host1, process 7: beat 12"},
            {"commands", "command", a_command(), "startPilot user:alice@x.com by dana"},
            {"results", "result", a_result(), "REFUSED  position 9  version 3  pool-in-pilot"}};
}

}  // namespace

TEST_CASE("decode prints a line for each kind of record, by its topic or by trying") {
    ProgramRunner ferry;
    for (const Kind& kind : kinds()) {
        for (const bool by_topic : {true, false}) {
            std::vector<std::string> call{"decode"};
            if (by_topic) call.insert(call.end(), {"--type", std::string(kind.topic)});
            const ProgramRun run = ferry.run(call, framed(kind.value));
            INFO(kind.type, " ", run);
            CHECK(run.exit == 0);
            CHECK(run.says(kind.line));
            CHECK(lines_of(run.out).size() == 1);
            CHECK(run.err.empty());
        }
    }
}

TEST_CASE("decode --json names the type of each record beside its message") {
    ProgramRunner ferry;
    std::string all;
    for (const Kind& kind : kinds()) all += framed(kind.value);
    const ProgramRun run = ferry.run({"decode", "--json"}, all + framed("junk") + tombstone);
    const auto lines = lines_of(run.out);
    REQUIRE(lines.size() == kinds().size() + 2);
    for (std::size_t i = 0; i < kinds().size(); ++i) {
        const auto json = boost::json::parse(lines[i]).as_object();
        CHECK(std::string_view(json.at("type").as_string()) == kinds()[i].type);
        CHECK(json.at("value").is_object());
    }
    CHECK(contains(lines[kinds().size()], "\"type\":\"garbage\""));
    CHECK(contains(lines.back(), "\"type\":\"tombstone\""));
}

TEST_CASE("decode reads a file as it reads stdin") {
    ProgramRunner ferry;
    const std::string path = ferry.file("records.bin", framed(an_event()) + framed(a_state()));
    CHECK(lines_of(ferry.run({"decode", path}).out).size() == 2);
    const ProgramRun missing = ferry.run({"decode", path + ".no"});
    CHECK(missing.exit == 65);
    CHECK(missing.warns("cannot be opened"));
}

TEST_CASE("decode counts and marks garbage, and goes on behind it") {
    ProgramRunner ferry;
    std::string damaged = a_commit();
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    const ProgramRun run =
        ferry.run({"decode"}, framed("\xff\xfe rubbish") + framed(damaged) + framed(an_event()));
    CHECK(run.exit == 65);
    const auto lines = lines_of(run.out);
    REQUIRE(lines.size() == 3);
    CHECK(contains(lines[0], "? record 1: 10 bytes that are no record"));
    CHECK(contains(lines[1], "? record 2: a commit with a wrong hash"));
    CHECK(contains(lines[2], "paris:120"));
    CHECK(run.warns("2 of 3 records could not be decoded"));
}

TEST_CASE("decode does not go through the four billion events that a commit claims") {
    ProgramRunner ferry;
    test::Chain chain;
    std::vector<Byte> commit = chain.first();
    std::fill_n(commit.begin() + 80, 4, Byte{0xff});
    const Hash hash = sha256(Bytes(commit).subspan(sizeof(Hash)));
    std::copy(hash.begin(), hash.end(), commit.begin());
    const std::string record = framed(text_of(commit));
    const ProgramRun run = ferry.run({"decode"}, record);
    CHECK(run.exit == 0);
    CHECK(run.says("4294967295 events, and a commit holds at most 1000"));
    CHECK(contains(ferry.run({"decode", "--json"}, record).out, R"("events":[])"));
}

TEST_CASE("decode says where the framing breaks") {
    ProgramRunner ferry;
    const ProgramRun cut = ferry.run({"decode"}, framed(an_event()) + std::string("\0\0\0\x09"
                                                                                  "abc",
                                                                                  7));
    CHECK(cut.exit == 65);
    CHECK(cut.warns("ends after 3 of the 9 bytes of record 2"));
    CHECK(cut.warns("%R%s"));
    const ProgramRun text = ferry.run({"decode"}, "just a line of text\n");
    CHECK(text.exit == 65);
    CHECK(text.warns("more than a record can have"));
    CHECK(ferry.run({"decode"}, "ab").warns("inside the length of record 1"));
    CHECK(ferry.run({"decode"}).exit == 0);
}

TEST_CASE("decode lets no control character through to the terminal") {
    ProgramRunner ferry;
    v1::Event event;
    event.ParseFromString(an_event());
    event.set_reason("\x1b[2Jgone\nsecond line");
    const ProgramRun run = ferry.run({"decode"}, framed(event.SerializeAsString()));
    CHECK(lines_of(run.out).size() == 1);
    CHECK(run.out.find('\x1b') == std::string::npos);
    CHECK(run.says("\\x1b[2Jgone\\x0asecond line"));
}

TEST_CASE("decode survives any bytes") {
    const char* const given = std::getenv("FERRY_SEED");
    const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
    MESSAGE("FERRY_SEED=" << seed);
    std::mt19937_64 random(seed);
    ProgramRunner ferry;
    std::string all;
    int count = 0;
    for (const Kind& kind : kinds()) {
        for (int i = 0; i < 50; ++i) {
            std::string mutated = kind.value;
            for (int flips = 0; flips < 3; ++flips)
                mutated[random() % mutated.size()] = static_cast<char>(random());
            all += framed(mutated.substr(0, random() % (mutated.size() + 1)));
            ++count;
        }
    }
    const ProgramRun run = ferry.run({"decode"}, all);
    CHECK(lines_of(run.out).size() == static_cast<std::size_t>(count));
}

}  // namespace ferry
