#pragma once
/// A pack: the checks and rules of one kind of migration, as data. Plain values; any thread.
#include "ferry/v1/vocabulary.pb.h"

#include <optional>
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
    std::string note;           ///< what does not work on the new side although sign-in does
    std::string go_back_to;     ///< where it cannot sign in to the legacy side
    std::string go_forward_to;  ///< where it cannot sign in to the new side
};

/// When a member cannot be moved back to the legacy side.
struct IrreversibleRule {
    enum class Once { moved, move_started, checked };
    std::string application_class;  ///< empty: any member, users too
    Once once = Once::moved;
    std::string check;   ///< with `checked`: the fact, true while its latest outcome is PASS
    std::string reason;  ///< said to whoever asks for the rollback
};

enum class Transfer { immediate, confirmed };

struct Pack {
    std::string name;
    Transfer transfer = Transfer::immediate;
    std::vector<std::string> coexistence_checks;  ///< all passing is what makes it verified
    std::vector<RequiredChecks> required;
    std::vector<ClientRule> clients;
    std::vector<IrreversibleRule> irreversible;
    /// A rollback of more users than this needs a second person's approval of its plan.
    std::optional<std::size_t> approval_above;

    std::span<const std::string> checks_for(v1::Kind kind, v1::Action action) const;
    /// A client that the legacy system does not have: whoever uses it is upgraded.
    bool is_newer(std::string_view client) const;
    /// Nothing where the table does not know the client.
    const ClientRule* rule_of(std::string_view client) const;
};

inline constexpr std::string_view compatibility_check = "application-compatible";
/// Recorded on a member whose move was reported as one that going back does not undo.
inline constexpr std::string_view forced_move_check = "moved-with-force";

/// The default pack (design.md section 8).
const Pack& side_by_side();

}  // namespace ferry
