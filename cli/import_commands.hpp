#pragma once
/// The commands an import gives, and the giving: registrations first, then the corrections that
/// --accept-drift asks for. One thread.
#include "cli/import_report.hpp"
#include "cli/sites.hpp"

#include <map>
#include <string>

namespace ferry {

/// Looks up for the import what the sites know. `take_back` hides the withdrawn, so that an export
/// which shows one registers it again. What it gives points into the sites, so it is asked only
/// before anything is written.
intake::Known known_to(Sites& sites, bool take_back);

/// Digests of the files that were read, by name: the evidence of a correction.
using Evidence = std::map<std::string, std::string, std::less<>>;

class ImportGiving {
public:
    ImportGiving(Session& session, Sites& sites, ImportReport& report)
        : session_(session), sites_(sites), report_(report) {}

    /// What is not done becomes a reject of its record; who was withdrawn and comes back is
    /// listed as accepted drift. An error is the log's.
    Result<void> register_all(const std::vector<intake::Registration>& registrations);

    /// Corrects what `report.drifts` lists, and says there what became of it.
    Result<void> correct_all(const Evidence& evidence);

private:
    v1::Command registration(const intake::Registration& found);
    void note(const intake::Registration& found, const v1::CommandResult& result);
    void give_up_what_spans_sites();

    Session& session_;
    Sites& sites_;
    ImportReport& report_;
};

}  // namespace ferry
