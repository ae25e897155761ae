#pragma once
/// Records of an LDIF text, one at a time, with the place of each value. Lines are unfolded and
/// decoded by libldap. Views last until the next call. One thread.
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/import/csv_table.hpp"
#include "cli/import/finding.hpp"

namespace ferry::intake {

struct Attribute {
    std::string_view name;
    std::string_view value;  ///< decoded: may be any bytes
    Spot spot;               ///< of the line that names it
};

struct LdifRecord {
    std::uint32_t line = 1;
    std::vector<Attribute> attributes;

    /// The first attribute of that name, whatever its case.
    const Attribute* find(std::string_view name) const;
};

/// The first line that asks to read another file or address (`attr:<`), if any. libldap would
/// follow it by itself while parsing, so a text that has one must not reach `LdifRecords`.
std::optional<Spot> foreign_reference(std::string_view text);

class LdifRecords {
public:
    /// `text` must hold no foreign reference.
    explicit LdifRecords(std::string text);
    LdifRecords(const LdifRecords&) = delete;
    LdifRecords& operator=(const LdifRecords&) = delete;

    /// The next record or the flaw that stands in its place; nothing at the end.
    std::optional<std::expected<LdifRecord, Flaw>> next();

private:
    std::optional<Flaw> read_record(LdifRecord& record);
    std::optional<Flaw> read_line(char* line, LdifRecord& record);
    void count_lines_to(std::size_t offset);

    std::string text_;    ///< as given, for counting lines
    std::string buffer_;  ///< libldap writes into it
    char* at_;
    std::size_t counted_ = 0;
    std::uint32_t line_ = 1;
};

}  // namespace ferry::intake
