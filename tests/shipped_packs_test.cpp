// The packs that ship, walked from legacy to retired: what each phase of the real procedure refuses
// until it is done.
#include "engine/pack_toml.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

constexpr const char* ocs = "ocs01.contoso.com";
constexpr const char* pool = "pool:ocs01.contoso.com";

const Pack& built_in(std::string_view name) {
    static std::map<std::string, Pack, std::less<>> packs;
    if (const auto known = packs.find(name); known != packs.end()) return known->second;
    for (const BuiltInPack& each : built_in_packs())
        if (each.name == name) return packs.emplace(name, *read_pack(each.toml).pack).first->second;
    FAIL("no built-in pack of this name");
    return side_by_side();
}

std::string user(int number) { return fmt::format("user:user{}@contoso.com", number); }

struct Walk : Estate {
    explicit Walk(std::string_view name) : Estate(1, built_in(name)) {}

    void pass(std::string_view entity, std::initializer_list<const char*> names) {
        for (const char* name : names) {
            v1::Command command = check(entity, name);
            const CheckRule* rule = writer_pack().check_rule(name);
            if (rule && rule->side == CheckRule::Side::each) {
                command.mutable_record_check()->set_deployment("legacy");
                done(command);
                command.mutable_record_check()->set_deployment("successor");
            }
            done(command);
        }
    }
    const Pack& writer_pack() const { return pack_in_force(replica.fleet, *rules); }

    /// A step that opens a move, and its report.
    void move(const v1::Command& step) {
        const auto opened = done(step);
        v1::Command report = ask(step.entity());
        report.mutable_report_move()->set_move(fmt::format("paris:{}", opened.position()));
        report.mutable_report_move()->set_outcome("SUCCEEDED");
        done(report);
    }

    /// The guards that refuse it; empty where nothing does.
    std::string refused(const v1::Command& command) {
        std::string guards;
        const auto answer = give(command);
        for (const auto& failed : answer.failed_guards())
            guards += (guards.empty() ? "" : " ") + failed.guard();
        return guards;
    }

    const Pack* rules = nullptr;
};

struct Lync : Walk {
    Lync() : Walk("ocs2007r2-to-lync2013") {
        rules = &built_in("ocs2007r2-to-lync2013");
        with_pool(ocs, 12);
        done({add_application("desk", ocs, "response-groups"),
              add_application("gateway", ocs, "mediation"),
              add_application("directory", ocs, "conference-directory")});
    }
    void verify_coexistence() {
        pass(pool,
             {"services-started", "site-administrable", "topology-merged", "legacy-fqdns-listed",
              "conference-directories-visible", "policies-imported", "replication-up-to-date",
              "clients-reach-current-users", "clients-reach-legacy-users"});
    }
    /// Phases 2 to 5.
    void prepare() {
        pass(pool, {"legacy-services-verified", "backup-and-inventory", "clients-updated"});
        done(enter_coexistence(pool));
        verify_coexistence();
        done(start_pilot(pool));
    }
    /// Phase 6, with ten users.
    void pilot() {
        pass(pool, {"user-replicator-30024"});
        for (int number = 1; number <= 10; ++number) {
            done(enter_coexistence(user(number)));
            move(start_pilot(user(number)));
        }
    }
    /// Phases 7 and 8.
    void produce() {
        clock.pass(std::chrono::hours(72));
        verify_coexistence();
        pass(pool, {"legacy-operational", "successor-operational", "features-verified",
                    "second-edge-without-federation", "external-users-reach-pilot"});
        done(promote(pool));
    }
    void move_users() {
        for (int number = 1; number <= 12; ++number) {
            if (number <= 10) pass(user(number), {"registrar-pool-is-target"});
            move(promote(user(number)));
        }
    }
};

}  // namespace

TEST_CASE("OCS to Lync: nothing is merged before the legacy side is verified and backed up") {
    Lync walk;
    CHECK(walk.refused(enter_coexistence(pool)) == "checks-passed");
    walk.pass(pool, {"legacy-services-verified", "backup-and-inventory"});
    CHECK(walk.refused(enter_coexistence(pool)) == "checks-passed");
    walk.pass(pool, {"clients-updated"});
    walk.done(enter_coexistence(pool));
    CHECK(walk.refused(start_pilot(pool)) == "coexistence-verified checks-passed");
}

