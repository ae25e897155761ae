#include "engine/pack_reader.hpp"

#include "engine/spelling.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace ferry::pack {

namespace {

std::string_view kind_of_value(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table: return "a table";
        case toml::node_type::array: return "a list";
        case toml::node_type::string: return "a text";
        case toml::node_type::integer: return "a whole number";
        case toml::node_type::floating_point: return "a number with a point";
        case toml::node_type::boolean: return "true or false";
        default: return "a date or time";
    }
}

toml::source_position place_of(const toml::node& node) { return node.source().begin; }

}  // namespace

void Reader::complain(toml::source_position at, std::string what, std::string remedy) {
    findings_.push_back({at.line, at.column, std::move(what), std::move(remedy)});
}

void Reader::complain_of_word(const Placed& word, std::string_view what, const Words& right) {
    NearestWord nearest(word.text);
    for (const std::string_view each : right) nearest.offer(each);
    std::string remedy = right.empty() ? std::string("the pack declares none")
                                       : fmt::format("it is one of {}", fmt::join(right, ", "));
    if (!nearest.found().empty()) remedy = fmt::format("did you mean `{}`?", nearest.found());
    complain(word.at, fmt::format("unknown {} `{}`", what, word.text), std::move(remedy));
}

void Reader::allow(const toml::table& table, std::string_view where, const Words& keys) {
    for (const auto& [key, value] : table)
        if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
            complain_of_word({std::string(key.str()), key.source().begin},
                             fmt::format("key of {}", where), keys);
}

std::optional<Placed> Reader::text(const toml::table& table, std::string_view key) {
    const toml::node* const node = table.get(key);
    if (!node) return std::nullopt;
    if (const auto* value = node->as_string()) return Placed{value->get(), place_of(*node)};
    complain(place_of(*node), fmt::format("`{}` is {}", key, kind_of_value(*node)),
             fmt::format("write a text in quotes: {} = \"…\"", key));
    return std::nullopt;
}

std::optional<Placed> Reader::wanted(const toml::table& table, std::string_view where,
                                     std::string_view key) {
    if (!table.contains(key))
        complain(place_of(table), fmt::format("{} has no `{}`", where, key),
                 fmt::format("add {} = \"…\"", key));
    auto found = text(table, key);
    if (found && found->text.empty()) {
        complain(found->at, fmt::format("`{}` is empty", key), "say what it is");
        return std::nullopt;
    }
    return found;
}

std::string Reader::text_or_none(const toml::table& table, std::string_view key) {
    auto found = text(table, key);
    return found ? std::move(found->text) : std::string();
}

std::optional<std::size_t> Reader::count(const toml::table& table, std::string_view key,
                                         std::int64_t least) {
    const toml::node* const node = table.get(key);
    if (!node) return std::nullopt;
    const auto* value = node->as_integer();
    // Ten million of anything, hours too, is more than an estate has.
    constexpr std::int64_t most = 10'000'000;
    if (value && value->get() >= least && value->get() <= most)
        return static_cast<std::size_t>(value->get());
    complain(place_of(*node),
             value ? fmt::format("`{}` is {}", key, value->get())
                   : fmt::format("`{}` is {}", key, kind_of_value(*node)),
             fmt::format("write a whole number from {} to {}", least, most));
    return std::nullopt;
}

std::chrono::hours Reader::hours(const toml::table& table, std::string_view key) {
    return std::chrono::hours(count(table, key, 1).value_or(0));
}

bool Reader::flag(const toml::table& table, std::string_view key, bool otherwise) {
    const toml::node* const node = table.get(key);
    if (!node) return otherwise;
    if (const auto* value = node->as_boolean()) return value->get();
    complain(place_of(*node), fmt::format("`{}` is {}", key, kind_of_value(*node)),
             fmt::format("write {} = true or {} = false", key, key));
    return otherwise;
}

std::vector<Placed> Reader::texts(const toml::table& table, std::string_view key) {
    std::vector<Placed> found;
    const toml::node* const node = table.get(key);
    if (!node) return found;
    const toml::array* const list = node->as_array();
    if (!list) {
        complain(place_of(*node), fmt::format("`{}` is {}", key, kind_of_value(*node)),
                 fmt::format("write a list: {} = [\"…\", \"…\"]", key));
        return found;
    }
    for (const toml::node& item : *list) {
        const auto* value = item.as_string();
        if (!value) {
            complain(place_of(item), fmt::format("`{}` holds {}", key, kind_of_value(item)),
                     "every item is a text in quotes");
            continue;
        }
        const bool twice = std::any_of(found.begin(), found.end(), [&](const Placed& before) {
            return before.text == value->get();
        });
        if (twice)
            complain(place_of(item), fmt::format("`{}` stands twice in `{}`", value->get(), key),
                     "leave one of them out");
        else found.push_back({value->get(), place_of(item)});
    }
    return found;
}

