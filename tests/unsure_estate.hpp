#pragma once
/// An estate whose log does not always know what became of a record.
#include "tests/estate.hpp"
#include "tests/unsure_log.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

struct Unsure {
    std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
    UnsureLog* log = nullptr;
    Estate estate{make()};

    std::unique_ptr<Log> make() {
        auto made = std::make_unique<UnsureLog>(store);
        log = made.get();
        return made;
    }
    /// What a reader who begins now holds.
    Replica fresh() const {
        Replica replica(std::make_unique<MemoryLog>(store, "paris"));
        REQUIRE(replica.catch_up().has_value());
        return replica;
    }
};

}  // namespace ferry::test
