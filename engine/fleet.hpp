#pragma once
/// The current state of one site's estate, as folded from its log: what guards look at and what
/// every projection starts from. Changed by `evolve` alone. One thread at a time, also for reading:
/// names are indexed when the first is looked up.
#include "engine/account.hpp"
#include "engine/campaign.hpp"
#include "engine/entity.hpp"
#include "engine/large_pages.hpp"
#include "engine/name_index.hpp"
#include "engine/settlement.hpp"
#include "engine/wave.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ferry {

/// The number a text got when it was first met. Classes, checks and clients are few and repeat.
class Texts {
public:
    Texts() { number(""); }
    std::uint32_t number(std::string_view text);
    /// Nothing where the text was never met.
    std::optional<std::uint32_t> find(std::string_view text) const;
    std::string_view text(std::uint32_t number) const { return texts_[number]; }
    std::size_t size() const { return texts_.size(); }

private:
    std::deque<std::string> texts_;  // a deque, so that the views in the index stay valid
    boost::unordered_flat_map<std::string_view, std::uint32_t> index_;
};

/// The latest record of one check, per deployment it looked at.
struct CheckState {
    std::uint32_t check = 0;
    Small<v1::CheckOutcome> outcome;  ///< unspecified once it expired
    Small<v1::Deployment> deployment;
    Position position;
    Time recorded;
};

struct ClientState {
    std::uint32_t client = 0;
    Position position;
};

struct MeetingState {
    std::string meeting;
    std::uint32_t client = 0;
    Position position;
};

/// Which policy of one sort a user has; the empty name where none is granted any more.
struct PolicyState {
    std::uint32_t policy = 0;
    std::uint32_t name = 0;
    Position position;
};

struct ApprovalState {
    Small<v1::Action> action;
    std::string actor;
    std::string plan{};  ///< of a rollback, agreed to on the site's stream: the plan's hash
};

/// A move forward that is in flight.
struct MoveState {
    std::string move;
    Small<v1::State> from;
    Small<v1::State> to;
    Small<v1::Action> command;
};

struct RemediationState {
    std::string id;
    std::uint32_t entity = 0;
    std::string kind;
    std::string subject;
    std::string rollback;
    Position position;
};

/// A rollback that has started and not finished.
struct OpenRollback {
    std::string id;
    std::string plan_hash;
    std::string digest;
    Position target;
    Position started;
    std::vector<std::uint64_t> scope;  ///< runs, as in RollbackStarted
    std::uint64_t to_restore = 0;      ///< how many events of it set something back
    std::uint64_t restored = 0;        ///< how many of them stand in the log
};

/// Where an entity that is away went to, as its release said.
struct ReleaseState {
    std::string to_site;
    std::string pool;   ///< it joins there
    Position position;  ///< of the release
};

/// A release that was accepted here: `transfer` is the site and the position of the release, such
/// as `paris:120`. Remembered for ever, so that none is accepted twice.
struct ArrivalState {
    std::string transfer;
    Position position;  ///< of the acceptance
    Version version;    ///< of the entity after it
};

/// A release that this site has said it will never accept.
struct DeclinedTransfer {
    std::string transfer;
    std::string entity;
    Position position;
    Version version;  ///< of the site's stream after it
};

/// A lost site that this one goes on for.
struct TakenSite {
    std::string site;
    std::string log_id;
    std::string head;   ///< hash of the last commit known of it
    Position known;     ///< where that ends
    Position position;  ///< of the takeover
};

struct Label {
    std::string label;
    Position position;
    Time recorded;
};

/// How many present members of a pool stand where.
struct PoolCounts {
    std::uint32_t users[6] = {};         ///< by lifecycle
    std::uint32_t applications[6] = {};  ///< by lifecycle
    std::uint32_t moving = 0;
    /// Applications of one class (Fleet::texts) by lifecycle.
    boost::unordered_flat_map<std::uint32_t, std::array<std::uint32_t, 6>> classes;

    /// Of those counted by lifecycle, how many stand from one to another, both included.
    static std::uint32_t sum(std::span<const std::uint32_t, 6> counts, v1::State from,
                             v1::State to);
    /// Counts a present member in (+1) or out (-1) as what it is now.
    void add(const Entity& member, int by);
};

/// A pool's pilot-ran bit follows its members, so its history is kept beside its own events.
struct PilotRanChange {
    Position position;
    bool value = false;
    Time recorded{};
};

