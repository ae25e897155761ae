#include "cli/rollback_report.hpp"

#include "cli/table.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>

namespace ferry {

namespace {

namespace json = boost::json;

constexpr std::size_t shown_max = 20;

json::object item_json(const PlanItem& item) {
    json::object object;
    object["entity"] = item.entity;
    object["version"] = item.version.value;
    object["group"] = name_of(item.group);
    object["from"] = to_text(item.from);
    object["to"] = to_text(item.to);
    json::array& reasons = object["reasons"].emplace_array();
    for (const std::string& reason : item.reasons) reasons.emplace_back(reason);
    json::array& remediations = object["remediations"].emplace_array();
    for (const PlannedRemediation& remediation : item.remediations)
        remediations.push_back(
            json::object{{"kind", remediation.kind}, {"subject", remediation.subject}});
    return object;
}

json::object site_json(const SiteRollback& part) {
    const RollbackPlan& plan = part.plan;
    json::object object;
    object["site"] = plan.site;
    object["target"] = plan.target.value;
    object["shown"] = part.shown;
    object["plannedAt"] = plan.planned_at.value;
    object["hash"] = to_hex(plan.hash);
    object["digest"] = to_hex(plan.digest);
    object["executable"] = plan.executable();
    object["counts"] = json::object{{"reversible", plan.count(Reversibility::reversible)},
                                    {"reversibleWithLoss", plan.count(Reversibility::with_loss)},
                                    {"notReversible", plan.count(Reversibility::not_reversible)},
                                    {"leftBehind", plan.left_behind.size()},
                                    {"scope", plan.scope.size()},
                                    {"approvalsCancelled", plan.approvals_cancelled}};
    json::array& items = object["items"].emplace_array();
    for (const PlanItem& item : plan.items) items.push_back(item_json(item));
    json::array& left = object["leftBehind"].emplace_array();
    for (const LeftBehind& each : plan.left_behind)
        left.push_back(json::object{{"entity", each.entity}, {"reason", each.reason}});
    json::array& later = object["registeredLater"].emplace_array();
    for (const std::string& entity : plan.registered_later) later.emplace_back(entity);
    json::object& versions = object["versions"].emplace_object();
    for (std::size_t i = 0; i < plan.scope.size(); ++i)
        versions[part.site->replica.fleet.id(plan.scope[i])] = plan.versions[i].value;
    return object;
}

void print_group(std::ostream& out, const RollbackPlan& plan, Reversibility group, bool whole) {
    const std::size_t count = plan.count(group);
    if (count == 0) return;
    out << fmt::format("  {}: {}\n", name_of(group), count);
    Table table({}, 4);
    std::size_t shown = 0;
    for (const PlanItem& item : plan.items) {
        if (item.group != group) continue;
        if (!whole && shown++ == shown_max) break;
        table.add({item.entity, to_text(item.from) + " → " + to_text(item.to)});
        for (const std::string& reason : item.reasons) table.add({"", "- " + reason});
    }
    table.print(out);
    if (!whole && count > shown_max)
        out << fmt::format("    … and {} more (--all lists them)\n", count - shown_max);
}

void print_left_behind(std::ostream& out, const RollbackPlan& plan, bool whole) {
    if (plan.left_behind.empty()) return;
    out << fmt::format("  on the wrong side afterwards: {}\n", plan.left_behind.size());
    std::size_t shown = 0;
    for (const LeftBehind& each : plan.left_behind) {
        if (!whole && shown++ == shown_max) break;
        out << fmt::format("    {} {}\n", each.entity, each.reason);
    }
}

}  // namespace

std::string plan_hash(const std::vector<SiteRollback>& parts) {
    if (parts.size() == 1) return to_hex(parts.front().plan.hash);
    Hasher hasher;
    for (const SiteRollback& part : parts) {
        hasher.add(part.plan.site);
        hasher.add(Bytes(part.plan.hash));
    }
    return to_hex(hasher.finish());
}

json::object plan_json(const std::vector<SiteRollback>& parts, const RollbackQuestion& question) {
    json::object object;
    object["hash"] = plan_hash(parts);
    object["withMembers"] = question.with_members;
    json::array& selectors = object["selectors"].emplace_array();
    for (const std::string& selector : question.selectors) selectors.emplace_back(selector);
    json::array& sites = object["sites"].emplace_array();
    for (const SiteRollback& part : parts) sites.push_back(site_json(part));
    return object;
}

void print_plan(std::ostream& out, const std::vector<SiteRollback>& parts, bool whole) {
    if (parts.size() > 1)
        out << "Several sites: a time or label over several logs is an approximate cut.\n";
    for (const SiteRollback& part : parts) {
        const RollbackPlan& plan = part.plan;
        out << fmt::format("{}: back to {} — {} of {} entities differ\n", plan.site, part.shown,
                           plan.items.size(), plan.scope.size());
        for (const Reversibility group :
             {Reversibility::not_reversible, Reversibility::with_loss, Reversibility::reversible})
            print_group(out, plan, group, whole);
        print_left_behind(out, plan, whole);
        if (!plan.registered_later.empty())
            out << fmt::format("  registered after the target, left as they are: {}\n",
                               plan.registered_later.size());
        if (plan.approvals_cancelled > 0)
            out << fmt::format("  unused approvals that are cancelled: {}\n",
                               plan.approvals_cancelled);
    }
    out << "plan " << plan_hash(parts) << '\n';
}

}  // namespace ferry
