#pragma once
/// The transition tables as pictures and text: the same rows that decide, so that no drawing can
/// say something else. Pure.
#include "engine/machine.hpp"

namespace ferry {

/// The rows of one region of one kind of entity, and its states in the order they are met.
struct RegionRows {
    v1::Region region;
    std::vector<v1::State> states;  ///< the first is where it starts
    std::vector<TableRow> rows;
};
std::vector<RegionRows> regions_of(v1::Kind kind);

/// The conditions of a row: its guards, then what else it hangs on.
std::vector<std::string> conditions_of(const TableRow& row);

/// One Mermaid state diagram; each kind is a composite state, each region a part of it.
std::string mermaid_diagram(std::span<const v1::Kind> kinds);
/// One self-contained SVG picture.
std::string svg_diagram(std::span<const v1::Kind> kinds);
/// Markdown tables, one a kind; with a heading each where there are several.
std::string markdown_tables(std::span<const v1::Kind> kinds);

}  // namespace ferry
