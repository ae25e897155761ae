#include "cli/sites.hpp"

#include "cli/lost_sites.hpp"
#include "engine/command_result.hpp"
#include "engine/evolve.hpp"
#include "events/sqlite_log.hpp"
#include "projections/owner.hpp"
#include "projections/publisher.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>

#include <map>
#include <unordered_map>

namespace ferry {

namespace {

v1::CommandResult no_log_yet(const v1::Command& command, std::string_view site) {
    return answer_of(
        command, "INVALID",
        fmt::format("site `{}` has no log yet; register one of its pools first (a site's "
                    "name is lower case letters, digits and hyphens)",
                    site));
}

v1::CommandResult unknown(const v1::Command& command) {
    return answer_of(command, "INVALID",
                     fmt::format("unknown entity `{}`; register it first, or look for the right "
                                 "spelling with `ferry show --all`",
                                 command.entity()));
}

/// It is given to the site that it names, whoever knows the entity.
bool arrives(const v1::Command& command) { return command.has_accept() || command.has_decline(); }

/// On a log on Kafka whoever writes also publishes. What is written stands all the same, so a
/// failure is a warning: the next writer publishes it, or `ferry publish`.
void publish(Session& session, const KafkaAddress& address, Site& site) {
    constexpr std::chrono::seconds patience{10};
    Publisher publisher(address, site.name, {.stall_max = patience});
    if (auto published = publisher.catch_up(site.replica); !published)
        session.warn(fmt::format("done, but not published yet: {}. The next command that writes "
                                 "publishes it, or `ferry publish`",
                                 published.error().message));
}

}  // namespace

Result<std::unique_ptr<Sites>> Sites::open(Session& session, bool for_writing) {
    const auto url = parse_log_url(session.log_url, session);
    if (!url) return std::unexpected(url.error());
    std::unique_ptr<Sites> sites(new Sites(session, *url));
    sites->id_prefix_ = to_hex(sites->randomness_.id<CommitId>().bytes).substr(0, 20);
    const auto names = sites_at(*url);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
        Site& site = sites->sites_.emplace_back(name, open_log(*url, name, "ferry"));
        site.replica.keeps_index = for_writing;
        if (auto opened = open_replica(site.replica); !opened)
            return std::unexpected(opened.error());
    }
    sites->others_ = std::make_unique<OtherLogs>(*url);
    for (Site& site : sites->sites_)
        if (site.replica.acceptance.started())
            sites->others_->lend(site.name, site.replica,
                                 [&site] { return site.writer != nullptr; });
    // What a lost site had is its taker's; here it is not found, counted or written to any more.
    std::vector<FleetSeen> seen;
    for (Site& site : sites->sites_) {
        const Fleet& fleet = site.replica.fleet;
        seen.push_back({site.replica.log.get(), &site.replica.fleet});
        for (const TakenSite& taken : fleet.taken_sites)
            sites->lost_.emplace(taken.site, OtherLogs::Taker{fleet.site, taken});
    }
    if (auto given_up = give_up_lost(seen); !given_up) return std::unexpected(given_up.error());
    return sites;
}

std::vector<const Fleet*> Sites::fleets() const {
    std::vector<const Fleet*> all;
    all.reserve(sites_.size());
    for (const Site& site : sites_) all.push_back(&site.replica.fleet);
    return all;
}

Site* Sites::named(std::string_view name) {
    for (Site& site : sites_)
        if (site.name == name) return &site;
    return nullptr;
}

std::optional<Sites::Place> Sites::find(std::string_view entity) {
    const auto owner = owner_of(fleets(), entity);
    if (!owner) return std::nullopt;
    return Place{&sites_[owner->site], owner->number};
}

bool Sites::is_between(const Place& place) {
    for (std::size_t i = 0; i < sites_.size(); ++i)
        if (&sites_[i] == place.site) return ferry::is_between(fleets(), {i, place.number});
    return false;
}

v1::Command Sites::command(std::string entity) {
    v1::Command command;
    command.set_command_id(fmt::format("{}-{}", id_prefix_, ++ids_given_));
    command.set_entity(std::move(entity));
    command.set_actor(session_.actor);
    command.set_reason(session_.reason);
    return command;
}

