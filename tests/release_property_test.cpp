// Random moves of homes between three sites, with a kill at any append of any log: never two
// owners, at no moment, and exactly one once everything that was begun is finished.
#include "tests/home_sites.hpp"
#include "tests/random_history.hpp"

#include <doctest/doctest.h>

#include <set>

namespace ferry::test {
namespace {

/// What was answered DONE is answered so for ever.
struct Answered {
    v1::Command command;
    Position position;
    Version version;
};

class Movements {
public:
    explicit Movements(std::uint64_t seed) : random_(seed) {
        for (int i = 0; i < 4; ++i) {
            const std::string user = "user:u" + std::to_string(i) + "@contoso.com";
            v1::Command command = add_user(user.substr(5), "paris-ocs");
            users_.push_back(user);
            REQUIRE(ask_for("paris", command));
        }
    }

    void play(int steps) {
        for (int i = 0; i < steps; ++i) {
            step();
            check_owners();
        }
        heal();
    }

private:
    const std::string& any_site() { return HomeSites::names[random_.below(3)]; }
    const std::string& any_user() { return users_[random_.below(users_.size())]; }

    /// Given until somebody answers, as who scripts it would: by the same id each time.
    std::optional<v1::CommandResult> ask_for(const std::string& site, v1::Command command) {
        command.set_command_id("m" + std::to_string(++ids_));
        for (bool gives_up = random_.below(4) == 0;;) {
            try {
                const auto result = sites_.give(site, command);
                if (result.outcome() == "DONE")
                    answered_.push_back({command, {result.position()}, {result.version()}});
                return result;
            } catch (const Killed&) {
                check_owners();
                if (gives_up) return std::nullopt;
            }
        }
    }

    void step() {
        if (random_.below(3) == 0)
            sites_.kill_next(random_.below(2) == 0 ? Kill::before_append : Kill::after_append);
        if (random_.below(10) == 0) sites_.end(any_site());
        const std::string user = any_user();
        const std::string site = any_site();
        switch (random_.below(6)) {
            case 0:
            case 1: release(user, site); return;
            case 2: accept(user); return;
            case 3: decline_or_take_back(user); return;
            case 4: ask_for(site, observe_client(user, "lync-2013")); return;
            default: replay(); return;
        }
    }

    void release(const std::string& user, const std::string& to) {
        const auto owners = sites_.owners(user);
        // Somebody who is mistaken about who owns it asks, too.
        const std::string from = owners.empty() || random_.below(8) == 0 ? any_site() : owners[0];
        const auto result = ask_for(from, release_to(user, to));
        if (result && result->outcome() == "DONE")
            transfers_.push_back({user, to, from + ":" + std::to_string(result->position())});
        // What a killed process released is found in its log.
        note_releases();
    }

    void note_releases() {
        for (const std::string& site : HomeSites::names) {
            const auto replica = sites_.read(site);
            for (const auto& [number, release] : replica->fleet.releases)
                transfers_.push_back({std::string(replica->fleet.id({number})), release.to_site,
                                      transfer_name(site, release.position)});
        }
    }

    struct Transfer {
        std::string user, to, name;
    };
    std::optional<Transfer> any_transfer(const std::string& user) {
        std::vector<Transfer> of_user;
        for (const Transfer& each : transfers_)
            if (each.user == user) of_user.push_back(each);
        if (of_user.empty()) return std::nullopt;
        return of_user[random_.below(of_user.size())];
    }

    /// Any release of old or of now, mostly where it leads, at times where it does not.
    void accept(const std::string& user) {
        const auto transfer = any_transfer(user);
        if (!transfer) return;
        const std::string at = random_.below(4) == 0 ? any_site() : transfer->to;
        ask_for(at, accept_at(user, at, transfer->name));
    }

    void decline_or_take_back(const std::string& user) {
        const auto transfer = any_transfer(user);
        if (!transfer) return;
        ask_for(transfer->to, decline_at(user, transfer->to, transfer->name));
        const std::string origin = transfer->name.substr(0, transfer->name.find(':'));
        ask_for(origin, accept_at(user, origin, transfer->name));
    }

    /// In the home of then and in the home of now.
    void replay() {
        if (answered_.empty()) return;
        const Answered& old = answered_[random_.below(answered_.size())];
        for (const std::string& site : sites_.owners(old.command.entity())) {
            if (old.command.has_accept() || old.command.has_decline()) continue;
            try {
                const auto result = sites_.give(site, old.command);
                INFO(old.command.ShortDebugString() << result.ShortDebugString());
                CHECK(result.outcome() == "DONE");
                CHECK(result.position() == old.position.value);
                CHECK(result.version() == old.version.value);
            } catch (const Killed&) {
                check_owners();
            }
        }
    }

    void check_owners() {
        for (const std::string& user : users_) {
            const auto owners = sites_.owners(user);
            INFO(user);
            CHECK(owners.size() <= 1);
        }
    }

    void heal() {
        sites_.kill_next(Kill::none);
        note_releases();
        for (const std::string& user : users_) {
            // Every step that anybody may have left undone, in any order.
            for (const Transfer& each : transfers_) {
                if (each.user != user || !sites_.owners(user).empty()) continue;
                sites_.give(each.to, accept_at(user, each.to, each.name));
                const std::string origin = each.name.substr(0, each.name.find(':'));
                if (sites_.owners(user).empty())
                    sites_.give(origin, accept_at(user, origin, each.name));
            }
            INFO(user);
            CHECK(sites_.owners(user).size() == 1);
        }
        for (std::size_t i = 0; i < answered_.size(); ++i) replay();
    }

    RandomHistory random_;
    HomeSites sites_;
    std::vector<std::string> users_;
    std::vector<Transfer> transfers_;
    std::vector<Answered> answered_;
    int ids_ = 0;
};

TEST_CASE("homes move between three sites that die at any append, and each entity has one owner") {
    for (const std::uint64_t seed : seeds(40)) {
        INFO("FERRY_TEST_SEED=" << seed);
        Movements(seed).play(60);
    }
}

}  // namespace
}  // namespace ferry::test
