#include "cli/wave_status.hpp"

#include "cli/elapsed.hpp"
#include "cli/stop_signal.hpp"
#include "cli/table.hpp"
#include "engine/request_wave.hpp"
#include "engine/spelling.hpp"
#include "engine/words.hpp"
#include "events/short_text.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <sstream>

namespace ferry {

namespace {

using Shown = std::vector<std::pair<const Fleet*, WaveProgress>>;

constexpr std::size_t failures_shown = 10;
/// A wave keeps to one line; its own status shows all of the text.
constexpr std::size_t why_bytes_shown = 100;

std::string length_text(std::chrono::seconds seconds) {
    if (seconds < std::chrono::minutes(2)) return fmt::format("{} s", seconds.count());
    if (seconds < std::chrono::hours(2)) return fmt::format("{} min", (seconds.count() + 59) / 60);
    return fmt::format("{:.1f} h", static_cast<double>(seconds.count()) / 3600);
}

std::string left_text(const WaveProgress& wave) {
    if (!wave.left_least) return "–";
    const std::string least = length_text(*wave.left_least);
    const std::string most = length_text(*wave.left_most);
    return least == most ? least : fmt::format("{} to {}", least, most);
}

std::string pace_text(const WaveProgress& wave) {
    return wave.pace ? fmt::format("{:.0f}/min", *wave.pace) : "–";
}

std::vector<std::pair<std::uint32_t, std::string>> failures_of(const Fleet& fleet,
                                                               const WaveProgress& wave) {
    if (wave.state == v1::STATE_WAVE_ROLLED_BACK) return {};
    const auto& failures = wave_of(fleet, wave.number)->failures;
    std::vector<std::pair<std::uint32_t, std::string>> sorted(failures.begin(), failures.end());
    std::ranges::sort(sorted);
    return sorted;
}

std::string window_text(const WaveState& wave) {
    std::string text;
    if (wave.window.start != Time{}) text += "from " + short_time(wave.window.start);
    if (wave.window.complete_by != Time{})
        text +=
            fmt::format("{}until {}", text.empty() ? "" : " ", short_time(wave.window.complete_by));
    if (!wave.windows.empty())
        text += fmt::format("{}{} windows of their own", text.empty() ? "" : "; ",
                            counted(wave.windows.size(), "member has", "members have"));
    return text.empty() ? "at any time" : text;
}

/// Nothing where a name was asked for that no site knows.
Result<Shown> waves_shown(const std::vector<SiteView>& sites, const std::string& name, Time now) {
    Shown shown;
    NearestWord nearest(name);
    for (const SiteView& site : sites)
        for (WaveProgress& wave : all_waves(*site.fleet, now)) {
            nearest.offer(wave.name);
            if (name.empty() || wave_id(name) == wave_id(wave.name))
                shown.emplace_back(site.fleet, std::move(wave));
        }
    if (!shown.empty() || name.empty()) return shown;
    return fail(
        Errc::bad_input,
        fmt::format("there is no wave `{}`; {}", name,
                    nearest.found().empty() ? "`ferry wave list` names them"
                                            : fmt::format("did you mean `{}`?", nearest.found())));
}

/// What one look found.
struct Look {
    bool running = false;
    std::string counts;  ///< of all that was shown: changes where anything but the pace does
};

/// `lines` leaves out the header and the details: one line a wave, for a log of what changed.
Result<Look> look(Session& session, const WaveStatusOptions& options, bool lines) {
    const auto view = View::open(session, options.at);
    if (!view) return std::unexpected(view.error());
    const auto sites = (*view)->sites();
    if (!sites) return std::unexpected(sites.error());
    const Time now = options.at.empty() ? SystemClock().now() : Time{};
    const auto shown = waves_shown(*sites, options.name, now);
    if (!shown) return std::unexpected(shown.error());
    print_waves(session, *shown, !lines);
    if (!options.name.empty() && !session.json && !lines)
        for (const auto& [fleet, wave] : *shown)
            print_wave_details(session, *fleet, wave, options.whole);
    Look found;
    for (const auto& [fleet, wave] : *shown) {
        found.running |= wave.state == v1::STATE_WAVE_RUNNING;
        found.counts += fmt::format("{} {} {} {} {};", wave.name, word(wave.state), wave.moving,
                                    wave.moved, wave.failed);
    }
    session.exit = (*view)->finish();
    return found;
}

/// A terminal shows the latest state in place; anything else gets a line where a count changed.
ExitCode follow(Session& session, const WaveStatusOptions& options) {
    constexpr std::chrono::milliseconds pause(500);
    const bool in_place = session.out_is_terminal && !session.json;
    const StopSignal signal;
    std::string last;
    while (!StopSignal::asked()) {
        std::ostringstream text;
        Session quiet{session.in, text, session.err};
        quiet.log_url = session.log_url;
        quiet.kafka_config = session.kafka_config;
        quiet.json = session.json;
        quiet.colour = session.colour;
        const auto found = look(quiet, options, !in_place && !last.empty());
        if (!found) return session.report(found.error());
        if (in_place || found->counts != last) {
            if (in_place) session.out << "\x1b[H\x1b[2J";
            session.out << text.str();
            session.out.flush();
            last = found->counts;
        }
        if (!found->running) break;
        StopSignal::wait(pause);
    }
    // The terminal has shown `^C` where the next prompt would begin.
    if (in_place && StopSignal::asked()) session.out << '\n';
    return session.exit;
}

}  // namespace

boost::json::object wave_json(const Fleet& fleet, const WaveProgress& wave) {
    const WaveState& state = *wave_of(fleet, wave.number);
    boost::json::object json{{"wave", wave.name},
                             {"site", wave.site},
                             {"state", std::string(word(wave.state))},
                             {"to", std::string(word(wave.to))},
                             {"pilot", wave.pilot},
                             {"total", wave.total},
                             {"moving", wave.moving},
                             {"moved", wave.moved},
                             {"failed", wave.failed},
                             {"remaining", wave.remaining},
                             {"percent", wave.percent()},
                             {"pace", nullptr},
                             {"etaSecondsLeast", nullptr},
                             {"etaSecondsMost", nullptr},
                             {"owner", wave.owner},
                             {"why", wave.why}};
    if (wave.pace) json["pace"] = *wave.pace;
    if (wave.left_least) json["etaSecondsLeast"] = wave.left_least->count();
    if (wave.left_most) json["etaSecondsMost"] = wave.left_most->count();
    json["paceMax"] = state.pace;
    json["concurrency"] = state.concurrency;
    json["failureBudget"] = state.failure_budget;
    json["sizeMax"] = state.size_max;
    if (state.window.start != Time{}) json["start"] = to_rfc3339(state.window.start);
    if (state.window.complete_by != Time{})
        json["completeBy"] = to_rfc3339(state.window.complete_by);
    json["timeZone"] = state.time_zone;
    boost::json::array& after = json["after"].emplace_array();
    for (const std::uint32_t before : state.after)
        after.emplace_back(std::string(fleet.name({before})));
    boost::json::array& failures = json["failures"].emplace_array();
    for (const auto& [member, reason] : failures_of(fleet, wave))
        failures.push_back(
            boost::json::object{{"entity", std::string(fleet.id({member}))}, {"reason", reason}});
    return json;
}

void print_waves(Session& session, const Shown& waves, bool with_header) {
    if (session.json) {
        for (const auto& [fleet, wave] : waves)
            session.out << boost::json::serialize(wave_json(*fleet, wave)) << '\n';
        return;
    }
    if (waves.empty()) {
        session.err << "no wave is planned; `ferry wave create NAME …` plans one\n";
        return;
    }
    std::vector<std::string> header{"wave",  "state",  "to",        "total", "moving",
                                    "moved", "failed", "remaining", "%",     "pace",
                                    "left",  "owner",  "why"};
    if (!with_header) header.clear();
    Table table(std::move(header));
    for (std::size_t right = 3; right <= 9; ++right) table.align_right(right);
    for (const auto& [fleet, wave] : waves)
        table.add({wave.name, std::string(word(wave.state)), std::string(word(wave.to)),
                   std::to_string(wave.total), std::to_string(wave.moving),
                   std::to_string(wave.moved), std::to_string(wave.failed),
                   std::to_string(wave.remaining), std::to_string(wave.percent()), pace_text(wave),
                   left_text(wave), wave.owner, shortened(wave.why, why_bytes_shown)});
    table.print(session.out, session.colour);
}

void print_wave_details(Session& session, const Fleet& fleet, const WaveProgress& wave,
                        bool whole) {
    const WaveState& state = *wave_of(fleet, wave.number);
    const auto limit = [](std::uint32_t value, std::string_view unit) {
        return value == 0 ? std::string("no limit") : fmt::format("{} {}", value, unit);
    };
    Table rows({}, 2);
    rows.add({"site", wave.site});
    if (wave.why.size() > why_bytes_shown) rows.add({"why", wave.why});
    rows.add({"window", window_text(state)});
    rows.add({"pace", limit(state.pace, "members a minute")});
    rows.add({"concurrency", limit(state.concurrency, "open moves")});
    rows.add({"failure budget", limit(state.failure_budget, "members")});
    if (state.pilot) rows.add({"pilot", "bulk waves of its pools wait for it"});
    std::string after;
    for (const std::uint32_t before : state.after)
        after += fmt::format("{}{}", after.empty() ? "" : ", ", fleet.name({before}));
    if (!after.empty()) rows.add({"after", after});
    rows.print(session.out);
    const auto failures = failures_of(fleet, wave);
    if (failures.empty()) return;
    session.out << "  failed\n";
    Table failed({}, 4);
    const std::size_t shown = whole ? failures.size() : std::min(failures.size(), failures_shown);
    for (std::size_t i = 0; i < shown; ++i)
        failed.add({std::string(fleet.id({failures[i].first})), failures[i].second});
    failed.print(session.out);
    if (shown < failures.size())
        session.out << fmt::format("    and {} more; --all lists them\n", failures.size() - shown);
}

ExitCode wave_status(Session& session, const WaveStatusOptions& options) {
    if (options.follow) return follow(session, options);
    if (const auto found = look(session, options, false); !found)
        return session.report(found.error());
    return session.exit;
}

}  // namespace ferry
