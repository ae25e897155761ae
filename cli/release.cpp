// `ferry release`: moves the home of entities to another site, and finishes what was begun.
#include "cli/entity_argument.hpp"
#include "cli/lost_sites.hpp"
#include "cli/program.hpp"
#include "cli/progress_line.hpp"
#include "cli/selection.hpp"
#include "cli/tally.hpp"
#include "engine/standing_rules.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

struct ReleaseOptions {
    SelectionOptions selection;
    std::string to;
    std::string pool;
    bool take_back = false;
    std::string from;
};

/// Each carries its state and its commands, so that a batch is not as large as others.
constexpr std::size_t releases_at_once_max = 200;

v1::CommandResult refused(Guard guard, std::string reason) {
    v1::CommandResult result;
    result.set_outcome("REFUSED");
    auto& failed = *result.add_failed_guards();
    failed.set_guard(std::string(name_of(guard)));
    failed.set_reason(std::move(reason));
    return result;
}

class Departure {
public:
    Departure(Session& session, Sites& sites, const ReleaseOptions& options)
        : session_(session), sites_(sites), options_(options) {}

    /// Pools go first, so that their members find them there.
    Result<void> run(const std::vector<Sites::Place>& selected) {
        for (const bool pools : {true, false}) {
            std::vector<Sites::Place> leaving;
            for (const Sites::Place& place : selected)
                if (entity(place).is_member() != pools && concerns(place)) leaving.push_back(place);
            ProgressLine progress(session_, options_.take_back ? "taking back" : "moving home",
                                  leaving.size());
            for (std::size_t at = 0; at < leaving.size(); at += releases_at_once_max) {
                const std::size_t count = std::min(releases_at_once_max, leaving.size() - at);
                const auto batch = std::span(leaving).subspan(at, count);
                const auto ran = options_.take_back ? take_back(batch) : move(batch);
                if (!ran) return ran;
                progress.show(at + count);
            }
        }
        return {};
    }

    Tally tally{"moved", "would move"};

private:
    const Entity& entity(const Sites::Place& place) const {
        return place.site->replica.fleet.at(place.number);
    }
    std::string id(const Sites::Place& place) const {
        return std::string(place.site->replica.fleet.id(place.number));
    }
    const ReleaseState* release(const Sites::Place& place) const {
        const auto& releases = place.site->replica.fleet.releases;
        const auto found = releases.find(static_cast<std::uint32_t>(place.number.value));
        return found == releases.end() ? nullptr : &found->second;
    }

    /// Wildcards find who was withdrawn, and who went on in another site long ago.
    bool concerns(const Sites::Place& place) {
        const bool named = std::ranges::any_of(options_.selection.selectors, [&](const auto& each) {
            return entity_id(each) == id(place);
        });
        if (entity(place).away) return named || sites_.is_between(place);
        if (options_.take_back || place.site->name == options_.to) {
            ++tally.already;
            return false;
        }
        return named || entity(place).present();
    }

    /// Why no pool of the next site can take it; empty where one can. Asked before it is released,
    /// because then it would be nobody's until somebody has mended that.
    std::string misfit(const Sites::Place& place) const {
        const Entity& leaving = entity(place);
        const Fleet& there = sites_.named(options_.to)->replica.fleet;
        if (!leaving.is_member()) return {};
        const std::string name = options_.pool.empty()
                                     ? std::string(place.site->replica.fleet.name({leaving.pool}))
                                     : options_.pool;
        const auto pool = there.find("pool:" + name);
        if (!pool || there.at(*pool).away)
            return fmt::format("site {} has no pool `{}`; name one there with --pool, or release "
                               "the pool first",
                               options_.to, name);
        const v1::State lifecycle = there.at(*pool).lifecycle;
        const std::string broken = broken_rule(
            {leaving.kind, leaving.lifecycle, leaving.present(), leaving.exempt, false}, lifecycle);
        if (broken.empty()) return {};
        return fmt::format("it is in {} and pool:{} of site {} in {}: {}",
                           word(v1::State(leaving.lifecycle)), name, options_.to, word(lifecycle),
                           broken);
    }

    v1::Command accepting(const Sites::Place& place, const std::string& site, Position released) {
        v1::Command command = sites_.command(id(place));
        command.mutable_accept()->set_site(site);
        command.mutable_accept()->set_transfer(transfer_name(place.site->name, released));
        return command;
    }

    Result<void> move(std::span<const Sites::Place> batch) {
        std::vector<Sites::Place> asked;
        std::vector<v1::Command> releases, accepts;
        for (const Sites::Place& place : batch) {
            const ReleaseState* begun = release(place);
            if (begun && begun->to_site == options_.to) {
                accepts.push_back(accepting(place, options_.to, begun->position));
                continue;
            }
            if (const std::string reason = misfit(place); !begun && !reason.empty()) {
                tally.refuse(id(place), refused(Guard::pool_fits, reason));
                continue;
            }
            releases.push_back(sites_.command(id(place)));
            releases.back().mutable_release()->set_to(options_.to);
            if (entity(place).is_member())
                releases.back().mutable_release()->set_pool(options_.pool);
            asked.push_back(place);
        }
        const auto released = sites_.execute(releases);
        if (!released) return std::unexpected(released.error());
        for (std::size_t i = 0; i < asked.size(); ++i) {
            const v1::CommandResult& result = (*released)[i];
            if (result.outcome() == "DONE")
                accepts.push_back(accepting(asked[i], options_.to, {result.position()}));
            else tally.refuse(releases[i].entity(), result);
        }
        return arrive(accepts);
    }

