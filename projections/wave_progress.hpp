#pragma once
/// How far a wave is, and when it will be done by the pace that was measured. Pure; any thread that
/// may read the fleet.
#include "engine/fleet.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ferry {

struct WaveProgress {
    EntityNumber number;
    std::string name;
    std::string site;
    v1::State state = v1::STATE_UNSPECIFIED;
    v1::State to = v1::STATE_UNSPECIFIED;
    bool pilot = false;
    std::uint32_t total = 0;
    std::uint32_t moving = 0;
    std::uint32_t moved = 0;
    std::uint32_t failed = 0;
    std::uint32_t remaining = 0;  ///< neither moved, nor moving, nor failed
    std::string owner;
    std::string why;  ///< it does not go on
    /// Members a minute since it last began to run; nothing before anybody has moved.
    std::optional<double> pace{};
    /// Until all that can be done is done, by the quickest and the slowest stretch of that,
    /// and not before the last window opens that somebody waits for.
    std::optional<std::chrono::seconds> left_least{};
    std::optional<std::chrono::seconds> left_most{};

    /// Whole percents of the members that are there: who failed is not, and 100 is all of them.
    unsigned percent() const {
        return total == 0 ? 100 : static_cast<unsigned>(moved * 100ULL / total);
    }
};

/// `wave` was planned. `now` is by the log's clock; pace is measured only while it runs.
WaveProgress wave_progress(const Fleet& fleet, EntityNumber wave, Time now);

/// Of all waves that were planned, by name.
std::vector<WaveProgress> all_waves(const Fleet& fleet, Time now);

}  // namespace ferry
