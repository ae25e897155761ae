#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

namespace ferry::test {

v1::StoredEvent event_with_reason(const std::string& reason) {
    v1::StoredEvent event;
    event.set_entity(1);
    event.set_version(1);
    event.set_reason(reason);
    event.mutable_marked()->set_label("label");
    return event;
}

std::vector<Byte> commit_of(const CommitHeader& header,
                            const std::vector<v1::StoredEvent>& events) {
    CommitBuilder builder;
    for (const v1::StoredEvent& event : events) REQUIRE(builder.add(event));
    return builder.finish(header);
}

std::vector<Byte> commit_of(const CommitHeader& header, std::uint32_t events) {
    std::vector<v1::StoredEvent> made;
    for (std::uint32_t i = 0; i < events; ++i)
        made.push_back(event_with_reason("event " + std::to_string(header.first.value + i)));
    return commit_of(header, made);
}

Chain::Chain(unsigned log, unsigned writer) {
    state_.log_id = id_of<LogId>(log);
    state_.writer = id_of<WriterId>(writer);
    state_.term = {1};
    state_.recorded = Time(std::chrono::seconds(1'700'000'000));
}

CommitHeader Chain::next() const {
    CommitHeader header;
    header.log_id = state_.log_id;
    header.first = state_.position.next();
    header.commit_id = id_of<CommitId>(static_cast<unsigned>(header.first.value));
    header.term = state_.term;
    header.writer = state_.writer;
    header.previous = state_.started() ? state_.head : genesis_hash(state_.log_id);
    header.read_back = state_.position;
    header.recorded = state_.recorded + std::chrono::seconds(1);
    return header;
}

void Chain::accept(Bytes commit) {
    REQUIRE(ferry::accept(state_, commit).judgement == Judgement::commit_counts);
}

std::vector<Byte> Chain::take(std::vector<Byte> commit) {
    accept(commit);
    return commit;
}

std::vector<Byte> Chain::first() {
    CommitHeader header = next();
    header.kind = CommitKind::first;
    v1::StoredEvent created;
    created.set_version(1);
    created.mutable_log_created()->set_site("paris");
    v1::StoredEvent taken;
    taken.set_version(2);
    taken.set_previous_position(1);
    taken.mutable_owner_taken()->set_term(1);
    return take(commit_of(header, {created, taken}));
}

std::vector<Byte> Chain::plain(std::uint32_t events) { return take(commit_of(next(), events)); }

std::vector<Byte> Chain::plain(const std::vector<v1::StoredEvent>& events) {
    return take(commit_of(next(), events));
}

std::vector<Byte> Chain::takeover(Term term, unsigned writer) {
    CommitHeader header = next();
    header.kind = CommitKind::takeover;
    header.term = term;
    header.writer = id_of<WriterId>(writer);
    return take(commit_of(header));
}

std::vector<Byte> Chain::seal(unsigned next_writer) {
    CommitHeader header = next();
    header.kind = CommitKind::seal;
    header.next_writer = id_of<WriterId>(next_writer);
    return take(commit_of(header));
}

std::vector<std::vector<Byte>> all_records(Log& log) {
    std::vector<std::vector<Byte>> records;
    const auto read = log.read({0}, [&](const Record& record) {
        records.emplace_back(record.bytes.begin(), record.bytes.end());
        return true;
    });
    INFO((read ? "" : read.error().message));
    REQUIRE(read.has_value());
    return records;
}

ScratchDirectory::ScratchDirectory()
    : path_((std::filesystem::temp_directory_path() / "ferry-test-XXXXXX").string()) {
    REQUIRE(mkdtemp(path_.data()) != nullptr);
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

}  // namespace ferry::test
