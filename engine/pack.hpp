#pragma once
/// A pack: the checks and rules of one kind of migration, as data. Packs are written as TOML
/// (engine/pack_toml.hpp); some are part of the program, and a site's log may adopt any. Plain
/// values; any thread.
#include "engine/guard_names.hpp"
#include "events/ids.hpp"
#include "ferry/v1/vocabulary.pb.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

class Fleet;

/// The checks that a transition of a kind asks for; of an application, of one class or of any.
struct RequiredChecks {
    v1::Kind kind = v1::KIND_POOL;
    v1::Action action = v1::ACTION_UNSPECIFIED;
    std::vector<std::string> checks;
    std::string application_class{};  ///< empty: any
    v1::State from{};                 ///< unspecified: from wherever the step begins
    bool of_pool = false;             ///< recorded on the member's pool, once for all of it
    std::vector<Guard> guards{};      ///< asked beyond those of the transition table
};

/// What a check is about and how long it counts.
struct CheckRule {
    enum class Side { any, legacy, successor, each };
    std::string check;
    std::string about;
    Side side = Side::any;       ///< whose record counts; `each`: both must have passed
    std::chrono::hours fresh{};  ///< after so long a PASS counts as missing; 0: never
};

/// A class of applications that the pack has rules for.
struct ClassRule {
    std::string name;
    std::string about;
};

/// Members of `subject` are promoted only once nobody of `after` is on the legacy side any more.
struct OrderRule {
    std::string subject;  ///< a class of applications, or `users`
    std::vector<std::string> after;
    bool whole_site = false;  ///< of all pools of the site, else of the member's own pool
    std::string reason;
};
/// Stands for all users in an order rule.
inline constexpr std::string_view order_users = "users";

/// How large a pilot has to be before its pool is promoted, and how long it has to run.
struct PilotRule {
    std::size_t members = 0;
    std::chrono::hours lasts{};
};

/// Who has to agree before a step. Retiring a pool always needs one other person.
struct ApprovalRule {
    v1::Kind kind = v1::KIND_POOL;
    v1::Action action = v1::ACTION_RETIRE;
    std::size_t people = 1;  ///< other than who asks
    std::string role;        ///< empty: anybody
};

struct Role {
    std::string name;
    std::vector<std::string> people;
};

/// How many applications of one class may be in some states at once.
struct CountLimit {
    std::string application_class;
    std::vector<v1::State> states;
    std::size_t at_most = 1;
    bool whole_site = false;  ///< of all pools of the site, else of the member's own pool
    std::string reason;
};
struct Limits {
    std::optional<std::size_t> moves_in_flight;   ///< of one pool
    std::optional<std::size_t> members_in_pilot;  ///< of one pool
    std::vector<CountLimit> counted{};
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

/// When a member cannot be moved back to the legacy side, or not without a loss.
struct IrreversibleRule {
    enum class Once { moved, move_started, checked };
    std::string application_class;  ///< empty: any member, users too
    Once once = Once::moved;
    std::string check;       ///< with `checked`: the fact, true while its latest outcome is PASS
    std::string reason;      ///< said to whoever asks for the rollback
    bool with_loss = false;  ///< it does go back, and what is lost is put right by hand
};

enum class Transfer { immediate, confirmed };

struct Pack {
    std::string name;
    std::string about{};
    Transfer transfer = Transfer::immediate;
    std::vector<std::string> coexistence_checks;  ///< all passing is what makes it verified
    std::vector<RequiredChecks> required;
    std::vector<CheckRule> checks;
    std::vector<ClassRule> classes;
    std::vector<OrderRule> order;
    PilotRule pilot;
    Limits limits;
    std::vector<Role> roles;
    std::vector<ApprovalRule> approvals;
    /// Who has to agree before the site adopts another pack; kind and action say nothing here.
    std::vector<ApprovalRule> adoption;
    std::vector<ClientRule> clients;
    /// Product families whose every release is newer than the legacy system.
    std::vector<std::string> newer_families;
    std::vector<IrreversibleRule> irreversible;
    /// A rollback of more users than this needs a second person's approval of its plan.
    std::optional<std::size_t> approval_above;

    // Defined in pack.cpp, so that a file which only reads a pack does not compile all of its rows.
    Pack();
    Pack(const Pack&);
    Pack(Pack&&) noexcept;
    Pack& operator=(const Pack&);
    Pack& operator=(Pack&&) noexcept;
    ~Pack();

    /// What every member of the kind is asked for that action, whatever its class.
    std::span<const std::string> checks_for(v1::Kind kind, v1::Action action) const;
    /// A client that the legacy system does not have: whoever uses it is upgraded.
    bool is_newer(std::string_view client) const;
    /// Nothing where the table does not know the client.
    const ClientRule* rule_of(std::string_view client) const;
    /// Nothing where the pack says no more of the check than its name.
    const CheckRule* check_rule(std::string_view check) const;
    const Role* role(std::string_view role) const;
};

/// A pack as a log adopted it.
struct AdoptedPack {
    Position position;  ///< of the event that carries it
    std::string toml;   ///< as it stands there, byte for byte
    Pack pack;
};

inline constexpr std::string_view compatibility_check = "application-compatible";
/// Recorded on a member whose move was reported as one that going back does not undo.
inline constexpr std::string_view forced_move_check = "moved-with-force";
/// Recorded on a pool whose servers were deployed again after it was retired.
inline constexpr std::string_view redeployed_check = "legacy-redeployed";

/// The default pack (design.md section 8): deploy/packs/side-by-side.toml.
const Pack& side_by_side();

/// The packs that are part of the program, the default one first.
struct BuiltInPack {
    std::string_view name;
    std::string_view toml;
};
std::span<const BuiltInPack> built_in_packs();

/// The pack that decides in this site: the one its log adopted last, else `otherwise`.
const Pack& pack_in_force(const Fleet& fleet, const Pack& otherwise);
/// Where the pack was adopted under which the event at `position` was decided; 0 where none was.
Position pack_before(const Fleet& fleet, Position position);
/// Folds an adoption in; what cannot be read is remembered as unknown.
void adopt_pack(Fleet& fleet, Position position, const std::string& toml);

}  // namespace ferry
