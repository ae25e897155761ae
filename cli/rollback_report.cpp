#include "cli/rollback_report.hpp"

#include "cli/table.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <map>

namespace ferry {

namespace {

namespace json = boost::json;

constexpr std::size_t shown_max = 20;

using CountByWord = std::map<std::string_view, std::size_t>;

std::string to_text(const CountByWord& counts) {
    std::string text;
    for (const auto& [what, count] : counts)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    return text;
}

json::object to_json(const CountByWord& counts) {
    json::object object;
    for (const auto& [what, count] : counts) object[what] = count;
    return object;
}

/// Applications that the plan sets back, by class.
CountByWord classes_of(const RollbackPlan& plan) {
    CountByWord counts;
    for (const PlanItem& item : plan.items)
        if (item.entity.starts_with("application:")) ++counts[item.application_class];
    return counts;
}

/// What is left for people to do afterwards, by kind.
CountByWord remediations_of(const RollbackPlan& plan) {
    CountByWord counts;
    for (const PlanItem& item : plan.items)
        for (const PlannedRemediation& each : item.remediations) ++counts[each.kind];
    return counts;
}

/// Accounts that do not follow at once, because transfers are confirmed.
std::size_t moves_back_of(const RollbackPlan& plan) {
    return static_cast<std::size_t>(std::ranges::count_if(plan.items, &PlanItem::owes_move));
}

json::object item_json(const PlanItem& item) {
    json::object object;
    object["entity"] = item.entity;
    object["version"] = item.version.value;
    object["group"] = name_of(item.group);
    object["from"] = to_text(item.from);
    object["to"] = to_text(item.to);
    if (item.owes_move) object["moveBack"] = true;
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
                                    {"approvalsCancelled", plan.approvals_cancelled},
                                    {"users", plan.users()}};
    object["movesBack"] = moves_back_of(plan);
    object["applicationsByClass"] = to_json(classes_of(plan));
    object["afterwards"] = to_json(remediations_of(plan));
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

/// By reason, because hundreds that would be left for one reason are one thing to know.
void print_left_behind(std::ostream& out, const RollbackPlan& plan, bool whole) {
    if (plan.left_behind.empty()) return;
    out << fmt::format("  on the wrong side afterwards: {}\n", plan.left_behind.size());
    std::map<std::string_view, std::vector<std::string_view>> by_reason;
    for (const LeftBehind& each : plan.left_behind) by_reason[each.reason].push_back(each.entity);
    for (const auto& [reason, entities] : by_reason) {
        out << fmt::format("    {} {}\n", entities.size(), reason);
        const std::size_t listed = whole ? entities.size() : std::min(entities.size(), shown_max);
        for (std::size_t i = 0; i < listed; ++i) out << fmt::format("      {}\n", entities[i]);
        if (listed < entities.size())
            out << fmt::format("      … and {} more (--all lists them)\n",
                               entities.size() - listed);
    }
}

}  // namespace

std::string plan_hash(const std::vector<SiteRollback>& parts) { return to_hex(whole_hash(parts)); }

Hash whole_hash(const std::vector<SiteRollback>& parts) {
    if (parts.size() == 1) return parts.front().plan.hash;
    Hasher hasher;
    for (const SiteRollback& part : parts) {
        hasher.add(part.plan.site);
        hasher.add(Bytes(part.plan.hash));
    }
    return hasher.finish();
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
    const bool exact = std::all_of(parts.begin(), parts.end(), [](const SiteRollback& part) {
        return part.shown.find("(cut ") != std::string::npos;
    });
    if (parts.size() > 1)
        out << "Several sites"
            << (exact ? ", to an exact cut.\n"
                      : ": a time or label over several logs is an approximate cut.\n");
    for (const SiteRollback& part : parts) {
        const RollbackPlan& plan = part.plan;
        out << fmt::format("{}: back to {} — {} of {} entities differ\n", plan.site, part.shown,
                           plan.items.size(), plan.scope.size());
        if (const CountByWord classes = classes_of(plan); !classes.empty())
            out << fmt::format("  applications by class: {}\n", to_text(classes));
        if (const std::size_t moves = moves_back_of(plan); moves > 0)
            out << fmt::format("  accounts that are moved back afterwards: {}\n", moves);
        if (const CountByWord kinds = remediations_of(plan); !kinds.empty())
            out << fmt::format("  to be done by hand afterwards: {}\n", to_text(kinds));
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
