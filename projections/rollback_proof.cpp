#include "projections/rollback_proof.hpp"

#include "engine/evolve.hpp"
#include "engine/settlement.hpp"
#include "events/hash.hpp"
#include "projections/commit_walk.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

/// Whether every number in the runs is of an entity that the fleet knows; asked before they are
/// written out, because a log that was tampered with may claim any number of them.
bool known_in(const Fleet& fleet, const std::vector<std::uint64_t>& runs) {
    std::uint64_t end = 0;
    for (std::size_t i = 0; i + 1 < runs.size(); i += 2) {
        for (const std::uint64_t step : {runs[i], runs[i + 1]}) {
            if (step > fleet.entities.size()) return false;
            end += step;
        }
        if (end > fleet.entities.size()) return false;
    }
    return true;
}

std::string hex(std::string_view digest) { return to_hex(bytes_of(digest)); }

}  // namespace

void RollbackProof::note(Position position, const v1::StoredEvent& event) {
    if (event.has_rollback_started()) {
        const v1::RollbackStarted& body = event.rollback_started();
        started_.push_back(
            {body.rollback(), body.digest(), {body.scope().begin(), body.scope().end()}});
        claims_.push_back({{body.target()}, position, started_.size() - 1, body.digest()});
        return;
    }
    if (event.has_rollback_settled()) settled_.push_back({position, event.rollback_settled()});
    if (!event.has_rollback_finished()) return;
    const v1::RollbackFinished& body = event.rollback_finished();
    const auto found = std::find_if(started_.rbegin(), started_.rend(), [&](const Started& each) {
        return each.rollback == body.rollback();
    });
    if (found == started_.rend()) {
        strange_.push_back({position, fmt::format("rollback {} finishes here and never started",
                                                  body.rollback())});
        return;
    }
    const auto index = static_cast<std::size_t>(started_.rend() - found) - 1;
    claims_.push_back({position, position, index, body.digest()});
    if (body.digest() != found->digest)
        strange_.push_back(
            {position, fmt::format("rollback {} ended in a decided state with digest {}, and its "
                                   "target has {}",
                                   body.rollback(), hex(body.digest()), hex(found->digest))});
}

void RollbackProof::judge(const Claim& claim, const Fleet& fleet,
                          const EventOrder::Report& report) const {
    const Started& started = started_[claim.rollback];
    if (!known_in(fleet, started.scope))
        return report(
            {claim.stated_at, fmt::format("the scope of rollback {} names entities that are not "
                                          "registered at position {}",
                                          started.rollback, claim.at.value)});
    const Hash digest = decided_digest(fleet, numbers_of(started.scope));
    if (claim.digest == text_of(digest)) return;
    report({claim.stated_at,
            fmt::format("rollback {} states digest {} for the decided state of its scope at "
                        "position {}, which has {}",
                        started.rollback, hex(claim.digest), claim.at.value, to_hex(digest))});
}

void RollbackProof::judge_settled(const SettledClaim& claim, const Fleet& fleet,
                                  const EventOrder::Report& report) {
    const std::string& id = claim.body.rollback();
    const OpenSettlement* open = settlement_of(fleet, id);
    if (!open || !open->due() || open->moved.size() != claim.body.moved() ||
        open->overtaken != claim.body.overtaken())
        return report({claim.at, fmt::format("rollback {} is called settled here, with {} accounts "
                                             "moved back, and the log before it tells otherwise",
                                             id, claim.body.moved())});
    const Hash digest = settled_digest(fleet, *open);
    if (claim.body.digest() == text_of(digest)) return;
    report({claim.at,
            fmt::format("rollback {} states digest {} for the accounts that were moved back, which "
                        "have {}",
                        id, hex(claim.body.digest()), to_hex(digest))});
}

Result<std::uint64_t> RollbackProof::compare(Log& log, Position end,
                                             const EventOrder::Report& report) {
    for (const Discrepancy& each : strange_) report(each);
    if (claims_.empty() && settled_.empty()) return std::uint64_t{0};
    std::stable_sort(claims_.begin(), claims_.end(),
                     [](const Claim& a, const Claim& b) { return a.at < b.at; });
    Fleet fleet;
    std::size_t next = 0;
    std::size_t next_settled = 0;
    const auto judge_at = [&](Position position) {
        for (; next < claims_.size() && claims_[next].at == position; ++next)
            judge(claims_[next], fleet, report);
    };
    judge_at({0});
    WalkPlace place;
    const auto walked = walk_commits(log, place, [&](const CommitView& commit) {
        for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
            if (next_settled < settled_.size() && settled_[next_settled].at == placed.position)
                judge_settled(settled_[next_settled++], fleet, report);
            if (placed.readable) evolve(fleet, placed.position, commit.header.recorded, event);
            judge_at(placed.position);
        });
        return commit.header.last() < end &&
               (next < claims_.size() || next_settled < settled_.size());
    });
    // What is behind the damage was named before; up to it everything has been compared.
    if (!walked && walked.error().code != Errc::damaged) return std::unexpected(walked.error());
    const auto beyond = [&](const Claim& claim) { return claim.at > claim.stated_at; };
    if (const auto found = std::find_if(claims_.begin(), claims_.end(), beyond);
        found != claims_.end())
        report(
            {found->stated_at, fmt::format("rollback {} names a target after itself, {}",
                                           started_[found->rollback].rollback, found->at.value)});
    return std::uint64_t{next + next_settled};
}

}  // namespace ferry
