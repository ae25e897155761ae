// `ferry script`: the PowerShell that moves a wave, checks it and takes it back, from recorded
// state.
#include "cli/entity_argument.hpp"
#include "cli/move_script.hpp"
#include "cli/move_verbs.hpp"
#include "cli/selection.hpp"
#include "engine/wave.hpp"
#include "engine/words.hpp"
#include "projections/as_of.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <fstream>

namespace ferry {

namespace {

struct ScriptOptions {
    SelectionOptions selection;
    std::string to;
    std::string out;
    std::string part = "move";
};

/// Where the members shall be: as asked for, or as the wave that is named was planned.
Result<v1::State> destination(Sites& sites, const ScriptOptions& options) {
    if (const auto asked = lifecycle_of(options.to)) return *asked;
    for (const std::string& selector : options.selection.selectors)
        if (const auto place = sites.find(entity_id(selector)))
            if (const WaveState* wave = wave_of(place->site->replica.fleet, place->number))
                return v1::State(wave->to);
    return fail(Errc::usage, "say where the members shall be: --to pilot or --to production; only "
                             "a wave says it itself");
}

/// The wave that is asked for alone, where it has run: what it moved is looked at and taken back by
/// what was recorded before it ran.
std::optional<std::pair<Site*, Position>> before_wave(Sites& sites, const ScriptOptions& options) {
    if (options.selection.selectors.size() != 1) return std::nullopt;
    const auto place = sites.find(entity_id(options.selection.selectors.front()));
    const WaveState* wave = place ? wave_of(place->site->replica.fleet, place->number) : nullptr;
    if (!wave || wave->started.value == 0) return std::nullopt;
    return std::pair{place->site, Position{wave->started.value - 1}};
}

/// `past` holds the fleet as it was before, where that is looked at.
Result<std::vector<ScriptMember>> members_of(Sites& sites, const ScriptOptions& options,
                                             std::optional<Fleet>& past) {
    const auto places = select_entities(sites, options.selection);
    if (!places) return std::unexpected(places.error());
    const auto before = before_wave(sites, options);
    if (before) {
        auto fleet = fleet_as_of(*before->first->replica.log, before->second);
        if (!fleet) return std::unexpected(fleet.error());
        past = std::move(*fleet);
    }
    std::vector<ScriptMember> members;
    for (const Sites::Place& place : *places) {
        const Fleet& fleet = place.site->replica.fleet;
        const Entity& now = fleet.at(place.number);
        if (!now.present()) continue;
        const bool then = before && place.site == before->first && past->knows(place.number);
        members.push_back({then ? &*past : &fleet, place.number, then && now.on_new_side});
    }
    return members;
}

/// Windows PowerShell reads a file without a byte order mark in the machine's own code page, and
/// would see other names than were written.
std::string for_windows(std::string_view script) {
    std::string text = "\xEF\xBB\xBF";
    for (const char c : script) {
        if (c == '\n') text += '\r';
        text += c;
    }
    return text;
}

Result<void> write_new(const std::filesystem::path& file, std::string_view script) {
    std::error_code error;
    if (std::filesystem::exists(file, error))
        return fail(Errc::bad_input,
                    fmt::format("{} exists already; name a directory without it", file.string()));
    std::ofstream out(file, std::ios::binary);
    out << for_windows(script);
    if (!out.flush()) return fail(Errc::io, fmt::format("{} cannot be written", file.string()));
    return {};
}

Result<void> write_all(Session& session, const MoveScripts& scripts, const std::string& directory) {
    const std::filesystem::path place(directory);
    std::error_code error;
    std::filesystem::create_directories(place, error);
    if (error)
        return fail(Errc::io, fmt::format("{} cannot be made: {}", directory, error.message()));
    const std::pair<std::string_view, const std::string*> files[] = {
        {"move.ps1", &scripts.move},
        {"check.ps1", &scripts.check},
        {"rollback.ps1", &scripts.rollback}};
    for (const auto& [name, script] : files) {
        if (auto written = write_new(place / name, *script); !written) return written;
        session.out << (place / name).string() << '\n';
    }
    return {};
}

void print_notes(Session& session, const MoveScripts& scripts) {
    session.err << fmt::format("{} moved by the script\n",
                               counted(scripts.moved, "member is", "members are"));
    if (scripts.done > 0)
        session.err << fmt::format(
            "{} by the wave, to be looked at and taken back, and not moved again\n",
            counted(scripts.done, "member was moved", "members were moved"));
    for (const std::string& each : scripts.by_hand) session.warn(fmt::format("by hand: {}", each));
    for (const std::string& each : scripts.no_return)
        session.warn(fmt::format("no way back: {} cannot be taken back by a script once it has "
                                 "begun to move",
                                 each));
}

ExitCode script(Session& session, const ScriptOptions& options) {
    auto sites = Sites::open(session, false);
    if (!sites) return session.report(sites.error());
    std::optional<Fleet> past;
    const auto members = members_of(**sites, options, past);
    if (!members) return session.report(members.error());
    const auto to = destination(**sites, options);
    if (!to) return session.report(to.error());
    const auto scripts = move_scripts(
        *members, *session.pack, *to,
        fmt::format("{} to {}", fmt::join(options.selection.selectors, " "), word(*to)));
    if (!scripts) return session.report(scripts.error());
    print_notes(session, *scripts);
    if (!options.out.empty()) {
        if (auto written = write_all(session, *scripts, options.out); !written)
            return session.report(written.error());
    } else {
        session.out << (options.part == "check"      ? scripts->check
                        : options.part == "rollback" ? scripts->rollback
                                                     : scripts->move);
    }
    return (*sites)->warn_about_logs();
}

}  // namespace

void add_script(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ScriptOptions>();
    Verb verb(app, "script",
              "Write the PowerShell that makes the real moves\n\n"
              "Examples:\n"
              "  ferry script pool:ocs01.contoso.com/users --to pilot --out wave1\n"
              "  ferry script wave:pilot-1 --out pilot-1\n"
              "  ferry script @wave1.txt --to production --part rollback\n\n"
              "Three scripts: move.ps1, check.ps1 and rollback.ps1. Each writes a report that "
              "`ferry ingest` reads back. Nothing is recorded by writing them.");
    add_selection_options(verb, options->selection);
    verb.add_option("--to", options->to,
                    "Where the members shall be (default: where the wave is planned to)")
        .one_of({"pilot", "production"});
    verb.add_option("--out", options->out, "Write all three into this directory").takes("DIR");
    verb.add_option("--part", options->part, "Without --out: which of them is printed")
        .one_of({"move", "check", "rollback"})
        .with_default_shown();
    verb.callback([&session, options] { script(session, *options); });
}

}  // namespace ferry
