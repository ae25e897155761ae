#include "tests/fuzz/small_fleet.hpp"

#include "engine/evolve.hpp"
#include "events/hash.hpp"
#include "projections/digest.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdio>

namespace ferry::fuzz {

namespace {

/// Every kind of entity, a pool and a user in their pilot, and an open approval.
constexpr std::string_view estate[] = {
    R"({"entity":"pool:p","register":{"site":"paris","successor":"n"}})",
    R"({"entity":"pool:q","register":{"site":"paris","successor":"m"}})",
    R"({"entity":"user:a@x","register":{"site":"paris","pool":"p"}})",
    R"({"entity":"user:b@x","register":{"site":"paris","pool":"p"}})",
    R"({"entity":"user:c@x","register":{"site":"paris","pool":"p"}})",
    R"({"entity":"application:r","register":{"site":"paris","pool":"p",)"
    R"("applicationClass":"response-groups"}})",
    R"({"entity":"pool:p","recordCheck":{"check":"services-started","outcome":"PASS"}})",
    R"({"entity":"pool:p","recordCheck":{"check":"site-administrable","outcome":"PASS"}})",
    R"({"entity":"pool:p","recordCheck":{"check":"clients-reach-current-users","outcome":"PASS"}})",
    R"({"entity":"pool:p","recordCheck":{"check":"clients-reach-legacy-users","outcome":"PASS"}})",
    R"({"entity":"pool:p","enterCoexistence":{}})",
    R"({"entity":"pool:p","startPilot":{}})",
    R"({"entity":"site:paris","mark":{"label":"before"}})",
    R"({"entity":"user:a@x","enterCoexistence":{}})",
    R"({"entity":"user:a@x","startPilot":{}})",
    R"({"entity":"user:b@x","observeClient":{"client":"lync 2013"}})",
    R"({"entity":"user:b@x","observeMeeting":{"meeting":"weekly","client":"lync 2013"}})",
    R"({"entity":"user:b@x","observePolicy":{"policy":"voice","name":"gold"}})",
    R"({"entity":"pool:p","approve":{"action":"retire"}})",
};

std::shared_ptr<MemoryStore> copy_of(const std::vector<std::vector<Byte>>& records) {
    auto store = std::make_shared<MemoryStore>();
    for (const auto& record : records) store->append(record);
    return store;
}

}  // namespace

void expect(bool kept, const char* promise) {
    if (kept) return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

std::optional<v1::Command> command_of_line(std::string_view line) {
    v1::Command command;
    const auto status = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(line.data(), line.size()), &command);
    if (!status.ok()) return std::nullopt;
    return command;
}

const std::vector<std::vector<Byte>>& small_log() {
    static const std::vector<std::vector<Byte>> records = [] {
        SmallFleet fleet(std::make_shared<MemoryStore>());
        int given = 0;
        for (const std::string_view line : estate) {
            auto command = command_of_line(line);
            expect(command.has_value(), "a line of the estate is a command");
            command->set_command_id("c" + std::to_string(++given));
            command->set_actor("dana");
            const auto results = fleet.writer_.execute(std::span(&*command, 1));
            if (!results || results->front().outcome() != "DONE")
                std::fprintf(stderr, "%s: %s\n", std::string(line).c_str(),
                             results ? results->front().ShortDebugString().c_str()
                                     : results.error().message.c_str());
            expect(results && results->front().outcome() == "DONE", "the estate can be made");
        }
        std::vector<std::vector<Byte>> made;
        for (std::size_t i = 0; i < fleet.store_->size(); ++i) made.push_back(*fleet.store_->at(i));
        return made;
    }();
    return records;
}

SmallFleet::SmallFleet() : SmallFleet(copy_of(small_log())) {}

SmallFleet::SmallFleet(std::shared_ptr<MemoryStore> store)
    : store_(std::move(store)),
      randomness_(store_->size() + 1),
      replica_(std::make_unique<MemoryLog>(store_, "paris")),
      writer_(replica_, side_by_side(), clock_, randomness_) {
    expect(writer_.open().has_value(), "the estate's log can be led");
}

void SmallFleet::give(std::span<const v1::Command> commands) {
    const auto results = writer_.execute(commands);
    expect(results.has_value(), "no command breaks the log");
    expect(results->size() == commands.size(), "each command has one answer");
    for (const v1::CommandResult& result : *results) {
        std::string json;
        // A text that is no UTF-8 has no JSON; the command line says so and goes on.
        (void)google::protobuf::util::MessageToJsonString(result, &json);
    }
    Replica reader(std::make_unique<MemoryLog>(store_, "paris"));
    expect(reader.catch_up().has_value(), "the log can be read");
    expect(fleet_digest(reader.fleet) == fleet_digest(replica_.fleet),
           "whoever reads the log comes to the state that was decided on");
    expect(!reader.fleet.unknown.has_value(), "what is written is understood");
}

Fleet folded_small_log() {
    Fleet fleet;
    for (const auto& record : small_log())
        if (const auto reading = read_checked_commit(record); reading.shape == CommitShape::whole)
            evolve(fleet, reading.view);
    return fleet;
}

void mend_leading_hash(std::vector<Byte>& bytes) {
    Hash hash{};
    if (bytes.size() < hash.size()) return;
    hash = sha256(Bytes(bytes).subspan(hash.size()));
    std::copy(hash.begin(), hash.end(), bytes.begin());
}

}  // namespace ferry::fuzz
