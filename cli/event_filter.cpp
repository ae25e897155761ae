#include "cli/event_filter.hpp"

#include "projections/moment.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

Result<std::optional<Time>> parse_time(std::string_view option, const std::string& text) {
    if (text.empty()) return std::optional<Time>();
    const auto time = from_rfc3339(text);
    if (time) return std::optional<Time>(time);
    return fail(Errc::usage, fmt::format("{} `{}` is no time; write it as RFC 3339, as in "
                                         "2026-11-23T08:00:00Z",
                                         option, text));
}

Result<EventFilter> filter_for(const Site& site, const EventFilterOptions& options) {
    EventFilter filter;
    filter.actor = options.actor;
    filter.type = options.type;
    filter.correlation = options.correlation;
    if (!options.from.empty()) {
        const auto from = resolve_moment(site.replica, options.from);
        if (!from) return std::unexpected(from.error());
        filter.from = from->position;
    }
    if (!options.to.empty()) {
        const auto to = resolve_moment(site.replica, options.to);
        if (!to) return std::unexpected(to.error());
        filter.to = to->position;
    }
    const auto since = parse_time("--since", options.since);
    if (!since) return std::unexpected(since.error());
    const auto until = parse_time("--until", options.until);
    if (!until) return std::unexpected(until.error());
    filter.since = *since;
    filter.until = *until;
    return filter;
}

/// The sites to be read: with --entity its own alone.
Result<std::vector<SiteView>> wanted_sites(View& view, const EventFilterOptions& options,
                                           std::string& entity) {
    if (options.entity.empty()) return view.sites(options.site);
    const auto found = view.find(options.entity);
    if (!found) return std::unexpected(found.error());
    entity = found->id();
    return std::vector{found->at};
}

}  // namespace

void add_filter_options(Verb& verb, EventFilterOptions& options) {
    verb.add_option("--site", options.site, "This site alone");
    verb.add_option("--entity", options.entity, "This entity alone");
    verb.add_option("--actor", options.actor, "What this actor asked for");
    verb.add_option("--type", options.type, "Events of this name, such as Transitioned");
    verb.add_option("--correlation", options.correlation, "Events of this correlation id");
    verb.add_option("--from", options.from, "From this position on (or a label)");
    verb.add_option("--to", options.to, "To this position (or a label)");
    verb.add_option("--since", options.since, "Recorded at this time (RFC 3339) or later");
    verb.add_option("--until", options.until, "Recorded at this time (RFC 3339) or before");
}

Result<void> scan_sites(View& view, const EventFilterOptions& options,
                        const SiteEventVisitor& visit) {
    std::string entity;
    const auto sites = wanted_sites(view, options, entity);
    if (!sites) return std::unexpected(sites.error());
    const bool positions = !options.from.empty() || !options.to.empty();
    if (positions && sites->size() > 1)
        return fail(Errc::usage, "positions belong to one site; say which with --site, or use "
                                 "--since and --until");
    for (const SiteView& site : *sites) {
        auto filter = filter_for(*site.site, options);
        if (!filter) return std::unexpected(filter.error());
        filter->entity = entity;
        const auto scanned = scan_events(site.site->replica, *filter, [&](const v1::Event& event) {
            return visit(site, event);
        });
        if (!scanned) return scanned;
    }
    return {};
}

}  // namespace ferry
