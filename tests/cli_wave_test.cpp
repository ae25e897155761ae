// `ferry wave` and `ferry simulate` as a migration engineer uses them.
#include "tests/pilot_estate.hpp"

namespace ferry::testing {

namespace {

/// A pool in pilot with ten users, user0 to user9, besides alice, bob and the help desk.
struct WaveFerry : PilotEstate {
    WaveFerry() {
        std::string lines;
        for (int number = 0; number < 10; ++number)
            lines += member_line(fmt::format("user:user{}@contoso.com", number), "01", "paris");
        apply(lines);
    }
    ProgramRun wave(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "wave");
        return run(arguments);
    }
    boost::json::object status(const std::string& name) {
        const ProgramRun shown = run({"wave", "status", name, "--json"});
        INFO(shown);
        REQUIRE(shown.exit == 0);
        return boost::json::parse(shown.out).as_object();
    }
    std::string csv() {
        return file("wave.csv", "SipAddress\r\nsip:user0@contoso.com\r\nUSER1@contoso.com\r\n"
                                "user2@contoso.com\r\n");
    }
    std::string log_bytes() {
        return read_text((log() / "paris.db-wal").string()) +
               read_text((log() / "paris.db").string());
    }
};

}  // namespace

TEST_CASE("a wave is planned from a CSV of addresses, started and done") {
    WaveFerry ferry;
    const ProgramRun created =
        ferry.wave({"create", "w1", ferry.csv(), "--to", "pilot", "--failure-budget", "1"});
    INFO(created);
    CHECK(created.exit == 0);
    CHECK(created.says("wave:w1: 3 members to pilot, 0 of them there already"));
    const ProgramRun started = ferry.wave({"start", "w1"});
    INFO(started);
    CHECK(started.exit == 0);
    CHECK(started.says("completed"));
    const auto status = ferry.status("w1");
    CHECK(status.at("state") == "completed");
    CHECK(status.at("total") == 3);
    CHECK(status.at("moved") == 3);
    CHECK(status.at("percent") == 100);
    CHECK(std::string(status.at("owner").as_string()) == default_actor());
    CHECK(ferry.lifecycle("user:user1@contoso.com") == "pilot");
    CHECK(ferry.lifecycle("user:user3@contoso.com") == "legacy");
    CHECK(ferry.run({"verify"}).exit == 0);
    CHECK(ferry.run({"conform"}).exit == 0);
    const ProgramRun resumed = ferry.wave({"resume", "w1"});
    INFO(resumed);
    CHECK(resumed.exit == 1);
    CHECK(resumed.warns("nothing but `ferry wave rollback` is possible now"));
    // The same name again is refused, and nothing is said to be planned.
    const ProgramRun twice = ferry.wave({"create", "w1", ferry.csv(), "--to", "pilot"});
    CHECK(twice.exit == 1);
    CHECK_FALSE(twice.says("members to pilot"));
}

TEST_CASE("every unknown column and address of a wave's file is named by its place") {
    WaveFerry ferry;
    const std::string file = ferry.file("wrong.csv", "SipAddress,Start\nuser0@contoso.com,\n"
                                                     "nobody@contoso.com,\n"
                                                     "user1@contoso.com,soon\n"
                                                     "sip:user0@contoso.com,\n");
    const std::string before = ferry.log_bytes();
    const ProgramRun created = ferry.wave({"create", "w1", file, "--to", "pilot"});
    INFO(created);
    CHECK(created.exit == 65);
    CHECK(created.warns(file + ":3:1: `nobody@contoso.com` is no user"));
    CHECK(created.warns(file + ":4:19: `soon` is no time"));
    CHECK(created.warns(file + ":5:1: user:user0@contoso.com stands on line 2 already"));
    const std::string columns =
        ferry.file("columns.csv", "SipAddress,Colour\nuser0@contoso.com,\n");
    const ProgramRun second = ferry.wave({"create", "w1", columns, "--to", "pilot"});
    CHECK(second.exit == 65);
    CHECK(second.warns(columns + ":1:12: column `Colour` is unknown here"));
    CHECK(ferry.log_bytes() == before);
}

