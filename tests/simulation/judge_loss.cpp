// What a takeover must be: agreed to by another person, and nothing but what was known accepted.
#include "engine/request_home.hpp"
#include "events/hash.hpp"
#include "tests/simulation/judge.hpp"

#include <algorithm>

namespace ferry::simulation {

void SiteJudge::judge_taking(const v1::StoredEvent& event) {
    ++world_.totals[Count::takings];
    const v1::SiteTakenOver& body = event.site_taken_over();
    demand(taken_.emplace(body.site(), body.position()).second, site_, ": takes ", body.site(),
           " over twice");
    const std::string& lost = body.site();
    demand(campaign_.site(lost).milestone({body.position()}), site_, ": takes ", lost, " over at ",
           std::to_string(body.position()), ", where no commit of it ends");
    v1::TakeOverSite asked;
    asked.set_site(lost);
    asked.set_position(body.position());
    asked.set_head(to_hex(bytes_of(body.head())));
    asked.set_log_id(to_hex(bytes_of(body.log_id())));
    const std::string plan(text_of(takeover_hash(site_, asked)));
    demand(std::ranges::any_of(agreed_,
                               [&](const auto& each) {
                                   return each.first == plan && !each.second.empty() &&
                                          each.second != event.actor();
                               }),
           site_, ": takes ", lost, " over, and nobody else has agreed to that");
}

void SiteJudge::judge_acceptance(Position position, const v1::StoredEvent& event) {
    ++world_.totals[Count::acceptances];
    home_moved_[event.entity()] = position;
    const v1::Accepted& body = event.accepted();
    if (!body.taken_over()) return;
    ++world_.totals[Count::taken_entities];
    const auto taken = taken_.find(body.from_site());
    demand(taken != taken_.end() && taken->second == body.release_position(), site_,
           ": goes on with somebody of ", body.from_site(), ", which it has not taken over so");
}

}  // namespace ferry::simulation
