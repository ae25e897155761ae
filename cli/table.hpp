#pragma once
/// Text in columns that line up, for people. Widths are those of a terminal: a letter with an
/// accent takes one place, however many bytes it has. Plain values; one thread.
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// How many places of a terminal line the UTF-8 text takes. Bytes that are not text count one each.
std::size_t display_width(std::string_view text);

class Table {
public:
    /// An empty header prints no header line. `indent` spaces stand before each line.
    explicit Table(std::vector<std::string> header = {}, std::size_t indent = 0)
        : header_(std::move(header)), indent_(indent) {}

    /// Numbers read better from the right.
    void align_right(std::size_t column) { right_.push_back(column); }
    /// A row of one cell in a table of several columns is a heading: it may be wider than its
    /// column. Control characters are shown, not sent.
    void add(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }

    /// `bold` draws the header with a terminal's bold letters.
    void print(std::ostream& out, bool bold = false) const;

private:
    std::vector<std::size_t> widths() const;
    std::string line(const std::vector<std::string>& cells,
                     const std::vector<std::size_t>& widths) const;

    std::vector<std::string> header_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> right_;
    std::size_t indent_;
};

}  // namespace ferry
