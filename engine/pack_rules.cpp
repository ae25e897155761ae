// The parts of a pack that rule: what steps require, order, approvals, clients, what cannot go
// back.
#include "engine/pack_reader.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace ferry::pack {

namespace {

constexpr v1::Kind kinds[] = {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION};
const Words kind_words{"pool", "user", "application"};

/// Where a step may begin, by the transition tables. They are the same for every pack; only
/// enter-coexistence, start-pilot and retire have one place.
bool begins_in(v1::Kind kind, v1::Action action, v1::State from) {
    switch (action) {
        case v1::ACTION_ENTER_COEXISTENCE: return from == v1::STATE_LEGACY;
        case v1::ACTION_START_PILOT: return from == v1::STATE_COEXIST_TEST;
        case v1::ACTION_PROMOTE:
            return from == v1::STATE_PILOT ||
                   (kind != v1::KIND_POOL && from < v1::STATE_PRODUCTION);
        default: return from == v1::STATE_PRODUCTION;
    }
}

/// Guards that look at nothing but what every entity of the kind has.
Words guards_for(v1::Kind kind) {
    if (kind == v1::KIND_POOL)
        return {"coexistence-verified", "pilot-ran", "members-moved", "successor-named"};
    if (kind == v1::KIND_USER) return {"coexistence-verified", "no-move-in-flight"};
    return {"coexistence-verified", "no-move-in-flight", "compatible", "order-respected"};
}

bool same_row(const RequiredChecks& a, const RequiredChecks& b) {
    return a.kind == b.kind && a.action == b.action && a.from == b.from &&
           a.application_class == b.application_class && a.of_pool == b.of_pool;
}

}  // namespace

std::optional<v1::Kind> Reader::kind_in(const toml::table& row, std::string_view where) {
    if (!wanted(row, where, "kind")) return std::nullopt;
    const auto chosen = choice(row, "kind", kind_words);
    if (!chosen) return std::nullopt;
    return kinds[*chosen];
}

void Reader::require_scope(const toml::table& row, RequiredChecks& rule) {
    const auto at = [&](std::string_view key) { return row.get(key)->source().begin; };
    if (row.contains("class") && rule.kind != v1::KIND_APPLICATION)
        complain(at("class"), "only applications have a class",
                 "write kind = \"application\", or leave class out");
    else rule.application_class = known_class(row, "class");
    if (const auto on = choice(row, "on", {"self", "pool"})) rule.of_pool = *on == 1;
    if (rule.of_pool && rule.kind == v1::KIND_POOL)
        complain(at("on"), "a pool's checks are its own", "leave on out");
    const Words states{"legacy", "coexist-test", "pilot", "production"};
    const auto from = choice(row, "from", states);
    if (!from) return;
    rule.from = *lifecycle_of(states[*from]);
    if (!begins_in(rule.kind, rule.action, rule.from))
        complain(at("from"),
                 fmt::format("{} of a {} does not begin in {}", word(rule.action), word(rule.kind),
                             word(rule.from)),
                 "leave from out, or name a state that the step begins in");
}

void Reader::require(const toml::table& row) {
    constexpr std::string_view where = "[[require]]";
    allow(row, where, {"kind", "action", "class", "from", "on", "checks", "guards"});
    RequiredChecks rule;
    const auto kind = kind_in(row, where);
    const auto action = step(row, where);
    rule.checks = known_checks(row, "checks");
    if (!kind || !action) return;
    rule.kind = *kind;
    rule.action = *action;
    require_scope(row, rule);
    const Words guards = guards_for(rule.kind);
    for (const Placed& word : texts(row, "guards")) {
        if (std::find(guards.begin(), guards.end(), word.text) == guards.end())
            complain_of_word(word, fmt::format("guard of {}s", ferry::word(rule.kind)), guards);
        else rule.guards.push_back(*guard_of(word.text));
    }
    if (!row.contains("checks") && !row.contains("guards"))
        complain(row.source().begin, "[[require]] asks for nothing", "add checks = [\"…\"]");
    for (const RequiredChecks& before : pack_.required)
        if (same_row(before, rule))
            return complain(
                row.source().begin,
                fmt::format("{} of {} has this row already", word(rule.action), word(rule.kind)),
                "write what they ask for in one [[require]]");
    pack_.required.push_back(std::move(rule));
}

