// `ferry take-over`: another site goes on with the entities of one that is lost for ever.
#include "cli/answer.hpp"
#include "cli/lost_sites.hpp"
#include "cli/program.hpp"
#include "cli/tally.hpp"
#include "engine/done_commands.hpp"
#include "engine/request_home.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"
#include "projections/as_of.hpp"
#include "projections/owner.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace ferry {

namespace {

struct TakeOverOptions {
    std::string lost;
    std::string to;
    std::string from;
};

constexpr std::size_t takeovers_at_once_max = 200;

Result<void> check_free(Sites& sites, const TakeOverOptions& options) {
    if (!sites.named(options.to))
        return fail(Errc::bad_input, fmt::format("there is no site `{}`; `ferry status` lists the "
                                                 "sites",
                                                 options.to));
    if (options.to == options.lost)
        return fail(Errc::usage, fmt::format("site {} cannot take itself over", options.lost));
    const auto taker = sites.others().taker_of(options.lost);
    if (!taker) return std::unexpected(taker.error());
    if (*taker && (*taker)->site != options.to)
        return std::unexpected(taken_over_error(options.lost, **taker));
    return {};
}

struct Takeover {
    v1::Command command;
    Fleet known;  ///< the lost site's, as of the position
    Position position;
};

Result<Takeover> plan_takeover(Sites& sites, Replica& lost, const TakeOverOptions& options) {
    // As it was agreed to before, where it stands already: a takeover that was interrupted goes on.
    const TakenSite* before = taken_by(sites.named(options.to)->replica.fleet, options.lost);
    const Position position = before ? before->known : lost.acceptance.position;
    const auto head = commit_hash_at(lost, position);
    if (!head) return std::unexpected(head.error());
    const std::string log_id = to_hex(lost.acceptance.log_id.bytes);
    if (before)
        if (const auto same = check_lost_copy(lost, *before, options.to); !same)
            return std::unexpected(same.error());
    if (const auto later = accepted_since(sites.fleets(), options.lost, position); !later.empty())
        return fail(Errc::not_allowed,
                    fmt::format("{} is known to position {} there, and what it released after that "
                                "was accepted already, such as {}: whoever took it over from this "
                                "copy would be a second owner. Name a later copy with --from",
                                options.lost, position.value, later.front()));
    auto known = fleet_as_of(*lost.log, position);
    if (!known) return std::unexpected(known.error());
    Takeover takeover{sites.command("site:" + options.to), std::move(*known), position};
    auto& asked = *takeover.command.mutable_take_over_site();
    asked.set_site(options.lost);
    asked.set_position(position.value);
    asked.set_head(to_hex(*head));
    asked.set_log_id(log_id);
    return takeover;
}

/// A wave ends with its site, and its members are free.
bool goes_on(const Entity& entity) {
    return entity.kind != v1::KIND_UNSPECIFIED && entity.kind != v1::KIND_WAVE && entity.present();
}

/// What the copy lacks of what still stands at --log.
void warn_of_later_events(Session& session, Sites& sites, const Takeover& takeover,
                          const TakeOverOptions& options) {
    const Site* here = sites.named(options.lost);
    const Position end = here ? here->replica.acceptance.position : Position{0};
    if (options.from.empty() || end <= takeover.position || sites.is_lost(options.lost)) return;
    session.warn(fmt::format("site {}'s own log stands at {} and goes on to position {}: {} after "
                             "{} would be orphaned; leave out --from to take them along",
                             options.lost, session.log_url, end.value,
                             counted(end.value - takeover.position.value, "event"),
                             takeover.position.value));
}

void print_plan(Session& session, const Takeover& takeover, const TakeOverOptions& options) {
    std::size_t present = 0;
    for (const Entity& entity : takeover.known.entities) present += goes_on(entity) ? 1 : 0;
    const std::string hash = to_hex(takeover_hash(options.to, takeover.command.take_over_site()));
    if (session.json) {
        session.out << boost::json::serialize(
                           boost::json::object{{"lost", options.lost},
                                               {"to", options.to},
                                               {"position", takeover.position.value},
                                               {"head", takeover.command.take_over_site().head()},
                                               {"entities", present},
                                               {"hash", hash}})
                    << '\n';
        return;
    }
    session.out << fmt::format(
        "site {} goes on with {} of site {}, as known to {}:{}\n"
        "what {} wrote after that would be orphaned: kept, listed, and part of nothing\n"
        "a second person agrees with: ferry approve site:{} take-over-site --plan {}\n",
        options.to, counted(present, "entity", "entities"), options.lost, options.lost,
        takeover.position.value, options.lost, options.to, hash);
}

/// Pools first, so that their members find them.
Result<void> accept_all(Session& session, Sites& sites, const Takeover& takeover,
                        const TakeOverOptions& options, Tally& tally) {
    std::vector<v1::Command> batch;
    const auto give = [&]() -> Result<void> {
        const auto results = sites.execute(batch);
        if (!results) return std::unexpected(results.error());
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if ((*results)[i].outcome() == "DONE") ++tally.moved;
            else tally.refuse(batch[i].entity(), (*results)[i]);
        }
        batch.clear();
        return {};
    };
    for (const bool pools : {true, false}) {
        for (std::uint32_t number = 1; number < takeover.known.entities.size(); ++number) {
            const Entity& entity = takeover.known.entities[number];
            if (!goes_on(entity) || entity.is_member() == pools) continue;
            if (session.dry_run) continue;
            batch.push_back(sites.command(std::string(takeover.known.id({number}))));
            auto& accept = *batch.back().mutable_accept();
            accept.set_site(options.to);
            accept.set_transfer(transfer_name(options.lost, takeover.position));
            accept.set_taken_over(true);
            if (batch.size() == takeovers_at_once_max)
                if (auto given = give(); !given) return given;
        }
        if (auto given = give(); !given) return given;
    }
    return {};
}