TEST_CASE("a wave is planned from a selector, or as a share, and split by its size limit") {
    WaveFerry ferry;
    const ProgramRun created = ferry.wave({"create", "part", "pool:ocs01.contoso.com/users", "--to",
                                           "pilot", "--size-max", "5", "--split"});
    INFO(created);
    CHECK(created.exit == 0);
    CHECK(created.says("wave:part-1: 5 members"));
    CHECK(created.says("wave:part-3: 2 members"));
    CHECK(ferry.wave({"start", "part-2"}).warns("waves-before-completed"));
    CHECK(ferry.wave({"start", "part-1"}).exit == 0);
    CHECK(ferry.wave({"stop", "part-3"}).exit == 0);
    const std::vector<std::string> all{"create", "some", "100%", "--pool", "ocs01.contoso.com",
                                       "--to",   "pilot"};
    const ProgramRun taken = ferry.wave(all);
    INFO(taken);
    CHECK(taken.exit == 1);
    CHECK(taken.warns("is in wave:part-2 already"));
    std::vector<std::string> others = all;
    others.emplace_back("--free");
    CHECK(ferry.wave(others).says("wave:some: 7 members to pilot, 5 of them there already"));
    const ProgramRun large = ferry.wave(
        {"create", "large", "pool:ocs01.contoso.com/users", "--to", "pilot", "--size-max", "5"});
    CHECK(large.exit == 1);
    CHECK(large.warns("within-size: 12 members are more than the 5"));
}

TEST_CASE("a held wave says why, counts failures as not done, and can be rolled back exactly") {
    WaveFerry ferry;
    REQUIRE(ferry
                .wave({"create", "w1", "pool:ocs01.contoso.com/users", "--to", "pilot",
                       "--failure-budget", "1"})
                .exit == 0);
    ferry.must({"withdraw", "user:user4@contoso.com"});
    const ProgramRun started = ferry.wave({"start", "w1"});
    INFO(started);
    CHECK(started.exit == 1);
    auto status = ferry.status("w1");
    CHECK(status.at("state") == "held");
    CHECK(status.at("failed") == 1);
    CHECK(status.at("percent").to_number<int>() < 100);
    CHECK(std::string(status.at("why").as_string()).find("withdrawn") != std::string::npos);
    CHECK(ferry.wave({"resume", "w1"}).exit == 1);
    CHECK(ferry.status("w1").at("state") == "completed-with-failures");

    const std::string before = ferry.log_bytes();
    const ProgramRun planned = ferry.wave({"rollback", "w1", "--dry-run"});
    INFO(planned);
    CHECK(planned.exit == 0);
    CHECK(planned.says("11 of 12 entities differ"));
    CHECK(ferry.log_bytes() == before);
    const ProgramRun back = ferry.wave({"rollback", "w1", "--yes"});
    INFO(back);
    CHECK(back.exit == 0);
    CHECK(back.says("proof: the decided state of the scope has digest"));
    CHECK(ferry.status("w1").at("state") == "rolled-back");
    CHECK(ferry.lifecycle("user:user1@contoso.com") == "legacy");
    CHECK(ferry.run({"verify"}).exit == 0);
    const ProgramRun again = ferry.wave({"rollback", "w1", "--yes"});
    CHECK(again.exit == 1);
    CHECK(again.warns("was rolled back already"));
}

TEST_CASE("a rollback of a wave that has never run is refused, and stopping ends it") {
    WaveFerry ferry;
    REQUIRE(ferry.wave({"create", "w1", ferry.csv(), "--to", "pilot"}).exit == 0);
    CHECK(ferry.wave({"rollback", "w1", "--yes"}).exit == 1);
    CHECK(ferry.wave({"stop", "w1"}).exit == 0);
    CHECK(ferry.status("w1").at("state") == "completed-with-failures");
}

