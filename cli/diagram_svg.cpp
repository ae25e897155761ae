#include "cli/diagram.hpp"

#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

// All in pixels.
constexpr int box_width = 124;
constexpr int box_height = 40;
constexpr int box_gap = 178;
constexpr int left_edge = 64;
constexpr int line_height = 14;
constexpr int arc_first = 44;
constexpr int arc_step = 48;

constexpr std::string_view svg_style =
    "<style>\n"
    "text{font:12px system-ui,sans-serif;fill:#1f2933;text-anchor:middle}\n"
    ".kind{font-size:20px;font-weight:700;text-anchor:start}\n"
    ".region{font-size:13px;fill:#52606d;text-anchor:start}\n"
    ".state{font-size:14px;font-weight:600}\n"
    ".asks{font-size:11px;fill:#52606d}\n"
    "rect{fill:#e3f2fd;stroke:#1565c0;stroke-width:1.5}\n"
    "path{fill:none;stroke:#52606d;stroke-width:1.5;marker-end:url(#arrow)}\n"
    ".tip{fill:#52606d;stroke:none}\n"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.region,.asks{fill:#9aa5b1}"
    "rect{fill:#102a43;stroke:#64b5f6}path{stroke:#9aa5b1}.tip{fill:#9aa5b1}}\n"
    "</style>\n"
    "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" "
    "markerHeight=\"8\" orient=\"auto\"><polygon class=\"tip\" points=\"0,0 8,4 0,8\"/></marker>"
    "</defs>\n";

/// One region: states in a row, steps to the next state straight, all others as arcs: forward above
/// the row, backward below it.
class RegionDrawing {
public:
    explicit RegionDrawing(const RegionRows& region) : region_(region) {
        for (const TableRow& row : region.rows) {
            const int span = place(row.to) - place(row.from);
            if (span == 1) straight_.push_back(row);
            else (span > 1 ? above_ : below_).push_back(row);
        }
        const auto shorter = [this](const TableRow& a, const TableRow& b) {
            return std::abs(place(a.to) - place(a.from)) < std::abs(place(b.to) - place(b.from));
        };
        std::stable_sort(above_.begin(), above_.end(), shorter);
        std::stable_sort(below_.begin(), below_.end(), shorter);
    }

    int width() const {
        const int boxes = static_cast<int>(region_.states.size());
        return left_edge + boxes * box_width + (boxes - 1) * box_gap + left_edge / 2;
    }

    /// Draws from `top` on and returns where the next may begin.
    int draw(std::string& svg, int top) const {
        svg += fmt::format("<text class=\"region\" x=\"24\" y=\"{}\">{}</text>\n", top + 12,
                           word(region_.region));
        const int row = top + 24 + arcs_height(above_);
        draw_states(svg, row);
        int bottom = row + box_height + arcs_height(below_);
        for (const TableRow& step : straight_) bottom = std::max(bottom, draw_step(svg, step, row));
        draw_arcs(svg, above_, row, -1);
        draw_arcs(svg, below_, row + box_height, 1);
        return bottom + 20;
    }

private:
    int place(v1::State state) const {
        const auto found = std::find(region_.states.begin(), region_.states.end(), state);
        return static_cast<int>(found - region_.states.begin());
    }
    int x_of(v1::State state) const { return left_edge + place(state) * (box_width + box_gap); }

    /// A curve with its handles `height` away reaches three quarters of that.
    static int apex(std::size_t level) {
        return (arc_first + arc_step * static_cast<int>(level)) * 3 / 4;
    }
    int arcs_height(const std::vector<TableRow>& arcs) const {
        std::size_t highest = 0;
        for (std::size_t i = 0; i < arcs.size(); ++i) highest = std::max(highest, level(arcs, i));
        return arcs.empty() ? 0 : apex(highest) + line_height + 4;
    }

    /// Arcs that lie side by side share a level; one that spans another stands above it.
    std::size_t level(const std::vector<TableRow>& arcs, std::size_t index) const {
        const auto ends = [this](const TableRow& row) {
            return std::minmax({place(row.from), place(row.to)});
        };
        const auto [left, right] = ends(arcs[index]);
        std::size_t found = 0;
        for (std::size_t other = 0; other < index; ++other) {
            const auto [its_left, its_right] = ends(arcs[other]);
            if (left < its_right && its_left < right)
                found = std::max(found, level(arcs, other) + 1);
        }
        return found;
    }

    void draw_states(std::string& svg, int row) const {
        const int middle = row + box_height / 2;
        svg += fmt::format("<circle class=\"tip\" cx=\"30\" cy=\"{}\" r=\"6\"/>"
                           "<path d=\"M36,{} H{}\"/>\n",
                           middle, middle, left_edge);
        for (const v1::State state : region_.states)
            svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/>"
                               "<text class=\"state\" x=\"{}\" y=\"{}\">{}</text>\n",
                               x_of(state), row, box_width, box_height, x_of(state) + box_width / 2,
                               middle + 5, word(state));
    }

    int draw_step(std::string& svg, const TableRow& step, int row) const {
        const int from = x_of(step.from) + box_width;
        const int to = x_of(step.to);
        const int middle = row + box_height / 2;
        svg += fmt::format("<path d=\"M{},{} H{}\"/><text x=\"{}\" y=\"{}\">{}</text>\n", from,
                           middle, to, (from + to) / 2, middle - 6, name_of(step.trigger));
        int y = middle + 4;
        for (const std::string& condition : conditions_of(step))
            svg += fmt::format("<text class=\"asks\" x=\"{}\" y=\"{}\">{}</text>\n",
                               (from + to) / 2, y += line_height, condition);
        return y + 4;
    }

    /// `side` is -1 above the row and 1 below it.
    void draw_arcs(std::string& svg, const std::vector<TableRow>& arcs, int edge, int side) const {
        for (std::size_t i = 0; i < arcs.size(); ++i) {
            const TableRow& arc = arcs[i];
            const auto steps = static_cast<int>(level(arcs, i));
            const int shift = place(arc.to) > place(arc.from) ? 24 : -24;
            const int from = x_of(arc.from) + box_width / 2 + shift;
            const int to = x_of(arc.to) + box_width / 2 - shift + steps * shift;
            const int handle = edge + side * (arc_first + arc_step * steps);
            const int label = edge + side * apex(level(arcs, i)) + (side < 0 ? -5 : line_height);
            svg += fmt::format("<path d=\"M{},{} C{},{} {},{} {},{}\"/>", from, edge, from, handle,
                               to, handle, to, edge);
            svg += fmt::format("<text x=\"{}\" y=\"{}\">{}", (from + to) / 2, label,
                               name_of(arc.trigger));
            std::string asks;
            for (const std::string& condition : conditions_of(arc))
                asks += (asks.empty() ? "" : ", ") + condition;
            if (!asks.empty())
                svg += fmt::format("<tspan class=\"asks\" dx=\"5\">[{}]</tspan>", asks);
            svg += "</text>\n";
        }
    }

    const RegionRows& region_;
    std::vector<TableRow> straight_;
    std::vector<TableRow> above_;
    std::vector<TableRow> below_;
};

}  // namespace

std::string svg_diagram(std::span<const v1::Kind> kinds) {
    std::string body;
    int width = 0;
    int y = 16;
    for (const v1::Kind kind : kinds) {
        body +=
            fmt::format("<text class=\"kind\" x=\"24\" y=\"{}\">{}</text>\n", y + 20, word(kind));
        y += 40;
        for (const RegionRows& region : regions_of(kind)) {
            const RegionDrawing drawing(region);
            width = std::max(width, drawing.width());
            y = drawing.draw(body, y);
        }
    }
    return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" "
                       "role=\"img\">\n<title>State machines of ferry</title>\n{}{}</svg>\n",
                       width, y, svg_style, body);
}

}  // namespace ferry
