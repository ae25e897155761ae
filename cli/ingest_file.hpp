#pragma once
/// A file of results as tools print them: what was moved, what a synthetic transaction found, how
/// far replication is. Bytes in, rows out; nothing is opened. Pure.
/// Errors: bad_input, beginning with the place in the file.
#include "cli/import/finding.hpp"
#include "events/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

enum class IngestKind { moves, synthetic, replication };

std::string_view name_of(IngestKind kind);
std::optional<IngestKind> ingest_kind_of(std::string_view name);

struct IngestRow {
    intake::Spot spot;
    /// By column: lower case, without spaces. Columns of one meaning have one name here: `address`,
    /// `outcome`, `error`.
    std::map<std::string, std::string> values;

    const std::string& value(const std::string& column) const;
};

struct IngestFile {
    std::string name;
    IngestKind kind = IngestKind::moves;
    std::vector<IngestRow> rows;
    std::vector<intake::Finding> rejects;  ///< records that cannot be read
};

/// CSV in the encodings that an import takes, or for synthetic transactions what Format-List
/// leaves. `as` says the kind; without it the columns do.
Result<IngestFile> read_results(std::string name, std::string bytes, std::optional<IngestKind> as);

}  // namespace ferry
