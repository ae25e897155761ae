#include "tests/home_sites.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace ferry::test {

namespace {

/// Dies once its append stands, where it was told to.
class DyingLog final : public Log {
public:
    DyingLog(std::unique_ptr<Log> inner, Kill& kill) : inner_(std::move(inner)), kill_(kill) {}
    Result<Offset> read(Offset from, const RecordVisitor& visit) override {
        return inner_->read(from, visit);
    }
    Result<std::optional<std::vector<Byte>>> find(Position position) override {
        return inner_->find(position);
    }
    Result<std::optional<std::vector<Byte>>> at(Offset offset) override {
        return inner_->at(offset);
    }
    Result<void> lead() override { return inner_->lead(); }
    Result<Appended> append(Bytes record) override {
        const Kill how = std::exchange(kill_, Kill::none);
        if (how == Kill::before_append) throw Killed();
        auto appended = inner_->append(record);
        if (how == Kill::after_append) throw Killed();
        return appended;
    }
    bool void_is_damage() const override { return inner_->void_is_damage(); }
    std::string derived_path(std::string_view suffix) const override {
        return inner_->derived_path(suffix);
    }
    std::string name() const override { return inner_->name(); }

private:
    std::unique_ptr<Log> inner_;
    Kill& kill_;
};

}  // namespace

struct HomeSites::Process {
    Process(std::unique_ptr<Log> log, std::uint64_t seed, FindRelease find)
        : randomness(seed),
          replica(std::move(log)),
          writer(replica, side_by_side(), clock, randomness, options(std::move(find))) {
        REQUIRE(writer.open());
    }
    static WriterOptions options(FindRelease find) {
        WriterOptions with;
        with.find_release = std::move(find);
        return with;
    }
    ManualClock clock;
    SeededRandomness randomness;
    Replica replica;
    Writer writer;
};

HomeSites::HomeSites(v1::State pools_in) {
    for (const std::string& site : names) {
        stores_[site] = std::make_shared<MemoryStore>();
        const std::string pool = "pool:" + site + "-ocs";
        REQUIRE(give(site, add_pool(site + "-ocs", "new." + site, site)).outcome() == "DONE");
        if (pools_in == v1::STATE_LEGACY) continue;
        for (const char* each : {"services-started", "site-administrable",
                                 "clients-reach-current-users", "clients-reach-legacy-users"})
            REQUIRE(give(site, check(pool, each)).outcome() == "DONE");
        REQUIRE(give(site, enter_coexistence(pool)).outcome() == "DONE");
        REQUIRE(give(site, start_pilot(pool)).outcome() == "DONE");
    }
}

HomeSites::~HomeSites() = default;

void HomeSites::end(const std::string& site) { open_.erase(site); }

HomeSites::Process& HomeSites::process(const std::string& site) {
    auto& open = open_[site];
    if (!open)
        open = std::make_unique<Process>(
            std::make_unique<DyingLog>(std::make_unique<MemoryLog>(stores_.at(site), site), kill_),
            ++seed_, [this](const ReleaseQuestion& question) { return find(question); });
    return *open;
}

v1::CommandResult HomeSites::give(const std::string& site, v1::Command command) {
    if (command.command_id().empty()) command.set_command_id("home-" + std::to_string(++ids_));
    try {
        auto results = process(site).writer.execute(std::span(&command, 1));
        REQUIRE(results);
        return results->front();
    } catch (const Killed&) {
        end(site);
        throw;
    }
}

std::unique_ptr<Replica> HomeSites::read(const std::string& site) const {
    auto replica = std::make_unique<Replica>(std::make_unique<MemoryLog>(stores_.at(site), site));
    REQUIRE(replica->catch_up());
    return replica;
}

std::vector<std::string> HomeSites::owners(const std::string& entity) const {
    std::vector<std::string> owners;
    for (const std::string& site : names) {
        const auto replica = read(site);
        const auto number = replica->fleet.find(entity);
        if (number && !replica->fleet.at(*number).away) owners.push_back(site);
    }
    return owners;
}

Result<FoundRelease> HomeSites::find(const ReleaseQuestion& question) const {
    if (!stores_.contains(question.transfer.site)) return fail(Errc::usage, "no such site");
    auto found = released_in(*read(question.transfer.site), question);
    if (!found || question.asking != question.transfer.site) return found;
    if (question.released_to.empty()) return fail(Errc::usage, "it is at home");
    return declined_in(std::move(*found), *read(std::string(question.released_to)), question);
}

v1::Command release_to(const std::string& entity, const std::string& site) {
    v1::Command command = ask(entity);
    command.mutable_release()->set_to(site);
    if (!entity.starts_with("pool:")) command.mutable_release()->set_pool(site + "-ocs");
    return command;
}

v1::Command accept_at(const std::string& entity, const std::string& site,
                      const std::string& transfer) {
    v1::Command command = ask(entity);
    command.mutable_accept()->set_site(site);
    command.mutable_accept()->set_transfer(transfer);
    return command;
}

v1::Command decline_at(const std::string& entity, const std::string& site,
                       const std::string& transfer) {
    v1::Command command = ask(entity);
    command.mutable_decline()->set_site(site);
    command.mutable_decline()->set_transfer(transfer);
    return command;
}

}  // namespace ferry::test
