#pragma once
/// How a pack's TOML is read: values by key, each complaint with its place; a campaign's is read
/// the same way. Included by the readers' own sources only, because toml++ is costly to compile.
/// One thread.
#include "engine/pack_toml.hpp"
#include "engine/toml_library.hpp"

#include <functional>

namespace ferry::pack {

/// A word and where it stands.
struct Placed {
    std::string text;
    toml::source_position at;
};
using Words = std::vector<std::string_view>;

class Reader {
public:
    PackReading read(std::string_view text);

protected:
    void complain(toml::source_position at, std::string what, std::string remedy);
    /// `did you mean …?`, or all that would be right.
    void complain_of_word(const Placed& word, std::string_view what, const Words& right);

    // Values; nothing where the key is not there or, with a complaint, its value is of no use.
    /// Complains of every key of the table that is not among these.
    void allow(const toml::table& table, std::string_view where, const Words& keys);
    std::optional<Placed> text(const toml::table& table, std::string_view key);
    /// A text that has to be there.
    std::optional<Placed> wanted(const toml::table& table, std::string_view where,
                                 std::string_view key);
    std::string text_or_none(const toml::table& table, std::string_view key);
    std::optional<std::size_t> count(const toml::table& table, std::string_view key,
                                     std::int64_t least);
    std::chrono::hours hours(const toml::table& table, std::string_view key);
    bool flag(const toml::table& table, std::string_view key, bool otherwise);
    /// A list of different texts.
    std::vector<Placed> texts(const toml::table& table, std::string_view key);
    /// The index of the word in `words`.
    std::optional<std::size_t> choice(const toml::table& table, std::string_view key,
                                      const Words& words);
    std::optional<Placed> name(const toml::table& table, std::string_view where,
                               std::string_view key);
    bool is_name(const Placed& word, std::string_view what);
    const toml::table* table(const toml::table& in, std::string_view key);
    using Each = std::function<void(const toml::table&)>;
    /// `[[key]]`, each in order.
    void each(const toml::table& in, std::string_view key, const Each& visit);
    /// `[key.NAME]`, each in order of its line.
    using EachNamed = std::function<void(const Placed&, const toml::table&)>;
    void each_named(const toml::table& in, std::string_view key, const EachNamed& visit);

    /// Sorted by their places.
    std::vector<PackFinding> take_findings();

private:
    // Sections (pack_sections.cpp, pack_rules_read.cpp).
    void top(const toml::table& root);
    void declare(const toml::table& root);
    void checks(const toml::table& root);
    void coexistence(const toml::table& root);
    void sizes(const toml::table& root);
    void require(const toml::table& row);
    void require_scope(const toml::table& row, RequiredChecks& rule);
    void order(const toml::table& row);
    void approval(const toml::table& row);
    void approvers(const toml::table& row, ApprovalRule& rule);
    void adoption(const toml::table& row);
    void limit(const toml::table& row);
    void clients(const toml::table& root);
    void client(const toml::table& row);
    void irreversible(const toml::table& row);
    void check_order_has_no_circle(const toml::table& root);
    void check_replacements(const toml::table& root);

    /// The words, where every one is a check that the pack declares or Ferry itself records.
    std::vector<std::string> known_checks(const toml::table& row, std::string_view key);
    bool is_known_check(const Placed& word);
    std::string known_class(const toml::table& row, std::string_view key);
    std::optional<v1::Kind> kind_in(const toml::table& row, std::string_view where);
    std::optional<v1::Action> step(const toml::table& row, std::string_view where);
    bool is_known_class(const Placed& word);
    Words class_words() const;

    Pack pack_;

protected:
    std::vector<PackFinding> findings_;
};

}  // namespace ferry::pack
