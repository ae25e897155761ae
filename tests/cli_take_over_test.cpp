// `ferry take-over`: what a lost site had goes on elsewhere, as people see it.
#include "tests/neighbours.hpp"

#include <filesystem>

namespace ferry::testing {
namespace {

constexpr const char* files_of_paris[] = {"paris.db",   "paris.db-wal", "paris.db-shm",
                                          "paris.head", "paris.lock",   "paris.snapshot",
                                          "paris.ids"};

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

TEST_CASE("a wave ends with the site that is lost, and its members are free") {
    Neighbours ferry;
    ferry.must({"wave", "create", "w1", bob, "--to", "pilot"});
    ferry.apply(pool_line("03", "rome"));
    const std::vector<std::string> arguments{"take-over", "paris", "--to", "rome"};
    ferry.agree_to_takeover(arguments, "rome");
    const ProgramRun taken = ferry.as("dana", arguments);
    INFO(taken);
    CHECK(taken.exit == 0);
    CHECK(taken.says("moved 4, already there 0, refused 0"));
    const ProgramRun status = ferry.run({"status"});
    CHECK_FALSE(status.says("between two sites"));
    CHECK(ferry.run({"wave", "start", "w1"}).exit == 78);
    CHECK(ferry.run({"history", "wave:w1"}).exit == 0);
    ferry.must({"wave", "create", "w2", bob, "--to", "pilot"});
}

TEST_CASE("who names an older copy is told what stands at the URL") {
    Neighbours ferry;
    std::filesystem::copy(ferry.log(), ferry.folder() / "backup");
    ferry.must({"check", bob, "headset-tried", "pass"});
    const ProgramRun older =
        ferry.run({"take-over", "paris", "--to", "lyon", "--from",
                   "sqlite:" + (ferry.folder() / "backup").string(), "--dry-run"});
    INFO(older);
    CHECK(older.exit == 0);
    CHECK(older.warns("1 event after 16 would be orphaned; leave out --from"));
    CHECK_FALSE(ferry.run({"take-over", "paris", "--to", "lyon", "--dry-run"}).warns("orphaned"));
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
    const ProgramRun history = ferry.run({"history", bob, "--json"});
    INFO(history);
    std::istringstream events(history.out);
    std::size_t orphaned = 0;
    for (std::string event; std::getline(events, event);)
        orphaned += event.find("\"orphaned\":\"true\"") != std::string::npos ? 1 : 0;
    CHECK(orphaned == 3);
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

/// Rome has taken Lyon over from a copy in which alice, whom Paris released to it, had not arrived.
/// Lyon accepted her after that, and zoe, and is not at the URL now.
struct Undercut : Neighbours {
    Undercut() {
        release = release_only();
        std::filesystem::copy(log(), folder() / "backup");
        CHECK(release_alice().exit == 0);
        apply(member_line(zoe, "02", "lyon"));
        move_lyon(log(), folder() / "later");
        apply(pool_line("03", "rome"));
        agree_to_takeover(take_over, "rome");
        CHECK(as("dana", take_over).exit == 0);
    }
    static void move_lyon(const std::filesystem::path& from, const std::filesystem::path& to) {
        std::filesystem::create_directories(to);
        for (const auto& each : std::filesystem::directory_iterator(from))
            if (const auto name = each.path().filename(); name.string().starts_with("lyon."))
                std::filesystem::rename(each.path(), to / name);
    }
    void comes_back() { move_lyon(folder() / "later", log()); }
    ProgramRun back(std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"release", alice, "--to", "lyon", "--take-back"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(arguments);
    }
    void check_back_in_paris() {
        CHECK(shown(alice).at("site") == "paris");
        CHECK(shown(alice).at("pool") == "ocs01.contoso.com");
        CHECK(run({"verify"}).exit == 0);
    }
    static constexpr const char* zoe = "user:zoe@contoso.com";
    std::string release;
    std::string copy = "sqlite:" + (folder() / "backup").string();
    std::vector<std::string> take_over{"take-over", "lyon", "--to", "rome", "--from", copy};
};

TEST_CASE(
    "what a lost site accepted in its orphaned tail is between two sites, and is taken back") {
    Undercut ferry;
    ferry.comes_back();
    const ProgramRun status = ferry.run({"status"});
    INFO(status);
    CHECK(status.says(std::string("  ") + alice + " released to lyon at " + ferry.release +
                      ", which is lost; take it back with `ferry release "));
    CHECK(status.says("orphaned: lyon:"));
    CHECK(ferry.shown(alice).at("site") == "paris");
    CHECK_FALSE(ferry.run({"show", "--all"}).says("zoe"));
    const ProgramRun unknown = ferry.run({"show", ferry.zoe});
    INFO(unknown);
    CHECK(unknown.exit == 65);
    CHECK(unknown.warns("is known only by what site lyon wrote after it was taken over"));
    const ProgramRun back = ferry.back();
    INFO(back);
    CHECK(back.says("moved 1, already there 0, refused 0"));
    ferry.check_back_in_paris();
    CHECK(ferry.run({"verify"}).says("orphaned: lyon:"));
    const ProgramRun history = ferry.run({"history", alice, "--json"});
    CHECK(history.says("\"orphaned\":\"true\""));
}

TEST_CASE("what was released to a lost site is taken back on the word of the copy taken over") {
    Undercut ferry;
    CHECK(ferry.shown(alice).at("site") == "paris");
    const ProgramRun alone = ferry.back();
    INFO(alone);
    CHECK(alone.says("refused 1"));
    CHECK(alone.says("site lyon is lost and no log of it is here to be read"));
    const ProgramRun forward = ferry.release_alice();
    INFO(forward);
    CHECK(forward.exit == 78);
    SUBCASE("the copy itself") { CHECK(ferry.back({"--from", ferry.copy}).says("moved 1")); }
    SUBCASE("one that reaches farther") {
        CHECK(ferry.back({"--from", "sqlite:" + (ferry.folder() / "later").string()})
                  .says("moved 1"));
    }
    ferry.check_back_in_paris();
}

TEST_CASE("nothing is taken back on the word of another log than was taken over") {
    Undercut ferry;
    ProgramRunner other;
    other.apply(pool_line("02", "lyon") + member_line(claire, "02", "lyon"));
    for (int i = 0; i < 12; ++i) CHECK(other.run({"mark", fmt::format("m{}", i)}).exit == 0);
    const ProgramRun another = ferry.back({"--from", "sqlite:" + other.log().string()});
    INFO(another);
    CHECK(another.exit == 74);
    CHECK(another.warns("is not the log that site rome took over"));
    const ProgramRun nowhere = ferry.back({"--from", "sqlite:" + (ferry.folder() / "no").string()});
    INFO(nowhere);
    CHECK(nowhere.exit == 69);
    const std::string older = ferry.folder() / "older";
    CHECK(ferry.run_at("sqlite:" + older, {"apply", "-"}, pool_line("02", "lyon")).exit == 0);
    std::filesystem::copy(older, ferry.log(), std::filesystem::copy_options::recursive);
    const ProgramRun shorter = ferry.back();
    INFO(shorter);
    CHECK(shorter.says("ends at position 3, and site lyon was known to"));
    CHECK(shorter.says("name it with --from URL"));
    // A copy makes sense of a lost site alone.
    CHECK(ferry.run({"release", alice, "--to", "rome", "--from", ferry.copy}).exit == 2);
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

TEST_CASE("what a lost site had released and nobody accepted is taken back by its taker") {
    Neighbours ferry;
    const std::string released = ferry.release_only();
    ferry.apply(pool_line("03", "rome"));
    SUBCASE("declined before") {
        ferry.apply(ferry.command(
            alice, fmt::format(R"("decline":{{"site":"lyon","transfer":"{}"}})", released)));
    }
    SUBCASE("declined by the same command") {}
    SUBCASE("declined by the taker") {
        ferry.apply(ferry.command(
            alice, fmt::format(R"("decline":{{"site":"lyon","transfer":"{}"}})", released)));
        ferry.must({"release", alice, "--to", "lyon", "--take-back"});
        ferry.apply(ferry.command(alice, R"("release":{"to":"rome","pool":"ocs03.contoso.com"})"));
    }
    const std::string to = ferry.shown(alice).at("releasedTo").as_string().c_str();
    const std::vector<std::string> arguments{"take-over", "paris", "--to", "rome"};
    ferry.agree_to_takeover(arguments, "rome");
    CHECK(ferry.as("dana", arguments).exit == 0);
    const ProgramRun back = ferry.run({"release", alice, "--to", to, "--take-back"});
    INFO(back);
    CHECK(back.says("moved 1, already there 0, refused 0"));
    const auto shown = ferry.shown(alice);
    CHECK(shown.at("site") == "rome");
    CHECK(shown.at("pool") == "ocs01.contoso.com");
    const ProgramRun late =
        ferry.run({"release", alice, "--to", "lyon", "--pool", "ocs02.contoso.com"});
    INFO(late);
    CHECK(late.says("moved 1"));
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("who a takeover has not come to yet is listed with the command that goes on") {
    Neighbours ferry;
    ferry.apply(pool_line("03", "rome"));
    const std::vector<std::string> arguments{"take-over", "paris", "--to", "rome"};
    ferry.agree_to_takeover(arguments, "rome");
    const auto plan = boost::json::parse(
        ferry.run({"take-over", "paris", "--to", "rome", "--dry-run", "--json"}).out);
    // The first step alone, as if the program had been killed after it.
    const auto text = [&](const char* key) { return std::string(plan.at(key).as_string()); };
    const auto log = boost::json::parse(ferry.run({"verify", "--json", "--site", "paris"}).out);
    ferry.apply(fmt::format(
        R"({{"commandId":"t1","entity":"site:rome","actor":"dana","takeOverSite":{{"site":"paris",)"
        R"("position":"{}","head":"{}","logId":"{}"}}}})"
        "\n",
        plan.at("position").as_int64(), text("head"), std::string(log.at("logId").as_string())));
    const ProgramRun status = ferry.run({"status"});
    INFO(status);
    CHECK(status.says(std::string(alice) + " of site paris, which rome took over; go on with "
                                           "`ferry take-over paris --to rome`"));
    CHECK(ferry.as("dana", arguments).exit == 0);
    CHECK(ferry.shown(alice).at("site") == "rome");
}

TEST_CASE("a site that is not lost, or of which nothing is known, is not taken over") {
    Neighbours ferry;
    CHECK(ferry.run({"take-over", "rome", "--to", "lyon"}).exit == 69);
    CHECK(ferry.run({"take-over", "paris", "--to", "paris"}).exit == 2);
    CHECK(ferry.run({"take-over", "paris", "--to", "rome"}).exit == 65);
}

}  // namespace ferry::testing
