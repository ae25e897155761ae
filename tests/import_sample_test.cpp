#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/import_text.hpp"

namespace ferry::intake {
namespace {

std::string sample(const std::string& name) {
    std::ifstream file(std::string(FERRY_SOURCE_DIR) + "/deploy/sample/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Reading> whole_sample() {
    std::vector<Reading> files;
    for (const auto* name : {"applications.csv", "lyon-users.csv", "montreal-users.ldf",
                             "paris-users.csv", "pools.csv"})
        files.push_back(read(sample(name), name));
    return files;
}

}  // namespace

TEST_CASE("the sample estate is read whole: 3,300 users, 4 pools, 71 applications") {
    std::size_t users = 0;
    for (const auto& file : whole_sample()) {
        CHECK(file.rejects.empty());
        CHECK(file.warnings.empty());
        users += file.users.size();
    }
    CHECK(users == 3300);
    CHECK(read(sample("lyon-users.csv")).encoding == Encoding::utf16);
    CHECK(read(sample("paris-users.csv")).encoding == Encoding::utf8_with_mark);
    CHECK(read(sample("montreal-users.ldf")).kind == FileKind::users_ldif);
}

TEST_CASE("the sample estate resolves to registrations alone, pools first, applications last") {
    const auto resolution = resolve(whole_sample(), {}, {});
    CHECK(resolution.rejects.empty());
    CHECK(resolution.ambiguous.empty());
    CHECK(resolution.drifts.empty());
    const auto& registrations = resolution.registrations;
    REQUIRE(registrations.size() == 3375);
    CHECK(std::is_sorted(registrations.begin(), registrations.end(),
                         [](const auto& a, const auto& b) { return a.kind < b.kind; }));
    const auto count = [&](auto which) {
        return std::count_if(registrations.begin(), registrations.end(), which);
    };
    CHECK(count([](const auto& one) { return one.found_on_new_side; }) == 41);
    CHECK(count([](const auto& one) { return one.enabled == false; }) == 75 + 27 + 29);
    CHECK(count([](const auto& one) { return one.site == "montreal"; }) > 500);
}

}  // namespace ferry::intake
