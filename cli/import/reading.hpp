#pragma once
/// Everything one file says, as typed rows. Pure: bytes in, values out; nothing is opened.
#include <cstddef>
#include <string>
#include <vector>

#include "cli/import/application_row.hpp"
#include "cli/import/encoding.hpp"
#include "cli/import/finding.hpp"
#include "cli/import/header.hpp"
#include "cli/import/pool_row.hpp"
#include "cli/import/user_row.hpp"
#include "events/error.hpp"

namespace ferry::intake {

struct Reading {
    std::string file;
    FileKind kind = FileKind::users;
    Encoding encoding = Encoding::utf8;
    std::vector<UserRow> users;
    std::vector<PoolRow> pools;
    std::vector<ApplicationRow> applications;
    std::vector<Finding> rejects;
    std::vector<Finding> warnings;
    std::size_t not_users = 0;  ///< LDIF records that are no SIP users, such as groups
};

/// Reads one file. `file` is its name as messages shall show it. A file that is refused whole is
/// an error (bad_input) that begins with its place and says what to do instead.
Result<Reading> read_export(std::string file, std::string bytes);

}  // namespace ferry::intake
