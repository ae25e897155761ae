#include "cli/rollback_question.hpp"

#include "cli/campaign_cut.hpp"
#include "cli/entity_argument.hpp"
#include "cli/rollback_report.hpp"
#include "cli/rollback_scope.hpp"
#include "cli/view.hpp"
#include "projections/moment.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <fstream>
#include <sstream>

namespace ferry {

namespace {

namespace json = boost::json;
using Parts = std::vector<SiteRollback>;

Result<Parts> plan_to_moment(Sites& sites, const RollbackRequest& request) {
    auto scopes = rollback_scope(sites, request.selectors);
    if (!scopes) return std::unexpected(scopes.error());
    if (const auto one = check_moment(sites, request.to, scopes->size()); !one)
        return std::unexpected(one.error());
    Parts parts;
    CutMoments cuts(sites.url());
    for (Site& site : sites.all()) {
        const auto scope = scopes->find(&site);
        if (scope == scopes->end()) continue;
        // Who asks for no entity in particular asks for those of the cut's sites.
        if (request.selectors.empty() && cuts.leaves_out(site.replica, request.to)) continue;
        const auto moment = cuts.resolve(site.replica, request.to);
        if (!moment) {
            // A bare position or `paris:120` is of one site; the others are then not meant.
            const std::string named = request.to.substr(0, request.to.find(':'));
            if (request.selectors.empty() && named != request.to && named != site.name &&
                sites.named(named))
                continue;
            return std::unexpected(
                scopes->size() == 1
                    ? moment.error()
                    : Error{moment.error().code,
                            fmt::format("{}; a rollback over several sites needs the moment in "
                                        "each: narrow it, as in `ferry rollback --to {} "
                                        "site:NAME/*`",
                                        moment.error().message, request.to)});
        }
        auto plan = plan_for(site, sites.pack(site), moment->position, std::move(scope->second),
                             request.with_members);
        if (!plan) return std::unexpected(plan.error());
        parts.push_back({&site, std::move(*plan), moment->shown, false});
    }
    return parts;
}

/// The position before the latest event that changed what was decided about the entity.
Result<Position> before_latest_transition(Site& site, EntityNumber number) {
    Position position = site.replica.fleet.at(number).last_position;
    while (position.value != 0) {
        const auto found = find_event(site.replica, position);
        if (!found) return std::unexpected(found.error());
        if (!*found) break;
        const v1::StoredEvent& event = (*found)->event;
        const bool decided =
            event.has_restored() || event.has_move_opened() ||
            (event.has_transitioned() && event.transitioned().region() != v1::REGION_CLIENT);
        if (decided) return Position{position.value - 1};
        position = {event.previous_position()};
    }
    return fail(Errc::bad_input,
                fmt::format("{} has no transition to undo; see `ferry history {}`",
                            site.replica.fleet.id(number), site.replica.fleet.id(number)));
}

Result<Parts> plan_undo(Sites& sites, RollbackRequest& request) {
    const auto place = find_entity(sites, request.last);
    if (!place) return std::unexpected(place.error());
    // The plan's file asks for this entity again.
    request.selectors = {std::string(place->site->replica.fleet.id(place->number))};
    const auto target = before_latest_transition(*place->site, place->number);
    if (!target) return std::unexpected(target.error());
    auto plan = plan_for(*place->site, sites.pack(*place->site), *target, {place->number},
                         request.with_members);
    if (!plan) return std::unexpected(plan.error());
    Parts parts;
    parts.push_back({place->site, std::move(*plan),
                     fmt::format("{}:{}", place->site->name, target->value), false});
    return parts;
}

Result<json::object> read_plan(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    json::error_code error;
    const json::value value = json::parse(text.str(), error);
    if (!in || error || !value.is_object() || !value.get_object().contains("sites"))
        return fail(Errc::bad_input,
                    fmt::format("{}:1:1: not a plan; make one with `ferry rollback … --dry-run "
                                "--json > FILE`",
                                file));
    return value.get_object();
}

/// What moved on since the plan in the file was made, a few by name.
std::string moved_on(const json::array& planned, const Parts& parts) {
    std::vector<std::string> moved;
    for (const SiteRollback& part : parts) {
        const RollbackPlan& plan = part.plan;
        for (const json::value& site : planned) {
            if (site.at("site").as_string() != std::string_view(plan.site)) continue;
            const json::object& versions = site.at("versions").as_object();
            for (std::size_t i = 0; i < plan.scope.size(); ++i) {
                const std::string id(part.site->replica.fleet.id(plan.scope[i]));
                const auto known = versions.find(id);
                if (known == versions.end() ||
                    known->value().to_number<std::uint64_t>() != plan.versions[i].value)
                    moved.push_back(id);
            }
        }
    }
    if (moved.empty()) return "the scope is not the one that was planned";
    std::string text;
    for (std::size_t i = 0; i < moved.size() && i < 10; ++i)
        text += (text.empty() ? "" : ", ") + moved[i];
    return fmt::format("{} moved on since: {}{}", moved.size(), text,
                       moved.size() > 10 ? ", …" : "");
}

Result<Parts> plan_from_file(Sites& sites, RollbackRequest& request, const std::string& expected) {
    if (expected.empty())
        return fail(Errc::usage, "--plan needs --expect HASH: the hash that was agreed to");
    const auto file = read_plan(request.plan_file);
    if (!file) return std::unexpected(file.error());
    try {
        request.selectors = json::value_to<std::vector<std::string>>(file->at("selectors"));
        request.with_members = file->at("withMembers").as_bool();
        const json::array& planned = file->at("sites").as_array();
        auto scopes = rollback_scope(sites, request.selectors);
        if (!scopes) return std::unexpected(scopes.error());
        Parts parts;
        for (const json::value& each : planned) {
            const std::string name(each.at("site").as_string());
            Site* site = sites.named(name);
            if (!site)
                return fail(Errc::bad_input, fmt::format("the plan names site {}, which has no log "
                                                         "here",
                                                         name));
            const Position target{each.at("target").to_number<std::uint64_t>()};
            auto plan = plan_for(*site, sites.pack(*site), target, std::move((*scopes)[site]),
                                 request.with_members);
            if (!plan) return std::unexpected(plan.error());
            parts.push_back(
                {site, std::move(*plan), fmt::format("{}:{}", name, target.value), false});
        }
        if (plan_hash(parts) == expected) return parts;
        return fail(Errc::not_allowed, fmt::format("refused as stale: plan {} is not what would be "
                                                   "done now ({}); plan again",
                                                   expected, moved_on(planned, parts)));
    } catch (const std::exception& error) {
        return fail(Errc::bad_input, fmt::format("{}:1:1: not a plan ({}); make one with `ferry "
                                                 "rollback … --dry-run --json`",
                                                 request.plan_file, error.what()));
    }
}

}  // namespace

Result<Parts> plan_request(Sites& sites, RollbackRequest& request, const std::string& expected) {
    if (!request.plan_file.empty()) return plan_from_file(sites, request, expected);
    if (request.to.empty() && request.last.empty())
        return fail(Errc::usage, "say where to: --to POSITION|TIME|LABEL, --last ENTITY, --plan "
                                 "FILE, --resume ID or --abandon ID");
    auto parts = request.last.empty() ? plan_to_moment(sites, request) : plan_undo(sites, request);
    if (!parts || expected.empty() || plan_hash(*parts) == expected) return parts;
    return fail(Errc::not_allowed, fmt::format("refused as stale: plan {} was expected, but {} is "
                                               "what would be done now; look at it again",
                                               expected, plan_hash(*parts)));
}

}  // namespace ferry
