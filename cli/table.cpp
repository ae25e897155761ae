#include "cli/table.hpp"

#include "cli/printable.hpp"
#include "events/ascii.hpp"

#include <algorithm>
#include <clocale>
#include <cwchar>

namespace ferry {

namespace {

constexpr std::string_view gap = "  ";

/// The system's own knowledge of letters, for this thread and as long as it lives: the program
/// itself may run in a locale that knows ASCII alone.
class Utf8Letters {
public:
    Utf8Letters() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (locale_) before_ = uselocale(locale_);
    }
    ~Utf8Letters() {
        if (!locale_) return;
        uselocale(before_);
        freelocale(locale_);
    }
    Utf8Letters(const Utf8Letters&) = delete;
    Utf8Letters& operator=(const Utf8Letters&) = delete;

private:
    locale_t locale_;
    locale_t before_ = nullptr;
};

}  // namespace

std::size_t display_width(std::string_view text) {
    if (is_ascii(text)) return text.size();
    const Utf8Letters letters;
    std::size_t width = 0;
    std::mbstate_t state{};
    while (!text.empty()) {
        wchar_t letter = 0;
        const std::size_t bytes = std::mbrtowc(&letter, text.data(), text.size(), &state);
        const bool readable = bytes > 0 && bytes <= text.size();
        const int places = readable ? wcwidth(letter) : 1;
        if (!readable) state = {};
        width += places > 0 ? static_cast<std::size_t>(places) : 0;
        text.remove_prefix(readable ? bytes : 1);
    }
    return width;
}

void Table::add(std::vector<std::string> cells) {
    for (std::string& cell : cells) cell = printable(cell);
    rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> widths;
    const auto measure = [&](const std::vector<std::string>& cells) {
        widths.resize(std::max(widths.size(), cells.size()));
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], display_width(cells[i]));
    };
    measure(header_);
    for (const auto& row : rows_)
        if (row.size() > 1) measure(row);
    for (const auto& row : rows_)
        if (row.size() == 1 && widths.size() < 2) measure(row);
    return widths;
}

std::string Table::line(const std::vector<std::string>& cells,
                        const std::vector<std::size_t>& widths) const {
    std::string line(indent_, ' ');
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += gap;
        const std::size_t width = display_width(cells[i]);
        const std::string padding(widths[i] > width ? widths[i] - width : 0, ' ');
        const bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
        line += right ? padding + cells[i] : cells[i] + padding;
    }
    const std::size_t end = line.find_last_not_of(' ');
    line.resize(end == std::string::npos ? 0 : end + 1);
    return line;
}

void Table::print(std::ostream& out, bool bold) const {
    const auto columns = widths();
    if (!header_.empty()) {
        const std::string head = line(header_, columns);
        out << (bold ? "\033[1m" + head + "\033[0m" : head) << '\n';
    }
    for (const auto& row : rows_) out << line(row, columns) << '\n';
}

}  // namespace ferry