void Reader::order(const toml::table& row) {
    constexpr std::string_view where = "[[order]]";
    allow(row, where, {"class", "after", "within", "reason"});
    const auto subject = wanted(row, where, "class");
    const bool known = subject && (subject->text == order_users || is_known_class(*subject));
    OrderRule rule;
    rule.reason = text_or_none(row, "reason");
    rule.whole_site = choice(row, "within", {"pool", "site"}).value_or(0) == 1;
    for (Placed& word : texts(row, "after")) {
        if (word.text != order_users && !is_known_class(word)) continue;
        if (subject && word.text == subject->text)
            complain(word.at, fmt::format("`{}` would wait for itself", word.text),
                     "name what it comes after");
        else rule.after.push_back(std::move(word.text));
    }
    if (!row.contains("after"))
        complain(row.source().begin, "[[order]] has no `after`",
                 "name what has to be moved first: after = [\"users\"]");
    if (!known) return;
    rule.subject = subject->text;
    for (const OrderRule& before : pack_.order)
        if (before.subject == rule.subject && before.whole_site == rule.whole_site)
            return complain(row.source().begin,
                            fmt::format("`{}` has an order already", rule.subject),
                            "write all that it comes after in one [[order]]");
    pack_.order.push_back(std::move(rule));
}

void Reader::check_order_has_no_circle(const toml::table& root) {
    std::map<std::string, std::set<std::string>> waits;
    for (const OrderRule& rule : pack_.order)
        waits[rule.subject].insert(rule.after.begin(), rule.after.end());
    // Whoever waits for somebody who waits, waits for them too.
    for (std::size_t round = 0; round < waits.size(); ++round)
        for (auto& [subject, after] : waits)
            for (const std::string& each : std::set<std::string>(after))
                if (const auto next = waits.find(each); next != waits.end())
                    after.insert(next->second.begin(), next->second.end());
    each(root, "order", [&](const toml::table& row) {
        const auto* subject = row["class"].as_string();
        if (!subject || !waits[subject->get()].contains(subject->get())) return;
        complain(row.source().begin,
                 fmt::format("`{}` comes after itself, by way of the others", subject->get()),
                 "break the circle: leave one of these [[order]] out");
    });
}

void Reader::approvers(const toml::table& row, ApprovalRule& rule) {
    rule.people = count(row, "people", 1).value_or(1);
    auto role = text(row, "role");
    if (!role) return;
    const Role* known = pack_.role(role->text);
    Words roles;
    for (const Role& each : pack_.roles) roles.push_back(each.name);
    if (!known) complain_of_word(*role, "role", roles);
    else if (known->people.size() < rule.people)
        complain(role->at,
                 fmt::format("{} people of the role `{}` are asked for, and {} have it",
                             rule.people, role->text, known->people.size()),
                 "ask for fewer, or give the role to more");
    rule.role = std::move(role->text);
}

/// Of a site: who agrees before it adopts another pack.
void Reader::adoption(const toml::table& row) {
    ApprovalRule rule;
    if (!choice(row, "action", {"adopt-pack"}) && !row.contains("action"))
        complain(row.source().begin, "[[approval]] of a site does not say of what",
                 "write action = \"adopt-pack\"");
    rule.action = v1::ACTION_ADOPT_PACK;
    approvers(row, rule);
    for (const ApprovalRule& before : pack_.adoption)
        if (before.role == rule.role)
            return complain(row.source().begin, "adopting a pack has this approval already",
                            "write one of them, with the number of people");
    pack_.adoption.push_back(std::move(rule));
}

void Reader::approval(const toml::table& row) {
    constexpr std::string_view where = "[[approval]]";
    allow(row, where, {"kind", "action", "people", "role"});
    if (row["kind"].value_or(std::string_view()) == "site") return adoption(row);
    ApprovalRule rule;
    const auto kind = kind_in(row, where);
    const auto action = step(row, where);
    approvers(row, rule);
    if (!kind || !action) return;
    rule.kind = *kind;
    rule.action = *action;
    for (const ApprovalRule& before : pack_.approvals)
        if (before.kind == rule.kind && before.action == rule.action && before.role == rule.role)
            return complain(row.source().begin,
                            fmt::format("{} of {} has this approval already", word(rule.action),
                                        word(rule.kind)),
                            "write one of them, with the number of people");
    pack_.approvals.push_back(std::move(rule));
}

