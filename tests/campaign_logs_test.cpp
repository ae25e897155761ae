// When the directory of embedded logs is listed for campaigns, and when a look at its time is
// enough.
#include "cli/campaign_logs.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace ferry::testing {
namespace {

using std::chrono::seconds;

struct ListedFolder {
    test::ScratchDirectory scratch;
    ListedDirectory directory;
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

    std::filesystem::path path() const { return scratch.path(); }
    bool may_have_changed(seconds after) {
        return directory.may_have_changed(path(), begun + after);
    }
    void settle() {
        CHECK(may_have_changed(seconds{0}));
        CHECK(may_have_changed(seconds{10}));
        CHECK_FALSE(may_have_changed(seconds{11}));
    }
};

TEST_CASE("a directory is listed once more after it settled, and then no more") {
    ListedFolder listed;
    listed.settle();
    CHECK_FALSE(listed.may_have_changed(seconds{100000}));
}

TEST_CASE("a file that came within the tick of the last listing is found by a listing after it") {
    ListedFolder listed;
    CHECK(listed.may_have_changed(seconds{0}));
    const auto tick = std::filesystem::last_write_time(listed.path());
    std::ofstream(listed.path() / "campaign_emea.db");
    std::filesystem::last_write_time(listed.path(), tick);
    CHECK(listed.may_have_changed(seconds{2}));
    CHECK(listed.may_have_changed(seconds{4}));
    CHECK_FALSE(listed.may_have_changed(seconds{5}));
}

TEST_CASE("a new file has it listed again, also where the clock went back meanwhile") {
    ListedFolder listed;
    listed.settle();
    std::ofstream(listed.path() / "campaign_emea.db");
    std::filesystem::last_write_time(listed.path(),
                                     std::filesystem::last_write_time(listed.path()) - seconds{60});
    CHECK(listed.may_have_changed(seconds{12}));
}

TEST_CASE("what could not be looked at or listed is listed again") {
    ListedFolder listed;
    listed.settle();
    listed.directory.forget();
    CHECK(listed.may_have_changed(seconds{12}));
    ListedDirectory nowhere;
    CHECK(nowhere.may_have_changed(listed.path() / "missing", listed.begun));
    CHECK(nowhere.may_have_changed(listed.path() / "missing", listed.begun + seconds{100}));
}

}  // namespace
}  // namespace ferry::testing
