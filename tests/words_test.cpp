#include "engine/words.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace ferry {

namespace {

/// Every named value of a protobuf enum but the unspecified one.
template <class Enum>
std::vector<Enum> values_of(const google::protobuf::EnumDescriptor* descriptor) {
    std::vector<Enum> values;
    for (int i = 0; i < descriptor->value_count(); ++i)
        if (descriptor->value(i)->number() != 0)
            values.push_back(static_cast<Enum>(descriptor->value(i)->number()));
    return values;
}

}  // namespace

TEST_CASE("every kind, region, state, action and outcome has a word of its own") {
    // A campaign has a word, and is no kind that a person may name.
    for (const auto kind : values_of<v1::Kind>(v1::Kind_descriptor()))
        CHECK(kind_of(word(kind)) ==
              (kind == v1::KIND_CAMPAIGN ? std::nullopt : std::optional(kind)));
    CHECK(word(v1::KIND_CAMPAIGN) == "campaign");
    for (const auto outcome : values_of<v1::CheckOutcome>(v1::CheckOutcome_descriptor()))
        CHECK(outcome_of(word(outcome)) == outcome);
    for (const auto deployment : values_of<v1::Deployment>(v1::Deployment_descriptor()))
        CHECK(deployment_of(word(deployment)) == deployment);
    std::set<std::string_view> words;
    for (const auto action : values_of<v1::Action>(v1::Action_descriptor())) {
        CHECK(action_of_json(json_name(action)) == action);
        CHECK(word(action) != "unknown");
        CHECK(words.insert(word(action)).second);
    }
    for (const auto region : values_of<v1::Region>(v1::Region_descriptor())) {
        CHECK(word(region) != "unknown");
        CHECK(words.insert(word(region)).second);
    }
}

TEST_CASE("every state belongs to one region, and no two states of a region share a word") {
    std::set<std::pair<v1::Region, std::string_view>> words;
    for (const auto state : values_of<v1::State>(v1::State_descriptor())) {
        CHECK(region_of(state) != v1::REGION_UNSPECIFIED);
        CHECK(word(state) != "unknown");
        CHECK(words.insert({region_of(state), word(state)}).second);
    }
    CHECK(region_of(v1::STATE_UNSPECIFIED) == v1::REGION_UNSPECIFIED);
    CHECK(region_of(v1::STATE_RETIRED) == v1::REGION_LIFECYCLE);
    CHECK(region_of(v1::STATE_COEXISTENCE_DEGRADED) == v1::REGION_COEXISTENCE);
    CHECK(region_of(v1::STATE_INCOMPATIBLE) == v1::REGION_COMPATIBILITY);
    CHECK(region_of(v1::STATE_UPGRADED_CLIENT) == v1::REGION_CLIENT);
    CHECK(region_of(v1::STATE_FAILED) == v1::REGION_TRANSFER);
    CHECK(region_of(v1::STATE_WITHDRAWN) == v1::REGION_PRESENCE);
    CHECK(region_of(v1::STATE_WAVE_ROLLED_BACK) == v1::REGION_WAVE);
}

TEST_CASE("words are spelled as people read them, with hyphens, and as JSON writes actions") {
    CHECK(word(v1::STATE_COEXIST_TEST) == "coexist-test");
    CHECK(word(v1::STATE_UPGRADED_CLIENT) == "upgraded-client");
    CHECK(word(v1::ACTION_ENTER_COEXISTENCE) == "enter-coexistence");
    CHECK(json_name(v1::ACTION_ENTER_COEXISTENCE) == "enterCoexistence");
    CHECK(json_name(v1::ACTION_RECORD_CHECK) == "recordCheck");
    CHECK(word(v1::CHECK_OUTCOME_INCONCLUSIVE) == "INCONCLUSIVE");
}

TEST_CASE(
    "only a lifecycle state is understood as a lifecycle, although other regions share words") {
    CHECK(lifecycle_of("legacy") == v1::STATE_LEGACY);
    CHECK(lifecycle_of("retired") == v1::STATE_RETIRED);
    for (const std::string_view other :
         {"verified", "unverified", "settled", "present", "Legacy", ""})
        CHECK_FALSE(lifecycle_of(other));
}

TEST_CASE("a word that nobody writes is not understood") {
    CHECK_FALSE(kind_of("site"));
    CHECK_FALSE(kind_of(""));
    CHECK_FALSE(action_of_json("enter-coexistence"));
    CHECK_FALSE(action_of_json("START_PILOT"));
    CHECK_FALSE(outcome_of("pass"));
    CHECK_FALSE(outcome_of(""));
    CHECK_FALSE(deployment_of("new"));
    CHECK(deployment_of("") == v1::DEPLOYMENT_UNSPECIFIED);
}

}  // namespace ferry