/// How many of a class at once.
void Reader::limit(const toml::table& row) {
    constexpr std::string_view where = "[[limit]]";
    allow(row, where, {"class", "in", "at_most", "within", "reason"});
    CountLimit rule;
    rule.reason = text_or_none(row, "reason");
    rule.whole_site = choice(row, "within", {"pool", "site"}).value_or(0) == 1;
    const bool named = wanted(row, where, "class").has_value();
    rule.application_class = known_class(row, "class");
    if (const auto most = count(row, "at_most", 1)) rule.at_most = *most;
    else if (!row.contains("at_most"))
        complain(row.source().begin, "[[limit]] has no `at_most`", "say how many: at_most = 1");
    // From there on a limit would keep somebody in a state for ever.
    const Words states{"coexist-test", "pilot", "production"};
    for (const Placed& word : texts(row, "in")) {
        if (std::find(states.begin(), states.end(), word.text) == states.end())
            complain_of_word(word, "state to limit", states);
        else rule.states.push_back(*lifecycle_of(word.text));
    }
    if (!row.contains("in"))
        complain(row.source().begin, "[[limit]] has no `in`",
                 "name the states that are counted: in = [\"production\"]");
    if (!named || rule.application_class.empty() || rule.states.empty()) return;
    for (const CountLimit& before : pack_.limits.counted)
        if (before.application_class == rule.application_class && before.states == rule.states &&
            before.whole_site == rule.whole_site)
            return complain(row.source().begin,
                            fmt::format("`{}` has this limit already", rule.application_class),
                            "leave one of them out");
    pack_.limits.counted.push_back(std::move(rule));
}

void Reader::clients(const toml::table& root) {
    const toml::table* const row = table(root, "clients");
    if (!row) return;
    allow(*row, "[clients]", {"newer"});
    for (Placed& family : texts(*row, "newer")) {
        if (family.text.empty())
            complain(family.at, "an empty family is every client's", "leave it out");
        else pack_.newer_families.push_back(std::move(family.text));
    }
}

void Reader::client(const toml::table& row) {
    constexpr std::string_view where = "[[client]]";
    allow(row, where, {"name", "legacy", "successor", "note", "go_back_to", "go_forward_to"});
    const auto named = name(row, where, "name");
    if (!named) return;
    for (const ClientRule& before : pack_.clients)
        if (before.client == named->text)
            return complain(named->at, fmt::format("client `{}` stands here twice", named->text),
                            "leave one of them out");
    const bool legacy = flag(row, "legacy", true);
    const bool successor = flag(row, "successor", true);
    pack_.clients.push_back({named->text, legacy, successor, text_or_none(row, "note"),
                             text_or_none(row, "go_back_to"), text_or_none(row, "go_forward_to")});
}

void Reader::check_replacements(const toml::table& root) {
    const auto judge = [&](const toml::table& row, std::string_view key, bool legacy) {
        const auto* instead = row[key].as_string();
        if (!instead) return;
        const ClientRule* rule = pack_.rule_of(instead->get());
        const std::string_view side = legacy ? "legacy" : "new";
        if (rule && !(legacy ? rule->on_legacy : rule->on_successor))
            complain(instead->source().begin,
                     fmt::format("`{}` cannot sign in to the {} side either", instead->get(), side),
                     "name a client that can");
        if (row[legacy ? "legacy" : "successor"].value_or(true))
            complain(instead->source().begin,
                     fmt::format("this client can sign in to the {} side and needs no other", side),
                     fmt::format("leave {} out, or write {} = false", key,
                                 legacy ? "legacy" : "successor"));
    };
    each(root, "client", [&](const toml::table& row) {
        judge(row, "go_back_to", true);
        judge(row, "go_forward_to", false);
    });
}

void Reader::irreversible(const toml::table& row) {
    constexpr std::string_view where = "[[irreversible]]";
    allow(row, where, {"class", "once", "check", "reason", "with_loss"});
    IrreversibleRule rule;
    rule.application_class = known_class(row, "class");
    const bool says_once = wanted(row, where, "once").has_value();
    const auto once = choice(row, "once", {"moved", "move-started", "checked"});
    if (auto reason = wanted(row, where, "reason")) rule.reason = std::move(reason->text);
    rule.with_loss = flag(row, "with_loss", false);
    if (!once || !says_once) return;
    rule.once = static_cast<IrreversibleRule::Once>(*once);
    const bool checked = rule.once == IrreversibleRule::Once::checked;
    if (checked != row.contains("check"))
        return complain(row.source().begin,
                        checked ? "once = \"checked\" does not say which check"
                                : "a check decides only where once = \"checked\"",
                        checked ? "add check = \"…\"" : "leave check out");
    if (checked) {
        auto check = text(row, "check");
        if (!check || !is_known_check(*check)) return;
        rule.check = std::move(check->text);
    }
    for (const IrreversibleRule& before : pack_.irreversible)
        if (before.application_class == rule.application_class && before.once == rule.once &&
            before.check == rule.check)
            return complain(row.source().begin, "this rule stands here twice",
                            "leave one of them out");
    pack_.irreversible.push_back(std::move(rule));
}

}  // namespace ferry::pack
