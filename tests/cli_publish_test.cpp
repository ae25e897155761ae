// `ferry publish` and `ferry topics` without a broker: what they refuse, and how they say it.
#include "tests/read_estate.hpp"

namespace ferry {

TEST_CASE("publish asks where to, unless the log is on Kafka") {
    ProgramRunner ferry;
    apply_read_estate(ferry);
    const ProgramRun run = ferry.run({"publish"});
    CHECK(run.exit == 2);
    CHECK(run.warns("--to kafka://"));
    CHECK(ferry.run({"publish", "--to", "sqlite:elsewhere"}).exit == 2);
    CHECK(ferry.run({"publish", "--to", "kafka://"}).exit == 78);
    CHECK(ferry.run({"publish", "--to", "kafka://user:secret@host:9092"}).exit == 78);
}

TEST_CASE("publish needs a log and, where one is named, a site") {
    ProgramRunner ferry;
    CHECK(ferry.run({"publish", "--to", "kafka://localhost:1/t"}).exit == 69);
    apply_read_estate(ferry);
    const ProgramRun run =
        ferry.run({"publish", "--to", "kafka://localhost:1/t", "--site", "rome"});
    CHECK(run.exit == 65);
    CHECK(run.warns("known are: lyon, paris"));
}

TEST_CASE("topics asks whether to look or to set, and where") {
    ProgramRunner ferry;
    CHECK(ferry.run({"topics"}).exit == 2);
    CHECK(ferry.run({"topics", "--check", "--apply"}).exit == 2);
    const ProgramRun run = ferry.run({"topics", "--check"});
    CHECK(run.exit == 2);
    CHECK(run.warns("--log kafka://"));
    CHECK(ferry.run({"topics", "--check", "--only", "everything"}).exit == 2);
}

TEST_CASE("topics refuses what is no site's name before it asks a broker") {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    Session session{in, out, err};
    const char* const call[] = {"ferry",  "--log", "kafka://localhost:1/t", "topics", "--check",
                                "--site", "Paris!"};
    CHECK(run_program(std::size(call), call, session) == 2);
    CHECK(contains(err.str(), "is no site's name"));
}

}  // namespace ferry
