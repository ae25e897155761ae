#include "events/sqlite_log.hpp"
#include "projections/snapshot.hpp"
#include "tests/program_runner.hpp"

#include <doctest/doctest.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <filesystem>

namespace ferry::testing {
namespace {

/// A small estate: one pool in pilot, one user moved, one that a command was caused for.
void live(ProgramRunner& ferry) {
    ferry.apply(pool_line("01", "paris") + member_line("user:alice@contoso.com", "01", "paris") +
                member_line("user:bob@contoso.com", "01", "paris"));
    for (const std::string check : {"services-started", "site-administrable",
                                    "clients-reach-current-users", "clients-reach-legacy-users"})
        REQUIRE(ferry
                    .run({"check", "pool:ocs01.contoso.com", check, "pass", "--evidence",
                          "=HYPERLINK(\"x\")"})
                    .exit == 0);
    ferry.apply(R"({"commandId":"w1","entity":"pool:ocs01.contoso.com","enterCoexistence":{}})"
                "\n"
                R"({"commandId":"w2","entity":"pool:ocs01.contoso.com","startPilot":{}})"
                "\n"
                R"({"commandId":"w3","entity":"site:paris","mark":{"label":"before"}})"
                "\n"
                R"({"commandId":"w4","entity":"user:alice@contoso.com","enterCoexistence":{}})"
                "\n"
                R"({"commandId":"w5","entity":"user:alice@contoso.com","startPilot":{},)"
                R"("causationId":"w4","reason":"wave, \"1\""})"
                "\n");
}

struct Keys {
    std::string signing;
    std::string verifier;
};

Keys make_keys(ProgramRunner& ferry) {
    Keys keys{(ferry.folder() / "audit.key").string(), ""};
    const ProgramRun made =
        ferry.run({"checkpoint", "--new-key", "audit.contoso.com", "--key", keys.signing});
    INFO(made);
    REQUIRE(made.exit == 0);
    CHECK(!made.says("PRIVATE"));
    CHECK(!made.warns("PRIVATE"));
    keys.verifier = ferry.file("audit.pub", made.out);
    return keys;
}

void change_log(const ProgramRunner& ferry, const char* sql) {
    auto database =
        SqliteDatabase::open(site_file(ferry.log(), "paris", "db"), SqliteAccess::write, "");
    REQUIRE(database);
    const auto done = database->run(sql);
    REQUIRE_MESSAGE(done, done.error().message);
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

}  // namespace

TEST_CASE("a checkpoint is signed, and proves the end of a copy without the writer") {
    ProgramRunner ferry;
    live(ferry);
    const Keys keys = make_keys(ferry);
    const std::string note = (ferry.folder() / "paris.note").string();
    const ProgramRun made = ferry.run({"checkpoint", "--key", keys.signing, "--out", note});
    INFO(made);
    REQUIRE(made.exit == 0);
    CHECK(made.out.empty());
    const ProgramRun shown = ferry.run({"checkpoint", "--key", keys.signing, "--site", "paris"});
    CHECK(shown.out.starts_with("ferry/paris/"));
    CHECK(shown.says("\n\n\u2014 audit.contoso.com "));
    std::filesystem::remove(site_file(ferry.log(), "paris", "head"));
    const ProgramRun verified = ferry.run({"verify", "--key", keys.verifier, "--checkpoint", note});
    INFO(verified);
    CHECK(verified.exit == 0);
    CHECK(verified.says("by checkpoint " + note));
    change_log(ferry, "DELETE FROM commits WHERE position = (SELECT max(position) FROM commits)");
    const ProgramRun cut = ferry.run({"verify", "--key", keys.verifier, "--checkpoint", note});
    CHECK(cut.exit == 74);
    CHECK(cut.says("end-missing"));
    CHECK(ferry.run({"verify"}).exit == 0);
}

