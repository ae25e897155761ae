#include "engine/spelling.hpp"

#include <doctest/doctest.h>

namespace ferry {

TEST_CASE("the distance of two words is the number of letters to change") {
    CHECK(spelling_distance("status", "status", 3) == 0);
    CHECK(spelling_distance("statsu", "status", 3) == 2);
    CHECK(spelling_distance("show", "shows", 3) == 1);
    CHECK(spelling_distance("", "abc", 3) == 3);
}

TEST_CASE("counting stops where words are further apart than asked for") {
    CHECK(spelling_distance("user:alice@x.com", "pool:ocs01", 3) == 4);
    CHECK(spelling_distance("abcdef", "uvwxyz", 2) == 3);
}

TEST_CASE("the nearest of the words offered is kept, the first of two as near") {
    NearestWord nearest("user:alcie@x.com");
    nearest.offer("user:bob@x.com");
    nearest.offer("user:alice@x.com");
    nearest.offer("user:alcia@x.com");
    nearest.offer("user:alcid@x.com");
    CHECK(nearest.found() == "user:alcia@x.com");
}

TEST_CASE("nothing is found where nothing is near") {
    NearestWord nearest("promote");
    nearest.offer("retire");
    CHECK(nearest.found().empty());
}

}  // namespace ferry
