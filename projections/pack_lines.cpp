#include "projections/pack_lines.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ferry {

namespace {

using Lines = std::vector<std::string>;

std::string check_line(const CheckRule& rule) {
    std::string line = fmt::format("check {}", rule.check);
    switch (rule.side) {
        case CheckRule::Side::any: break;
        case CheckRule::Side::legacy: line += " of the legacy side"; break;
        case CheckRule::Side::successor: line += " of the successor side"; break;
        case CheckRule::Side::each: line += " of each side"; break;
    }
    if (rule.fresh.count() > 0) line += fmt::format(", fresh for {} hours", rule.fresh.count());
    return line;
}

void add_required(const RequiredChecks& row, Lines& lines) {
    std::string step = fmt::format("{} of a {}", word(row.action), word(row.kind));
    if (!row.application_class.empty()) step += fmt::format(" of class {}", row.application_class);
    if (row.from != v1::STATE_UNSPECIFIED) step += fmt::format(" from {}", word(row.from));
    for (const std::string& check : row.checks)
        lines.push_back(
            fmt::format("{} asks {}{}", step, check, row.of_pool ? " of its pool" : ""));
    for (const Guard guard : row.guards)
        lines.push_back(fmt::format("{} asks the guard {}", step, name_of(guard)));
}

std::string approval_line(const ApprovalRule& rule) {
    return fmt::format("{} of a {} needs {}{}", word(rule.action), word(rule.kind),
                       counted(rule.people, "other person", "other people"),
                       rule.role.empty() ? "" : " of the role " + rule.role);
}

std::string client_line(const ClientRule& rule) {
    std::string line = fmt::format("client {} signs in to ", rule.client);
    if (rule.on_legacy && rule.on_successor) line += "both sides";
    else if (!rule.on_legacy && !rule.on_successor) line += "neither side";
    else line += rule.on_legacy ? "the legacy side" : "the new side";
    if (!rule.note.empty()) line += fmt::format(", {}", rule.note);
    if (!rule.go_back_to.empty()) line += fmt::format("; back to {}", rule.go_back_to);
    if (!rule.go_forward_to.empty()) line += fmt::format("; forward to {}", rule.go_forward_to);
    return line;
}

std::string irreversible_line(const IrreversibleRule& rule) {
    std::string line = rule.with_loss ? "loses something on the way back" : "cannot go back";
    line = fmt::format("{} {}",
                       rule.application_class.empty()
                           ? "any member"
                           : "an application of class " + rule.application_class,
                       line);
    switch (rule.once) {
        case IrreversibleRule::Once::moved: line += " once it has moved"; break;
        case IrreversibleRule::Once::move_started: line += " once its move has started"; break;
        case IrreversibleRule::Once::checked:
            line += fmt::format(" once {} has passed", rule.check);
            break;
    }
    return fmt::format("{}: {}", line, rule.reason);
}

void add_sizes(const Pack& pack, Lines& lines) {
    if (pack.pilot.members > 0)
        lines.push_back(fmt::format("a pilot has at least {} members", pack.pilot.members));
    if (pack.pilot.lasts.count() > 0)
        lines.push_back(fmt::format("a pilot lasts at least {} hours", pack.pilot.lasts.count()));
    if (pack.limits.members_in_pilot)
        lines.push_back(fmt::format("at most {} members of a pool are in pilot at once",
                                    *pack.limits.members_in_pilot));
    if (pack.limits.moves_in_flight)
        lines.push_back(fmt::format("at most {} moves of a pool are in flight at once",
                                    *pack.limits.moves_in_flight));
    for (const CountLimit& limit : pack.limits.counted) {
        std::string states;
        for (const v1::State each : limit.states)
            states.append(states.empty() ? "" : " or ").append(word(each));
        lines.push_back(fmt::format("at most {} of class {} of the {} in {} at once", limit.at_most,
                                    limit.application_class, limit.whole_site ? "site" : "pool",
                                    states));
    }
    if (pack.approval_above)
        lines.push_back(fmt::format("a rollback of more than {} users needs another person",
                                    *pack.approval_above));
}

}  // namespace

std::vector<std::string> pack_lines(const Pack& pack) {
    Lines lines;
    lines.push_back(fmt::format("transfer is {}",
                                pack.transfer == Transfer::confirmed ? "confirmed" : "immediate"));
    for (const std::string& check : pack.coexistence_checks)
        lines.push_back("coexistence asks " + check);
    for (const RequiredChecks& row : pack.required) add_required(row, lines);
    for (const CheckRule& rule : pack.checks) lines.push_back(check_line(rule));
    for (const ClassRule& rule : pack.classes) lines.push_back("class " + rule.name);
    for (const OrderRule& rule : pack.order)
        for (const std::string& first : rule.after)
            lines.push_back(fmt::format("{} come after {} of the {}", rule.subject, first,
                                        rule.whole_site ? "site" : "pool"));
    add_sizes(pack, lines);
    for (const Role& role : pack.roles)
        lines.push_back(fmt::format("role {}: {}", role.name, fmt::join(role.people, ", ")));
    for (const ApprovalRule& rule : pack.approvals) lines.push_back(approval_line(rule));
    for (const ApprovalRule& rule : pack.adoption)
        lines.push_back(fmt::format("adopting another pack needs {}{}",
                                    counted(rule.people, "other person", "other people"),
                                    rule.role.empty() ? "" : " of the role " + rule.role));
    for (const std::string& family : pack.newer_families)
        lines.push_back(fmt::format("every client {}… is newer than the legacy system", family));
    for (const ClientRule& rule : pack.clients) lines.push_back(client_line(rule));
    for (const IrreversibleRule& rule : pack.irreversible) lines.push_back(irreversible_line(rule));
    return lines;
}

PackDifference pack_difference(const Pack& before, const Pack& after) {
    const Lines old_lines = pack_lines(before);
    const Lines new_lines = pack_lines(after);
    const auto only = [](const Lines& of, const Lines& not_in) {
        Lines found;
        for (const std::string& line : of)
            if (std::ranges::find(not_in, line) == not_in.end()) found.push_back(line);
        return found;
    };
    return {only(old_lines, new_lines), only(new_lines, old_lines)};
}

}  // namespace ferry