TEST_CASE("times are given in a zone, and those that the clocks skip or repeat are refused") {
    WaveFerry ferry;
    const auto create = [&](const std::string& time, const std::string& zone) {
        return ferry.wave({"create", "w1", ferry.csv(), "--to", "pilot", "--dry-run", "--start",
                           time, "--time-zone", zone});
    };
    const ProgramRun skipped = create("2027-03-28T02:30", "Europe/Paris");
    INFO(skipped);
    CHECK(skipped.exit == 2);
    CHECK(skipped.warns("2027-03-28T02:30 does not exist in Europe/Paris"));
    CHECK(skipped.warns("2027-03-28T02:30:00+02:00 or 2027-03-28T02:30:00+01:00"));
    const ProgramRun repeated = create("2027-10-31 02:30", "Europe/Paris");
    CHECK(repeated.warns("comes twice"));
    CHECK(create("2027-07-01T20:00", "Europe/Pariss").warns("did you mean `Europe/Paris`?"));
    CHECK(create("2027-02-30T20:00", "Europe/Paris").exit == 2);
    CHECK(create("2027-07-01T20:00", "Europe/Paris").exit == 0);
    REQUIRE(ferry
                .wave({"create", "w1", ferry.csv(), "--to", "pilot", "--start", "2027-07-01T20:00",
                       "--time-zone", "Europe/Paris"})
                .exit == 0);
    CHECK(ferry.status("w1").at("start") == "2027-07-01T18:00:00Z");
    const ProgramRun started = ferry.wave({"start", "w1"});
    CHECK(started.exit == 1);
    CHECK(started.warns("window-open"));
}

TEST_CASE("a member's own window stands in the file, in the wave's zone, and comes before its") {
    WaveFerry ferry;
    const std::string file = ferry.file("own.csv", "SipAddress,Start,CompleteBy\n"
                                                   "user0@contoso.com,2026-01-01T08:00,\n"
                                                   "user1@contoso.com,,\n");
    REQUIRE(ferry
                .wave({"create", "w1", file, "--to", "pilot", "--start", "2097-07-01T20:00",
                       "--time-zone", "Europe/Paris"})
                .exit == 0);
    REQUIRE(ferry.wave({"start", "w1", "--no-wait"}).exit == 0);
    ferry.apply(R"({"commandId":"step","entity":"wave:w1","stepWave":{}})"
                "\n");
    CHECK(ferry.lifecycle("user:user0@contoso.com") == "pilot");
    CHECK(ferry.lifecycle("user:user1@contoso.com") == "legacy");
    CHECK(ferry.status("w1").at("moved") == 1);
}

TEST_CASE("with --no-wait a wave only starts, and a runner goes on with it") {
    WaveFerry ferry;
    REQUIRE(ferry.wave({"create", "w1", ferry.csv(), "--to", "pilot"}).exit == 0);
    REQUIRE(ferry.wave({"start", "w1", "--no-wait"}).exit == 0);
    CHECK(ferry.status("w1").at("state") == "running");
    CHECK(ferry.wave({"pause", "w1"}).exit == 0);
    CHECK(ferry.wave({"resume", "w1", "--no-wait"}).exit == 0);
    CHECK(ferry.wave({"run", "w1"}).exit == 0);
    CHECK(ferry.status("w1").at("state") == "completed");
}

TEST_CASE("a simulation of a wave says what the wave then does, and writes nothing") {
    WaveFerry ferry;
    REQUIRE(ferry.wave({"create", "w1", "pool:ocs01.contoso.com/users", "--to", "pilot"}).exit ==
            0);
    ferry.must({"withdraw", "user:user4@contoso.com"});
    const std::string before = ferry.log_bytes();
    const ProgramRun tried = ferry.run({"simulate", "wave", "w1", "--json"});
    INFO(tried);
    CHECK(tried.exit == 1);
    CHECK(ferry.log_bytes() == before);
    const auto json = boost::json::parse(tried.out);
    CHECK(json.at("wouldMove") == 11);
    CHECK(json.at("refused") == 1);
    CHECK(json.at("wayBack").at("reversible") == 11);
    REQUIRE(ferry.wave({"start", "w1"}).exit == 1);
    CHECK(ferry.status("w1").at("moved") == 11);
}

TEST_CASE("who is held on the way has not moved, in a simulation as in the wave") {
    WaveFerry ferry;
    REQUIRE(ferry.wave({"create", "w1", ferry.csv(), "--to", "pilot"}).exit == 0);
    ferry.must({"check", pool, "services-started", "inconclusive"});
    const ProgramRun simulated = ferry.run({"simulate", "wave", "w1"});
    INFO(simulated);
    const ProgramRun started = ferry.wave({"start", "w1"});
    INFO(started);
    CHECK(started.exit == 1);
    CHECK(ferry.lifecycle("user:user0@contoso.com") == "coexist-test");
    CHECK(ferry.status("w1").at("moved") == 0);
    CHECK(simulated.says("would move 0, refused"));
}

