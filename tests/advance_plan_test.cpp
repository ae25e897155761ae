#include "cli/advance_plan.hpp"

#include "cli/progress_line.hpp"

#include <doctest/doctest.h>

namespace ferry {

using Actions = std::vector<v1::Action>;

TEST_CASE("a member goes to pilot by coexistence and is promoted from wherever it is") {
    for (const v1::Kind kind : {v1::KIND_USER, v1::KIND_APPLICATION}) {
        CHECK(steps_between(kind, v1::STATE_LEGACY, v1::STATE_PILOT) ==
              Actions{v1::ACTION_ENTER_COEXISTENCE, v1::ACTION_START_PILOT});
        CHECK(steps_between(kind, v1::STATE_COEXIST_TEST, v1::STATE_PILOT) ==
              Actions{v1::ACTION_START_PILOT});
        for (const v1::State from : {v1::STATE_LEGACY, v1::STATE_COEXIST_TEST, v1::STATE_PILOT}) {
            CHECK(steps_between(kind, from, v1::STATE_PRODUCTION) == Actions{v1::ACTION_PROMOTE});
            CHECK(steps_between(kind, from, v1::STATE_RETIRED) ==
                  Actions{v1::ACTION_PROMOTE, v1::ACTION_RETIRE});
        }
        CHECK(steps_between(kind, v1::STATE_PRODUCTION, v1::STATE_RETIRED) ==
              Actions{v1::ACTION_RETIRE});
    }
}

TEST_CASE("a pool takes each step in turn and nobody takes a step back") {
    CHECK(steps_between(v1::KIND_POOL, v1::STATE_LEGACY, v1::STATE_RETIRED) ==
          Actions{v1::ACTION_ENTER_COEXISTENCE, v1::ACTION_START_PILOT, v1::ACTION_PROMOTE,
                  v1::ACTION_RETIRE});
    CHECK(steps_between(v1::KIND_POOL, v1::STATE_PILOT, v1::STATE_PRODUCTION) ==
          Actions{v1::ACTION_PROMOTE});
    CHECK(steps_between(v1::KIND_USER, v1::STATE_PRODUCTION, v1::STATE_PILOT).empty());
}

TEST_CASE("progress says how far, how fast and how long") {
    using std::chrono::milliseconds;
    CHECK(progress_text("registering", 0, 1000, milliseconds(0)) ==
          "registering  0 of 1,000 (0 %)");
    CHECK(progress_text("registering", 45000, 100000, milliseconds(1500)) ==
          "registering  45,000 of 100,000 (45 %)  30,000/s  2 s left");
    CHECK(progress_text("advancing", 1000, 1000000, milliseconds(1000)) ==
          "advancing  1,000 of 1,000,000 (0 %)  1,000/s  16 min 39 s left");
    CHECK(progress_text("advancing", 1000, 10000000, milliseconds(1000)) ==
          "advancing  1,000 of 10,000,000 (0 %)  1,000/s  2 h 46 min left");
}

}  // namespace ferry