Result<Site*> Sites::writing(const std::string& name) {
    Site* site = named(name);
    if (!site) site = &sites_.emplace_back(name, open_log(url_, name, "ferry"));
    if (site->writer || !session_.via.empty()) return site;
    if (const auto lost = lost_.find(name); lost != lost_.end())
        return std::unexpected(taken_over_error(name, lost->second));
    WriterOptions options;
    options.find_release = [this](const ReleaseQuestion& question) {
        return others_->find(question);
    };
    options.clock_confirmed = session_.confirm_clock;
    site->writer =
        std::make_unique<Writer>(site->replica, *session_.pack, clock_, randomness_, options);
    if (session_.dry_run) return site;
    if (auto opened = site->writer->open(); !opened) {
        site->writer.reset();
        return std::unexpected(opened.error());
    }
    return site;
}

Result<void> Sites::learn(Site& site) {
    campaigns_.read();
    for (v1::StoredEvent& event : campaigns_.news(site.replica.fleet)) {
        Fleet& fleet = site.replica.fleet;
        event.set_actor(session_.actor);
        event.set_version(fleet.at({0}).version + 1);
        if (session_.dry_run) evolve(fleet, fleet.position.next(), fleet.recorded, event);
        else if (auto noted = site.writer->append(std::span(&event, 1)); !noted) return noted;
    }
    return {};
}

Result<void> Sites::lead(Site& site) {
    if (!session_.via.empty())
        return fail(Errc::usage, "this verb writes to the log itself, which a service cannot do "
                                 "for it: leave out --via, and stop the service or say "
                                 "--take-over");
    const auto leading = writing(site.name);
    return leading ? Result<void>() : std::unexpected(leading.error());
}

std::optional<v1::CommandResult> Sites::known_elsewhere(const Request& request) {
    const v1::Command& command = *request.command;
    const std::string& wanted = command.register_().site();
    const auto place = find(command.entity());
    if (!place || place->site->name == wanted) return std::nullopt;
    // Who was at home there once is asked there: what was done then is answered as then.
    if (Site* former = named(wanted); former && former->replica.fleet.find(command.entity()))
        return std::nullopt;
    const std::string& pool = command.register_().pool();
    const Site* site = named(wanted);
    if (!pool.empty() && (!site || !site->replica.fleet.find("pool:" + pool)))
        return answer_of(
            command, "INVALID",
            fmt::format("unknown pool `{}` in site {}; register the pool first", pool, wanted));
    const Entity& entity = place->site->replica.fleet.at(place->number);
    if (!entity.present())
        return answer_of(command, "INVALID",
                         fmt::format("{} belongs to site {}; an entity stays with its site",
                                     command.entity(), place->site->name));
    if (!request.expected.met_by({entity.version})) {
        auto conflict = answer_of(command, "CONFLICT",
                                  fmt::format("{} is at version {} in site {}, not {}; see `ferry "
                                              "history {}`",
                                              command.entity(), entity.version, place->site->name,
                                              command.expected_version(), command.entity()));
        conflict.set_version(entity.version);
        return conflict;
    }
    auto refused = answer_of(command, "REFUSED", "");
    auto& guard = *refused.add_failed_guards();
    guard.set_guard("already-registered");
    guard.set_reason(fmt::format("{} is already registered in site {}; see `ferry show {}`",
                                 command.entity(), place->site->name, command.entity()));
    return refused;
}

Site* Sites::route(const v1::Command& command) {
    constexpr std::string_view site_stream = "site:";
    if (command.has_plan_wave()) return named(command.plan_wave().site());
    if (command.entity().starts_with(site_stream))
        return named(std::string_view(command.entity()).substr(site_stream.size()));
    if (const auto place = find(command.entity())) return place->site;
    return nullptr;
}

Result<std::vector<v1::CommandResult>> Sites::decide(Site& site,
                                                     std::span<const v1::Command> commands) {
    if (session_.via.empty())
        if (auto learned = learn(site); !learned) return std::unexpected(learned.error());
    if (session_.via.empty())
        return session_.dry_run ? site.writer->rehearse(commands) : site.writer->execute(commands);
    if (session_.dry_run) return fail(Errc::usage, "--dry-run needs no service: leave out --via");
    if (url_.kind != LogKind::kafka)
        return fail(Errc::usage, "--via kafka reaches the service of a log on Kafka: give --log "
                                 "kafka://HOST:PORT/PREFIX");
    if (!site.service) site.service = std::make_unique<ServiceClient>(url_.kafka, site.name);
    return site.service->ask(
        commands,
        std::chrono::milliseconds(static_cast<std::int64_t>(session_.wait_seconds * 1000)));
}

