#pragma once
/// Two small sites for the tests of the verbs that read.
#include "tests/program_runner.hpp"

#include <fmt/format.h>

namespace ferry {

using testing::ProgramRun;
using testing::ProgramRunner;

/// Paris: one pool in pilot, coexistence verified; alice in pilot, bob legacy and disabled, carol
/// withdrawn, one application. Lyon: one pool and one user, both legacy. The last event of paris is
/// position `paris_end`.
inline constexpr int paris_end = 21;

struct ReadCommand {
    std::string_view entity;
    std::string_view actor;
    std::string_view action;
};

inline constexpr ReadCommand read_estate[] = {
    {"pool:ocs01", "dana", R"("register":{"site":"paris","successor":"lync01"})"},
    {"user:alice@x.com", "dana", R"("register":{"site":"paris","pool":"ocs01"})"},
    {"user:bob@x.com", "dana", R"("register":{"site":"paris","pool":"ocs01","disabled":true})"},
    {"user:carol@x.com", "dana", R"("register":{"site":"paris","pool":"ocs01"})"},
    {"application:rgs", "dana",
     R"("register":{)"
     R"("site":"paris","pool":"ocs01","applicationClass":"response-groups"})"},
    {"pool:ocs01", "dana", R"("enterCoexistence":{})"},
    {"pool:ocs01", "probe",
     R"("recordCheck":{)"
     R"("check":"services-started","outcome":"PASS","evidence":"run 7"})"},
    {"pool:ocs01", "probe", R"("recordCheck":{"check":"site-administrable","outcome":"PASS"})"},
    {"pool:ocs01", "probe",
     R"("recordCheck":{"check":"clients-reach-current-users","outcome":"PASS"})"},
    {"pool:ocs01", "probe",
     R"("recordCheck":{"check":"clients-reach-legacy-users","outcome":"PASS"})"},
    {"pool:ocs01", "dana", R"("startPilot":{})"},
    {"user:alice@x.com", "dana", R"("enterCoexistence":{})"},
    {"site:paris", "dana", R"("mark":{"label":"before-pilot"})"},
    {"user:alice@x.com", "dana", R"("reason":"wave 1","correlationId":"wave-1","startPilot":{})"},
    {"user:alice@x.com", "agent", R"("observeClient":{"client":"lync-2013"})"},
    {"user:alice@x.com", "agent", R"("observeMeeting":{"meeting":"m-17","client":"lync-2013"})"},
    {"user:carol@x.com", "dana", R"("withdraw":{})"},
    {"pool:ocs-lyon", "dana", R"("register":{"site":"lyon","successor":"lync-lyon"})"},
    {"user:noel@x.com", "dana", R"("register":{"site":"lyon","pool":"ocs-lyon"})"},
};

inline void apply_read_estate(ProgramRunner& ferry) {
    std::string lines;
    for (const ReadCommand& each : read_estate)
        lines += fmt::format("{{\"entity\":\"{}\",\"actor\":\"{}\",\"commandId\":\"c{}\",{}}}\n",
                             each.entity, each.actor, &each - read_estate + 1, each.action);
    ferry.apply(lines);
}

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace ferry
