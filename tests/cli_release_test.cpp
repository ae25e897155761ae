// `ferry release`: homes that move between sites, as people see it.
#include "tests/neighbours.hpp"

namespace ferry::testing {

TEST_CASE("a released user is shown, counted and commanded in the next site, and in no other") {
    Neighbours ferry;
    ferry.must({"advance", alice, "--to", "pilot"});
    const ProgramRun released = ferry.release_alice();
    INFO(released);
    CHECK(released.exit == 0);
    CHECK(released.says("moved 1, already there 0, refused 0"));
    const auto json = ferry.shown(alice);
    CHECK(json.at("site") == "lyon");
    CHECK(json.at("pool") == "ocs02.contoso.com");
    CHECK(json.at("lifecycle") == "pilot");
    CHECK(json.at("home") == "lync02.contoso.com");
    const std::string all = ferry.run({"show", "--all", "--json"}).out;
    CHECK(all.find("alice") == all.rfind("\"user:alice@contoso.com\"") + 6);
    const ProgramRun paris = ferry.run({"status", "--site", "paris", "--kind", "user", "--json"});
    INFO(paris);
    CHECK(boost::json::parse(paris.out).at("pilot") == 0);
    CHECK(boost::json::parse(paris.out).at("released") == 1);
    ferry.must({"check", alice, "headset-tried", "pass"});
    CHECK(ferry.shown(alice).at("site") == "lyon");
    const ProgramRun again = ferry.release_alice();
    CHECK(again.says("moved 0, already there 1, refused 0"));
    const ProgramRun verified = ferry.run({"verify"});
    INFO(verified);
    CHECK(verified.exit == 0);
    CHECK(verified.says("1 move between sites compared"));
}

TEST_CASE("the history of an entity goes through all its homes, in the order of its versions") {
    Neighbours ferry;
    ferry.must({"advance", alice, "--to", "pilot"});
    ferry.release_alice();
    ferry.must({"release", alice, "--to", "paris", "--pool", "ocs01.contoso.com"});
    std::istringstream lines(ferry.run({"history", alice, "--json"}).out);
    std::vector<std::string> types;
    std::int64_t version = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto event = boost::json::parse(line);
        types.emplace_back(event.at("type").as_string());
        CHECK(std::stoll(std::string(event.at("version").as_string())) == ++version);
    }
    CHECK(types == std::vector<std::string>{"Registered", "PolicyObserved", "Transitioned",
                                            "Transitioned", "Released", "Accepted", "Released",
                                            "Accepted"});
    CHECK(ferry.shown(alice).at("site") == "paris");
    CHECK(ferry.run({"verify"}).exit == 0);
    CHECK(ferry.run({"verify", "--rebuild"}).exit == 0);
    CHECK(ferry.run({"conform"}).exit == 0);
}

TEST_CASE("as of a moment before it moved an entity is shown where it was at home then") {
    Neighbours ferry;
    ferry.must({"mark", "before-move"});
    ferry.release_alice();
    const auto then = ferry.run({"show", alice, "--json", "--at", "before-move"});
    INFO(then);
    CHECK(boost::json::parse(then.out).at("site") == "paris");
    CHECK(ferry.shown(alice).at("site") == "lyon");
}

TEST_CASE("a release that was interrupted is listed, is nobody's to command, and is finished by "
          "the same command") {
    Neighbours ferry;
    const std::string transfer = ferry.release_only();
    const ProgramRun status = ferry.run({"status"});
    INFO(status);
    CHECK(status.says("1 between two sites"));
    CHECK(status.says("user:alice@contoso.com released to lyon at " + transfer));
    CHECK(ferry.run({"status", "--json"}).says("\"betweenSites\""));
    CHECK(ferry.run({"show", alice}).says("to site lyon at " + transfer));
    const ProgramRun refused = ferry.run({"advance", alice, "--to", "pilot"});
    CHECK(refused.exit == 1);
    CHECK(refused.says("owned-here"));
    const ProgramRun finished = ferry.release_alice();
    CHECK(finished.says("moved 1"));
    CHECK(ferry.shown(alice).at("site") == "lyon");
    CHECK(!ferry.run({"status"}).says("between two sites"));
}

