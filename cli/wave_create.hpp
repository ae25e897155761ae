#pragma once
/// `ferry wave create`: from who is named to a wave that is planned. One thread.
#include "cli/wave_members.hpp"

namespace ferry {

struct WaveCreation {
    std::string name;
    SelectionOptions members;
    std::string to;
    std::size_t size_max = 0;
    bool split = false;
    bool free = false;  ///< whoever is in another unfinished wave is left out
    std::string start;
    std::string complete_by;
    std::string time_zone;
    std::size_t pace = 0;
    std::size_t concurrency = 0;
    std::string failure_budget;
    bool pilot = false;
    std::vector<std::string> after;
};

/// The positional MEMBERS, and --pool, --kind, --state, --class.
void add_members_options(Verb& verb, SelectionOptions& options);

/// Plans the wave, or with `split` as many as are needed. Where a file names somebody who is not
/// known, or a column that is not, everything wrong with it is listed and nothing is written.
ExitCode create_wave(Session& session, const WaveCreation& creation);

}  // namespace ferry
