// Decisions that record what was seen or said: checks, clients, meetings, approvals, marks.
#include "engine/emit.hpp"
#include "engine/words.hpp"
#include "events/commit.hpp"

#include <fmt/format.h>

namespace ferry {

void Decision::record_check_on(EntityNumber number) {
    const v1::RecordCheck& asked = command_.record_check();
    v1::Deployment side = *deployment_of(asked.deployment());
    // Where the pack wants one side looked at, that is the side that was.
    const CheckRule* rule = pack_->check_rule(asked.check());
    if (rule && side == v1::DEPLOYMENT_UNSPECIFIED && rule->side == CheckRule::Side::legacy)
        side = v1::DEPLOYMENT_LEGACY;
    if (rule && side == v1::DEPLOYMENT_UNSPECIFIED && rule->side == CheckRule::Side::successor)
        side = v1::DEPLOYMENT_SUCCESSOR;
    emit(number, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_check_recorded();
        body.set_check(asked.check());
        body.set_outcome(*outcome_of(asked.outcome()));
        body.set_evidence(asked.evidence());
        body.set_deployment(side);
    });
    const v1::Kind kind = fleet_.at(number).kind;
    if (kind == v1::KIND_POOL) follow_coexistence(number);
    if (kind == v1::KIND_APPLICATION && asked.check() == compatibility_check)
        follow_compatibility();
}

void Decision::follow_compatibility() {
    const auto outcome = outcome_of(command_.record_check().outcome());
    if (outcome == v1::CHECK_OUTCOME_PASS) follow(number_, Trigger::compatible_found);
    if (outcome == v1::CHECK_OUTCOME_FAIL) follow(number_, Trigger::incompatible_found);
}

void Decision::record_check_on_site() {
    std::vector<EntityNumber> pools;
    for (std::size_t number = 1; number <= fleet_.size(); ++number)
        if (fleet_.at({number}).kind == v1::KIND_POOL && !fleet_.at({number}).away)
            pools.push_back({number});
    // A check brings at most two events to a pool, and all of one command stand in one commit.
    const std::size_t texts = command_.ByteSizeLong() + 128;
    if (pools.size() * 2 > commit_events_max || pools.size() * 2 * texts > commit_bytes_max)
        return invalid(
            fmt::format("site {} has {} pools, more than one commit can record this check "
                        "on; give the check pool by pool, or a file's digest as evidence",
                        fleet_.site, pools.size()));
    if (pools.empty()) return invalid(fmt::format("site {} has no pool", fleet_.site));
    for (const EntityNumber pool : pools)
        if (const auto reason = failure(Guard::rollback_in_progress, context(pool)))
            return refuse(Guard::rollback_in_progress, *reason);
    for (const EntityNumber pool : pools) record_check_on(pool);
    done();
}

void Decision::observe_client() {
    if (fleet_.at(number_).kind != v1::KIND_USER)
        return invalid(
            fmt::format("{} has no client; a client is seen at a user", command_.entity()));
    const v1::ObserveClient& asked = command_.observe_client();
    emit(number_, [&](v1::StoredEvent& event) {
        event.mutable_client_observed()->set_client(asked.client());
        event.mutable_client_observed()->set_gone(asked.gone());
    });
    follow_clients(number_);
    done();
}

void Decision::follow_clients(EntityNumber user) {
    const bool newer = has_newer_client(fleet_, *pack_, user);
    follow(user, newer ? Trigger::newer_client_seen : Trigger::newer_client_gone);
}

void Decision::observe_meeting() {
    if (fleet_.at(number_).kind != v1::KIND_USER)
        return invalid(fmt::format("{} has no meetings; a user has", command_.entity()));
    const v1::ObserveMeeting& asked = command_.observe_meeting();
    emit(number_, [&](v1::StoredEvent& event) {
        event.mutable_meeting_observed()->set_meeting(asked.meeting());
        event.mutable_meeting_observed()->set_client(asked.client());
    });
    done();
}

void Decision::observe_policy() {
    if (fleet_.at(number_).kind != v1::KIND_USER)
        return invalid(fmt::format("{} has no policies; a user has", command_.entity()));
    const v1::ObservePolicy& asked = command_.observe_policy();
    emit(number_, [&](v1::StoredEvent& event) {
        event.mutable_policy_observed()->set_policy(asked.policy());
        event.mutable_policy_observed()->set_name(asked.name());
    });
    done();
}

void Decision::approve(EntityNumber number) {
    const v1::Approve& asked = command_.approve();
    emit(number, [&](v1::StoredEvent& event) {
        auto& body = *event.mutable_approved();
        body.set_action(*action_of_json(asked.action()));
        if (const auto plan = hash_from_hex(asked.plan()))
            body.set_plan_hash(plan->data(), plan->size());
    });
    done();
}

void Decision::mark() {
    const std::string& label = command_.mark().label();
    if (const auto position = fleet_.label(label))
        return refuse(Guard::label_unused,
                      fmt::format("label `{}` already marks position {} of {}; choose another",
                                  label, position->value, fleet_.site));
    emit({0}, [&](v1::StoredEvent& event) { event.mutable_marked()->set_label(label); });
    done();
}

}  // namespace ferry
