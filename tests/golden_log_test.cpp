#include "events/acceptance.hpp"
#include "events/clock.hpp"
#include "events/hash.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <openssl/evp.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>

// Stored bytes that every later version must read as this one does. A file in tests/golden is never
// changed; a new event body adds a line to events.txt, and the test that misses it proposes one.
namespace ferry::test {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Stored = std::vector<Byte>;

std::string golden_path(const std::string& name) {
    return fmt::format("{}/golden/{}", FERRY_TEST_DATA, name);
}

std::string text_in(const std::string& path) {
    std::ifstream stream(path);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

Stored from_hex(const std::string& hex) {
    long size = 0;
    unsigned char* bytes = OPENSSL_hexstr2buf(hex.c_str(), &size);
    REQUIRE(bytes != nullptr);
    const auto* begin = reinterpret_cast<const Byte*>(bytes);
    Stored stored(begin, begin + size);
    OPENSSL_free(bytes);
    return stored;
}

std::string json_of(const Message& message) {
    std::string json;
    REQUIRE(google::protobuf::util::MessageToJsonString(message, &json).ok());
    return json;
}

/// Each field of a commit on a line of its own, then its events.
std::string describe(const CommitView& commit) {
    const CommitHeader& header = commit.header;
    std::ostringstream text;
    text << "hash " << to_hex(commit.hash) << "\nkind " << name_of(header.kind) << "\nlog-id "
         << to_hex(header.log_id.bytes) << "\ncommit-id " << to_hex(header.commit_id.bytes)
         << "\nfirst " << header.first.value << "\ncount " << header.count << "\nterm "
         << header.term.value << "\nwriter " << to_hex(header.writer.bytes) << "\nnext-writer "
         << to_hex(header.next_writer.bytes) << "\nprevious " << to_hex(header.previous)
         << "\nread-back " << header.read_back.value << "\nrecorded " << to_rfc3339(header.recorded)
         << "\nmachine-digest " << to_hex(header.machine_digest) << "\npack " << header.pack.value
         << "\n";
    for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
        REQUIRE(placed.readable);
        text << "event " << placed.position.value << " " << json_of(event) << "\n";
    });
    return text.str();
}

std::string describe(const Fence& fence) {
    std::ostringstream text;
    text << "log-id " << to_hex(fence.log_id.bytes) << "\nterm " << fence.term.value << "\nwriter "
         << to_hex(fence.writer.bytes) << "\n";
    return text.str();
}

std::string describe(const Reservation& reservation) {
    std::ostringstream text;
    text << "log-id " << to_hex(reservation.log_id.bytes) << "\nwriter "
         << to_hex(reservation.writer.bytes) << "\n";
    return text.str();
}

std::string describe(const Stored& record) {
    const ReservationReading reservation = read_reservation(record);
    if (reservation.shape == ReservationShape::whole) return describe(reservation.reservation);
    const CommitReading commit = read_commit(record);
    if (commit.shape == CommitShape::whole) return describe(commit.view);
    const FenceReading fence = read_fence(record);
    REQUIRE(fence.shape == FenceShape::whole);
    return describe(fence.fence);
}

/// Hex in lines of 32 bytes, an empty line, the description.
std::string golden_text(const Stored& record) {
    std::string text;
    const std::string hex = to_hex(record);
    for (std::size_t at = 0; at < hex.size(); at += 64) text += hex.substr(at, 64) + "\n";
    return text + "\n" + describe(record);
}

template <class Id>
Id counting_id(unsigned from) {
    Id id;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<Byte>(from + i);
    return id;
}

v1::StoredEvent site_event(std::uint64_t version, std::uint64_t previous) {
    v1::StoredEvent event;
    event.set_version(version);
    event.set_previous_position(previous);
    event.set_actor("dana");
    return event;
}