TEST_CASE("OCS to Lync: no user moves before event 30024 was seen, and each is looked at after") {
    Lync walk;
    walk.prepare();
    walk.done(enter_coexistence(user(1)));
    CHECK(walk.refused(start_pilot(user(1))) == "checks-passed");
    walk.pass(pool, {"user-replicator-30024"});
    walk.move(start_pilot(user(1)));
    for (int number = 2; number <= 10; ++number) {
        walk.done(enter_coexistence(user(number)));
        walk.move(start_pilot(user(number)));
    }
    walk.produce();
    CHECK(walk.refused(promote(user(1))) == "checks-passed");
    walk.pass(user(1), {"registrar-pool-is-target"});
    walk.move(promote(user(1)));
}

TEST_CASE("OCS to Lync: the pilot is of ten people and three days, and daily checks grow old") {
    Lync walk;
    walk.prepare();
    CHECK(walk.refused(promote(pool)) == "pilot-ran checks-passed");
    walk.pilot();
    walk.pass(pool, {"legacy-operational", "successor-operational", "features-verified",
                     "second-edge-without-federation", "external-users-reach-pilot"});
    CHECK(walk.refused(promote(pool)) == "pilot-ran");
    walk.clock.pass(std::chrono::hours(72));
    CHECK(walk.refused(promote(pool)) == "coexistence-verified");
    CHECK(walk.entity(pool).knowledge == v1::STATE_COEXISTENCE_DEGRADED);
    walk.pass(pool, {"clients-reach-current-users", "clients-reach-legacy-users"});
    walk.done(promote(pool));
}

TEST_CASE("OCS to Lync: response groups and Mediation Servers after all users") {
    Lync walk;
    walk.prepare();
    walk.pilot();
    walk.produce();
    for (const char* name : {"application:desk", "application:gateway", "application:directory"})
        walk.pass(name, {"application-compatible"});
    CHECK(walk.refused(promote("application:desk")) == "order-respected");
    CHECK(walk.refused(promote("application:gateway")) == "order-respected checks-passed");
    walk.move_users();
    walk.move(promote("application:desk"));
    CHECK(walk.refused(promote("application:gateway")) == "checks-passed");
    walk.pass("application:gateway", {"gateway-ready"});
    walk.move(promote("application:gateway"));
    CHECK(walk.refused(promote("application:directory")) == "checks-passed");
}

TEST_CASE("OCS to Lync: a pool is retired only when nothing of any class is left on it") {
    Lync walk;
    walk.prepare();
    walk.pilot();
    walk.produce();
    walk.move_users();
    for (const char* name : {"application:desk", "application:gateway", "application:directory"})
        walk.pass(name, {"application-compatible", "gateway-ready", "user-data-exported"});
    walk.pass(pool,
              {"conferencing-policies-checked", "sessions-drained", "legacy-site-merged-out"});
    walk.done(approve_retirement(pool));
    for (const char* name : {"application:desk", "application:gateway", "application:directory"}) {
        CHECK(walk.refused(retire(pool)) == "members-moved");
        walk.move(promote(name));
        walk.done(retire(name));
    }
    walk.done(retire(pool));
}

TEST_CASE("Skype for Business to Teams: rules alone make a third kind of migration") {
    Walk walk("sfb-to-teams");
    walk.rules = &built_in("sfb-to-teams");
    walk.with_pool(ocs, 2);
    CHECK(walk.refused(enter_coexistence(pool)) == "checks-passed");
    walk.pass(pool, {"directory-synchronised"});
    walk.done(enter_coexistence(pool));
    walk.pass(pool, {"hybrid-configured", "shared-sip-address-space", "coexistence-mode-chosen",
                     "teams-reaches-skype", "skype-reaches-teams"});
    walk.done({start_pilot(pool), enter_coexistence(user(1))});
    CHECK(walk.refused(start_pilot(user(1))) == "checks-passed");
    walk.pass(user(1), {"licensed"});
    walk.move(start_pilot(user(1)));
    CHECK(walk.refused(promote(pool)) == "pilot-ran checks-passed");
}

}  // namespace ferry::test
