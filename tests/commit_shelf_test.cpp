#include "engine/commit_shelf.hpp"

#include "events/memory_log.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("the commits looked at last are at hand, and no more than a few hundred of them") {
    Estate estate;
    estate.with_pool("ocs01", 1);
    std::vector<Position> ends;
    for (int i = 0; i < 300; ++i) {
        estate.done(mark("label-" + std::to_string(i)));
        ends.push_back(estate.position());
    }
    CommitShelf shelf;
    for (const Position end : ends) REQUIRE(shelf.holding(*estate.replica.log, end));
    // An empty log has nothing to read back, so what is found stood on the shelf.
    MemoryLog empty(std::make_shared<MemoryStore>(), "paris");
    const auto stands = [&](Position position) {
        const auto found = shelf.holding(empty, position);
        REQUIRE(found);
        return *found != nullptr;
    };
    CHECK(stands(ends.back()));
    CHECK(stands(ends[60]));
    CHECK(!stands(ends[40]));
    shelf.clear();
    CHECK(!stands(ends.back()));
}

}  // namespace ferry::test
