#include "engine/words.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace ferry {

namespace {

template <class Enum>
using Word = std::pair<Enum, std::string_view>;

constexpr std::array kinds{
    Word<v1::Kind>{v1::KIND_POOL, "pool"}, Word<v1::Kind>{v1::KIND_USER, "user"},
    Word<v1::Kind>{v1::KIND_APPLICATION, "application"}, Word<v1::Kind>{v1::KIND_WAVE, "wave"},
    Word<v1::Kind>{v1::KIND_CAMPAIGN, "campaign"}};

constexpr std::array regions{Word<v1::Region>{v1::REGION_LIFECYCLE, "lifecycle"},
                             Word<v1::Region>{v1::REGION_COEXISTENCE, "coexistence"},
                             Word<v1::Region>{v1::REGION_COMPATIBILITY, "compatibility"},
                             Word<v1::Region>{v1::REGION_CLIENT, "client"},
                             Word<v1::Region>{v1::REGION_TRANSFER, "transfer"},
                             Word<v1::Region>{v1::REGION_PRESENCE, "presence"},
                             Word<v1::Region>{v1::REGION_WAVE, "wave"},
                             Word<v1::Region>{v1::REGION_CAMPAIGN, "campaign"},
                             Word<v1::Region>{v1::REGION_BARRIER, "barrier"},
                             Word<v1::Region>{v1::REGION_GATE, "gate"}};

constexpr std::array states{
    Word<v1::State>{v1::STATE_LEGACY, "legacy"},
    Word<v1::State>{v1::STATE_COEXIST_TEST, "coexist-test"},
    Word<v1::State>{v1::STATE_PILOT, "pilot"},
    Word<v1::State>{v1::STATE_PRODUCTION, "production"},
    Word<v1::State>{v1::STATE_RETIRED, "retired"},
    Word<v1::State>{v1::STATE_COEXISTENCE_UNVERIFIED, "unverified"},
    Word<v1::State>{v1::STATE_COEXISTENCE_VERIFIED, "verified"},
    Word<v1::State>{v1::STATE_COEXISTENCE_DEGRADED, "degraded"},
    Word<v1::State>{v1::STATE_COMPATIBILITY_UNVERIFIED, "unverified"},
    Word<v1::State>{v1::STATE_COMPATIBLE, "compatible"},
    Word<v1::State>{v1::STATE_INCOMPATIBLE, "incompatible"},
    Word<v1::State>{v1::STATE_LEGACY_CLIENT, "legacy-client"},
    Word<v1::State>{v1::STATE_UPGRADED_CLIENT, "upgraded-client"},
    Word<v1::State>{v1::STATE_SETTLED, "settled"},
    Word<v1::State>{v1::STATE_MOVING, "moving"},
    Word<v1::State>{v1::STATE_FAILED, "failed"},
    Word<v1::State>{v1::STATE_PRESENT, "present"},
    Word<v1::State>{v1::STATE_WITHDRAWN, "withdrawn"},
    Word<v1::State>{v1::STATE_WAVE_PLANNED, "planned"},
    Word<v1::State>{v1::STATE_WAVE_RUNNING, "running"},
    Word<v1::State>{v1::STATE_WAVE_PAUSED, "paused"},
    Word<v1::State>{v1::STATE_WAVE_HELD, "held"},
    Word<v1::State>{v1::STATE_WAVE_COMPLETED, "completed"},
    Word<v1::State>{v1::STATE_WAVE_COMPLETED_WITH_FAILURES, "completed-with-failures"},
    Word<v1::State>{v1::STATE_WAVE_ROLLED_BACK, "rolled-back"},
    Word<v1::State>{v1::STATE_CAMPAIGN_PLANNED, "planned"},
    Word<v1::State>{v1::STATE_CAMPAIGN_RUNNING, "running"},
    Word<v1::State>{v1::STATE_CAMPAIGN_HELD, "held"},
    Word<v1::State>{v1::STATE_CAMPAIGN_COMPLETED, "completed"},
    Word<v1::State>{v1::STATE_CAMPAIGN_CANCELLED, "cancelled"},
    Word<v1::State>{v1::STATE_BARRIER_WAITING, "waiting"},
    Word<v1::State>{v1::STATE_BARRIER_GATHERING, "gathering"},
    Word<v1::State>{v1::STATE_BARRIER_PASSED, "passed"},
    Word<v1::State>{v1::STATE_GATE_CLOSED, "closed"},
    Word<v1::State>{v1::STATE_GATE_OPEN, "open"}};

struct ActionWords {
    v1::Action action;
    std::string_view word;
    std::string_view json;
};

constexpr std::array actions{
    ActionWords{v1::ACTION_REGISTER, "register", "register"},
    ActionWords{v1::ACTION_ENTER_COEXISTENCE, "enter-coexistence", "enterCoexistence"},
    ActionWords{v1::ACTION_START_PILOT, "start-pilot", "startPilot"},
    ActionWords{v1::ACTION_PROMOTE, "promote", "promote"},
    ActionWords{v1::ACTION_RETIRE, "retire", "retire"},
    ActionWords{v1::ACTION_WITHDRAW, "withdraw", "withdraw"},
    ActionWords{v1::ACTION_APPROVE, "approve", "approve"},
    ActionWords{v1::ACTION_RECORD_CHECK, "record-check", "recordCheck"},
    ActionWords{v1::ACTION_OBSERVE_CLIENT, "observe-client", "observeClient"},
    ActionWords{v1::ACTION_OBSERVE_MEETING, "observe-meeting", "observeMeeting"},
    ActionWords{v1::ACTION_REPORT_MOVE, "report-move", "reportMove"},
    ActionWords{v1::ACTION_MARK, "mark", "mark"},
    ActionWords{v1::ACTION_CORRECT, "correct", "correct"},
    ActionWords{v1::ACTION_RESTORE, "restore", "restore"},
    ActionWords{v1::ACTION_OBSERVE_POLICY, "observe-policy", "observePolicy"},
    ActionWords{v1::ACTION_ADOPT_PACK, "adopt-pack", "adoptPack"},
    ActionWords{v1::ACTION_RELEASE, "release", "release"},
    ActionWords{v1::ACTION_ACCEPT, "accept", "accept"},
    ActionWords{v1::ACTION_DECLINE, "decline", "decline"},
    ActionWords{v1::ACTION_TAKE_OVER_SITE, "take-over-site", "takeOverSite"},
    ActionWords{v1::ACTION_RETRY_MOVE, "retry-move", "retryMove"},
    ActionWords{v1::ACTION_PLAN_WAVE, "plan-wave", "planWave"},
    ActionWords{v1::ACTION_START_WAVE, "start-wave", "startWave"},
    ActionWords{v1::ACTION_PAUSE_WAVE, "pause-wave", "pauseWave"},
    ActionWords{v1::ACTION_RESUME_WAVE, "resume-wave", "resumeWave"},
    ActionWords{v1::ACTION_STOP_WAVE, "stop-wave", "stopWave"},
    ActionWords{v1::ACTION_STEP_WAVE, "step-wave", "stepWave"},
    ActionWords{v1::ACTION_START_CAMPAIGN, "start", "startCampaign"},
    ActionWords{v1::ACTION_HOLD_CAMPAIGN, "hold", "holdCampaign"},
    ActionWords{v1::ACTION_RESUME_CAMPAIGN, "resume", "resumeCampaign"},
    ActionWords{v1::ACTION_CANCEL_CAMPAIGN, "cancel", "cancelCampaign"}};

constexpr std::array outcomes{
    Word<v1::CheckOutcome>{v1::CHECK_OUTCOME_PASS, "PASS"},
    Word<v1::CheckOutcome>{v1::CHECK_OUTCOME_FAIL, "FAIL"},
    Word<v1::CheckOutcome>{v1::CHECK_OUTCOME_INCONCLUSIVE, "INCONCLUSIVE"}};

constexpr std::array deployments{Word<v1::Deployment>{v1::DEPLOYMENT_UNSPECIFIED, ""},
                                 Word<v1::Deployment>{v1::DEPLOYMENT_LEGACY, "legacy"},
                                 Word<v1::Deployment>{v1::DEPLOYMENT_SUCCESSOR, "successor"}};

template <class Words, class Enum>
std::string_view spelled(const Words& words, Enum value) {
    for (const auto& [candidate, text] : words)
        if (candidate == value) return text;
    return "unknown";
}

template <class Words>
auto meant(const Words& words, std::string_view text) {
    using Enum = decltype(words.front().first);
    for (const auto& [value, candidate] : words)
        if (candidate == text) return std::optional<Enum>(value);
    return std::optional<Enum>();
}

}  // namespace

