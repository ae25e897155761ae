#include "cli/powershell.hpp"

#include "cli/import/encoding.hpp"
#include "cli/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

/// How many bytes of the text a single quote of any kind takes where it begins; 0 where none does.
std::size_t quote_bytes(std::string_view text) {
    if (text.front() == '\'') return 1;
    constexpr std::string_view typographic = "\u2018\u2019\u201A\u201B";
    for (std::size_t at = 0; at < typographic.size(); at += 3)
        if (text.starts_with(typographic.substr(at, 3))) return 3;
    return 0;
}

/// What ends a line, or may be taken for it, or does something to a terminal.
bool is_control(std::string_view text) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte < 0x20 || byte == 0x7f) return true;
    const bool c1 = byte == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0;
    return c1 || text.starts_with("\u2028") || text.starts_with("\u2029");
}

}  // namespace

Result<std::string> powershell_quoted(std::string_view value) {
    if (value.empty()) return fail(Errc::bad_input, "an empty value cannot name anything");
    if (intake::stray_bytes(value) > 0)
        return fail(Errc::bad_input, fmt::format("`{}` is not UTF-8", printable(value)));
    std::string quoted = "'";
    for (std::size_t at = 0; at < value.size();) {
        const std::string_view rest = value.substr(at);
        if (is_control(rest))
            return fail(Errc::bad_input,
                        fmt::format("`{}` holds a control character or a line separator, which no "
                                    "script can carry safely",
                                    printable(value)));
        const std::size_t bytes = std::max<std::size_t>(quote_bytes(rest), 1);
        quoted.append(rest.substr(0, bytes));
        if (quote_bytes(rest) > 0) quoted.append(rest.substr(0, bytes));
        at += bytes;
    }
    return quoted + "'";
}

std::string powershell_comment(std::string_view text) {
    std::string line;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool control = is_control(text.substr(at));
        line += control || static_cast<unsigned char>(text[at]) >= 0x80 ? '?' : text[at];
    }
    return line;
}

}  // namespace ferry
