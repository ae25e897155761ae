// `ferry show`: the state of entities, now or as of a moment.
#include "cli/entity_json.hpp"
#include "cli/entity_text.hpp"
#include "cli/program.hpp"
#include "engine/words.hpp"
#include "projections/owner.hpp"

#include <fmt/format.h>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace ferry {

namespace {

struct ShowOptions {
    std::vector<std::string> entities;
    bool all = false;
    std::string at;
};

/// One entity of several sites, to be sorted by its id.
struct Listed {
    std::string_view id;
    const Fleet* fleet;
    EntityNumber number;
};

/// Who has gone on in another site is listed there.
bool is_listed(std::span<const Fleet* const> fleets, const SiteView& at, EntityNumber number) {
    if (!at.fleet->at(number).away) return true;
    const auto owner = owner_of(fleets, at.fleet->id(number));
    return owner && fleets[owner->site] == at.fleet;
}

std::vector<Listed> list_all(const std::vector<SiteView>& sites) {
    std::vector<Listed> listed;
    const auto fleets = fleets_of(sites);
    for (const SiteView& site : sites)
        for (std::size_t number = 1; number <= site.fleet->size(); ++number)
            if (is_listed(fleets, site, {number}) && site.fleet->at({number}).kind != v1::KIND_WAVE)
                listed.push_back({site.fleet->id({number}), site.fleet, {number}});
    std::sort(listed.begin(), listed.end(),
              [](const Listed& a, const Listed& b) { return a.id < b.id; });
    return listed;
}

std::string short_text(const Listed& listed) {
    const Entity& entity = listed.fleet->at(listed.number);
    const std::string_view presence = presence_word(entity);
    return fmt::format("{}  {}{}  {}\n", listed.id, word(v1::State(entity.lifecycle)),
                       presence == "present" ? "" : fmt::format(" ({})", presence),
                       listed.fleet->home(listed.number));
}

/// A line at a time, each in the same few bytes of memory: an estate may be large.
void print_all(Session& session, const std::vector<Listed>& listed) {
    unsigned char buffer[8192];
    std::string lines;
    for (const Listed& each : listed) {
        if (session.json) {
            boost::json::monotonic_resource memory(buffer);
            lines += boost::json::serialize(entity_json(*each.fleet, each.number, &memory));
            lines += '\n';
        } else {
            lines += short_text(each);
        }
        if (lines.size() < 1 << 16) continue;
        session.out << lines;
        lines.clear();
    }
    session.out << lines;
}

void show_each(Session& session, View& view, const ShowOptions& options) {
    const Time now = SystemClock().now();
    bool first = true;
    for (const std::string& typed : options.entities) {
        const auto found = view.find(typed);
        if (!found) {
            session.report(found.error());
            continue;
        }
        if (session.json) {
            session.out << boost::json::serialize(entity_json(found->fleet(), found->number))
                        << '\n';
            continue;
        }
        if (!first) session.out << '\n';
        first = false;
        print_entity(session.out, *found, options.at.empty() ? now : found->fleet().recorded,
                     session.actor);
    }
}

ExitCode show(Session& session, const ShowOptions& options) {
    if (options.all == !options.entities.empty())
        return session.report({Errc::usage, "say which entities, as in `ferry show "
                                            "user:alice@contoso.com`, or --all for every one"});
    const auto view = View::open(session, options.at);
    if (!view) return session.report(view.error());
    if (options.all) {
        const auto sites = (*view)->sites();
        if (!sites) return session.report(sites.error());
        print_all(session, list_all(*sites));
    } else {
        show_each(session, **view, options);
    }
    return (*view)->finish();
}

}  // namespace

void add_show(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ShowOptions>();
    Verb verb(app, "show",
              "Show where entities stand\n\n"
              "Examples:\n"
              "  ferry show user:alice@contoso.com\n"
              "  ferry show pool:ocs01.contoso.com --at paris:120\n"
              "  ferry show --all --json");
    verb.add_option("ENTITY", options->entities, "Entity ids; a bare address means a user");
    verb.add_flag("--all", options->all, "Every pool, user and application, sorted by id");
    add_moment_option(verb, options->at);
    add_read_options(verb, session);
    verb.callback([&session, options] { show(session, *options); });
}

}  // namespace ferry