std::string_view word(v1::Kind kind) { return spelled(kinds, kind); }
std::string_view word(v1::Region region) { return spelled(regions, region); }
std::string_view word(v1::State state) { return spelled(states, state); }
std::string_view word(v1::CheckOutcome outcome) { return spelled(outcomes, outcome); }
std::string_view word(v1::Deployment deployment) { return spelled(deployments, deployment); }

std::string_view word(v1::Action action) {
    for (const auto& entry : actions)
        if (entry.action == action) return entry.word;
    return "unknown";
}

std::string_view json_name(v1::Action action) {
    for (const auto& entry : actions)
        if (entry.action == action) return entry.json;
    return "unknown";
}

std::optional<v1::Kind> kind_of(std::string_view text) {
    // A campaign has a word, and is no kind that a person may name.
    const auto kind = meant(kinds, text);
    return kind == v1::KIND_CAMPAIGN ? std::nullopt : kind;
}
std::optional<v1::CheckOutcome> outcome_of(std::string_view text) { return meant(outcomes, text); }
std::optional<v1::Deployment> deployment_of(std::string_view text) {
    return meant(deployments, text);
}

std::optional<v1::State> lifecycle_of(std::string_view text) {
    const auto state = meant(states, text);
    return state && region_of(*state) == v1::REGION_LIFECYCLE ? state : std::nullopt;
}

std::optional<v1::Action> action_of_word(std::string_view text) {
    for (const auto& entry : actions)
        if (entry.word == text) return entry.action;
    return std::nullopt;
}

std::optional<v1::Action> action_of_json(std::string_view name) {
    for (const auto& entry : actions)
        if (entry.json == name) return entry.action;
    return std::nullopt;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    if (count == 1 || !many.empty()) return fmt::format("{} {}", count, count == 1 ? one : many);
    return fmt::format("{} {}s", count, one);
}

}  // namespace ferry
