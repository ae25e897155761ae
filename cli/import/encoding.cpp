#include "cli/import/encoding.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "cli/import/charset.hpp"

namespace ferry::intake {
namespace {

bool is_high(char byte) { return (byte & 0x80) != 0; }

/// Nearly all of an export is ASCII, so it is skipped eight bytes at a time.
std::size_t next_high(std::string_view text, std::size_t at) {
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((word & 0x8080808080808080u) != 0) break;
    }
    while (at < text.size() && !is_high(text[at])) ++at;
    return at;
}

struct Survey {
    std::size_t characters = 0;  ///< beyond ASCII
    std::size_t strays = 0;
};

/// Looks at every byte beyond ASCII; `on_stray` is told the offset of each that is no character.
template <class OnStray>
Survey survey(std::string_view text, OnStray on_stray) {
    // UTF-16 is the target because it cannot express what lies beyond Unicode.
    Charset utf8("UTF-8", "UTF-16LE");
    Survey seen;
    std::string discarded;
    for (auto at = next_high(text, 0); at < text.size(); at = next_high(text, at)) {
        auto end = at;
        while (end < text.size() && is_high(text[end])) ++end;
        while (at < end) {
            discarded.clear();
            const auto taken = utf8.convert(text.substr(at, end - at), discarded);
            const auto run = text.substr(at, taken);
            seen.characters += static_cast<std::size_t>(std::count_if(
                run.begin(), run.end(), [](char byte) { return (byte & 0xC0) == 0xC0; }));
            at += taken;
            if (at == end) break;
            ++seen.strays;
            on_stray(at++);
        }
    }
    return seen;
}

/// Converts all of `bytes`, `unit` bytes at a time where something is no character.
std::string convert_all(const char* from, std::string_view bytes, std::size_t unit) {
    Charset charset(from);
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        bytes.remove_prefix(charset.convert(bytes, out));
        if (bytes.empty()) break;
        out.push_back(not_text);
        bytes.remove_prefix(std::min(unit, bytes.size()));
    }
    return out;
}

bool is_stray_control(char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') || code == 0x7F;
}

Text without_controls(std::string utf8, Encoding encoding) {
    std::replace_if(utf8.begin(), utf8.end(), is_stray_control, not_text);
    return {std::move(utf8), encoding};
}

Text marked(std::string utf8, Encoding encoding) {
    survey(std::string(utf8), [&](std::size_t at) { utf8[at] = not_text; });
    return without_controls(std::move(utf8), encoding);
}

bool looks_like_utf16(std::string_view bytes) {
    if (bytes.size() < 4) return false;
    const bool little = bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0;
    const bool big = bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0;
    return little || big;
}

}  // namespace

std::size_t stray_bytes(std::string_view text) {
    return survey(text, [](std::size_t) {}).strays;
}

Result<Text> decode(std::string bytes) {
    const std::string_view view = bytes;
    if (view.starts_with("\xFF\xFE"))
        return without_controls(convert_all("UTF-16LE", view.substr(2), 2), Encoding::utf16);
    if (view.starts_with("\xFE\xFF"))
        return without_controls(convert_all("UTF-16BE", view.substr(2), 2), Encoding::utf16);
    const bool with_mark = view.starts_with("\xEF\xBB\xBF");
    if (!with_mark && looks_like_utf16(view))
        return fail(Errc::bad_input,
                    "the file is UTF-16 without its byte order mark; export it again with "
                    "-Encoding UTF8 or -Encoding Unicode");
    if (with_mark) bytes.erase(0, 3);
    const auto seen = survey(bytes, [](std::size_t) {});
    const auto encoding = with_mark ? Encoding::utf8_with_mark : Encoding::utf8;
    if (seen.strays == 0) return without_controls(std::move(bytes), encoding);
    // Accented text in Windows-1252 hardly ever forms a UTF-8 sequence by chance, so a file that
    // holds as many sequences as strays is UTF-8 with damaged places.
    if (with_mark || seen.characters >= seen.strays) return marked(std::move(bytes), encoding);
    return without_controls(convert_all("WINDOWS-1252", bytes, 1), Encoding::windows_1252);
}

}  // namespace ferry::intake
