#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

namespace ferry::test {

v1::Command ask(std::string_view entity) {
    v1::Command command;
    command.set_entity(std::string(entity));
    command.set_actor("dana");
    return command;
}

v1::Command with_id(v1::Command command, std::string_view id) {
    command.set_command_id(std::string(id));
    return command;
}

v1::Command from_json(std::string_view line) {
    v1::Command command;
    const auto status = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(line.data(), line.size()), &command);
    REQUIRE_MESSAGE(status.ok(), status.ToString());
    return command;
}

v1::Command add_pool(std::string_view name, std::string_view successor, std::string_view site) {
    v1::Command command = ask(fmt::format("pool:{}", name));
    command.mutable_register_()->set_site(std::string(site));
    command.mutable_register_()->set_successor(std::string(successor));
    return command;
}

v1::Command add_user(std::string_view address, std::string_view pool, std::string_view found_in) {
    v1::Command command = ask(fmt::format("user:{}", address));
    command.mutable_register_()->set_site("paris");
    command.mutable_register_()->set_pool(std::string(pool));
    command.mutable_register_()->set_lifecycle(std::string(found_in));
    return command;
}

v1::Command add_application(std::string_view name, std::string_view pool,
                            std::string_view application_class) {
    v1::Command command = ask(fmt::format("application:{}", name));
    command.mutable_register_()->set_site("paris");
    command.mutable_register_()->set_pool(std::string(pool));
    command.mutable_register_()->set_application_class(std::string(application_class));
    return command;
}

v1::Command enter_coexistence(std::string_view entity) {
    v1::Command command = ask(entity);
    command.mutable_enter_coexistence();
    return command;
}

v1::Command start_pilot(std::string_view entity) {
    v1::Command command = ask(entity);
    command.mutable_start_pilot();
    return command;
}

v1::Command promote(std::string_view entity) {
    v1::Command command = ask(entity);
    command.mutable_promote();
    return command;
}

v1::Command retire(std::string_view entity) {
    v1::Command command = ask(entity);
    command.mutable_retire();
    return command;
}

v1::Command withdraw(std::string_view entity) {
    v1::Command command = ask(entity);
    command.mutable_withdraw();
    return command;
}

v1::Command check(std::string_view entity, std::string_view name, std::string_view outcome) {
    v1::Command command = ask(entity);
    command.mutable_record_check()->set_check(std::string(name));
    command.mutable_record_check()->set_outcome(std::string(outcome));
    return command;
}

v1::Command observe_client(std::string_view user, std::string_view client, bool gone) {
    v1::Command command = ask(user);
    command.mutable_observe_client()->set_client(std::string(client));
    command.mutable_observe_client()->set_gone(gone);
    return command;
}

v1::Command observe_meeting(std::string_view user, std::string_view meeting,
                            std::string_view client) {
    v1::Command command = ask(user);
    command.mutable_observe_meeting()->set_meeting(std::string(meeting));
    command.mutable_observe_meeting()->set_client(std::string(client));
    return command;
}

v1::Command observe_policy(std::string_view user, std::string_view policy, std::string_view name) {
    v1::Command command = ask(user);
    command.mutable_observe_policy()->set_policy(std::string(policy));
    command.mutable_observe_policy()->set_name(std::string(name));
    return command;
}

v1::Command approve_retirement(std::string_view entity) {
    v1::Command command = ask(entity);
    command.set_actor("erik");
    command.mutable_approve()->set_action("retire");
    return command;
}

v1::Command mark(std::string_view label, std::string_view site) {
    v1::Command command = ask(fmt::format("site:{}", site));
    command.mutable_mark()->set_label(std::string(label));
    return command;
}

Estate::Estate(std::uint64_t seed, const Pack& pack)
    : Estate(std::make_shared<MemoryStore>(), nullptr, seed, pack) {}

Estate::Estate(std::unique_ptr<Log> log, std::uint64_t seed, const Pack& pack)
    : Estate(nullptr, std::move(log), seed, pack) {}

Estate::Estate(std::shared_ptr<MemoryStore> memory, std::unique_ptr<Log> log, std::uint64_t seed,
               const Pack& pack)
    : store(std::move(memory)),
      randomness(seed),
      replica(log ? std::move(log) : std::make_unique<MemoryLog>(store, "paris")),
      writer(replica, pack, clock, randomness) {
    const auto opened = writer.open();
    REQUIRE_MESSAGE(opened, opened.error().message);
}

std::vector<v1::CommandResult> Estate::give_all(std::vector<v1::Command> commands) {
    for (v1::Command& command : commands)
        if (command.command_id().empty())
            command.set_command_id(fmt::format("c{}", ++commands_given_));
    auto results = writer.execute(commands);
    REQUIRE_MESSAGE(results, results.error().message);
    return std::move(*results);
}

v1::CommandResult Estate::give(v1::Command command) {
    return give_all({std::move(command)}).front();
}

v1::CommandResult Estate::done(v1::Command command) {
    const std::string asked = command.ShortDebugString();
    v1::CommandResult result = give(std::move(command));
    CHECK_MESSAGE(result.outcome() == "DONE", asked << " => " << result.ShortDebugString());
    return result;
}

void Estate::done(std::initializer_list<v1::Command> commands) {
    for (const v1::Command& command : commands) done(command);
}

void Estate::with_pool(std::string_view name, int users) {
    done(add_pool(name));
    std::vector<v1::Command> commands;
    for (int i = 1; i <= users; ++i)
        commands.push_back(add_user(fmt::format("user{}@contoso.com", i), name));
    for (const v1::CommandResult& result : give_all(std::move(commands)))
        CHECK(result.outcome() == "DONE");
}

void Estate::bring_pool_to(std::string_view name, v1::State lifecycle) {
    const std::string pool = fmt::format("pool:{}", name);
    for (const std::string_view needed :
         {"services-started", "site-administrable", "clients-reach-current-users",
          "clients-reach-legacy-users", "legacy-operational", "successor-operational",
          "features-verified"})
        done(check(pool, needed));
    if (lifecycle >= v1::STATE_COEXIST_TEST) done(enter_coexistence(pool));
    if (lifecycle >= v1::STATE_PILOT) done(start_pilot(pool));
    if (lifecycle >= v1::STATE_PRODUCTION) done(promote(pool));
    if (lifecycle >= v1::STATE_RETIRED) done({approve_retirement(pool), retire(pool)});
}

EntityNumber Estate::number(std::string_view id) const {
    const auto number = replica.fleet.find(id);
    REQUIRE_MESSAGE(number, id << " is not registered");
    return *number;
}

}  // namespace ferry::test
