#pragma once
/// One legacy pool as an export describes it.
#include <expected>
#include <string>

#include "cli/import/csv_table.hpp"
#include "cli/import/finding.hpp"
#include "cli/import/header.hpp"

namespace ferry::intake {

struct PoolRow {
    Place place;  ///< of the pool's name
    std::string name;
    std::string site;
    std::string successor;  ///< empty where the file names none
};

std::expected<PoolRow, Flaw> pool_row(const Record& record, const Header& header);

}  // namespace ferry::intake
