#pragma once
/// What an import found and did, and how it is told. Plain values; one thread.
#include "cli/import/reading.hpp"
#include "cli/import/resolution.hpp"
#include "cli/session.hpp"

#include <string>
#include <vector>

namespace ferry {

/// One file, read or refused whole.
struct ImportedFile {
    std::string name;
    std::string refused;  ///< why, beginning with its place; empty where it was read
    intake::FileKind kind = intake::FileKind::users;
    intake::Encoding encoding = intake::Encoding::utf8;
    std::size_t records = 0;  ///< that could be read
    std::size_t rejects = 0;
    std::size_t not_users = 0;
};

struct ListedDrift {
    intake::Drift drift;
    bool accepted = false;
    std::string why_not;  ///< where it was to be accepted and could not be
};

struct ImportReport {
    std::vector<ImportedFile> files;
    std::vector<intake::Finding> rejects;
    std::vector<intake::Finding> warnings;
    std::vector<intake::Finding> ambiguous;
    std::vector<intake::Finding> moving;
    std::vector<intake::Finding> unassigned;
    std::vector<ListedDrift> drifts;
    std::size_t registered[3] = {};   ///< by intake::Kind
    std::size_t already_moved = 0;    ///< of the registered: found on the new side
    std::size_t disabled = 0;         ///< of the registered
    std::size_t enabled_unknown = 0;  ///< of the registered: the file does not say
    std::size_t unchanged = 0;        ///< known just so
    bool accepting = false;           ///< --accept-drift was given

    std::size_t refused_files() const;
    /// Were all records taken that should have been: what decides between 0 and 65.
    bool whole() const;
};

/// Rejects and warnings on stderr, each with its place.
void print_findings(Session& session, const ImportReport& report);

/// The counts and the drift on stdout, for people.
void print_text(Session& session, const ImportReport& report);

/// The same and every finding as one JSON object on a line (cli/import_json.cpp).
void print_json(Session& session, const ImportReport& report);

}  // namespace ferry