TEST_CASE("what was released and not accepted is taken back once, and declined there for ever") {
    Neighbours ferry;
    const std::string transfer = ferry.release_only();
    const ProgramRun back = ferry.run({"release", alice, "--to", "lyon", "--take-back"});
    INFO(back);
    CHECK(back.says("moved 1"));
    CHECK(ferry.shown(alice).at("site") == "paris");
    const ProgramRun late = ferry.run(
        {"apply", "-"},
        ferry.command(alice,
                      fmt::format(R"("accept":{{"site":"lyon","transfer":"{}"}})", transfer)));
    CHECK(late.says("release-verified"));
    CHECK(late.says("declined it"));
    CHECK(ferry.run({"verify"}).exit == 0);
    CHECK(ferry.release_alice().says("moved 1"));
}

TEST_CASE("a whole pool moves with its members by one command") {
    Neighbours ferry;
    ferry.must({"advance", alice, "--to", "pilot"});
    const ProgramRun moved = ferry.run({"release", pool, members, "--to", "lyon"});
    INFO(moved);
    CHECK(moved.exit == 0);
    CHECK(moved.says("moved 4, already there 0, refused 0"));
    CHECK(ferry.shown(pool).at("site") == "lyon");
    CHECK(ferry.shown(helpdesk).at("site") == "lyon");
    const ProgramRun status = ferry.run({"status", "--pool", "ocs01.contoso.com"});
    INFO(status);
    CHECK(status.says("ocs01.contoso.com"));
    ferry.must({"advance", bob, "--to", "pilot"});
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("who no pool of the next site could take is not released at all") {
    Neighbours ferry;
    ferry.must({"advance", alice, "--to", "pilot"});
    const ProgramRun nowhere = ferry.run({"release", alice, "--to", "lyon"});
    CHECK(nowhere.exit == 1);
    CHECK(nowhere.says("site lyon has no pool `ocs01.contoso.com`"));
    CHECK(ferry.shown(alice).at("site") == "paris");
    CHECK(ferry.run({"release", alice, "--to", "rome"}).exit == 65);
}

TEST_CASE("a dry run of a release writes nothing") {
    Neighbours ferry;
    const ProgramRun dry =
        ferry.run({"release", alice, "--to", "lyon", "--pool", "ocs02.contoso.com", "--dry-run"});
    INFO(dry);
    CHECK(dry.says("would move 1"));
    CHECK(ferry.shown(alice).at("presence") == "present");
    CHECK(ferry.shown(alice).at("site") == "paris");
}

TEST_CASE("a rollback that would cross a change of owner is refused with the list") {
    Neighbours ferry;
    ferry.must({"mark", "both"});
    ferry.release_alice();
    ferry.must({"advance", bob, "--to", "pilot"});
    const ProgramRun crossed = ferry.run({"rollback", "--to", "both", "site:paris/*", "--yes"});
    INFO(crossed);
    CHECK(crossed.exit == 1);
    CHECK((crossed.says("never crosses a change of owner") ||
           crossed.warns("never crosses a change of owner")));
    CHECK(ferry.run({"rollback", "--to", "both", alice, "--yes"}).exit == 1);
    const ProgramRun narrowed = ferry.run({"rollback", "--to", "both", bob, "--yes"});
    INFO(narrowed);
    CHECK(narrowed.exit == 0);
    CHECK(ferry.lifecycle(bob) == "legacy");
}

TEST_CASE("in one file of commands a release is accepted, and what follows is asked of the next") {
    Neighbours ferry;
    const ProgramRun applied =
        ferry.run({"apply", "-"},
                  ferry.command(alice, R"("release":{"to":"lyon","pool":"ocs02.contoso.com"})"));
    const auto released = boost::json::parse(applied.out);
    const std::string transfer = "paris:" + std::string(released.at("position").as_string());
    ferry.apply(ferry.command(
                    alice, fmt::format(R"("accept":{{"site":"lyon","transfer":"{}"}})", transfer)) +
                ferry.command(alice, R"("enterCoexistence":{})") +
                ferry.command(claire, R"("enterCoexistence":{})"));
    CHECK(ferry.shown(alice).at("lifecycle") == "coexist-test");
}

}  // namespace ferry::testing
