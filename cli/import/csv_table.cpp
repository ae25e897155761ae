#include "cli/import/csv_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/import/encoding.hpp"
#include "events/error.hpp"

namespace ferry::intake {
namespace {

/// By default libcsv trims spaces around a field; an edge space is what we must see.
int no_space(unsigned char) { return 0; }

/// The line at `at` with its break, be it LF, CR LF or a lone CR.
std::string_view line_at(std::string_view text, std::size_t at) {
    const auto feed = text.find('\n', at);
    const auto end = feed == text.npos ? text.size() : feed + 1;
    const auto line = text.substr(at, end - at);
    const auto carriage = line.find('\r');
    if (carriage == line.npos || carriage + 2 == line.size()) return line;
    return line.substr(0, carriage + 1);
}

std::string_view without_break(std::string_view raw) {
    while (!raw.empty() && (raw.back() == '\n' || raw.back() == '\r')) raw.remove_suffix(1);
    return raw;
}

}  // namespace

Spot spot_of(const Record& record, std::size_t field) {
    // A field takes its text, and where it was quoted two quotes and one more per quote inside.
    std::size_t at = 0;
    for (std::size_t index = 0; index < field && index < record.fields.size(); ++index) {
        const auto text = record.fields[index].text;
        at += text.size() + 1;
        if (!record.fields[index].null && record.raw[at - text.size() - 1] == '"')
            at += 2 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '"'));
    }
    return spot_in(record.raw, at, record.line);
}

CsvTable::CsvTable(std::string_view text, std::uint32_t first_line, char separator)
    : text_(text), separator_(separator), line_(first_line) {
    reset();
}

CsvTable::~CsvTable() { csv_free(&parser_); }

void CsvTable::reset() {
    csv_free(&parser_);
    const auto options = CSV_STRICT | CSV_EMPTY_IS_NULL;
    FERRY_ASSERT(csv_init(&parser_, static_cast<unsigned char>(options)) == 0, "libcsv starts");
    csv_set_delim(&parser_, static_cast<unsigned char>(separator_));
    csv_set_space_func(&parser_, no_space);
    csv_set_blk_size(&parser_, 4096);
}

void CsvTable::on_field(void* text, std::size_t length, void* self) {
    auto& table = *static_cast<CsvTable*>(self);
    table.cells_.push_back({table.arena_.size(), length, text == nullptr});
    if (text != nullptr) table.arena_.append(static_cast<const char*>(text), length);
}

void CsvTable::on_record(int, void* self) { static_cast<CsvTable*>(self)->ended_ = true; }

CsvTable::Fed CsvTable::feed(std::string_view line) {
    const auto taken = csv_parse(&parser_, line.data(), line.size(), &CsvTable::on_field,
                                 &CsvTable::on_record, this);
    if (taken != line.size()) return Fed::broken;
    if (ended_) return Fed::record;
    return cells_.empty() && without_break(line).empty() && parser_.entry_pos == 0 ? Fed::nothing
                                                                                   : Fed::part;
}

CsvTable::Fed CsvTable::feed_record() {
    auto fed = Fed::nothing;
    while (at_ < text_.size()) {
        const auto line = line_at(text_, at_);
        if (fed == Fed::nothing) {
            record_at_ = at_;
            record_line_ = line_;
        }
        at_ += line.size();
        ++line_;
        if (at_ - record_at_ > line_bytes_max) return Fed::broken;
        const auto before = fed;
        fed = feed(line);
        if (fed == Fed::nothing && before == Fed::part) fed = Fed::part;
        if (fed == Fed::record || fed == Fed::broken) return fed;
    }
    // The last line may lack its break; where the record then still does not end, a quote is open.
    if (fed == Fed::part) fed = feed("\n");
    return fed;
}

std::optional<std::expected<Record, Flaw>> CsvTable::next() {
    arena_.clear();
    cells_.clear();
    ended_ = false;
    const auto fed = feed_record();
    if (fed == Fed::nothing) return std::nullopt;
    return finish(fed);
}

std::expected<Record, Flaw> CsvTable::finish(Fed fed) {
    Record record{record_line_, without_break(text_.substr(record_at_, at_ - record_at_)), {}};
    if (fed != Fed::record) {
        const bool long_line = line_at(text_, record_at_).size() > line_bytes_max;
        auto flaw = long_line
                        ? broken(fmt::format("the line is longer than {} bytes", line_bytes_max), 0)
                        : broken("the record is truncated or a quote in it is not doubled: "
                                 "it has no end",
                                 0);
        resume_after_first_line();
        return std::unexpected(std::move(flaw));
    }
    fields_.clear();
    for (const auto& cell : cells_)
        fields_.push_back({std::string_view(arena_).substr(cell.begin, cell.length), cell.null});
    record.fields = fields_;
    auto flaw = flaw_of(record);
    if (!flaw) return record;
    const bool count_differs = expected_ != 0 && fields_.size() != expected_;
    if (count_differs) resume_after_first_line();
    return std::unexpected(std::move(*flaw));
}

std::optional<Flaw> CsvTable::flaw_of(const Record& record) const {
    if (expected_ != 0 && fields_.size() < expected_)
        return broken(fmt::format("the record is truncated: {} fields where the header has {}",
                                  fields_.size(), expected_),
                      record.raw.size());
    if (expected_ != 0 && fields_.size() > expected_)
        return broken(fmt::format("the record has {} fields where the header has {}",
                                  fields_.size(), expected_),
                      record.raw.size());
    for (std::size_t index = 0; index < fields_.size(); ++index)
        if (fields_[index].text.size() > field_bytes_max)
            return Flaw{spot_of(record, index),
                        fmt::format("the field is longer than {} bytes", field_bytes_max),
                        "shorten it or leave its column out of the export"};
    if (const auto at = record.raw.find(not_text); at != record.raw.npos)
        return Flaw{spot_in(record.raw, at, record.line),
                    "the record holds bytes that are not text",
                    "correct the record, or export again with -Encoding UTF8"};
    return std::nullopt;
}

Flaw CsvTable::broken(std::string what, std::size_t offset) const {
    return {spot_in(text_.substr(record_at_), offset, record_line_), std::move(what),
            "correct the record or export it again"};
}

void CsvTable::resume_after_first_line() {
    at_ = record_at_ + line_at(text_, record_at_).size();
    line_ = record_line_ + 1;
    reset();
}

}  // namespace ferry::intake
