// The parts of a pack that declare: name, classes, checks, coexistence, sizes, roles.
#include "engine/pack_reader.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry::pack {

namespace {

const Words actions{"enter-coexistence", "start-pilot", "promote", "retire"};

}  // namespace

void Reader::top(const toml::table& root) {
    allow(root, "the pack",
          {"name", "about", "transfer", "coexistence", "pilot", "limits", "rollback", "roles",
           "classes", "checks", "require", "order", "approval", "limit", "clients", "client",
           "irreversible"});
    if (auto named = name(root, "the pack", "name")) pack_.name = std::move(named->text);
    pack_.about = text_or_none(root, "about");
    if (const auto chosen = choice(root, "transfer", {"immediate", "confirmed"}))
        pack_.transfer = *chosen == 1 ? Transfer::confirmed : Transfer::immediate;
    // What is declared comes first, wherever it stands in the file.
    declare(root);
    checks(root);
    coexistence(root);
    sizes(root);
    each(root, "require", [&](const toml::table& row) { require(row); });
    each(root, "order", [&](const toml::table& row) { order(row); });
    check_order_has_no_circle(root);
    each(root, "approval", [&](const toml::table& row) { approval(row); });
    each(root, "limit", [&](const toml::table& row) { limit(row); });
    clients(root);
    each(root, "client", [&](const toml::table& row) { client(row); });
    check_replacements(root);
    each(root, "irreversible", [&](const toml::table& row) { irreversible(row); });
}

void Reader::declare(const toml::table& root) {
    each_named(root, "classes", [&](const Placed& named, const toml::table& row) {
        allow(row, "a class", {"about"});
        if (named.text == order_users)
            return complain(named.at, "a class is called `users`",
                            "that word stands for all users in [[order]]; choose another");
        if (is_name(named, "class"))
            pack_.classes.push_back({named.text, text_or_none(row, "about")});
    });
    each_named(root, "roles", [&](const Placed& named, const toml::table& row) {
        allow(row, "a role", {"people"});
        if (!is_name(named, "role")) return;
        Role role{named.text, {}};
        for (Placed& person : texts(row, "people")) role.people.push_back(std::move(person.text));
        if (role.people.empty())
            return complain(named.at, fmt::format("nobody has the role `{}`", named.text),
                            "name them: people = [\"erik\", \"mia\"]");
        pack_.roles.push_back(std::move(role));
    });
}

void Reader::checks(const toml::table& root) {
    each_named(root, "checks", [&](const Placed& named, const toml::table& row) {
        allow(row, "a check", {"about", "deployment", "fresh_hours"});
        if (!is_name(named, "check")) return;
        CheckRule rule{named.text, text_or_none(row, "about"), {}, hours(row, "fresh_hours")};
        if (const auto side = choice(row, "deployment", {"legacy", "successor", "each"}))
            rule.side = static_cast<CheckRule::Side>(*side + 1);
        pack_.checks.push_back(std::move(rule));
    });
}

void Reader::coexistence(const toml::table& root) {
    const toml::table* const row = table(root, "coexistence");
    if (!row) {
        if (!root.contains("coexistence"))
            complain(root.source().begin, "the pack does not say when coexistence is verified",
                     "add [coexistence] with checks = [\"…\"]");
        return;
    }
    allow(*row, "[coexistence]", {"checks"});
    pack_.coexistence_checks = known_checks(*row, "checks");
    if (!row->contains("checks") || (pack_.coexistence_checks.empty() && findings_.empty()))
        complain(row->source().begin, "no check makes coexistence verified",
                 "without one a pool's pilot could never start: name at least one in checks");
}

void Reader::sizes(const toml::table& root) {
    if (const toml::table* const row = table(root, "pilot")) {
        allow(*row, "[pilot]", {"members", "hours"});
        pack_.pilot.members = count(*row, "members", 1).value_or(0);
        pack_.pilot.lasts = hours(*row, "hours");
    }
    if (const toml::table* const row = table(root, "limits")) {
        allow(*row, "[limits]", {"moves_in_flight", "members_in_pilot"});
        pack_.limits.moves_in_flight = count(*row, "moves_in_flight", 1);
        pack_.limits.members_in_pilot = count(*row, "members_in_pilot", 1);
        if (pack_.limits.moves_in_flight && pack_.transfer == Transfer::immediate)
            complain(row->get("moves_in_flight")->source().begin,
                     "no move is ever in flight where transfer is immediate",
                     "write transfer = \"confirmed\", or leave moves_in_flight out");
        if (pack_.limits.members_in_pilot && pack_.pilot.members > *pack_.limits.members_in_pilot)
            complain(row->get("members_in_pilot")->source().begin,
                     fmt::format("the pilot needs {} members and may have {}", pack_.pilot.members,
                                 *pack_.limits.members_in_pilot),
                     "let it have at least as many as it needs");
    }
    if (const toml::table* const row = table(root, "rollback")) {
        allow(*row, "[rollback]", {"approval_above_users"});
        pack_.approval_above = count(*row, "approval_above_users", 0);
    }
}

Words Reader::class_words() const {
    Words words;
    for (const ClassRule& each : pack_.classes) words.push_back(each.name);
    return words;
}

bool Reader::is_known_class(const Placed& word) {
    const Words words = class_words();
    if (std::find(words.begin(), words.end(), word.text) != words.end()) return true;
    complain_of_word(word, "class", words);
    return false;
}

std::string Reader::known_class(const toml::table& row, std::string_view key) {
    auto word = text(row, key);
    if (!word || !is_known_class(*word)) return {};
    return std::move(word->text);
}

bool Reader::is_known_check(const Placed& word) {
    Words words;
    for (const CheckRule& rule : pack_.checks) words.push_back(rule.check);
    // Ferry records or asks for these by itself, so a pack need not declare them.
    for (const std::string_view own : {compatibility_check, forced_move_check, redeployed_check})
        words.push_back(own);
    if (std::find(words.begin(), words.end(), word.text) != words.end()) return true;
    complain_of_word(word, "check", words);
    return false;
}

std::vector<std::string> Reader::known_checks(const toml::table& row, std::string_view key) {
    std::vector<std::string> known;
    for (Placed& word : texts(row, key))
        if (is_known_check(word)) known.push_back(std::move(word.text));
    return known;
}

std::optional<v1::Action> Reader::step(const toml::table& row, std::string_view where) {
    if (!wanted(row, where, "action")) return std::nullopt;
    const auto chosen = choice(row, "action", actions);
    if (!chosen) return std::nullopt;
    return action_of_word(actions[*chosen]);
}

}  // namespace ferry::pack
