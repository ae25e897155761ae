#include "cli/entity_text.hpp"

#include "cli/elapsed.hpp"
#include "cli/table.hpp"
#include "engine/decision.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ferry {

namespace {

std::uint32_t key(const EntityView& view) { return static_cast<std::uint32_t>(view.number.value); }

/// What `table` holds for the entity; empty where it holds nothing.
template <class Value>
const std::vector<Value>& of(const ByEntity<std::vector<Value>>& table, const EntityView& view) {
    static const std::vector<Value> none;
    const auto found = table.find(key(view));
    return found == table.end() ? none : found->second;
}

std::string state_text(v1::State state) { return std::string(word(state)); }

std::string clients_of(const EntityView& view) {
    std::vector<std::string_view> names;
    for (const ClientState& client : of(view.fleet().clients, view))
        names.push_back(view.fleet().texts.text(client.client));
    if (names.empty()) return "";
    return fmt::format(" ({})", fmt::join(names, ", "));
}

std::string counts_text(const std::uint32_t (&counts)[6]) {
    std::string shown;
    for (int state = v1::STATE_LEGACY; state <= v1::STATE_RETIRED; ++state)
        if (counts[state] > 0)
            shown += fmt::format("{}{} {}", shown.empty() ? "" : ", ", counts[state],
                                 word(static_cast<v1::State>(state)));
    return shown.empty() ? "none" : shown;
}

void add_pool_rows(Table& rows, const EntityView& view) {
    const Fleet& fleet = view.fleet();
    const std::string_view successor = fleet.successor(view.number);
    const PoolCounts& members = fleet.members(view.number);
    rows.add({"successor", successor.empty() ? "none named" : std::string(successor)});
    rows.add({"coexistence", state_text(view.entity().knowledge)});
    rows.add({"pilot ran", view.entity().pilot_ran ? "yes" : "not yet"});
    rows.add({"users", counts_text(members.users)});
    rows.add({"applications", counts_text(members.applications)});
    if (members.moving > 0) rows.add({"moving", fmt::format("{} in flight", members.moving)});
}

void add_member_rows(Table& rows, const EntityView& view) {
    const Fleet& fleet = view.fleet();
    const Entity& entity = view.entity();
    rows.add({"pool", std::string(fleet.name({entity.pool}))});
    rows.add({"home", fmt::format("{} ({} side)", fleet.home(view.number),
                                  entity.on_new_side ? "new" : "legacy")});
    if (entity.kind == v1::KIND_USER) {
        rows.add({"client", state_text(entity.knowledge) + clients_of(view)});
        rows.add({"account", entity.enabled_unknown ? "enabled or not: the export does not say"
                             : entity.disabled      ? "disabled"
                                                    : "enabled"});
    } else {
        rows.add({"class", std::string(fleet.texts.text(entity.text))});
        rows.add({"compatibility", state_text(entity.knowledge)});
    }
    rows.add({"transfer", state_text(entity.transfer)});
    const auto move = fleet.moves.find(key(view));
    if (move != fleet.moves.end())
        rows.add({"open move", fmt::format("{} from {} to {}", move->second.move,
                                           word(v1::State(move->second.from)),
                                           word(v1::State(move->second.to)))});
    if (const MoveBack* back = move_back_of(fleet, view.number))
        rows.add({"move back", fmt::format("{} to the {} side, {}", back->move,
                                           word(side_word(back->to_new_side)),
                                           back->failed ? "failed" : "open")});
    if (entity.exempt) rows.add({"found", "already on the new side"});
}

/// Between two sites, or that other one's by now: this log knows where it went and no more.
void add_next_home(Table& rows, const EntityView& view) {
    const auto release = view.fleet().releases.find(static_cast<std::uint32_t>(view.number.value));
    if (release == view.fleet().releases.end()) return;
    rows.add({"released", fmt::format("to site {} at {}:{}", release->second.to_site,
                                      view.fleet().site, release->second.position.value)});
}

void print_state(std::ostream& out, const EntityView& view) {
    const Entity& entity = view.entity();
    Table rows({}, 2);
    rows.add({"site", view.fleet().site});
    if (view.number.value != 0) {
        const std::string presence(presence_word(entity));
        rows.add({"lifecycle", state_text(entity.lifecycle) +
                                   (presence == "present" ? "" : ", " + presence) +
                                   (entity.closed ? ", closed by an open rollback" : "")});
    }
    if (entity.away) add_next_home(rows, view);
    if (entity.kind == v1::KIND_POOL) add_pool_rows(rows, view);
    if (entity.is_member()) add_member_rows(rows, view);
    rows.add({"version", fmt::format("{}, last changed at {}:{}", entity.version, view.fleet().site,
                                     entity.last_position.value)});
    rows.print(out);
}

std::string evidence_of(const EntityView& view, Position position) {
    const auto found = find_event(view.at.log(), position);
    if (!found || !*found) return "";
    return (*found)->event.check_recorded().evidence();
}

void print_checks(std::ostream& out, const EntityView& view, Time now) {
    auto checks = of(view.fleet().checks, view);
    if (checks.empty()) return;
    const auto name = [&](const CheckState& check) { return view.fleet().texts.text(check.check); };
    std::sort(checks.begin(), checks.end(), [&](const CheckState& a, const CheckState& b) {
        return std::pair(name(a), a.position) < std::pair(name(b), b.position);
    });
    out << "\n  checks\n";
    Table rows({}, 4);
    for (const CheckState& check : checks) {
        const bool expired = check.outcome == v1::CHECK_OUTCOME_UNSPECIFIED;
        rows.add({std::string(name(check)),
                  std::string(expired ? "expired" : word(v1::CheckOutcome(check.outcome))),
                  std::string(word(v1::Deployment(check.deployment))), elapsed(check.recorded, now),
                  fmt::format("{}:{}", view.fleet().site, check.position.value),
                  evidence_of(view, check.position)});
    }
    rows.print(out);
}

void print_known(std::ostream& out, const EntityView& view) {
    const Fleet& fleet = view.fleet();
    const auto head = [&](std::string_view title) { out << "\n  " << title << '\n'; };
    if (const auto& meetings = of(fleet.meetings, view); !meetings.empty()) {
        head("meetings");
        for (const MeetingState& meeting : meetings)
            out << fmt::format("    {} (made with {})\n", meeting.meeting,
                               fleet.texts.text(meeting.client));
    }
    if (const auto& policies = of(fleet.policies, view); !policies.empty()) {
        head("policies");
        for (const PolicyState& policy : policies)
            out << fmt::format("    {} {}\n", fleet.texts.text(policy.policy),
                               policy.name == 0 ? "none" : fleet.texts.text(policy.name));
    }
    if (const auto& approvals = of(fleet.approvals, view); !approvals.empty()) {
        head("approvals not used yet");
        for (const ApprovalState& approval : approvals)
            out << fmt::format("    {}{} by {}\n", word(v1::Action(approval.action)),
                               approval.plan.empty() ? "" : " " + to_hex(bytes_of(approval.plan)),
                               approval.actor);
    }
    bool first = true;
    for (const RemediationState& remediation : fleet.remediations) {
        if (remediation.entity != key(view)) continue;
        if (first) head("to be put right after a rollback");
        first = false;
        out << fmt::format("    {} {}\n", remediation.kind, remediation.subject);
    }
}

void print_possible(std::ostream& out, const EntityView& view, std::string_view actor) {
    const auto actions = possible(view.entity());
    out << "\n  possible next\n";
    if (actions.empty())
        out << (view.entity().kind == v1::KIND_WAVE
                    ? "    nothing: this wave is over\n"
                    : "    nothing: retired is the end, but for a rollback\n");
    Table rows({}, 4);
    for (const v1::Action action : actions) {
        if (action == v1::ACTION_REPORT_MOVE) {
            rows.add({std::string(word(action)), "when the move has ended"});
            continue;
        }
        const Step step = ask(view.fleet(), pack_in_force(view.fleet(), side_by_side()),
                              view.number, action, actor);
        std::vector<std::string_view> guards;
        guards.reserve(step.failures.size());
        for (const FailedGuard& failed : step.failures) guards.push_back(name_of(failed.guard));
        rows.add({std::string(word(action)),
                  guards.empty() ? std::string("now")
                                 : fmt::format("not yet: {} (`ferry why {} {}`)",
                                               fmt::join(guards, ", "), view.id(), word(action))});
    }
    rows.print(out);
}

void print_labels(std::ostream& out, const EntityView& view, Time now) {
    if (view.fleet().labels.empty()) return;
    out << "\n  labels\n";
    Table rows({}, 4);
    for (const Label& label : view.fleet().labels)
        rows.add({label.label, fmt::format("{}:{}", view.fleet().site, label.position.value),
                  elapsed(label.recorded, now)});
    rows.print(out);
}

}  // namespace

void print_entity(std::ostream& out, const EntityView& view, Time now, std::string_view actor) {
    out << view.id() << '\n';
    print_state(out, view);
    print_checks(out, view, now);
    print_known(out, view);
    if (view.number.value == 0) print_labels(out, view, now);
    else print_possible(out, view, actor);
}

}  // namespace ferry
