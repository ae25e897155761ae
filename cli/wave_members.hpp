#pragma once
/// Who is in a wave, as a person names them: a CSV of addresses, perhaps with windows of their own,
/// or selectors. Reads the sites; one thread.
#include "cli/import/finding.hpp"
#include "cli/selection.hpp"

#include <vector>

namespace ferry {

struct NamedMember {
    std::string entity;
    std::string start{};        ///< RFC 3339; empty: the wave's
    std::string complete_by{};  ///< the same
};

struct NamedMembers {
    std::string site;
    std::vector<NamedMember> members;
    /// What was wrong with the file; where this is not empty nothing is to be written.
    std::vector<intake::Finding> findings;
};

/// One argument that ends in `.csv` is a file of one column of addresses (SipAddress, PrimaryUri,
/// EmailAddress, Address, User) or ids (Entity, Application), and columns Start and CompleteBy
/// where members have windows of their own; anything else is a selector, of which pools are left
/// out. Errors: usage and bad_input; members of several sites are refused, a wave is of one log.
Result<NamedMembers> wave_members(Sites& sites, const SelectionOptions& options,
                                  const std::string& time_zone);

}  // namespace ferry
