#include "tests/simulation/joint_rollback.hpp"

#include "cli/rollback_report.hpp"
#include "events/hash.hpp"
#include "tests/simulation/site.hpp"

#include <algorithm>

namespace ferry::simulation {

namespace {

using Stage = JointAsk::Stage;
using Verdict = JointAnswer::Verdict;

Node node_of(std::string_view site) {
    return static_cast<Node>(std::ranges::find(site_names, site) - std::begin(site_names));
}

bool all_answered(const auto& parts) {
    return std::ranges::all_of(parts, [](const auto& each) { return each.second.answered; });
}

bool any_is(const auto& parts, Verdict verdict) {
    return std::ranges::any_of(parts,
                               [&](const auto& each) { return each.second.verdict == verdict; });
}

}  // namespace

bool JointRollback::is_open() const {
    return std::ranges::any_of(sites_, [&](const auto& site) {
        return !loss_.is_gone(node_of(site->site())) &&
               std::ranges::any_of(site->fleet().rollbacks,
                                   [](const OpenRollback& open) { return is_joint(open.id); });
    });
}

std::vector<std::string> JointRollback::unmoved() const {
    std::vector<std::string> ids;
    for (const auto& [name, target] : asked_.cut) {
        const SiteJudge& site = *sites_[node_of(name)];
        for (std::size_t number = 1; number <= site.fleet().size(); ++number) {
            const Entity& each = site.fleet().at({number});
            if (each.kind != v1::KIND_WAVE && !each.away && !site.moved_since({number}, target))
                ids.emplace_back(site.fleet().id({number}));
        }
    }
    return ids;
}

void JointRollback::begin() {
    if (under_way() || is_open() || !campaign_.campaign()) return;
    const auto& cuts = campaign_.campaign()->cuts;
    if (cuts.empty()) return;
    asked_ = {};
    asked_.id = "rb-joint-" + std::to_string(++begun_);
    const Node left_out = world_.chance(400) ? world_.below(sites_count) : sites_count;
    for (const CutAt& place : cuts[world_.below(cuts.size())].places)
        if (node_of(place.site) != left_out && !loss_.is_gone(node_of(place.site)))
            asked_.cut.emplace_back(place.site, place.position);
    if (world_.chance(700)) asked_.selectors = unmoved();
    enter(Stage::plan);
}

void JointRollback::resume() {
    if (under_way()) return;
    for (const auto& site : sites_)
        for (const OpenRollback& open : site->fleet().rollbacks) {
            if (!is_joint(open.id) || loss_.is_gone(node_of(site->site()))) continue;
            const auto found = find_event(site->replica(), open.started);
            demand(found && *found, site->site(),
                   ": a rollback over sites is open that never began");
            const v1::RollbackStarted& started = (*found)->event.rollback_started();
            asked_ = {};
            asked_.id = open.id;
            asked_.selectors.assign(started.selectors().begin(), started.selectors().end());
            asked_.whole_plan_hash = started.whole_plan_hash();
            bool lost = false;
            for (const v1::SiteTarget& target : started.cut()) {
                lost = lost || loss_.is_gone(node_of(target.site()));
                if (!loss_.is_gone(node_of(target.site())))
                    asked_.cut.emplace_back(target.site(), Position{target.target()});
            }
            ++world_.totals[Count::resumed_joint];
            return enter(lost || world_.chance(150) ? Stage::abandon : Stage::close);
        }
}

void JointRollback::give_up() {
    const bool concerned = std::ranges::any_of(
        asked_.cut, [&](const auto& place) { return loss_.is_gone(node_of(place.first)); });
    if (!under_way() || !concerned) return;
    ++stages_;
    end();
}

void JointRollback::enter(Stage stage) {
    asked_.stage = stage;
    ++stages_;
    auto before = std::move(parts_);
    parts_.clear();
    // Whoever runs it may be interrupted between any two steps, and knows nothing any more then.
    if (stage != Stage::plan && !world_.healed && world_.chance(100)) return;
    for (const auto& [name, target] : asked_.cut)
        parts_[node_of(name)].plan = before[node_of(name)].plan;
    // Sites are set back one after the other.
    if (stage == Stage::go) ask(parts_.begin()->first);
    else
        for (const auto& [site, part] : parts_) ask(site);
}

void JointRollback::ask(Node site) {
    JointAsk letter = asked_;
    // Who read the plan for long agrees to nothing else; who did not asks for the cut again.
    if (const auto& plan = parts_[site].plan;
        plan && letter.stage == Stage::close && stages_ % 4 == 0)
        letter.expected = plan->hash;
    network_.send(operators_node, site, std::move(letter));
    world_.in(world_.between(20'000, 90'000), [this, site, stage = stages_] {
        const auto part = parts_.find(site);
        if (stage == stages_ && part != parts_.end() && !part->second.answered) ask(site);
    });
}

void JointRollback::receive(Node from, const JointAnswer& answer) {
    const auto part = parts_.find(from);
    if (answer.stage != asked_.stage || answer.id != asked_.id || part == parts_.end() ||
        part->second.answered)
        return;
    part->second.answered = true;
    part->second.verdict = answer.verdict;
    if (answer.plan) part->second.plan = answer.plan;
    if (asked_.stage == Stage::go && std::next(part) != parts_.end())
        return ask(std::next(part)->first);
    if (world_.planted(Plant::open_scope) && asked_.stage == Stage::close &&
        answer.verdict == Verdict::done)
        return enter(Stage::go);
    if (!all_answered(parts_)) return;
    switch (asked_.stage) {
        case Stage::plan: return planned();
        case Stage::close: return closed();
        case Stage::go: ++world_.totals[Count::joint_rollbacks]; return end();
        case Stage::abandon: ++world_.totals[Count::abandoned_joint]; return end();
    }
}

void JointRollback::planned() {
    if (any_is(parts_, Verdict::refused)) {
        ++world_.totals[Count::refused_joint];
        return end();
    }
    std::erase_if(asked_.cut, [&](const auto& place) {
        return parts_[node_of(place.first)].verdict == Verdict::nothing;
    });
    if (asked_.cut.size() < 2) return end();
    std::vector<SiteRollback> shares;
    for (const auto& [name, target] : asked_.cut)
        shares.push_back({nullptr, *parts_[node_of(name)].plan, name, false});
    asked_.whole_plan_hash = text_of(whole_hash(shares));
    enter(Stage::close);
}

/// What one site refuses is done in none; what others have closed for it is opened again.
void JointRollback::closed() {
    enter(any_is(parts_, Verdict::refused) ? Stage::abandon : Stage::go);
}

}  // namespace ferry::simulation
