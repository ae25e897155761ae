#include "cli/ingest_file.hpp"

#include "cli/import/csv_table.hpp"
#include "cli/import/encoding.hpp"
#include "cli/import/letter_case.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace ferry {

namespace {

using intake::Finding;
using intake::Spot;

struct Column {
    std::string_view as_written;  ///< lower case, without spaces
    std::string_view means;       ///< empty: known, and of no use here
};

constexpr Column move_columns[] = {
    {"entity", "address"},
    {"address", "address"},
    {"sipaddress", "address"},
    {"outcome", "outcome"},
    {"result", "outcome"},
    {"status", "outcome"},
    {"error", "error"},
    {"errormessage", "error"},
    {"cause", "error"},
    {"message", "error"},
    {"move", "move"},
    {"reversible", "reversible"},
    {"target", ""},
    {"targetpool", ""},
    {"source", ""},
    {"time", ""},
    {"date", ""},
    {"displayname", ""},
};
constexpr Column synthetic_columns[] = {
    {"targetfqdn", "address"}, {"result", "outcome"},     {"latency", "latency"},
    {"error", "error"},        {"errormessage", "error"}, {"diagnosis", "diagnosis"},
    {"check", "check"},
};
constexpr Column replication_columns[] = {
    {"replicafqdn", "address"}, {"uptodate", "outcome"}, {"laststatusreport", "reported"},
    {"lastupdatecreation", ""}, {"productversion", ""},
};

std::span<const Column> columns_of(IngestKind kind) {
    if (kind == IngestKind::moves) return move_columns;
    if (kind == IngestKind::synthetic) return synthetic_columns;
    return replication_columns;
}

std::string plain(std::string_view name) {
    std::string lower = intake::lower_case(name);
    std::erase_if(lower, [](char c) { return c == ' ' || c == '_' || c == '\t'; });
    return lower;
}

const Column* column_of(IngestKind kind, std::string_view name) {
    const auto columns = columns_of(kind);
    const auto found = std::ranges::find(columns, plain(name), &Column::as_written);
    return found == columns.end() ? nullptr : &*found;
}

std::unexpected<Error> refuse(const std::string& file, Spot spot, std::string what,
                              std::string remedy) {
    return fail(Errc::bad_input,
                to_text(Finding{{file, spot}, std::move(what), std::move(remedy)}));
}

/// By the columns that only one kind has.
std::optional<IngestKind> recognise(std::span<const std::string> names) {
    const auto has = [&](std::string_view column) {
        return std::ranges::any_of(names,
                                   [&](const std::string& name) { return plain(name) == column; });
    };
    if (has("replicafqdn")) return IngestKind::replication;
    if (has("targetfqdn")) return IngestKind::synthetic;
    if (has("entity") || has("address") || has("sipaddress")) return IngestKind::moves;
    return std::nullopt;
}

struct Start {
    std::string_view text;
    std::uint32_t line = 1;
};

/// Behind blank lines, and behind the `#TYPE` that Export-Csv writes.
Start first_line(std::string_view text) {
    Start start{text, 1};
    while (!start.text.empty()) {
        const auto end = std::min(start.text.find('\n'), start.text.size());
        const std::string_view line = start.text.substr(0, end);
        const bool blank = line.find_first_not_of(" \t\r") == line.npos;
        if (!blank && line.front() != '#' && !intake::starts_without_case(line, "\"#TYPE"))
            return start;
        start.text.remove_prefix(std::min(end + 1, start.text.size()));
        ++start.line;
    }
    return start;
}

/// What the header says, checked: each column known, each meaning once, none missing.
struct Header {
    IngestKind kind = IngestKind::moves;
    std::vector<const Column*> columns;
};

Result<Header> header_of(const std::string& file, const intake::Record& record,
                         std::optional<IngestKind> as) {
    std::vector<std::string> names;
    for (const intake::Field& field : record.fields) names.emplace_back(field.text);
    const auto kind = as ? as : recognise(names);
    if (!kind)
        return refuse(file, {record.line, 1}, "the header is none that is known here",
                      "a move report needs Address and Outcome, a synthetic transaction Target "
                      "Fqdn and Result, replication ReplicaFqdn and UpToDate; or say --as");
    Header header{*kind, {}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Spot spot = spot_of(record, i);
        const Column* column = column_of(*kind, names[i]);
        std::vector<std::string_view> known;
        for (const Column& each : columns_of(*kind)) known.push_back(each.as_written);
        if (!column)
            return refuse(file, spot, fmt::format("the column `{}` is not known here", names[i]),
                          fmt::format("{} take {}", name_of(*kind), fmt::join(known, ", ")));
        if (!column->means.empty() && std::ranges::any_of(header.columns, [&](const Column* other) {
                return other->means == column->means;
            }))
            return refuse(file, spot,
                          fmt::format("the column `{}` says the same as another", names[i]),
                          "leave one of them out");
        header.columns.push_back(column);
    }
    for (const std::string_view needed : {"address", "outcome"})
        if (std::ranges::none_of(header.columns,
                                 [&](const Column* each) { return each->means == needed; }))
            return refuse(file, {record.line, 1},
                          fmt::format("a column with the {} is missing", needed),
                          "export it again with that column");
    return header;
}

Result<IngestFile> read_csv(IngestFile file, const Start& start, std::optional<IngestKind> as) {
    const auto line = start.text.substr(0, start.text.find('\n'));
    const bool semicolon = line.find(',') == line.npos && line.find(';') != line.npos;
    intake::CsvTable table(start.text, start.line, semicolon ? ';' : ',');
    const auto first = table.next();
    if (!first || !*first)
        return refuse(file.name, {start.line, 1}, "the header cannot be read", "export it again");
    const auto header = header_of(file.name, **first, as);
    if (!header) return std::unexpected(header.error());
    file.kind = header->kind;
    table.expect_fields(header->columns.size());
    while (const auto record = table.next()) {
        if (!*record) {
            const intake::Flaw& flaw = record->error();
            file.rejects.push_back({{file.name, flaw.spot}, flaw.what, flaw.remedy});
            continue;
        }
        IngestRow row{{(*record)->line, 1}, {}};
        for (std::size_t i = 0; i < header->columns.size(); ++i)
            if (!header->columns[i]->means.empty())
                row.values[std::string(header->columns[i]->means)] = (*record)->fields[i].text;
        file.rows.push_back(std::move(row));
    }
    return file;
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

/// `Target Fqdn : atl-cs-001…`, a property a line and an empty line between objects; a long value
/// goes on in the next line, standing in.
Result<IngestFile> read_list(IngestFile file, const Start& start) {
    file.kind = IngestKind::synthetic;
    std::uint32_t at = start.line;
    IngestRow row{{at, 1}, {}};
    std::string last;
    const auto finish = [&] {
        if (!row.values.empty()) file.rows.push_back(std::move(row));
        row = {};
        last.clear();
    };
    for (std::string_view rest = start.text; !rest.empty(); ++at) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (trimmed(line).empty()) {
            finish();
            continue;
        }
        const auto colon = line.find(':');
        const bool goes_on = line.front() == ' ' && !last.empty();
        if (goes_on) {
            row.values[last] += std::string(" ").append(trimmed(line));
            continue;
        }
        const Column* column =
            colon == line.npos ? nullptr
                               : column_of(IngestKind::synthetic, trimmed(line.substr(0, colon)));
        if (!column)
            return refuse(file.name, {at, 1},
                          fmt::format("`{}` is no property of a synthetic transaction",
                                      trimmed(line.substr(0, std::min(colon, line.size())))),
                          "pipe Test-Cs… to Format-List, or to Export-Csv");
        if (row.values.empty()) row.spot = {at, 1};
        last = std::string(column->means);
        row.values[last] = trimmed(line.substr(colon + 1));
    }
    finish();
    return file;
}

bool is_list(std::string_view text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const auto colon = line.find(':');
    return colon != line.npos && plain(trimmed(line.substr(0, colon))) == "targetfqdn";
}

}  // namespace

