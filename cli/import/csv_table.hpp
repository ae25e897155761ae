#pragma once
/// Records of a CSV text, one at a time, with the place of each. The parsing is libcsv's; this adds
/// limits, places, and how to go on after a broken record. Views point into the text or into the
/// reader and last until the next call. One thread.
#include <csv.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/import/finding.hpp"

namespace ferry::intake {

inline constexpr std::size_t field_bytes_max = std::size_t{64} * 1024;
inline constexpr std::size_t line_bytes_max = std::size_t{1024} * 1024;

/// Null is nothing between two separators; `""` is the empty text.
struct Field {
    std::string_view text;
    bool null = true;
};

struct Record {
    std::uint32_t line = 1;  ///< where it starts
    std::string_view raw;    ///< as it stands in the text, line breaks inside quotes included
    std::span<const Field> fields;
};

/// Where a field of a record begins.
Spot spot_of(const Record& record, std::size_t field);

/// Why a record was left out.
struct Flaw {
    Spot spot;
    std::string what;
    std::string remedy;
};

class CsvTable {
public:
    CsvTable(std::string_view text, std::uint32_t first_line, char separator);
    ~CsvTable();
    CsvTable(const CsvTable&) = delete;
    CsvTable& operator=(const CsvTable&) = delete;

    /// From now on a record with another number of fields is a flaw.
    void expect_fields(std::size_t count) { expected_ = count; }

    /// The next record or the flaw that stands in its place; nothing at the end of the text. After
    /// a record that never ends reading goes on at its second line: the quote that is missing
    /// must not swallow the records behind it.
    std::optional<std::expected<Record, Flaw>> next();

private:
    struct Cell {
        std::size_t begin = 0;
        std::size_t length = 0;
        bool null = true;
    };
    enum class Fed { nothing, part, record, broken };

    static void on_field(void* text, std::size_t length, void* self);
    static void on_record(int terminator, void* self);

    void reset();
    Fed feed(std::string_view line);
    Fed feed_record();
    std::expected<Record, Flaw> finish(Fed fed);
    std::optional<Flaw> flaw_of(const Record& record) const;
    Flaw broken(std::string what, std::size_t offset) const;
    void resume_after_first_line();

    std::string_view text_;
    char separator_;
    std::size_t expected_ = 0;
    std::size_t at_ = 0;  ///< the next byte to read
    std::uint32_t line_;  ///< the line of that byte
    std::size_t record_at_ = 0;
    std::uint32_t record_line_ = 1;
    bool ended_ = false;
    csv_parser parser_{};
    std::string arena_;
    std::vector<Cell> cells_;
    std::vector<Field> fields_;
};

}  // namespace ferry::intake