ExitCode take_over(Session& session, const TakeOverOptions& options) {
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    if (auto free = check_free(**sites, options); !free) return session.report(free.error());
    auto lost = open_lost_copy(session, options.from, options.lost);
    if (!lost) return session.report(lost.error());
    const auto takeover = plan_takeover(**sites, **lost, options);
    if (!takeover) return session.report(takeover.error());
    warn_of_later_events(session, **sites, *takeover, options);
    if (session.dry_run) {
        print_plan(session, *takeover, options);
        return session.exit;
    }
    (*sites)->others().put_copy(options.lost, std::move(*lost));
    if (!taken_by((*sites)->named(options.to)->replica.fleet, options.lost)) {
        const auto results = (*sites)->execute(std::span(&takeover->command, 1));
        if (!results) return session.report(results.error());
        if (results->front().outcome() != "DONE")
            return print_answer(session, options.to, takeover->command, results->front());
    }
    Tally tally("moved", "would move");
    const auto accepted = accept_all(session, **sites, *takeover, options, tally);
    tally.print(session);
    if (!accepted) return session.report(accepted.error());
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace

void add_take_over(CLI::App& app, Session& session) {
    const auto options = std::make_shared<TakeOverOptions>();
    Verb verb(app, "take-over",
              "Go on in another site with what a lost one had\n\n"
              "Examples:\n"
              "  ferry take-over paris --to lyon --dry-run\n"
              "  ferry approve site:lyon take-over-site --plan HASH --actor erik\n"
              "  ferry take-over paris --to lyon --from sqlite:/backup --actor dana\n\n"
              "For a site that will never come back. Its entities go on as they were where its log "
              "is last known; another person agrees to that place first. Should it come back, "
              "nothing is written to it any more, and what it wrote after that place is orphaned: "
              "kept and listed by `ferry verify`, and part of nothing.");
    verb.add_option("LOST", options->lost, "The site that is lost").required();
    verb.add_option("--to", options->to, "The site that goes on with its entities").required();
    verb.add_option("--from", options->from,
                    "The last known copy of its log, where that is not at --log")
        .takes("URL");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { take_over(session, *options); });
}

}  // namespace ferry
