#pragma once
/// What results mean here: a report of a move, or the outcome of a check. One thread.
#include "cli/ingest_file.hpp"
#include "cli/sites.hpp"

#include <set>
#include <utility>

namespace ferry {

struct IngestOptions {
    std::string check;  ///< of synthetic transactions whose rows do not name one; of rows of
                        ///< members, the check that they are, where they report no move
    std::string pool;   ///< whose replicas these are
};

struct IngestedCommand {
    intake::Place place;
    v1::Command command;
    std::string remedy{};  ///< of a known failure
};

/// Everything one file brings about. The same file gives the same command ids, so that what was
/// taken once is not taken again while it stands.
struct Ingested {
    std::vector<IngestedCommand> commands;
    std::vector<intake::Finding> rejects;
    std::size_t known_before = 0;
    std::set<std::pair<std::string, std::string>> checks{};  ///< that are recorded, by site
};

/// Errors: those of the log, where it is asked what it knows already.
Result<Ingested> ingest(Sites& sites, const IngestFile& file, const std::string& digest,
                        const IngestOptions& options);

}  // namespace ferry
