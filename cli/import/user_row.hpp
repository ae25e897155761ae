#pragma once
/// One user as an export describes it, before anyone asked which pool that means.
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "cli/import/csv_table.hpp"
#include "cli/import/dn.hpp"
#include "cli/import/finding.hpp"
#include "cli/import/header.hpp"
#include "cli/import/home_cache.hpp"
#include "cli/import/ldif_records.hpp"

namespace ferry::intake {

struct UserRow {
    Place place;  ///< of the address
    Spot pool_spot;
    std::string address;          ///< lower case, without `sip:`
    std::string original;         ///< as it stands in the file
    std::optional<bool> enabled;  ///< empty in the file is neither true nor false
    HomeServer home;
    std::string registrar_pool;  ///< lower case; empty where the file names none
    std::string moving;          ///< which value says that a move is in flight; empty if none does
    bool lost_accents = false;   ///< a `?` stands in a name: the export was written as ASCII

    bool unassigned() const {
        return registrar_pool.empty() && home.form == HomeServer::Form::none;
    }
};

/// Which columns of a file hold what a user row needs; looked up once per file.
struct UserColumns {
    using Column = std::optional<std::size_t>;
    Column address, enabled, home, registrar_pool, target_server, target_registrar;
    std::vector<std::size_t> names;
};
UserColumns user_columns(const Header& header);

using UserRead = std::expected<UserRow, Flaw>;

UserRead user_row(const Record& record, const UserColumns& columns, HomeCache& homes);

/// Nothing where the record is no SIP user at all, such as a container or a group.
std::optional<UserRead> user_row(const LdifRecord& record, HomeCache& homes);

}  // namespace ferry::intake
