#pragma once
/// A pack: the checks and rules of one kind of migration, as data. Plain values; any thread.
#include "ferry/v1/vocabulary.pb.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// The checks that a transition of a kind asks for; of an application, of one class or of any.
struct RequiredChecks {
    v1::Kind kind = v1::KIND_POOL;
    v1::Action action = v1::ACTION_UNSPECIFIED;
    std::vector<std::string> checks;
};

/// Can this client sign in on either side, and what does a person on the way back install instead.
struct ClientRule {
    std::string client;
    bool on_legacy = true;
    bool on_successor = true;
    std::string note;        ///< what does not work although sign-in does
    std::string go_back_to;  ///< where it cannot sign in to the legacy side
};

enum class Transfer { immediate, confirmed };

struct Pack {
    std::string name;
    Transfer transfer = Transfer::immediate;
    std::vector<std::string> coexistence_checks;  ///< all passing is what makes it verified
    std::vector<RequiredChecks> required;
    std::vector<ClientRule> clients;
    std::vector<std::string> irreversible_classes;  ///< of applications
    std::size_t approval_above =
        0;  ///< users in a rollback that ask for a second person; 0 = never

    std::span<const std::string> checks_for(v1::Kind kind, v1::Action action) const;
    /// A client that the legacy system does not have: whoever uses it is upgraded.
    bool is_newer(std::string_view client) const;
    /// Nothing where the table does not know the client.
    const ClientRule* rule_of(std::string_view client) const;
};

inline constexpr std::string_view compatibility_check = "application-compatible";

/// The default pack (design.md section 8).
const Pack& side_by_side();

}  // namespace ferry