TEST_CASE("a checkpoint of a log that is gone, or of another site, is not passed over") {
    ProgramRunner ferry;
    live(ferry);
    ferry.apply(pool_line("02", "lyon"));
    const Keys keys = make_keys(ferry);
    const std::string note = (ferry.folder() / "lyon.note").string();
    const ProgramRun which = ferry.run({"checkpoint", "--key", keys.signing});
    CHECK(which.exit == 2);
    CHECK(which.warns("lyon, paris"));
    REQUIRE(
        ferry.run({"checkpoint", "--key", keys.signing, "--site", "lyon", "--out", note}).exit ==
        0);
    CHECK(ferry.run({"verify", "--site", "paris", "--key", keys.verifier, "--checkpoint", note})
              .exit == 65);
    std::filesystem::remove(site_file(ferry.log(), "lyon", "db"));
    const ProgramRun gone = ferry.run({"verify", "--key", keys.verifier, "--checkpoint", note});
    INFO(gone);
    CHECK(gone.exit == 74);
    CHECK(gone.warns("lyon: the log is missing"));
}

TEST_CASE("keys and checkpoints that are not what they should be are refused by name") {
    ProgramRunner ferry;
    live(ferry);
    const Keys keys = make_keys(ferry);
    const std::string note = (ferry.folder() / "paris.note").string();
    REQUIRE(ferry.run({"checkpoint", "--key", keys.signing, "--out", note}).exit == 0);
    CHECK(ferry.run({"checkpoint", "--new-key", "again", "--key", keys.signing}).warns("exists"));
    CHECK(ferry.run({"verify", "--key", keys.verifier}).exit == 2);
    CHECK(ferry.run({"verify", "--checkpoint", note}).exit == 2);
    CHECK(ferry.run({"verify", "--key", "nowhere", "--checkpoint", note}).exit == 65);
    CHECK(ferry.run({"verify", "--key", keys.signing, "--checkpoint", note}).exit == 65);
    const std::string forged = ferry.file("forged.note", "ferry/paris/x\n1\n\n\u2014 a b\n");
    const ProgramRun refused =
        ferry.run({"verify", "--key", keys.verifier, "--checkpoint", forged});
    CHECK(refused.exit == 65);
    CHECK(refused.warns("forged.note: there is no signature by audit.contoso.com"));
    CHECK(ferry.run({"checkpoint", "--key", keys.verifier}).exit == 77);
    std::filesystem::permissions(keys.verifier, std::filesystem::perms::owner_read);
    CHECK(ferry.run({"checkpoint", "--key", keys.verifier}).exit == 65);
    std::filesystem::permissions(keys.signing, std::filesystem::perms::group_read,
                                 std::filesystem::perm_options::add);
    const ProgramRun open = ferry.run({"checkpoint", "--key", keys.signing});
    CHECK(open.exit == 77);
    CHECK(open.warns("chmod 600"));
}

TEST_CASE("nothing is signed that is not intact") {
    ProgramRunner ferry;
    live(ferry);
    const Keys keys = make_keys(ferry);
    change_log(ferry, "UPDATE commits SET bytes = zeroblob(300) WHERE position > 5");
    const ProgramRun made = ferry.run({"checkpoint", "--key", keys.signing});
    CHECK(made.exit == 74);
    CHECK(made.out.empty());
    CHECK(made.warns("Nothing was signed"));
}

TEST_CASE("verify rebuilds what is kept on file and names what differs") {
    ProgramRunner ferry;
    live(ferry);
    Replica replica(std::make_unique<SqliteLog>(ferry.log(), "paris"));
    REQUIRE(replica.catch_up());
    REQUIRE(store_snapshot(replica));
    const ProgramRun same = ferry.run({"verify", "--rebuild"});
    INFO(same);
    CHECK(same.exit == 0);
    CHECK(same.says("and from the snapshot"));
    // A snapshot that is whole, of this log and place, and wrong.
    replica.fleet.entities[2].disabled = true;
    replica.index.note("a command that never was", {1});
    REQUIRE(store_snapshot(replica));
    const ProgramRun wrong = ferry.run({"verify", "--rebuild"});
    INFO(wrong);
    CHECK(wrong.exit == 74);
    CHECK(wrong.says("the state of the estate"));
    CHECK(wrong.says("the index of command ids"));
}

