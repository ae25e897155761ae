#include "cli/import/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/import/ldif_records.hpp"

namespace ferry::intake {
namespace {

void reject(Reading& reading, Flaw flaw) {
    reading.rejects.push_back(
        {{reading.file, flaw.spot}, std::move(flaw.what), std::move(flaw.remedy)});
}

/// Keeps a row that could be read, or the reason why not.
template <class Row>
void keep(Reading& reading, std::vector<Row>& rows, std::expected<Row, Flaw> row) {
    if (!row) return reject(reading, std::move(row.error()));
    row->place.file = reading.file;
    rows.push_back(std::move(*row));
}

template <class ReadRow>
void each_record(Reading& reading, std::string_view text, const Header& header, ReadRow read_row) {
    CsvTable table(text.substr(header.body_at), header.body_line, header.separator);
    table.expect_fields(header.columns.size());
    while (auto record = table.next()) {
        if (*record) read_row(**record);
        else reject(reading, std::move(record->error()));
    }
}

void read_csv(Reading& reading, std::string_view text, const Header& header) {
    const auto columns = user_columns(header);
    HomeCache homes;
    each_record(reading, text, header, [&](const Record& record) {
        if (header.kind == FileKind::users)
            keep(reading, reading.users, user_row(record, columns, homes));
        else if (header.kind == FileKind::pools)
            keep(reading, reading.pools, pool_row(record, header));
        else keep(reading, reading.applications, application_row(record, header));
    });
}

void read_ldif(Reading& reading, std::string text) {
    LdifRecords records(std::move(text));
    HomeCache homes;
    while (auto record = records.next()) {
        if (!*record) {
            reject(reading, std::move(record->error()));
        } else if (auto row = user_row(**record, homes)) {
            keep(reading, reading.users, std::move(*row));
        } else {
            ++reading.not_users;
        }
    }
}

void warn(Reading& reading, Spot spot, std::string what, std::string remedy) {
    reading.warnings.push_back({{reading.file, spot}, std::move(what), std::move(remedy)});
}

void warn_of_encoding(Reading& reading) {
    if (reading.encoding != Encoding::windows_1252) return;
    warn(reading, {}, "the file is not UTF-8, read as Windows-1252",
         "check the names, or export again with -Encoding UTF8");
}

void warn_of_lost_accents(Reading& reading) {
    const auto lost = [](const UserRow& row) { return row.lost_accents; };
    const auto count = std::count_if(reading.users.begin(), reading.users.end(), lost);
    if (count == 0) return;
    const auto first = std::find_if(reading.users.begin(), reading.users.end(), lost);
    warn(reading, first->place.spot,
         fmt::format(
             "names hold \"?\" in {} record(s) from here on: the export has lost its accents",
             count),
         "export again with -Encoding UTF8 if names matter to you");
}

}  // namespace

Result<Reading> read_export(std::string file, std::string bytes) {
    auto text = decode(std::move(bytes));
    if (!text)
        return fail(text.error().code, fmt::format("{}:1:1: {}", file, text.error().message));
    const auto header = recognise(text->utf8, file);
    if (!header) return std::unexpected(header.error());
    Reading reading;
    reading.file = std::move(file);
    reading.kind = header->kind;
    reading.encoding = text->encoding;
    warn_of_encoding(reading);
    if (header->kind == FileKind::users_ldif) {
        if (const auto spot = foreign_reference(text->utf8)) {
            const Finding finding{{reading.file, *spot},
                                  "the LDIF names another file or address (attr:<)",
                                  "export the value itself; nothing is fetched from here"};
            return fail(Errc::bad_input, to_text(finding));
        }
        read_ldif(reading, std::move(text->utf8));
    } else {
        read_csv(reading, text->utf8, *header);
    }
    warn_of_lost_accents(reading);
    return reading;
}

}  // namespace ferry::intake
