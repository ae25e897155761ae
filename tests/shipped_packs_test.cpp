// The packs that ship, walked from legacy to retired: what each phase of the real procedure refuses
// until it is done.
#include "engine/pack_toml.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

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

TEST_CASE("OCS to Lync: a pilot moves for real, so nothing gets to the new side by it too early") {
    Lync walk;
    walk.prepare();
    walk.done(add_application("route", ocs, "federation-route"));
    for (const char* name : {"application:desk", "application:gateway", "application:directory",
                             "application:route"}) {
        CAPTURE(name);
        walk.done(enter_coexistence(name));
        CHECK(walk.refused(start_pilot(name)).find("checks-passed") != std::string::npos);
    }
    // Once event 30024 was seen, the orders and what each class needs of its own are left.
    walk.pass(pool, {"user-replicator-30024"});
    CHECK(walk.refused(start_pilot("application:desk")) == "order-respected");
    CHECK(walk.refused(start_pilot("application:gateway")) == "order-respected");
    CHECK(walk.refused(start_pilot("application:directory")) == "checks-passed");
    walk.pass("application:directory", {"user-data-exported"});
    walk.move(start_pilot("application:directory"));
    CHECK(walk.refused(start_pilot("application:route")) == "checks-passed");
    walk.pass("application:route", {"outage-window-agreed", "one-edge-federated"});
    walk.move(start_pilot("application:route"));
}

TEST_CASE("OCS to Lync: who moved without a pilot is looked at before they are done with") {
    Lync walk;
    walk.prepare();
    walk.pilot();
    walk.produce();
    walk.move(promote(user(11)));
    const std::string guards = walk.refused(retire(user(11)));
    CHECK(guards.find("checks-passed") != std::string::npos);
    walk.pass(user(11), {"registrar-pool-is-target"});
    CHECK(walk.refused(retire(user(11))) == "pool-retired");
}

TEST_CASE("OCS to Lync: each rule has its source in the comment above it") {
    // A page by its title, a cmdlet or tool by its name, the rule above, or our own word for it.
    const auto names_source = [](const std::string& comment) {
        return std::ranges::any_of(
            std::initializer_list<const char*>{"\"", "-Cs", "(ours)", "As above"},
            [&](const char* sign) { return comment.find(sign) != std::string::npos; });
    };
    std::string toml;
    for (const BuiltInPack& each : built_in_packs())
        if (each.name == "ocs2007r2-to-lync2013") toml = each.toml;
    std::istringstream lines(toml);
    std::string comment;
    int rules = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("#")) {
            comment += line;
            continue;
        }
        const bool rule = line.starts_with("[checks.") ||
                          (line.starts_with("[[") && line != "[[client]]") || line == "[clients]" ||
                          line == "[pilot]" || line == "[limits]" || line == "[rollback]";
        CAPTURE(line);
        CAPTURE(rules);
        if (rule) CHECK(names_source(comment));
        rules += rule ? 1 : 0;
        comment.clear();
    }
    CHECK(rules > 50);
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
    // A pilot of an application is its real move, and a queue's agents are not in Teams yet.
    walk.done(
        {add_application("queue", ocs, "response-groups"), enter_coexistence("application:queue")});
    CHECK(walk.refused(start_pilot("application:queue")) == "order-respected");
}

}  // namespace ferry::test
