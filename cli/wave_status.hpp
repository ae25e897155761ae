#pragma once
/// How waves are shown: one line each, or one with who failed and why. One thread.
#include "cli/view.hpp"
#include "projections/wave_progress.hpp"

#include <boost/json/object.hpp>

namespace ferry {

boost::json::object wave_json(const Fleet& fleet, const WaveProgress& wave);

/// A table of one line a wave, or with --json one object a line.
void print_waves(Session& session, const std::vector<std::pair<const Fleet*, WaveProgress>>& waves,
                 bool with_header = true);

/// Below its line: what was planned, and who failed; a long list is cut unless `whole`.
void print_wave_details(Session& session, const Fleet& fleet, const WaveProgress& wave, bool whole);

struct WaveStatusOptions {
    std::string name;  ///< empty: all
    std::string at;
    bool follow = false;
    bool whole = false;
};

/// `ferry wave status` and `ferry wave list`.
ExitCode wave_status(Session& session, const WaveStatusOptions& options);

}  // namespace ferry