/// Names in tests/golden of the records of one small log, in its order.
std::vector<std::pair<std::string, Stored>> golden_log() {
    std::vector<std::pair<std::string, Stored>> log;
    AcceptanceState state;
    CommitHeader header;
    header.log_id = counting_id<LogId>(0xa0);
    header.machine_digest = sha256(bytes_of("machines"));
    header.previous = genesis_hash(header.log_id);
    header.recorded = Time(std::chrono::microseconds(1'795'248'000'123'456));
    const auto append = [&](const char* name, CommitKind kind, std::uint64_t term, unsigned writer,
                            const std::vector<v1::StoredEvent>& events) {
        header.kind = kind;
        header.commit_id = counting_id<CommitId>(0x10 * static_cast<unsigned>(log.size() + 1));
        header.first = state.position.next();
        header.term = {term};
        header.writer = counting_id<WriterId>(writer);
        header.read_back = state.position;
        if (state.started()) header.previous = state.head;
        log.emplace_back(name, commit_of(header, events));
        REQUIRE(accept(state, log.back().second).judgement == Judgement::commit_counts);
        header.recorded += std::chrono::seconds(1);
    };
    v1::StoredEvent created = site_event(1, 0), taken = site_event(2, 1), again = site_event(3, 2),
                    sealed = site_event(4, 4), pool;
    created.mutable_log_created()->set_log_id(std::string(text_of(header.log_id.bytes)));
    created.mutable_log_created()->set_site("paris");
    created.mutable_log_created()->set_fold_version(1);
    const auto own = [](v1::StoredEvent& event, std::uint64_t term, unsigned writer,
                        const char* cause) {
        event.mutable_owner_taken()->set_term(term);
        const auto id = counting_id<WriterId>(writer);
        event.mutable_owner_taken()->set_writer_id(std::string(text_of(id.bytes)));
        event.mutable_owner_taken()->set_cause(cause);
    };
    own(taken, 1, 0xc0, "created");
    own(again, 2, 0xd0, "taken over");
    pool.set_entity(1);
    pool.set_version(1);
    pool.set_command_id("c1");
    pool.set_command_digest(0x0102030405060708);
    pool.set_actor("dana");
    pool.mutable_registered()->set_kind(v1::KIND_POOL);
    pool.mutable_registered()->set_name("ocs01.contoso.com");
    pool.mutable_registered()->set_successor("lync01.contoso.com");
    pool.mutable_registered()->set_lifecycle(v1::STATE_LEGACY);
    sealed.mutable_sealed()->set_destination("kafka://broker:9092");
    const auto next = counting_id<WriterId>(0xe0);
    sealed.mutable_sealed()->set_writer_id(std::string(text_of(next.bytes)));

    append("commit-first.txt", CommitKind::first, 1, 0xc0, {created, taken});
    append("commit-plain.txt", CommitKind::plain, 1, 0xc0, {pool});
    log.emplace_back("fence.txt", stored_fence({header.log_id, {2}, counting_id<WriterId>(0xd0)}));
    REQUIRE(accept(state, log.back().second).judgement == Judgement::fence_counts);
    append("commit-takeover.txt", CommitKind::takeover, 2, 0xd0, {again});
    header.next_writer = next;
    header.pack = {3};
    append("commit-seal.txt", CommitKind::seal, 2, 0xd0, {sealed});
    return log;
}

/// What a golden file says, where it exists; otherwise a proposal is left for who adds it.
std::string golden(const std::string& name, const std::string& proposal) {
    if (std::filesystem::exists(golden_path(name))) return text_in(golden_path(name));
    const auto path = std::filesystem::temp_directory_path() / name;
    std::ofstream(path) << proposal;
    FAIL_CHECK("tests/golden/", name, " is missing; a proposal stands in ", path.string());
    return proposal;
}

/// The record of a golden file, which says what `built` says and has its bytes.
Stored golden_record(const std::string& name, const Stored& built) {
    CAPTURE(name);
    const std::string text = golden(name, golden_text(built));
    const std::size_t blank = text.find("\n\n");
    REQUIRE(blank != std::string::npos);
    const Stored stored = from_hex(std::regex_replace(text.substr(0, blank), std::regex("\n"), ""));
    CHECK(describe(stored) == text.substr(blank + 2));
    CHECK(stored == built);
    return stored;
}

/// Sets every field to something that is not its default.
void fill(Message& message) {
    const auto* reflection = message.GetReflection();
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
        const FieldDescriptor* field = message.GetDescriptor()->field(i);
        const auto number = static_cast<std::uint32_t>(field->number());
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) continue;
        if (field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
            reflection->AddString(&message, field, field->name());
            continue;
        }
        if (field->is_repeated()) {
            reflection->AddUInt64(&message, field, number);
            reflection->AddUInt64(&message, field, 300);
            continue;
        }
        switch (field->cpp_type()) {
            case FieldDescriptor::CPPTYPE_UINT64:
                reflection->SetUInt64(&message, field, 1000 + number);
                break;
            case FieldDescriptor::CPPTYPE_UINT32:
                reflection->SetUInt32(&message, field, number);
                break;
            case FieldDescriptor::CPPTYPE_BOOL: reflection->SetBool(&message, field, true); break;
            case FieldDescriptor::CPPTYPE_ENUM:
                reflection->SetEnumValue(&message, field, field->enum_type()->value(1)->number());
                break;
            case FieldDescriptor::CPPTYPE_STRING:
                reflection->SetString(&message, field, field->name());
                break;
            default: FAIL("no golden value for a field of type ", field->cpp_type_name());
        }
    }
}

