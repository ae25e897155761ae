// `ferry status`: how far each site is, now or as of a moment.
#include "cli/homes_text.hpp"
#include "cli/program.hpp"
#include "cli/status_table.hpp"
#include "cli/view.hpp"
#include "engine/spelling.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace ferry {

namespace {

struct StatusOptions {
    std::string pool;
    std::string site;
    std::string kind;
    std::string state;
    std::string application_class;
    std::string at;

    bool narrows_members() const { return !state.empty() || !application_class.empty(); }
};

bool counts(const Fleet& fleet, const Entity& entity, const StatusOptions& options) {
    const auto state = lifecycle_of(options.state);
    if (state && (entity.lifecycle != *state || !entity.present())) return false;
    if (options.application_class.empty()) return true;
    return entity.kind == v1::KIND_APPLICATION &&
           fleet.texts.text(entity.text) == options.application_class;
}

/// Counts anew what the options let through: the fold's own counts know all or nothing.
void recount(Progress& progress, const Fleet& fleet, const StatusOptions& options) {
    std::map<std::uint64_t, PoolProgress*> pools;
    progress.pools = progress.users = progress.applications = {};
    for (PoolProgress& pool : progress.by_pool) {
        pools[pool.number.value] = &pool;
        pool.users = pool.applications = {};
    }
    for (std::size_t number = 1; number <= fleet.size(); ++number) {
        const Entity& entity = fleet.at({number});
        const auto pool = pools.find(entity.is_member() ? entity.pool : number);
        const bool right_pool =
            options.pool.empty() || (pool != pools.end() && pool->second->name == options.pool);
        if (!right_pool || !counts(fleet, entity, options)) continue;
        if (entity.kind == v1::KIND_POOL) {
            progress.pools.add(entity);
            continue;
        }
        const bool user = entity.kind == v1::KIND_USER;
        (user ? progress.users : progress.applications).add(entity);
        if (pool != pools.end())
            (user ? pool->second->users : pool->second->applications).add(entity);
    }
}

/// Half-way points: what keeps commands out of a scope until it is resumed or abandoned.
boost::json::array rollbacks_json(const Progress& progress) {
    boost::json::array all;
    for (const RollbackProgress& open : progress.rollbacks) {
        boost::json::object json{{"rollback", open.id},           {"target", open.target.value},
                                 {"started", open.started.value}, {"scope", open.closed},
                                 {"restored", open.restored},     {"toRestore", open.to_restore},
                                 {"partial", !open.sites.empty()}};
        boost::json::array& sites = json["sites"].emplace_array();
        for (const std::string& site : open.sites) sites.emplace_back(site);
        all.push_back(std::move(json));
    }
    return all;
}

/// Rollbacks whose accounts have not all followed.
boost::json::array settlements_json(const Progress& progress) {
    boost::json::array all;
    for (const SettlementProgress& each : progress.settlements)
        all.push_back(boost::json::object{{"rollback", each.rollback},
                                          {"movedBack", each.moved},
                                          {"owed", each.open},
                                          {"failed", each.failed}});
    return all;
}

/// Waves that are not over; `ferry wave status` says more of each.
boost::json::array waves_json(const Progress& progress) {
    boost::json::array all;
    for (const WaveProgress& wave : progress.waves)
        all.push_back(boost::json::object{{"wave", wave.name},
                                          {"state", std::string(word(wave.state))},
                                          {"to", std::string(word(wave.to))},
                                          {"total", wave.total},
                                          {"moving", wave.moving},
                                          {"moved", wave.moved},
                                          {"failed", wave.failed},
                                          {"remaining", wave.remaining}});
    return all;
}

/// Which sites an open rollback spans stands in the event that closed its scope.
void name_sites(const SiteView& site, Progress& progress) {
    for (RollbackProgress& open : progress.rollbacks) {
        const auto started = find_event(site.log(), open.started);
        if (!started || !*started) continue;
        for (const v1::SiteTarget& each : (*started)->event.rollback_started().cut())
            open.sites.push_back(each.site());
    }
}

void print_json(Session& session, const Progress& progress, const boost::json::object& homes,
                const StatusOptions& options) {
    const std::pair<v1::Kind, const KindProgress*> kinds[] = {
        {v1::KIND_POOL, &progress.pools},
        {v1::KIND_USER, &progress.users},
        {v1::KIND_APPLICATION, &progress.applications}};
    for (const auto& [kind, each] : kinds) {
        if (!options.kind.empty() && options.kind != word(kind)) continue;
        boost::json::object json;
        json["site"] = progress.site;
        json["kind"] = std::string(word(kind));
        for (int state = v1::STATE_LEGACY; state <= v1::STATE_RETIRED; ++state)
            json[std::string(word(static_cast<v1::State>(state)))] =
                each->in(static_cast<v1::State>(state));
        json["withdrawn"] = each->withdrawn;
        if (each->released > 0) json["released"] = each->released;
        for (const auto& key : homes) json.insert_or_assign(key.key(), key.value());
        if (!progress.rollbacks.empty()) json["openRollbacks"] = rollbacks_json(progress);
        if (!progress.settlements.empty()) json["unsettledRollbacks"] = settlements_json(progress);
        if (!progress.waves.empty()) json["unfinishedWaves"] = waves_json(progress);
        session.out << boost::json::serialize(json) << '\n';
    }
}

/// The pool may stand in any site; a name that stands in none is a mistake.
Result<void> check_pool(const std::vector<SiteView>& sites, const std::string& pool) {
    if (pool.empty()) return {};
    NearestWord nearest(pool);
    for (const SiteView& site : sites) {
        if (site.fleet->find("pool:" + pool)) return {};
        for (std::size_t number = 1; number <= site.fleet->size(); ++number)
            if (site.fleet->at({number}).kind == v1::KIND_POOL)
                nearest.offer(site.fleet->name({number}));
    }
    return fail(
        Errc::bad_input,
        fmt::format("unknown pool `{}`; {}", pool,
                    nearest.found().empty() ? "`ferry status` lists them"
                                            : fmt::format("did you mean `{}`?", nearest.found())));
}

void print_site(Session& session, const std::vector<SiteView>& sites, const SiteView& site,
                const StatusOptions& options, bool first) {
    Progress progress = progress_of(*site.fleet);
    progress.site = site.site->name;  // which a log that has not begun does not say
    name_sites(site, progress);
    if (options.narrows_members() || !options.pool.empty()) recount(progress, *site.fleet, options);
    if (session.json) {
        boost::json::object homes;
        add_homes(homes, sites, site);
        return print_json(session, progress, homes, options);
    }
    if (!first) session.out << '\n';
    const Time now = options.at.empty() ? SystemClock().now() : progress.recorded;
    print_status(
        session.out, progress, now,
        {kind_of(options.kind).value_or(v1::KIND_UNSPECIFIED), options.pool, session.colour});
}

ExitCode status(Session& session, StatusOptions options) {
    constexpr std::string_view prefix = "pool:";
    if (options.pool.starts_with(prefix)) options.pool.erase(0, prefix.size());
    const auto view = View::open(session, options.at);
    if (!view) return session.report(view.error());
    const auto sites = (*view)->sites(options.site);
    if (!sites) return session.report(sites.error());
    if (const auto known = check_pool(*sites, options.pool); !known)
        return session.report(known.error());
    // Whose an entity is by now may be said by a site that is not shown.
    const auto all = options.site.empty() ? *sites : (*view)->sites().value_or(*sites);
    bool first = true;
    for (const SiteView& site : *sites) {
        if (!options.pool.empty() && !site.fleet->find("pool:" + options.pool)) continue;
        print_site(session, all, site, options, first);
        first = false;
    }
    if (!session.json) print_homes(session.out, all);
    return (*view)->finish();
}

}  // namespace

void add_status(CLI::App& app, Session& session) {
    const auto options = std::make_shared<StatusOptions>();
    Verb verb(app, "status",
              "Show how far every site is\n\n"
              "Examples:\n"
              "  ferry status\n"
              "  ferry status --pool ocs01.contoso.com\n"
              "  ferry status --at paris:120 --json");
    verb.add_option("--pool", options->pool, "This pool and its members alone");
    verb.add_option("--site", options->site, "This site alone");
    verb.add_option("--kind", options->kind, "Entities of this kind alone")
        .one_of({"pool", "user", "application"});
    verb.add_option("--state", options->state, "Entities in this state alone")
        .one_of({"legacy", "coexist-test", "pilot", "production", "retired"});
    verb.add_option("--class", options->application_class, "Applications of this class alone");
    add_moment_option(verb, options->at);
    add_read_options(verb, session);
    verb.callback([&session, options] { status(session, *options); });
}

}  // namespace ferry
