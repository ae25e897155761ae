#pragma once
/// The one place where enum values and the words people read and write meet. Words are spelled as
/// in design.md section 3 and 8: states and guards with hyphens, actions also by their JSON name.
#include "ferry/v1/vocabulary.pb.h"

#include <optional>
#include <string>
#include <string_view>

namespace ferry {

std::string_view word(v1::Kind kind);
std::string_view word(v1::Region region);
std::string_view word(v1::State state);
/// `enter-coexistence`.
std::string_view word(v1::Action action);
std::string_view word(v1::CheckOutcome outcome);
std::string_view word(v1::Deployment deployment);
/// `enterCoexistence`, as in a command's JSON.
std::string_view json_name(v1::Action action);

std::optional<v1::Kind> kind_of(std::string_view word);
/// Lifecycle states only: the other regions are never given as input.
std::optional<v1::State> lifecycle_of(std::string_view word);
/// `enter-coexistence`.
std::optional<v1::Action> action_of_word(std::string_view word);
std::optional<v1::Action> action_of_json(std::string_view name);
/// `PASS`, `FAIL`, `INCONCLUSIVE`.
std::optional<v1::CheckOutcome> outcome_of(std::string_view word);
/// Empty text is DEPLOYMENT_UNSPECIFIED.
std::optional<v1::Deployment> deployment_of(std::string_view word);

/// `1 member`, `2 members`: a number with the form that goes with it; `many` is `one` with an s
/// where it is not given.
std::string counted(std::uint64_t count, std::string_view one, std::string_view many = {});

/// The region a state belongs to.
constexpr v1::Region region_of(v1::State state) {
    if (state > v1::STATE_GATE_OPEN) return v1::REGION_UNSPECIFIED;
    if (state >= v1::STATE_GATE_CLOSED) return v1::REGION_GATE;
    if (state >= v1::STATE_BARRIER_WAITING) return v1::REGION_BARRIER;
    if (state >= v1::STATE_CAMPAIGN_PLANNED) return v1::REGION_CAMPAIGN;
    if (state >= v1::STATE_WAVE_PLANNED) return v1::REGION_WAVE;
    if (state >= v1::STATE_PRESENT) return v1::REGION_PRESENCE;
    if (state >= v1::STATE_SETTLED) return v1::REGION_TRANSFER;
    if (state >= v1::STATE_LEGACY_CLIENT) return v1::REGION_CLIENT;
    if (state >= v1::STATE_COMPATIBILITY_UNVERIFIED) return v1::REGION_COMPATIBILITY;
    if (state >= v1::STATE_COEXISTENCE_UNVERIFIED) return v1::REGION_COEXISTENCE;
    return state >= v1::STATE_LEGACY ? v1::REGION_LIFECYCLE : v1::REGION_UNSPECIFIED;
}

}  // namespace ferry