/// The first thing in the log that this build does not know. It may read on, but not lead.
struct Unknown {
    Position position;
    std::string what;
};

template <class Value>
using ByEntity = boost::unordered_flat_map<std::uint32_t, Value>;

struct AdoptedPack;  // engine/pack.hpp

class Fleet {
public:
    // Defined in fleet.cpp: two dozen tables would be moved and destroyed anew in each file that
    // holds a fleet, and that was a third of its compilation.
    Fleet();
    Fleet(Fleet&&) noexcept;
    Fleet& operator=(Fleet&&) noexcept;
    ~Fleet();

    std::string site;  ///< set by name_site
    std::uint32_t fold_version = 0;
    Position position;             ///< of the last event folded in
    Time recorded;                 ///< of its commit
    Position pack;                 ///< where the pack in force was adopted; 0 = built-in
    LargeVector<Entity> entities;  ///< by number; [0] is the stream `site:NAME`
    LargeString names;             ///< the ids, one after the other
    Texts texts;
    ByEntity<std::vector<CheckState>> checks;
    ByEntity<std::vector<ClientState>> clients;
    ByEntity<std::vector<MeetingState>> meetings;
    ByEntity<std::vector<PolicyState>> policies;
    ByEntity<std::vector<ApprovalState>> approvals;
    ByEntity<MoveState> moves;
    ByEntity<AccountState> accounts;          ///< real ones that may be elsewhere than at home
    std::vector<OpenSettlement> settlements;  ///< in the order of their first move back
    ByEntity<WaveState> waves;
    ByEntity<std::uint32_t> in_wave;  ///< members of unfinished waves, and of which; derived
    ByEntity<PoolCounts> counts;      ///< derived from the entities
    ByEntity<std::vector<PilotRanChange>> pilot_ran_changes;
    std::vector<RemediationState> remediations;             ///< open ones
    std::vector<OpenRollback> rollbacks;                    ///< open ones
    std::vector<Label> labels;                              ///< in log order
    ByEntity<ReleaseState> releases;                        ///< of those that are away
    ByEntity<std::vector<ArrivalState>> arrivals;           ///< in log order
    std::vector<DeclinedTransfer> declined;                 ///< in log order
    std::vector<TakenSite> taken_sites;                     ///< in log order
    std::vector<std::shared_ptr<const AdoptedPack>> packs;  ///< adopted, in log order
    Offset commands_next;                 ///< of the topic of commands; 0 where none is used
    std::uint64_t restores = 0;           ///< how many entities were ever set back by rollbacks
    std::vector<SeenCampaign> campaigns;  ///< that concern this site, as far as it has seen them
    std::unique_ptr<Campaign> campaign;   ///< where the log is a campaign's and not a site's
    std::optional<Unknown> unknown;

    bool knows(EntityNumber number) const { return number.value < entities.size(); }
    const Entity& at(EntityNumber number) const { return entities[number.value]; }
    /// `user:alice@contoso.com`, or `site:NAME` for number 0.
    std::string_view id(EntityNumber number) const;
    /// Without the kind.
    std::string_view name(EntityNumber number) const;
    std::optional<EntityNumber> find(std::string_view id) const;
    /// Asks for what finding these and deciding on them will read; changes nothing.
    void look_ahead(std::span<const std::string_view> ids) const {
        index_.look_ahead({entities, names}, ids);
    }
    /// How many pools, users, applications and waves were ever registered.
    std::size_t size() const { return entities.size() - 1; }

    std::string_view successor(EntityNumber pool) const { return texts.text(at(pool).text); }
    /// The name of the pool that serves it now.
    std::string_view home(EntityNumber number) const;
    const PoolCounts& members(EntityNumber pool) const;
    std::optional<Position> label(std::string_view label) const;
    /// The latest record of `check`, whichever deployment it looked at unless one is asked for.
    const CheckState* check(EntityNumber number, std::string_view check,
                            v1::Deployment deployment = v1::DEPLOYMENT_UNSPECIFIED) const;

    /// The three below are for `evolve` and the reader of a snapshot.
    void name_site(std::string_view name);
    /// Takes all entities with their names at once, and counts them anew.
    void load(LargeVector<Entity> all, std::string_view all_names);
    /// Gives the next number.
    EntityNumber add(std::string_view id, Entity entity);

private:
    // A fold and a count look no name up, so the index follows only when somebody asks.
    mutable NameIndex index_;
    std::string site_id_;
};

}  // namespace ferry