TEST_CASE("diff shows what changed between two moments, per entity and summed") {
    ProgramRunner ferry;
    live(ferry);
    const ProgramRun text = ferry.run({"diff", "before", "now"});
    INFO(text);
    CHECK(text.exit == 0);
    CHECK(text.says("lifecycle legacy → pilot"));
    CHECK(text.says("user:alice@contoso.com, 2 events"));
    CHECK(text.warns("(label before)"));
    const ProgramRun json =
        ferry.run({"diff", "before", "now", "user:alice@contoso.com", "--json"});
    const auto all = lines(json.out);
    REQUIRE(all.size() == 2);
    const auto alice = boost::json::parse(all[0]).as_object();
    CHECK(alice.at("entity") == "user:alice@contoso.com");
    CHECK(boost::json::parse(all[1]).as_object().at("sums").as_array().size() == 2);
    CHECK(ferry.run({"diff", "before", "now", "user:bob@contoso.com"}).says("0 entities differ"));
    CHECK(ferry.run({"diff", "before", "never"}).exit == 2);
    CHECK(ferry.run({"diff", "before", "now", "user:nobody@contoso.com"}).exit == 65);
    CHECK(ferry.run({"diff", "before", "now", "--site", "rome"}).exit == 65);
    CHECK(ferry.run({"diff", "before"}).exit == 2);
}

TEST_CASE("trace prints causes and effects as a tree") {
    ProgramRunner ferry;
    live(ferry);
    const ProgramRun text = ferry.run({"trace", "w5"});
    INFO(text);
    CHECK(text.exit == 0);
    CHECK(text.out.starts_with("command w4"));
    CHECK(text.says("└─ command w5"));
    CHECK(text.says("← asked for"));
    const auto json = boost::json::parse(ferry.run({"trace", "w4", "--json"}).out).as_object();
    CHECK(json.at("effects").as_array().size() == 1);
    CHECK(ferry.run({"trace", "paris:1"}).says("the engine itself"));
    CHECK(ferry.run({"trace", "1"}).says("LogCreated"));
    CHECK(ferry.run({"trace", "nothing"}).exit == 65);
    CHECK(ferry.run({"trace", "paris:4711"}).exit == 2);
    CHECK(ferry.run({"trace", "1", "--site", "rome"}).exit == 65);
    ferry.apply(pool_line("02", "lyon"));
    CHECK(ferry.run({"trace", "1"}).exit == 2);
    CHECK(ferry.run({"trace", "1", "--site", "lyon"}).says("lyon:1"));
}

TEST_CASE("conform finds nothing in a log of this build") {
    ProgramRunner ferry;
    CHECK(ferry.run({"conform"}).exit == 69);
    live(ferry);
    const ProgramRun text = ferry.run({"conform"});
    INFO(text);
    CHECK(text.exit == 0);
    CHECK(text.out.empty());
    CHECK(text.warns("0 would be refused"));
    CHECK(ferry.run({"conform", "--site", "rome"}).exit == 65);
    change_log(ferry, "UPDATE commits SET bytes = zeroblob(300) WHERE position > 5");
    CHECK(ferry.run({"conform"}).exit == 74);
}

TEST_CASE("export writes every event once, with its proof and without formulas") {
    ProgramRunner ferry;
    live(ferry);
    const ProgramRun csv = ferry.run({"export"});
    INFO(csv);
    CHECK(csv.exit == 0);
    CHECK(csv.out.starts_with("\"recordedTime\",\"site\",\"position\",\"entity\""));
    CHECK(csv.says("\"'=HYPERLINK(\"\"x\"\")\""));
    CHECK(csv.says("\"wave, \"\"1\"\"\""));
    const ProgramRun jsonl = ferry.run({"export", "--format", "jsonl"});
    const auto all = lines(jsonl.out);
    CHECK(all.size() + 1 == lines(csv.out).size());
    std::uint64_t position = 0;
    for (const std::string& line : all) {
        const auto row = boost::json::parse(line).as_object();
        CHECK(row.at("position").to_number<std::uint64_t>() == ++position);
        CHECK(row.at("commitHash").as_string().size() == 64);
    }
    const std::string file = (ferry.folder() / "events.csv").string();
    const ProgramRun filtered =
        ferry.run({"export", "--out", file, "--entity", "user:alice@contoso.com"});
    CHECK(filtered.exit == 0);
    CHECK(filtered.out.empty());
    CHECK(filtered.warns("3 events written"));
    CHECK(ferry.run({"export", "--out", "/nowhere/at/all.csv"}).exit == 74);
    const ProgramRun unknown = ferry.run({"export", "--site", "nosuch"});
    CHECK(unknown.exit == 65);
    CHECK(unknown.out.empty());
    CHECK(ferry.run({"export", "--format", "xml"}).exit == 2);
    CHECK(ferry.run({"export", "--since", "yesterday"}).exit == 2);
}

}  // namespace ferry::testing