    Result<void> take_back(std::span<const Sites::Place> batch) {
        std::vector<v1::Command> declines, accepts;
        for (const Sites::Place& place : batch) {
            const ReleaseState* begun = release(place);
            if (!begun || begun->to_site != options_.to) continue;
            // What a lost site had released is taken back by whoever goes on for it.
            const OtherLogs::Taker* taker = sites_.taker_of(place.site->name);
            accepts.push_back(taker ? accepting(place, taker->site, taker->taken.known)
                                    : accepting(place, place.site->name, begun->position));
            accepts.back().mutable_accept()->set_taken_over(taker != nullptr);
            // A site that is lost says nothing any more; its log is asked how far it had come.
            if (sites_.is_lost(options_.to)) continue;
            declines.push_back(sites_.command(id(place)));
            declines.back().mutable_decline()->set_site(options_.to);
            declines.back().mutable_decline()->set_transfer(
                transfer_name(place.site->name, begun->position));
        }
        if (const auto declined = sites_.execute(declines); !declined)
            return std::unexpected(declined.error());
        return arrive(accepts);
    }

    Result<void> arrive(const std::vector<v1::Command>& accepts) {
        // What was not written cannot be read by who accepts it.
        if (session_.dry_run) {
            tally.moved += accepts.size();
            return {};
        }
        const auto accepted = sites_.execute(accepts);
        if (!accepted) return std::unexpected(accepted.error());
        for (std::size_t i = 0; i < accepts.size(); ++i) {
            if ((*accepted)[i].outcome() == "DONE") ++tally.moved;
            else tally.refuse(accepts[i].entity(), (*accepted)[i]);
        }
        return {};
    }

    Session& session_;
    Sites& sites_;
    const ReleaseOptions& options_;
};

/// That there is such a site to release to, or where it is lost, that something is to be taken back
/// from it.
Result<void> check_next(Session& session, Sites& sites, const ReleaseOptions& options) {
    const OtherLogs::Taker* taker = sites.taker_of(options.to);
    if (!options.from.empty() && !(taker && options.take_back))
        return fail(Errc::usage, "--from names the last known copy of a site that was taken over, "
                                 "to take something back from it: give it with --take-back");
    if (taker && !options.take_back) return std::unexpected(taken_over_error(options.to, *taker));
    if (taker && !options.from.empty()) {
        auto copy = open_lost_copy(session, options.from, options.to);
        if (!copy) return std::unexpected(copy.error());
        if (auto same = check_lost_copy(**copy, taker->taken, taker->site); !same) return same;
        sites.others().put_copy(options.to, std::move(*copy));
    }
    if (taker || sites.named(options.to)) return {};
    return fail(Errc::bad_input,
                fmt::format("there is no site `{}`; `ferry status` lists the sites", options.to));
}

ExitCode release(Session& session, ReleaseOptions& options) {
    constexpr std::string_view prefix = "pool:";
    if (options.pool.starts_with(prefix)) options.pool.erase(0, prefix.size());
    options.selection.with_withdrawn = true;
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    if (auto next = check_next(session, **sites, options); !next)
        return session.report(next.error());
    const auto selected = select_entities(**sites, options.selection);
    if (!selected) return session.report(selected.error());
    Departure departure(session, **sites, options);
    const auto ran = departure.run(*selected);
    departure.tally.print(session);
    if (!ran) return session.report(ran.error());
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace

void add_release(CLI::App& app, Session& session) {
    const auto options = std::make_shared<ReleaseOptions>();
    Verb verb(app, "release",
              "Move the home of entities to another site\n\n"
              "Examples:\n"
              "  ferry release user:alice@contoso.com --to lyon --pool ocs02.contoso.com\n"
              "  ferry release pool:ocs01.contoso.com 'pool:ocs01.contoso.com/*' --to lyon\n"
              "  ferry release user:alice@contoso.com --to lyon --take-back\n\n"
              "Each is released by the site that it leaves and then accepted by the next, with its "
              "state, its version and the commands that were done for it. In between it is "
              "nobody's to command. Killed at any point, the same command finishes it. What the "
              "next site has not accepted can be taken back: then that site declines it for ever.");
    verb.add_option("SELECTOR", options->selection.selectors,
                    "An entity; pool:NAME/* (or /users, /applications); site:NAME/*; @FILE with "
                    "one id or address a line")
        .required();
    verb.add_option("--to", options->to, "The site that goes on with them").required();
    verb.add_option("--pool", options->pool,
                    "The pool that members join there; else the one of the same name");
    verb.add_flag("--take-back", options->take_back,
                  "Take back what was released to that site and not accepted");
    verb.add_option("--from", options->from,
                    "The last known copy of a lost site's log, to take back from it where that is "
                    "not at --log")
        .takes("URL");
    verb.add_option("--kind", options->selection.kind, "Entities of this kind alone")
        .one_of({"pool", "user", "application"});
    verb.add_option("--state", options->selection.state, "Entities in this state alone")
        .one_of({"legacy", "coexist-test", "pilot", "production", "retired"});
    verb.add_option("--class", options->selection.application_class,
                    "Applications of this class alone");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { release(session, *options); });
}

}  // namespace ferry
