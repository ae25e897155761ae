// `ferry trace`: where an event came from and what came of it, as a tree.
#include "projections/trace.hpp"
#include "cli/event_text.hpp"
#include "cli/program.hpp"
#include "cli/view.hpp"
#include "events/whole_number.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace ferry {

namespace {

struct TraceOptions {
    std::string event;
    std::string site;
};

using Replicas = std::vector<Replica*>;
using TracedPlace = std::pair<std::size_t, Position>;

boost::json::object command_json(const TracedCommand& command) {
    boost::json::array events;
    for (const v1::Event& event : command.events)
        events.push_back(boost::json::parse(event_json(event)));
    boost::json::array effects;
    for (const TracedCommand& effect : command.effects) effects.push_back(command_json(effect));
    return {{"commandId", command.id},
            {"causationId", command.cause},
            {"eventsCount", command.events_count},
            {"events", std::move(events)},
            {"effects", std::move(effects)}};
}

class Tree {
public:
    Tree(std::ostream& out, const Trace& trace) : out_(out), trace_(trace) {}

    void print() {
        if (trace_.cause_unknown)
            out_ << fmt::format("(cause {}: in none of these logs)\n", trace_.root.cause);
        print(trace_.root, "", "");
    }

private:
    /// `lead` stands before the command's own line, `indent` before all below it.
    void print(const TracedCommand& command, const std::string& lead, const std::string& indent) {
        out_ << lead << headline(command) << '\n';
        const std::size_t hidden = command.events_count - command.events.size();
        for (std::size_t i = 0; i < command.events.size(); ++i) {
            const bool last =
                i + 1 == command.events.size() && hidden == 0 && command.effects.empty();
            out_ << indent << (last ? "└─ " : "├─ ") << line(command.events[i]) << '\n';
        }
        if (hidden > 0)
            out_ << indent << (command.effects.empty() ? "└─ " : "├─ ")
                 << fmt::format("… and {} more events\n", hidden);
        for (std::size_t i = 0; i < command.effects.size(); ++i) {
            const bool last = i + 1 == command.effects.size();
            print(command.effects[i], indent + (last ? "└─ " : "├─ "),
                  indent + (last ? "   " : "│  "));
        }
    }

    static std::string headline(const TracedCommand& command) {
        std::string id = command.id.empty() ? "the engine itself" : "command " + command.id;
        if (command.events.empty()) return id;
        const v1::Event& first = command.events.front();
        const std::string cause = event_cause(first);
        const std::string correlation = first.correlation_id() == command.id
                                            ? ""
                                            : fmt::format(", part of {}", first.correlation_id());
        return fmt::format("{}{}{}{}", id, cause.empty() ? "" : " by ", cause, correlation);
    }

    std::string line(const v1::Event& event) const {
        const bool asked = event.site() == trace_.site && event.position() == trace_.position.value;
        return fmt::format("{}  {}  {}  {}{}", event_time(event), event_place(event),
                           event.entity(), event_text(event), asked ? "   ← asked for" : "");
    }

    std::ostream& out_;
    const Trace& trace_;
};

/// `paris:120`, or `120` with a site that is clear.
Result<std::optional<TracedPlace>> position_argument(Sites& sites, const TraceOptions& options) {
    const auto colon = options.event.rfind(':');
    const auto position = whole_number<std::uint64_t>(
        colon == std::string::npos ? options.event : options.event.substr(colon + 1));
    if (!position) return std::optional<TracedPlace>();
    const std::string name =
        colon == std::string::npos ? options.site : options.event.substr(0, colon);
    if (name.empty() && sites.all().size() > 1)
        return fail(Errc::usage,
                    fmt::format("position {} could be of any site; say which, as in "
                                "{}:{}",
                                options.event, sites.all().front().name, options.event));
    for (std::size_t i = 0; i < sites.all().size(); ++i)
        if (name.empty() || sites.all()[i].name == name)
            return std::optional(TracedPlace{i, {*position}});
    // A command id may end in a number, too.
    if (colon != std::string::npos) return std::optional<TracedPlace>();
    return fail(Errc::bad_input,
                fmt::format("there is no site `{}`; `ferry status` lists the sites", name));
}

Result<TracedPlace> place_argument(Sites& sites, const Replicas& replicas,
                                   const TraceOptions& options) {
    // What is a command's id is that, even where it looks like a position.
    const auto command = place_of_command(replicas, options.event);
    if (!command) return std::unexpected(command.error());
    if (*command) return **command;
    const auto position = position_argument(sites, options);
    if (!position) return std::unexpected(position.error());
    if (*position) return **position;
    return fail(Errc::bad_input, fmt::format("`{}` is no command's id, and no position such as "
                                             "{}:120; `ferry events` lists both",
                                             options.event, sites.all().front().name));
}

ExitCode trace(Session& session, const TraceOptions& options) {
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    if ((*sites)->all().empty()) return session.report(no_log_at(session));
    Replicas replicas;
    for (Site& site : (*sites)->all()) replicas.push_back(&site.replica);
    const auto place = place_argument(**sites, replicas, options);
    if (!place) return session.report(place.error());
    const auto traced = trace_event(replicas, place->first, place->second);
    if (!traced) return session.report(traced.error());
    if (session.json) {
        boost::json::object json = command_json(traced->root);
        json["site"] = traced->site;
        json["position"] = traced->position.value;
        json["causeUnknown"] = traced->cause_unknown;
        session.out << boost::json::serialize(json) << '\n';
    } else {
        Tree(session.out, *traced).print();
    }
    return (*sites)->warn_about_logs();
}

}  // namespace

void add_trace(CLI::App& app, Session& session) {
    const auto options = std::make_shared<TraceOptions>();
    Verb verb(app, "trace",
              "Show where an event came from and what came of it\n\n"
              "Examples:\n"
              "  ferry trace paris:120\n"
              "  ferry trace wave-1-start --json\n\n"
              "A command may name what caused it by causationId: another command's id, or an "
              "event as paris:120. The tree begins at the first cause that the logs hold.");
    verb.add_option("EVENT", options->event, "An event as SITE:POSITION, or a command's id")
        .required();
    verb.add_option("--site", options->site, "The site of a bare position");
    add_read_options(verb, session);
    verb.callback([&session, options] { trace(session, *options); });
}

}  // namespace ferry
