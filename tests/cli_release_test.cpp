// `ferry release` and `ferry take-over`: homes that move between sites, as people see it.
#include "events/sqlite_log.hpp"
#include "tests/pilot_estate.hpp"

#include <filesystem>

namespace ferry::testing {
namespace {

constexpr const char* claire = "user:claire@contoso.com";
constexpr const char* files_of_paris[] = {"paris.db",   "paris.db-wal", "paris.db-shm",
                                          "paris.head", "paris.lock",   "paris.snapshot",
                                          "paris.ids"};
constexpr const char* lyon_pool = "pool:ocs02.contoso.com";

/// Lyon beside paris, its pool in pilot too.
struct Neighbours : PilotEstate {
    Neighbours() {
        apply(pool_line("02", "lyon") + member_line(claire, "02", "lyon"));
        for (const std::string check :
             {"services-started", "site-administrable", "clients-reach-current-users",
              "clients-reach-legacy-users"})
            must({"check", lyon_pool, check, "pass"});
        must({"advance", lyon_pool, "--to", "pilot"});
    }
    ProgramRun release_alice() {
        return run({"release", alice, "--to", "lyon", "--pool", "ocs02.contoso.com"});
    }
    /// The first half alone, as if the program had been killed after it.
    std::string release_only() {
        apply(command(alice, R"("release":{"to":"lyon","pool":"ocs02.contoso.com"})"));
        const auto shown = boost::json::parse(run({"show", alice, "--json"}).out);
        return std::string(shown.at("release").as_string());
    }
    boost::json::value shown(const std::string& entity) {
        return boost::json::parse(run({"show", entity, "--json"}).out);
    }
};

}  // namespace

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
    CHECK(verified.says("1 moves between sites compared"));
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

namespace {

/// Paris is lost after `known`; what it wrote since is in `later`.
struct Lost : Neighbours {
    Lost() {
        must({"advance", alice, "--to", "pilot"});
        std::filesystem::copy(log(), folder() / "backup");
        must({"check", bob, "headset-tried", "pass"});
        must({"advance", bob, "--to", "pilot"});
        for (const char* each : files_of_paris)
            if (std::filesystem::exists(log() / each)) {
                std::filesystem::create_directories(folder() / "later");
                std::filesystem::rename(log() / each, folder() / "later" / each);
            }
    }
    std::vector<std::string> take_over(std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"take-over", "paris",
                                           "--to",      "lyon",
                                           "--from",    "sqlite:" + (folder() / "backup").string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    void agree() { agree_to_takeover(take_over(), "lyon"); }
    void comes_back() {
        for (const auto& each : std::filesystem::directory_iterator(folder() / "later"))
            std::filesystem::copy(each.path(), log() / each.path().filename());
    }
};

}  // namespace

TEST_CASE("a lost site is taken over once another person has agreed to what is known of it") {
    Lost ferry;
    const ProgramRun alone = ferry.as("dana", ferry.take_over());
    INFO(alone);
    CHECK(alone.exit == 1);
    CHECK(alone.warns("nobody other than dana has approved"));
    ferry.agree();
    CHECK(ferry.as("erik", ferry.take_over()).exit == 1);
    const ProgramRun taken = ferry.as("dana", ferry.take_over());
    INFO(taken);
    CHECK(taken.exit == 0);
    CHECK(taken.says("moved 4"));
    CHECK(ferry.shown(alice).at("site") == "lyon");
    CHECK(ferry.shown(alice).at("lifecycle") == "pilot");
    CHECK(ferry.shown(bob).at("lifecycle") == "legacy");
    ferry.must({"advance", bob, "--to", "pilot"});
    // Again is nothing, and goes on where it was interrupted.
    CHECK(ferry.as("dana", ferry.take_over()).exit == 0);
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE(
    "a lost site is not taken over from a copy older than what others have accepted from it") {
    Neighbours ferry;
    std::filesystem::copy(ferry.log(), ferry.folder() / "older");
    ferry.release_alice();
    std::filesystem::copy(ferry.log(), ferry.folder() / "newer");
    for (const char* each : files_of_paris) std::filesystem::remove(ferry.log() / each);
    const auto from = [&](const char* copy) {
        return std::vector<std::string>{"take-over", "paris",
                                        "--to",      "lyon",
                                        "--from",    "sqlite:" + (ferry.folder() / copy).string(),
                                        "--dry-run"};
    };
    const ProgramRun refused = ferry.run(from("older"));
    INFO(refused);
    CHECK(refused.exit == 77);
    CHECK(refused.warns("was accepted already, such as user:alice@contoso.com"));
    CHECK(refused.warns("Name a later copy with --from"));
    CHECK(ferry.run(from("newer")).exit == 0);
}

TEST_CASE("a lost site that comes back is read-only, and its orphaned tail is listed") {
    Lost ferry;
    ferry.agree();
    CHECK(ferry.as("dana", ferry.take_over()).exit == 0);
    ferry.comes_back();
    CHECK(ferry.shown(bob).at("site") == "lyon");
    CHECK(ferry.shown(bob).at("lifecycle") == "legacy");
    ferry.must({"mark", "late"});
    const ProgramRun written = ferry.run({"check", "site:paris", "services-started", "pass"});
    INFO(written);
    CHECK(written.exit == 78);
    CHECK(written.warns("site paris was taken over by lyon"));
    const ProgramRun status = ferry.run({"status"});
    INFO(status);
    CHECK(status.says("site paris was taken over by lyon"));
    CHECK(status.says("orphaned: paris:"));
    const ProgramRun verified = ferry.run({"verify"});
    INFO(verified);
    CHECK(verified.exit == 0);
    CHECK(verified.says("orphaned: paris:"));
    ferry.must({"advance", bob, "--to", "pilot"});
    CHECK(ferry.shown(bob).at("site") == "lyon");
    // A second taker would be a second owner.
    ferry.apply(pool_line("03", "rome"));
    std::vector<std::string> second = ferry.take_over();
    second[3] = "rome";
    CHECK(ferry.run(second).exit == 78);
}

TEST_CASE("what was released to a site that was lost before it accepted is taken back") {
    Neighbours ferry;
    ferry.release_only();
    ferry.apply(pool_line("03", "rome"));
    std::vector<std::string> arguments{"take-over", "lyon", "--to", "rome"};
    ferry.agree_to_takeover(arguments, "rome");
    const ProgramRun taken = ferry.as("dana", arguments);
    INFO(taken);
    CHECK(taken.exit == 0);
    CHECK(ferry.shown(claire).at("site") == "rome");
    const ProgramRun late = ferry.release_alice();
    INFO(late);
    CHECK(late.exit == 78);
    const ProgramRun back = ferry.run({"release", alice, "--to", "lyon", "--take-back"});
    INFO(back);
    CHECK(back.says("moved 1"));
    CHECK(ferry.shown(alice).at("site") == "paris");
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("of what was released to a lost site nothing older than that is taken back") {
    Neighbours ferry;
    const std::string old = ferry.release_only();
    CHECK(ferry.release_alice().exit == 0);
    ferry.must({"release", alice, "--to", "paris", "--pool", "ocs01.contoso.com"});
    ferry.apply(pool_line("03", "rome"));
    ferry.apply(ferry.command(alice, R"("release":{"to":"rome","pool":"ocs03.contoso.com"})"));
    const std::vector<std::string> arguments{"take-over", "rome", "--to", "lyon"};
    ferry.agree_to_takeover(arguments, "lyon");
    CHECK(ferry.as("dana", arguments).exit == 0);
    // Lyon accepted that one, and Rome, which is lost, knows nothing of it.
    const std::string again =
        ferry.file("again.jsonl", ferry.command(alice, fmt::format(R"("accept":{{"site":"paris",)"
                                                                   R"("transfer":"{}"}})",
                                                                   old)));
    const ProgramRun refused = ferry.run({"apply", again});
    INFO(refused);
    CHECK(refused.says("release-verified"));
    CHECK(refused.says("was released to site lyon at " + old));
    ferry.must({"release", alice, "--to", "rome", "--take-back"});
    CHECK(ferry.shown(alice).at("site") == "paris");
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("a site that is not lost, or of which nothing is known, is not taken over") {
    Neighbours ferry;
    CHECK(ferry.run({"take-over", "rome", "--to", "lyon"}).exit == 69);
    CHECK(ferry.run({"take-over", "paris", "--to", "paris"}).exit == 2);
    CHECK(ferry.run({"take-over", "paris", "--to", "rome"}).exit == 65);
}

}  // namespace ferry::testing
