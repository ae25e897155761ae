#include "cli/import/header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "cli/import/csv_table.hpp"
#include "cli/import/encoding.hpp"
#include "cli/import/letter_case.hpp"

namespace ferry::intake {
namespace {

struct Start {
    std::size_t at = 0;
    std::uint32_t line = 1;
    std::string_view text;  ///< the line itself
};

/// The first line that says something; `#TYPE`, and comments of LDIF, do not.
Start first_line(std::string_view text) {
    Start start;
    while (start.at < text.size()) {
        const auto end = std::min(text.find('\n', start.at), text.size());
        start.text = text.substr(start.at, end - start.at);
        const bool blank = start.text.find_first_not_of(" \t\r") == start.text.npos;
        const bool type = starts_without_case(start.text, "\"#TYPE");
        if (!blank && !type && start.text.front() != '#') break;
        start.at = std::min(end + 1, text.size());
        ++start.line;
        start.text = {};
    }
    return start;
}

std::unexpected<Error> refuse(std::string_view file, Spot spot, std::string_view what,
                              std::string_view remedy) {
    return fail(
        Errc::bad_input,
        to_text(Finding{{std::string(file), spot}, std::string(what), std::string(remedy)}));
}

std::optional<Header> read_columns(std::string_view text, const Start& start, char separator) {
    CsvTable table(text.substr(start.at), start.line, separator);
    const auto record = table.next();
    if (!record || !*record) return std::nullopt;
    Header header;
    header.separator = separator;
    for (const auto& field : (*record)->fields) header.columns.push_back(lower_case(field.text));
    const auto raw = (*record)->raw;
    auto end = static_cast<std::size_t>(raw.data() + raw.size() - text.data());
    if (end < text.size() && text[end] == '\r') ++end;
    if (end < text.size() && text[end] == '\n') ++end;
    header.body_at = end;
    header.body_line =
        start.line + 1 + static_cast<std::uint32_t>(std::count(raw.begin(), raw.end(), '\n'));
    return header;
}

std::optional<FileKind> kind_of(const Header& header) {
    const auto has = [&](std::string_view name) { return header.find(name).has_value(); };
    const bool address = has("sipaddress") || has("primaryuri");
    const bool home = has("registrarpool") || has("homeserver") || has("homeserverdn");
    if (address && home) return FileKind::users;
    if (has("poolfqdn") && has("identity") && has("class")) return FileKind::applications;
    if (has("poolfqdn") && has("site")) return FileKind::pools;
    return std::nullopt;
}

Result<Header> checked(Header header, const Start& start, std::string_view file) {
    const Spot spot{start.line, 1};
    for (auto name = header.columns.begin(); name != header.columns.end(); ++name)
        if (!name->empty() && std::find(header.columns.begin(), name, *name) != name)
            return refuse(file, spot,
                          fmt::format("the column \"{}\" stands twice in the header", *name),
                          "export it again with each column once");
    if (const auto kind = kind_of(header)) {
        header.kind = *kind;
        return header;
    }
    return refuse(
        file, spot, "the header is none that is known here",
        "users need SipAddress and RegistrarPool or HomeServer (Get-CsUser | Export-Csv), "
        "pools need PoolFQDN and Site, applications need Identity, Class and PoolFQDN");
}

bool is_ldif(std::string_view line) {
    return starts_without_case(line, "dn:") || starts_without_case(line, "version:");
}

}  // namespace

std::optional<std::size_t> Header::find(std::string_view name) const {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(std::distance(columns.begin(), found));
}

Result<Header> recognise(std::string_view text, std::string_view file) {
    const auto start = first_line(text);
    const Spot spot{start.line, 1};
    if (start.text.empty())
        return refuse(file, spot, "the file has no header", "check that the export wrote anything");
    if (is_ldif(start.text)) {
        Header header;
        header.kind = FileKind::users_ldif;
        return header;
    }
    if (start.text.find(not_text) != start.text.npos)
        return refuse(file, spot, "the file does not begin with text",
                      "give the CSV or LDIF export itself, not a workbook or an archive");
    if (lower_case(start.text).find("classid2e4f") != std::string::npos)
        return refuse(file, spot, "this is what Format-Table leaves, it holds no data",
                      "pipe to Export-Csv, not Format-Table");
    // The separator is the one under which the header line reads as columns; records have no say,
    // because values such as tel:+33…;ext=… hold semicolons.
    auto comma = read_columns(text, start, ',');
    auto semicolon = read_columns(text, start, ';');
    if (!comma && !semicolon)
        return refuse(file, spot, "the header cannot be read: a quote in it has no end",
                      "export it again");
    const bool use_semicolon =
        semicolon && (!comma || (!kind_of(*comma) && semicolon->columns.size() > 1));
    return checked(std::move(use_semicolon ? *semicolon : *comma), start, file);
}

std::string_view name_of(FileKind kind) {
    switch (kind) {
        case FileKind::users: return "users";
        case FileKind::pools: return "pools";
        case FileKind::applications: return "applications";
        case FileKind::users_ldif: return "users (LDIF)";
    }
    return "unknown";
}

}  // namespace ferry::intake