Result<void> Sites::run_group(Site& site, std::span<const v1::Command> commands,
                              const std::vector<std::size_t>& picked,
                              std::vector<v1::CommandResult>& results) {
    std::vector<v1::Command> group;
    group.reserve(picked.size());
    for (const std::size_t index : picked) group.push_back(commands[index]);
    auto answered = decide(site, group);
    if (!answered) return std::unexpected(answered.error());
    for (std::size_t i = 0; i < picked.size(); ++i) results[picked[i]] = std::move((*answered)[i]);
    // What a service decided is known here once it was read, and the next commands rest on it.
    if (!session_.via.empty()) return site.replica.catch_up();
    return {};
}

Result<std::vector<v1::CommandResult>> Sites::execute(std::span<const v1::Command> commands) {
    std::vector<v1::CommandResult> results(commands.size());
    std::map<Site*, std::vector<std::size_t>> groups;
    // Entities that this batch may register: later commands follow them to their site.
    std::unordered_map<std::string, std::string> registering;
    const auto run_all = [&]() -> Result<void> {
        for (auto& [site, picked] : groups)
            if (auto ran = run_group(*site, commands, picked, results); !ran) return ran;
        groups.clear();
        registering.clear();
        return {};
    };
    bool homes_pending = false;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const v1::Command& command = commands[i];
        const auto understood = understand(command);
        if (!understood) {
            results[i] = answer_of(command, "INVALID", understood.error().message);
            continue;
        }
        if (homes_pending && !arrives(command)) {
            if (auto ran = run_all(); !ran) return std::unexpected(ran.error());
            homes_pending = false;
        }
        std::string site_name;
        const auto pending = registering.find(command.entity());
        if (command.has_register_()) {
            site_name = command.register_().site();
            // Whether a registration before it stands, and what else was asked of an entity that
            // another site knows, must be decided before this one is judged.
            auto elsewhere = known_elsewhere(*understood);
            if (elsewhere || (pending != registering.end() && pending->second != site_name)) {
                if (auto ran = run_all(); !ran) return std::unexpected(ran.error());
                elsewhere = known_elsewhere(*understood);
            }
            if (elsewhere) {
                results[i] = std::move(*elsewhere);
                continue;
            }
            const bool creates = command.entity().starts_with("pool:") && is_site_name(site_name);
            if (!named(site_name) && !creates) {
                results[i] = no_log_yet(command, site_name);
                continue;
            }
            registering.emplace(command.entity(), site_name);
        } else if (arrives(command)) {
            // What was released before it in this batch has to stand by then.
            if (!homes_pending && !groups.empty())
                if (auto ran = run_all(); !ran) return std::unexpected(ran.error());
            homes_pending = true;
            site_name = command.has_accept() ? command.accept().site() : command.decline().site();
            if (!named(site_name)) {
                results[i] = no_log_yet(command, site_name);
                continue;
            }
        } else if (const Site* site = route(command)) {
            site_name = site->name;
            if (command.has_plan_wave()) registering.emplace(command.entity(), site_name);
        } else if (pending != registering.end()) {
            site_name = pending->second;
        } else {
            results[i] = unknown(command);
            continue;
        }
        if (const auto site = writing(site_name)) groups[*site].push_back(i);
        else return std::unexpected(site.error());
    }
    if (auto ran = run_all(); !ran) return std::unexpected(ran.error());
    return results;
}

Result<void> Sites::close() {
    if (session_.dry_run) return {};
    for (Site& site : sites_) {
        if (!site.writer) continue;
        if (snapshot_is_due(site.replica))
            if (auto stored = store_snapshot(site.replica); !stored)
                session_.warn(stored.error().message);
        site.writer.reset();
        // While the lease is still held: two publishers at once would only repeat each other.
        if (url_.kind == LogKind::kafka) publish(session_, url_.kafka, site);
        if (auto stopped = site.replica.log->stop(); !stopped) return stopped;
    }
    return {};
}

ExitCode Sites::warn_about_logs() {
    for (const Site& site : sites_) {
        const Replica& replica = site.replica;
        if (replica.fleet.unknown)
            session_.warn(
                fmt::format("{} holds {} at position {}: what is shown may lack it; use a "
                            "newer ferry",
                            replica.log->name(), replica.fleet.unknown->what,
                            replica.fleet.unknown->position.value));
        if (!replica.damage) continue;
        session_.report(
            {Errc::damaged,
             fmt::format("{} is damaged after position {} ({}): what is shown ends "
                         "there; `ferry verify` says more, `ferry repair` sets the tail "
                         "aside",
                         replica.log->name(), replica.damage->after.value,
                         replica.damage->reason)});
    }
    return session_.exit;
}

}  // namespace ferry