std::string_view name_of(IngestKind kind) {
    switch (kind) {
        case IngestKind::moves: return "moves";
        case IngestKind::synthetic: return "synthetic";
        case IngestKind::replication: return "replication";
    }
    return "unknown";
}

std::optional<IngestKind> ingest_kind_of(std::string_view name) {
    for (const IngestKind kind :
         {IngestKind::moves, IngestKind::synthetic, IngestKind::replication})
        if (name == name_of(kind)) return kind;
    return std::nullopt;
}

const std::string& IngestRow::value(const std::string& column) const {
    static const std::string none;
    const auto found = values.find(column);
    return found == values.end() ? none : found->second;
}

Result<IngestFile> read_results(std::string name, std::string bytes, std::optional<IngestKind> as) {
    auto text = intake::decode(std::move(bytes));
    if (!text)
        return fail(text.error().code, fmt::format("{}:1:1: {}", name, text.error().message));
    const Start start = first_line(text->utf8);
    IngestFile file;
    file.name = std::move(name);
    if (start.text.empty())
        return refuse(file.name, {start.line, 1}, "the file holds nothing",
                      "check that the tool wrote anything");
    const bool list =
        is_list(start.text) && as.value_or(IngestKind::synthetic) == IngestKind::synthetic;
    return list ? read_list(std::move(file), start) : read_csv(std::move(file), start, as);
}

}  // namespace ferry
