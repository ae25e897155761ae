#pragma once
/// A small estate for tests: one site's log, its replica and its writer, on a clock that moves only
/// when told. Commands are built by the functions below and given by `give` or `done`; every
/// command gets an id of its own (`c1`, `c2`, …) unless it brings one.
#include "engine/writer.hpp"
#include "events/memory_log.hpp"

#include <initializer_list>

namespace ferry::test {

/// What is asked of `entity` by dana; the action is set by the caller or by a function below.
v1::Command ask(std::string_view entity);
/// The same, under an id of its own.
v1::Command with_id(v1::Command command, std::string_view id);
/// One line of `ferry apply`.
v1::Command from_json(std::string_view line);

v1::Command add_pool(std::string_view name, std::string_view successor = "new.contoso.com",
                     std::string_view site = "paris");
v1::Command add_user(std::string_view address, std::string_view pool,
                     std::string_view found_in = "");
v1::Command add_application(std::string_view name, std::string_view pool,
                            std::string_view application_class = "response-groups");
v1::Command enter_coexistence(std::string_view entity);
v1::Command start_pilot(std::string_view entity);
v1::Command promote(std::string_view entity);
v1::Command retire(std::string_view entity);
v1::Command withdraw(std::string_view entity);
v1::Command check(std::string_view entity, std::string_view name,
                  std::string_view outcome = "PASS");
v1::Command observe_client(std::string_view user, std::string_view client, bool gone = false);
v1::Command observe_meeting(std::string_view user, std::string_view meeting,
                            std::string_view client);
v1::Command observe_policy(std::string_view user, std::string_view policy, std::string_view name);
/// Agreed to by erik, so that dana may ask for it.
v1::Command approve_retirement(std::string_view entity);
v1::Command mark(std::string_view label, std::string_view site = "paris");

class Estate {
public:
    /// On a log in memory.
    explicit Estate(std::uint64_t seed = 1, const Pack& pack = side_by_side());
    /// On any log.
    explicit Estate(std::unique_ptr<Log> log, std::uint64_t seed = 1,
                    const Pack& pack = side_by_side());

    /// One command, one batch. A failure of the log fails the test.
    v1::CommandResult give(v1::Command command);
    std::vector<v1::CommandResult> give_all(std::vector<v1::Command> commands);
    /// Checks that the answer is DONE.
    v1::CommandResult done(v1::Command command);
    void done(std::initializer_list<v1::Command> commands);

    /// Registers a pool and its users `user1@contoso.com`, … as `pool:NAME` in site paris.
    void with_pool(std::string_view name, int users);
    /// All checks that any row of the pool asks for, passed, and the pool in this lifecycle. For
    /// more than pilot its members must have been moved before.
    void bring_pool_to(std::string_view name, v1::State lifecycle);

    EntityNumber number(std::string_view id) const;
    const Entity& entity(std::string_view id) const { return replica.fleet.at(number(id)); }
    Position position() const { return replica.fleet.position; }

    std::shared_ptr<MemoryStore> store;  ///< nothing where the log is not in memory
    ManualClock clock;
    SeededRandomness randomness;
    Replica replica;
    Writer writer;

private:
    Estate(std::shared_ptr<MemoryStore> memory, std::unique_ptr<Log> log, std::uint64_t seed,
           const Pack& pack);
    int commands_given_ = 0;
};

}  // namespace ferry::test
