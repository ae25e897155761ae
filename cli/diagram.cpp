// `ferry diagram`: the state machines as they are compiled into this build.
#include "cli/diagram.hpp"

#include "cli/program.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ferry {

namespace {

/// Mermaid's ids know no hyphens, and the states of several machines stand in one diagram.
std::string mermaid_id(v1::Kind kind, v1::State state) {
    std::string id = fmt::format("{}_{}", word(kind), word(state));
    std::replace(id.begin(), id.end(), '-', '_');
    return id;
}

std::string mermaid_label(const TableRow& row) {
    const auto conditions = conditions_of(row);
    if (conditions.empty()) return std::string(name_of(row.trigger));
    return fmt::format("{} [{}]", name_of(row.trigger), fmt::join(conditions, ", "));
}

struct DiagramOptions {
    std::string kind = "all";
    std::string format = "mermaid";
};

void print_diagram(const DiagramOptions& options, std::ostream& out) {
    std::vector<v1::Kind> kinds{v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION, v1::KIND_WAVE};
    if (const auto kind = kind_of(options.kind)) kinds = {*kind};
    if (options.kind == word(v1::KIND_CAMPAIGN)) kinds = {v1::KIND_CAMPAIGN};
    if (options.format == "svg") out << svg_diagram(kinds);
    else if (options.format == "table") out << markdown_tables(kinds);
    else out << mermaid_diagram(kinds);
}

}  // namespace

std::vector<RegionRows> regions_of(v1::Kind kind) {
    std::vector<RegionRows> regions;
    for (const TableRow& row : table(kind)) {
        const v1::Region region = region_of(row.from);
        if (regions.empty() || regions.back().region != region) regions.push_back({region, {}, {}});
        RegionRows& last = regions.back();
        last.rows.push_back(row);
        for (const v1::State state : {row.from, row.to})
            if (std::find(last.states.begin(), last.states.end(), state) == last.states.end())
                last.states.push_back(state);
    }
    // The words of a region are listed in the order of their values, but for where it starts.
    for (RegionRows& each : regions) std::sort(each.states.begin() + 1, each.states.end());
    return regions;
}

std::vector<std::string> conditions_of(const TableRow& row) {
    std::vector<std::string> conditions;
    conditions.reserve(row.guards.size() + 1);
    for (const Guard guard : row.guards) conditions.emplace_back(name_of(guard));
    if (row.before_production) conditions.emplace_back("before production");
    return conditions;
}

std::string mermaid_diagram(std::span<const v1::Kind> kinds) {
    std::string text = "stateDiagram-v2\n";
    for (const v1::Kind kind : kinds) {
        text += fmt::format("    state {} {{\n", word(kind));
        bool first = true;
        for (const RegionRows& region : regions_of(kind)) {
            if (!first) text += "        --\n";
            first = false;
            for (const v1::State state : region.states)
                text += fmt::format("        state \"{}\" as {}\n", word(state),
                                    mermaid_id(kind, state));
            text += fmt::format("        [*] --> {}\n", mermaid_id(kind, region.states.front()));
            for (const TableRow& row : region.rows)
                text += fmt::format("        {} --> {} : {}\n", mermaid_id(kind, row.from),
                                    mermaid_id(kind, row.to), mermaid_label(row));
        }
        text += "    }\n";
    }
    return text;
}

std::string markdown_tables(std::span<const v1::Kind> kinds) {
    std::string text;
    for (const v1::Kind kind : kinds) {
        if (kinds.size() > 1)
            text += fmt::format("{}### {}\n\n", text.empty() ? "" : "\n", word(kind));
        text += "| region | from | command or fact | to | asks |\n|---|---|---|---|---|\n";
        for (const TableRow& row : table(kind)) {
            const auto conditions = conditions_of(row);
            text += fmt::format(
                "| {} | {} | {} | {} | {} |\n", word(region_of(row.from)), word(row.from),
                name_of(row.trigger), word(row.to),
                conditions.empty() ? "–" : fmt::format("{}", fmt::join(conditions, ", ")));
        }
    }
    return text;
}

void add_diagram(CLI::App& app, Session& session) {
    const auto options = std::make_shared<DiagramOptions>();
    Verb verb(app, "diagram",
              "Draw the state machines\n\n"
              "Examples:\n"
              "  ferry diagram user\n"
              "  ferry diagram pool --format svg > pool.svg\n"
              "  ferry diagram application --format table");
    verb.add_option("KIND", options->kind, "Whose machine")
        .one_of({"pool", "user", "application", "wave", "campaign", "all"})
        .with_default_shown();
    verb.add_option("--format", options->format, "How it is drawn")
        .one_of({"mermaid", "svg", "table"})
        .with_default_shown();
    verb.callback([&session, options] { print_diagram(*options, session.out); });
}

}  // namespace ferry
