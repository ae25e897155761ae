#include "engine/wave.hpp"

#include "engine/fleet.hpp"

namespace ferry {

WaveWindow WaveState::window_of(std::uint32_t member) const {
    const auto own = windows.find(member);
    if (own == windows.end()) return window;
    WaveWindow result = own->second;
    if (result.start == Time{}) result.start = window.start;
    if (result.complete_by == Time{}) result.complete_by = window.complete_by;
    return result;
}

bool WaveState::ends_for_itself(std::uint32_t member) const {
    const auto own = windows.find(member);
    return own != windows.end() && own->second.complete_by != Time{};
}

MemberStanding WaveState::standing(std::uint32_t number, const Entity& member) const {
    if (member.present() && member.lifecycle >= to) return MemberStanding::moved;
    if (member.transfer == v1::STATE_MOVING) return MemberStanding::moving;
    return failures.contains(number) ? MemberStanding::failed : MemberStanding::waiting;
}

bool is_unfinished(v1::State wave) {
    return wave >= v1::STATE_WAVE_PLANNED && wave <= v1::STATE_WAVE_HELD;
}

const WaveState* wave_of(const Fleet& fleet, EntityNumber wave) {
    const auto found = fleet.waves.find(static_cast<std::uint32_t>(wave.value));
    return found == fleet.waves.end() ? nullptr : &found->second;
}

EntityNumber unfinished_wave_of(const Fleet& fleet, EntityNumber member) {
    const auto found = fleet.in_wave.find(static_cast<std::uint32_t>(member.value));
    return {found == fleet.in_wave.end() ? 0 : found->second};
}

}  // namespace ferry