std::optional<std::size_t> Reader::choice(const toml::table& table, std::string_view key,
                                          const Words& words) {
    const auto word = text(table, key);
    if (!word) return std::nullopt;
    const auto found = std::find(words.begin(), words.end(), word->text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    complain_of_word(*word, key, words);
    return std::nullopt;
}

bool Reader::is_name(const Placed& word, std::string_view what) {
    const bool fine = !word.text.empty() && word.text.size() <= 128 &&
                      std::all_of(word.text.begin(), word.text.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                      });
    if (!fine)
        complain(word.at, fmt::format("`{}` is no name of a {}", word.text, what),
                 "names are lower case letters, digits and hyphens");
    return fine;
}

std::optional<Placed> Reader::name(const toml::table& table, std::string_view where,
                                   std::string_view key) {
    auto found = wanted(table, where, key);
    return found && is_name(*found, key) ? found : std::nullopt;
}

const toml::table* Reader::table(const toml::table& in, std::string_view key) {
    const toml::node* const node = in.get(key);
    if (!node) return nullptr;
    if (const toml::table* const found = node->as_table()) return found;
    complain(place_of(*node), fmt::format("`{}` is {}", key, kind_of_value(*node)),
             fmt::format("write it as a table: [{}]", key));
    return nullptr;
}

void Reader::each(const toml::table& in, std::string_view key, const Each& visit) {
    const toml::node* const node = in.get(key);
    if (!node) return;
    const toml::array* const list = node->as_array();
    const bool tables = list && std::all_of(list->begin(), list->end(),
                                            [](const toml::node& item) { return item.is_table(); });
    if (!tables)
        return complain(place_of(*node), fmt::format("`{}` is {}", key, kind_of_value(*node)),
                        fmt::format("write each as a table of its own: [[{}]]", key));
    for (const toml::node& item : *list) visit(*item.as_table());
}

void Reader::each_named(const toml::table& in, std::string_view key, const EachNamed& visit) {
    const toml::table* const all = table(in, key);
    if (!all) return;
    std::vector<std::pair<Placed, const toml::node*>> sorted;
    for (const auto& [name, value] : *all)
        sorted.emplace_back(Placed{std::string(name.str()), name.source().begin}, &value);
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
        return std::pair(a.first.at.line, a.first.at.column) <
               std::pair(b.first.at.line, b.first.at.column);
    });
    for (const auto& [name, value] : sorted) {
        if (const toml::table* const inner = value->as_table()) visit(name, *inner);
        else
            complain(place_of(*value), fmt::format("`{}` is {}", name.text, kind_of_value(*value)),
                     fmt::format("write it as a table: [{}.{}]", key, name.text));
    }
}

PackReading Reader::read(std::string_view written) {
    if (written.size() > pack_bytes_max) {
        complain({1, 1}, fmt::format("the pack has {} bytes", written.size()),
                 fmt::format("{} is the most that a commit leaves room for", pack_bytes_max));
        return {std::nullopt, std::move(findings_)};
    }
    if (const auto table = parse_toml(written)) top(*table);
    else
        complain(table.error().at, fmt::format("not TOML: {}", table.error().what),
                 "text stands in quotes, a table's name in brackets, each key once");
    if (!findings_.empty()) return {std::nullopt, take_findings()};
    return {std::move(pack_), {}};
}

std::vector<PackFinding> Reader::take_findings() {
    std::stable_sort(findings_.begin(), findings_.end(), [](const auto& a, const auto& b) {
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    return std::move(findings_);
}

}  // namespace ferry::pack

namespace ferry {

PackReading read_pack(std::string_view toml) { return pack::Reader().read(toml); }

std::string to_text(const PackFinding& finding, std::string_view file) {
    return fmt::format("{}:{}:{}: {}; {}", file, finding.line, finding.column, finding.what,
                       finding.remedy);
}

}  // namespace ferry
