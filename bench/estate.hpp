#pragma once
/// The estates that figures are taken from, decided and appended by the writer as any command is.
/// Site `paris`; pools `ocs0`, `ocs1`, … with the users dealt out evenly, in order. One thread.
#include "engine/writer.hpp"
#include "events/sqlite_log.hpp"

#include <filesystem>

namespace ferry::bench {

inline constexpr std::string_view site = "paris";

/// How far the estate has come. Each stage holds the ones before it, and adds one event a user; in
/// production that makes five.
enum class Stage { registered, coexisting, pilot, upgraded, production };

struct EstateSize {
    std::uint32_t users = 0;
    std::uint32_t pools = 10;
    Stage stage = Stage::production;
};

std::string pool_name(std::uint32_t pool);
std::string user_name(std::uint32_t user);

/// A log with the replica and the writer on it. Stops the process with a message where the log
/// fails: there is nothing to measure then.
class Estate {
public:
    explicit Estate(std::unique_ptr<Log> log, bool keeps_index = true);

    /// Makes the whole estate. The pool that `last_pool` names is promoted last, after the label
    /// `before-wave`, so that there is something to roll back.
    void make(const EstateSize& size);

    /// The pools alone, one stage further.
    void bring_pools(const EstateSize& size, Stage stage);

    /// Decides all, a commit's worth at a time; every answer must be DONE.
    void give(std::vector<v1::Command>& commands);
    v1::Command ask(std::string entity);

    ManualClock clock;
    SeededRandomness randomness{1};
    Replica replica;
    Writer writer;

private:
    void add_check(std::vector<v1::Command>& commands, const std::string& pool,
                   std::string_view check);
    void register_all(const EstateSize& size);
    void bring_users(const EstateSize& size, Stage stage, std::uint32_t pool);
    std::uint64_t ids_given_ = 0;
};

std::unique_ptr<Log> open_embedded(const std::filesystem::path& directory);

}  // namespace ferry::bench
