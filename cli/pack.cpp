// `ferry pack`: the rules of a kind of migration, read, compared and adopted.
#include "cli/event_text.hpp"
#include "cli/pack_adopt.hpp"
#include "cli/program.hpp"
#include "cli/view.hpp"
#include "engine/public_event.hpp"
#include "projections/pack_lines.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace ferry {

namespace {

struct PackOptions {
    std::string what;
    std::vector<std::string> packs;
    std::string site;
    std::string at;
    bool toml = false;
};

boost::json::array texts(const std::vector<std::string>& lines) {
    boost::json::array all;
    for (const std::string& line : lines) all.emplace_back(line);
    return all;
}

ExitCode check_one(Session& session, const std::string& name) {
    const auto source = find_pack(name);
    if (!source) return session.report(source.error());
    const PackReading& reading = source->reading;
    if (session.json) {
        boost::json::array findings;
        for (const PackFinding& each : reading.findings)
            findings.push_back(boost::json::object{{"line", each.line},
                                                   {"column", each.column},
                                                   {"what", each.what},
                                                   {"remedy", each.remedy}});
        boost::json::object json{{"file", name}, {"right", reading.pack.has_value()}};
        if (reading.pack) json["name"] = reading.pack->name;
        json["findings"] = std::move(findings);
        session.out << boost::json::serialize(json) << '\n';
    } else if (reading.pack) {
        session.out << fmt::format("{}: pack {} is right, {} rules\n", name, reading.pack->name,
                                   pack_lines(*reading.pack).size());
    } else {
        for (const PackFinding& each : reading.findings) session.err << to_text(each, name) << '\n';
    }
    return session.exit = reading.pack ? session.exit : ExitCode::bad_input;
}

/// A pack and how it came to decide, where a site's log adopted it.
struct ShownPack {
    const Pack* pack = nullptr;
    std::string_view toml;
    std::string site{};
    Position position{};
    std::string adopted{};  ///< when and by whom
};

void print_pack(Session& session, const ShownPack& shown, bool toml) {
    const Pack& pack = *shown.pack;
    if (session.json) {
        boost::json::object json;
        if (!shown.site.empty()) json = {{"site", shown.site}, {"position", shown.position.value}};
        json["name"] = pack.name;
        json["about"] = pack.about;
        json["rules"] = texts(pack_lines(pack));
        json["toml"] = boost::json::string_view(shown.toml.data(), shown.toml.size());
        session.out << boost::json::serialize(json) << '\n';
        return;
    }
    if (toml) {
        session.out << shown.toml;
        return;
    }
    if (!shown.site.empty()) session.out << shown.site << ": ";
    session.out << fmt::format("{}{}\n", pack.name, shown.adopted);
    if (!pack.about.empty()) session.out << "  " << pack.about << '\n';
    for (const std::string& line : pack_lines(pack)) session.out << "    " << line << '\n';
}

ShownPack in_force(Session& session, const SiteView& site) {
    const Fleet& fleet = *site.fleet;
    ShownPack shown{&pack_in_force(fleet, *session.pack), built_in_packs().front().toml, fleet.site,
                    fleet.pack, ", built in: no pack was adopted"};
    if (fleet.packs.empty()) return shown;
    shown.toml = fleet.packs.back()->toml;
    const auto found = find_event(site.log(), fleet.pack);
    if (!found || !*found) return shown;
    const v1::Event event =
        public_event(fleet, fleet.pack, (*found)->header.recorded, (*found)->event);
    shown.adopted = fmt::format(", adopted at {} {} by {}", event_place(event), event_time(event),
                                event_cause(event));
    return shown;
}

ExitCode show(Session& session, const PackOptions& options) {
    if (!options.packs.empty()) {
        const auto source = right_pack(session, options.packs.front());
        if (source) print_pack(session, {&*source->reading.pack, source->toml}, options.toml);
        return session.exit;
    }
    const auto view = View::open(session, options.at);
    if (!view) return session.report(view.error());
    const auto sites = (*view)->sites(options.site);
    if (!sites) return session.report(sites.error());
    for (const SiteView& site : *sites) print_pack(session, in_force(session, site), options.toml);
    return (*view)->finish();
}

void print_difference(Session& session, std::string_view before, std::string_view after,
                      const PackDifference& found) {
    if (session.json) {
        session.out << boost::json::serialize(boost::json::object{{"before", std::string(before)},
                                                                  {"after", std::string(after)},
                                                                  {"removed", texts(found.removed)},
                                                                  {"added", texts(found.added)}})
                    << '\n';
        return;
    }
    session.out << fmt::format("{} → {}{}\n", before, after, found.none() ? ": no difference" : "");
    for (const std::string& line : found.removed) session.out << "  - " << line << '\n';
    for (const std::string& line : found.added) session.out << "  + " << line << '\n';
}

ExitCode diff(Session& session, const PackOptions& options) {
    const auto last = right_pack(session, options.packs.back());
    if (!last) return session.exit;
    if (options.packs.size() == 2) {
        const auto first = right_pack(session, options.packs.front());
        if (!first) return session.exit;
        print_difference(session, first->name, last->name,
                         pack_difference(*first->reading.pack, *last->reading.pack));
        return session.exit;
    }
    const auto view = View::open(session, options.at);
    if (!view) return session.report(view.error());
    const auto sites = (*view)->sites(options.site);
    if (!sites) return session.report(sites.error());
    for (const SiteView& site : *sites) {
        const Pack& now = pack_in_force(*site.fleet, *session.pack);
        print_difference(session, fmt::format("{} of {}", now.name, site.fleet->site), last->name,
                         pack_difference(now, *last->reading.pack));
    }
    return (*view)->finish();
}

ExitCode pack(Session& session, const PackOptions& options) {
    const std::size_t least = options.what == "show" ? 0 : 1;
    const std::size_t most = options.what == "check" ? SIZE_MAX : options.what == "diff" ? 2 : 1;
    if (options.packs.size() < least)
        return session.report({Errc::usage, fmt::format("say which pack to {}: a file, or one of "
                                                        "the built-in ones",
                                                        options.what)});
    if (options.packs.size() > most)
        return session.report(
            {Errc::usage, fmt::format("pack {} takes at most {}", options.what, most)});
    if (options.what == "show") return show(session, options);
    if (options.what == "diff") return diff(session, options);
    if (options.what == "adopt") return adopt_pack(session, options.packs.front(), options.site);
    for (const std::string& name : options.packs) check_one(session, name);
    return session.exit;
}

}  // namespace

void add_pack(CLI::App& app, Session& session) {
    const auto options = std::make_shared<PackOptions>();
    Verb verb(
        app, "pack",
        "Read, compare and adopt the rules of a kind of migration\n\n"
        "Examples:\n"
        "  ferry pack check our-rules.toml\n"
        "  ferry pack show ocs2007r2-to-lync2013\n"
        "  ferry pack diff our-rules.toml\n"
        "  ferry pack adopt our-rules.toml --site paris --reason 'as agreed on Monday' "
        "--dry-run\n\n"
        "A pack is a file, or one that is built in: side-by-side, ocs2007r2-to-lync2013, "
        "sfb-to-teams. show without a pack shows what decides in each site, diff with one compares "
        "it with that. Adopting is recorded in each site's log with the pack's bytes.");
    verb.add_option("WHAT", options->what, "What to do")
        .required()
        .one_of({"check", "show", "diff", "adopt"});
    verb.add_option("PACK", options->packs, "A built-in pack's name, or a TOML file");
    verb.add_option("--site", options->site, "This site alone");
    verb.add_flag("--toml", options->toml, "show: the pack as it is written");
    add_moment_option(verb, options->at);
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { pack(session, *options); });
}

}  // namespace ferry
