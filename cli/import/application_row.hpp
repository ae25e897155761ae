#pragma once
/// One application (whatever besides users keeps a legacy pool alive) as an export describes it.
#include <expected>
#include <string>

#include "cli/import/csv_table.hpp"
#include "cli/import/finding.hpp"
#include "cli/import/header.hpp"

namespace ferry::intake {

struct ApplicationRow {
    Place place;  ///< of the application's name
    Spot pool_spot;
    std::string name;
    std::string application_class;
    std::string pool;
    std::string site;  ///< empty where the file names none
};

std::expected<ApplicationRow, Flaw> application_row(const Record& record, const Header& header);

}  // namespace ferry::intake
