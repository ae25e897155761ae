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

/// `CheckRecorded` as `check-recorded`.
void append_kebab(std::string& text, std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool capital = name[i] >= 'A' && name[i] <= 'Z';
        if (capital && i != 0) text += '-';
        text += capital ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    }
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

std::string cloud_event_type(const v1::Event& event) {
    std::string type = "ferry.";
    type.append(event.entity(), 0, event.entity().find(':')).append(".");
    append_kebab(type, event.type());
    return type + ".v1";
}

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
    add_headers(event);
}

void PublicRecord::add(std::string_view name, std::string_view value) {
    if (headers_count_ == headers_.size()) headers_.emplace_back();
    headers_[headers_count_].name.assign(name);
    headers_[headers_count_].value.assign(value);
    ++headers_count_;
}

void PublicRecord::add_headers(const v1::Event& event) {
    using google::protobuf::util::TimeUtil;
    const Time time(
        std::chrono::microseconds(TimeUtil::TimestampToMicroseconds(event.recorded_time())));
    if (time != time_ || time_text_.empty()) {
        time_ = time;
        time_text_ = to_rfc3339(time);
    }
    headers_count_ = 0;
    add("content-type", "application/protobuf");
    add("ce_specversion", "1.0");
    add("ce_id", event.event_id());
    add("ce_source", "/sites/" + event.site());
    add("ce_type", cloud_event_type(event));
    add("ce_time", time_text_);
    add("ce_subject", event.entity());
    add("ce_dataschema", event_schema());
    add("ce_partitionkey", event.entity());
    add("ce_sequence", fmt::format("{:020}", event.position()));
    // An attribute of CloudEvents is never empty; what the engine did by itself has no command.
    if (!event.correlation_id().empty()) add("ce_correlationid", event.correlation_id());
    if (!event.causation_id().empty()) add("ce_causationid", event.causation_id());
}

KafkaMessage PublicRecord::message(std::string_view topic) const {
    return {.topic = topic, .key = bytes_of(key_), .value = bytes_of(value_), .headers = headers()};
}

}  // namespace ferry
