#include "projections/public_record.hpp"

#include "events/clock.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/time_util.h>

namespace ferry {

namespace {

constexpr std::size_t detail_bytes_max = 1'000;
constexpr std::size_t schema_digest_letters = 16;

/// What every record tells, in this order; what comes behind is not told of every event.
enum Told : std::size_t {
    content_type,
    spec_version,
    id,
    source,
    type,
    time,
    subject,
    schema,
    partition_key,
    sequence,
    always
};
constexpr std::size_t told_at_most = always + 2;

/// `CheckRecorded` as `check-recorded`.
void append_kebab(std::string& text, std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool capital = name[i] >= 'A' && name[i] <= 'Z';
        if (capital && i != 0) text += '-';
        text += capital ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    }
}

/// `ferry.user.transitioned.v1`.
void write_type(const v1::Event& event, std::string& text) {
    text.assign("ferry.").append(event.entity(), 0, event.entity().find(':')).append(".");
    append_kebab(text, event.type());
    text.append(".v1");
}

/// Twenty digits, so that texts are in the order of what they say.
void write_sequence(std::uint64_t position, std::string& text) {
    text.assign(20, '0');
    for (auto digit = text.rbegin(); position != 0; ++digit, position /= 10)
        *digit = static_cast<char>('0' + position % 10);
}

/// Only an event that would not fit is ever touched.
void shorten_details(v1::Event& event) {
    for (auto& [name, value] : *event.mutable_details()) {
        if (value.size() <= detail_bytes_max) continue;
        const Hash hash = sha256(bytes_of(value));
        value = fmt::format("left out: {} bytes, sha256:{}", value.size(), to_hex(hash));
    }
}

}  // namespace

const std::string& event_schema() {
    static const std::string schema = [] {
        google::protobuf::FileDescriptorProto file;
        v1::Event::descriptor()->file()->CopyTo(&file);
        const std::string text = file.SerializeAsString();
        return fmt::format("https://type.googleapis.com/{}#sha256-{}",
                           v1::Event::descriptor()->full_name(),
                           to_hex(sha256(bytes_of(text))).substr(0, schema_digest_letters));
    }();
    return schema;
}

void PublicRecord::fill(const Fleet& fleet, const CommitHeader& commit, Position position,
                        const v1::StoredEvent& stored) {
    write_public_event(fleet, position, commit.recorded, stored, event_);
    event_.set_event_id(event_id(commit.commit_id, position.value - commit.first.value));
    fill(event_);
}

void PublicRecord::fill(const v1::Event& event) {
    key_ = event.entity();
    event.SerializeToString(&value_);
    if (value_.size() > public_value_bytes_max) {
        v1::Event shortened = event;
        shorten_details(shortened);
        shortened.SerializeToString(&value_);
    }
    write_headers(event);
}

void PublicRecord::write_headers(const v1::Event& event) {
    using google::protobuf::util::TimeUtil;
    // The names, and what is the same in every record, are written once.
    if (headers_.empty()) {
        headers_ = {{"content-type", "application/protobuf"},
                    {"ce_specversion", "1.0"},
                    {"ce_id", ""},
                    {"ce_source", ""},
                    {"ce_type", ""},
                    {"ce_time", ""},
                    {"ce_subject", ""},
                    {"ce_dataschema", event_schema()},
                    {"ce_partitionkey", ""},
                    {"ce_sequence", ""}};
        headers_.resize(told_at_most);
    }
    headers_[id].value = event.event_id();
    headers_[source].value.assign("/sites/").append(event.site());
    write_type(event, headers_[type].value);
    const Time recorded(
        std::chrono::microseconds(TimeUtil::TimestampToMicroseconds(event.recorded_time())));
    if (recorded != time_ || headers_[time].value.empty()) {
        time_ = recorded;
        headers_[time].value = to_rfc3339(recorded);
    }
    headers_[subject].value = event.entity();
    headers_[partition_key].value = event.entity();
    write_sequence(event.position(), headers_[sequence].value);
    headers_count_ = always;
    // An attribute of CloudEvents is never empty; what the engine did by itself has no command.
    const auto tell = [this](std::string_view name, const std::string& value) {
        if (value.empty()) return;
        headers_[headers_count_].name.assign(name);
        headers_[headers_count_++].value = value;
    };
    tell("ce_correlationid", event.correlation_id());
    tell("ce_causationid", event.causation_id());
}

KafkaMessage PublicRecord::message(std::string_view topic) const {
    return {.topic = topic, .key = bytes_of(key_), .value = bytes_of(value_), .headers = headers()};
}

}  // namespace ferry
