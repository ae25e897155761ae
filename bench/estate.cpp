#include "bench/estate.hpp"

#include "bench/give_up.hpp"

#include <fmt/format.h>

namespace ferry::bench {

std::string pool_name(std::uint32_t pool) { return fmt::format("ocs{}.contoso.com", pool); }

std::string user_name(std::uint32_t user) { return fmt::format("user{:07}@contoso.com", user); }

std::unique_ptr<Log> open_embedded(const std::filesystem::path& directory) {
    return std::make_unique<SqliteLog>(directory, std::string(site));
}

Estate::Estate(std::unique_ptr<Log> log, bool keeps_index)
    : replica(std::move(log)), writer(replica, side_by_side(), clock, randomness) {
    replica.keeps_index = keeps_index;
    if (auto opened = writer.open(); !opened) give_up(opened.error().message);
}

v1::Command Estate::ask(std::string entity) {
    v1::Command command;
    command.set_command_id(fmt::format("0123456789abcdef0123-{}", ++ids_given_));
    command.set_entity(std::move(entity));
    command.set_actor("dana");
    command.set_reason("wave 2");
    return command;
}

void Estate::give(std::vector<v1::Command>& commands) {
    clock.pass(std::chrono::milliseconds(1));
    const auto results = writer.execute(commands);
    if (!results) give_up(results.error().message);
    for (const v1::CommandResult& result : *results)
        if (result.outcome() != "DONE") give_up(result.ShortDebugString());
    commands.clear();
}

void Estate::make(const EstateSize& size) {
    register_all(size);
    const std::uint32_t last_pool = size.pools - 1;
    for (const Stage stage :
         {Stage::coexisting, Stage::pilot, Stage::upgraded, Stage::production}) {
        if (stage > size.stage) break;
        bring_pools(size, stage);
        for (std::uint32_t pool = 0; pool < size.pools; ++pool) {
            if (stage == Stage::production && pool == last_pool) {
                std::vector<v1::Command> mark{ask(fmt::format("site:{}", site))};
                mark.back().mutable_mark()->set_label("before-wave");
                give(mark);
            }
            // Every other pool has upgraded clients, which take two events a user.
            if (stage != Stage::upgraded || pool % 2 == 0) bring_users(size, stage, pool);
        }
    }
}

void Estate::register_all(const EstateSize& size) {
    std::vector<v1::Command> commands;
    for (std::uint32_t pool = 0; pool < size.pools; ++pool) {
        commands.push_back(ask("pool:" + pool_name(pool)));
        commands.back().mutable_register_()->set_site(std::string(site));
        commands.back().mutable_register_()->set_successor(fmt::format("lync{}.contoso.com", pool));
    }
    give(commands);
    const std::uint32_t each = size.users / size.pools;
    for (std::uint32_t user = 0; user < each * size.pools; ++user) {
        commands.push_back(ask("user:" + user_name(user)));
        commands.back().mutable_register_()->set_site(std::string(site));
        commands.back().mutable_register_()->set_pool(pool_name(user / each));
        if (commands.size() == commit_events_max) give(commands);
    }
    give(commands);
}

void Estate::add_check(std::vector<v1::Command>& commands, const std::string& pool,
                       std::string_view check) {
    commands.push_back(ask(pool));
    commands.back().mutable_record_check()->set_check(std::string(check));
    commands.back().mutable_record_check()->set_outcome("PASS");
}

void Estate::bring_pools(const EstateSize& size, Stage stage) {
    std::vector<v1::Command> commands;
    for (std::uint32_t number = 0; number < size.pools; ++number) {
        const std::string pool = "pool:" + pool_name(number);
        if (stage == Stage::coexisting) {
            commands.push_back(ask(pool));
            commands.back().mutable_enter_coexistence();
        }
        if (stage == Stage::pilot) {
            for (const std::string& check : side_by_side().coexistence_checks)
                add_check(commands, pool, check);
            commands.push_back(ask(pool));
            commands.back().mutable_start_pilot();
        }
        if (stage == Stage::production) {
            for (const std::string& check :
                 side_by_side().checks_for(v1::KIND_POOL, v1::ACTION_PROMOTE))
                add_check(commands, pool, check);
            commands.push_back(ask(pool));
            commands.back().mutable_promote();
        }
    }
    give(commands);
}

void Estate::bring_users(const EstateSize& size, Stage stage, std::uint32_t pool) {
    const std::uint32_t each = size.users / size.pools;
    std::vector<v1::Command> commands;
    for (std::uint32_t user = pool * each; user < (pool + 1) * each; ++user) {
        commands.push_back(ask("user:" + user_name(user)));
        v1::Command& command = commands.back();
        switch (stage) {
            case Stage::coexisting: command.mutable_enter_coexistence(); break;
            case Stage::pilot: command.mutable_start_pilot(); break;
            case Stage::production: command.mutable_promote(); break;
            default: command.mutable_observe_client()->set_client("lync-2013"); break;
        }
        if (commands.size() == commit_events_max) give(commands);
    }
    give(commands);
}

}  // namespace ferry::bench