TEST_CASE("an advance and a rollback are simulated with what they would cost") {
    WaveFerry ferry;
    ferry.apply(ferry.command(
        alice, R"("observeMeeting":{"meeting":"m-1","client":"communicator-2007-r2"})"));
    const std::string before = ferry.log_bytes();
    const ProgramRun tried = ferry.run({"simulate", "advance", members, "--to", "pilot"});
    INFO(tried);
    CHECK(tried.exit == 0);
    CHECK(tried.says("would move 13, refused 0"));
    CHECK(tried.says("user:alice@contoso.com meeting m-1"));
    CHECK(tried.says("the way back: "));
    CHECK(ferry.log_bytes() == before);
    ferry.must({"advance", alice, "--to", "pilot"});
    const ProgramRun back = ferry.run({"simulate", "rollback", "--to", "before", members});
    INFO(back);
    CHECK(back.exit == 0);
    CHECK(back.says("rollback simulated on a copy of paris:"));
    CHECK(ferry.lifecycle(alice) == "pilot");
}

TEST_CASE("who could not talk to whom is said of the way, not of its end alone") {
    WaveFerry ferry;
    ferry.must({"advance", alice, "--to", "pilot"});
    for (const std::string check :
         {"legacy-operational", "successor-operational", "features-verified"})
        ferry.must({"check", pool, check, "pass"});
    ferry.must({"advance", pool, "--to", "production"});
    const std::vector<std::string> asked{"simulate", "advance", "pool:ocs01.contoso.com/users",
                                         "--to", "production"};
    CHECK_FALSE(ferry.run(asked).says("could not talk"));
    ferry.must({"check", pool, "clients-reach-legacy-users", "fail"});
    // In the end all are on the new side; until then those who went first do not reach the others.
    const ProgramRun tried = ferry.run(asked);
    INFO(tried);
    CHECK(tried.says("would move 12, refused 0"));
    CHECK(tried.says("pool:ocs01.contoso.com: meanwhile up to 12 of its users are on the new side "
                     "and up to 11 on the legacy side"));
    CHECK(tried.says("not passed: clients-reach-legacy-users"));
}

TEST_CASE("waves are entities that are shown, listed apart, and selected as their members") {
    WaveFerry ferry;
    REQUIRE(ferry.wave({"create", "w1", ferry.csv(), "--to", "pilot"}).exit == 0);
    CHECK(ferry.run({"show", "wave:w1", "--json"}).says(R"("lifecycle":"planned")"));
    CHECK_FALSE(ferry.run({"show", "--all"}).says("wave:w1"));
    CHECK(ferry.run({"history", "wave:w1"}).says("3 entities planned to pilot"));
    CHECK(ferry.run({"advance", "wave:w1", "--to", "pilot"}).says("moved 3,"));
    CHECK(ferry.run({"wave", "list"}).says("w1"));
    CHECK(ferry.run({"wave", "status", "w9"}).exit == 65);
    CHECK(ferry.run({"events", "--json"}).exit == 0);
    CHECK(ferry.run({"status", "--json"}).exit == 0);
}

TEST_CASE("lines of one file plan a wave and go on with it") {
    ProgramRunner ferry;
    ferry.apply(pool_line("01", "paris") + member_line("user:a@contoso.com", "01", "paris"));
    const ProgramRun applied = ferry.run(
        {"apply", "-"},
        R"({"commandId":"w1","entity":"wave:one","planWave":{"site":"paris","to":"pilot",)"
        R"("members":["user:a@contoso.com"]}})"
        "\n"
        R"({"commandId":"w2","entity":"wave:one","startWave":{}})"
        "\n");
    INFO(applied);
    CHECK_FALSE(applied.says("unknown entity"));
    CHECK(applied.says(R"({"commandId":"w2","outcome":"DONE")"));
}

}  // namespace ferry::testing