/// One line for each body that the schema knows: name, bytes, meaning.
std::string proposed_events() {
    std::string lines;
    const auto* bodies = v1::StoredEvent::descriptor()->FindOneofByName("body");
    for (int i = 0; i < bodies->field_count(); ++i) {
        v1::StoredEvent event;
        fill(event);
        fill(*event.GetReflection()->MutableMessage(&event, bodies->field(i)));
        const std::string bytes = event.SerializeAsString();
        lines += bodies->field(i)->name() + " " + to_hex(bytes_of(bytes)) + " " + json_of(event);
        lines += "\n";
    }
    return lines;
}

}  // namespace

TEST_CASE("golden commits and fences decode to what they always said, and count") {
    AcceptanceState state;
    for (const auto& [name, built] : golden_log()) {
        CAPTURE(name);
        const Judgement judgement = accept(state, golden_record(name, built)).judgement;
        CHECK((judgement == Judgement::commit_counts || judgement == Judgement::fence_counts));
    }
    CHECK(state.position == Position{5});
    CHECK(state.sealed_for == counting_id<WriterId>(0xe0));
}

TEST_CASE("a golden reservation decodes to what it always said, and counts") {
    const Stored built =
        stored_reservation({counting_id<LogId>(0xa0), counting_id<WriterId>(0xe0)});
    AcceptanceState state;
    CHECK(accept(state, golden_record("reservation.txt", built)).judgement ==
          Judgement::reservation_counts);
    CHECK(state.reserved_for == counting_id<WriterId>(0xe0));
}

TEST_CASE("golden events of every body decode to what they always said") {
    std::istringstream lines(golden("events.txt", proposed_events()));
    std::map<std::string, int> bodies;
    for (std::string body, hex, json; lines >> body >> hex && std::getline(lines, json);) {
        CAPTURE(body);
        ++bodies[body];
        v1::StoredEvent decoded, expected;
        const Stored bytes = from_hex(hex);
        REQUIRE(decoded.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
        REQUIRE(google::protobuf::util::JsonStringToMessage(json, &expected).ok());
        CHECK(google::protobuf::util::MessageDifferencer::Equals(decoded, expected));
        CHECK(decoded.GetReflection()->GetUnknownFields(decoded).empty());
    }
    const auto* known = v1::StoredEvent::descriptor()->FindOneofByName("body");
    for (int i = 0; i < known->field_count(); ++i) {
        const std::string& body = known->field(i)->name();
        INFO("tests/golden/events.txt lacks a line for ", body, ", such as one of these:\n",
             proposed_events());
        CHECK(bodies[body] > 0);
    }
}

TEST_CASE("the worked example of docs/log-format.md is the golden first commit") {
    std::istringstream lines(text_in(FERRY_SOURCE_DIR "/docs/log-format.md"));
    const std::regex row(R"(^ *(\d+)  ((?:[0-9a-f]{2})+) +\S.*$)");
    Stored example;
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (!std::regex_match(line, match, row)) continue;
        CAPTURE(line);
        CHECK(std::stoul(match[1]) == example.size());
        const Stored piece = from_hex(match[2]);
        example.insert(example.end(), piece.begin(), piece.end());
    }
    const auto log = golden_log();
    CHECK(to_hex(example) == to_hex(log.front().second));
}

}  // namespace ferry::test
