#include "tests/simulation/loss.hpp"

#include "engine/home_evidence.hpp"
#include "engine/request_home.hpp"
#include "events/hash.hpp"
#include "projections/owner.hpp"
#include "projections/ownership.hpp"
#include "tests/estate.hpp"
#include "tests/home_sites.hpp"

#include <algorithm>

namespace ferry::simulation {

Loss::Loss(Surroundings& world, const Network& network,
           const std::vector<std::unique_ptr<SiteJudge>>& judges)
    : world_(world), network_(network), judges_(judges) {
    copy_.embedded = world.embedded();
    if (world.seed % 4 != 0) return;
    site = world.below(sites_count);
    taker = (site + 1 + world.below(2)) % sites_count;
    returns = world.chance(600);
}

/// Somebody may have found an older copy first. Where others have gone on behind that, whoever took
/// it over from there would own what they own.
void Loss::choose_copy() {
    std::vector<const Fleet*> left;
    for (Node node = 0; node < sites_count; ++node)
        if (node != site) left.push_back(&judges_[node]->fleet());
    const auto is_refused = [&](std::size_t records) {
        return !accepted_since(left, judges_[site]->site(), copy_.last(records - 1)).empty();
    };
    demand(!is_refused(copy_.size()), judges_[site]->site(),
           ": somebody accepted what nobody has read");
    const std::size_t older = 2 + world_.below(copy_.size() - 1);
    if (!is_refused(older)) return;
    ++world_.totals[Count::refused_takings];
    if (!world_.planted(Plant::older_copy)) return;
    Disk shorter;
    shorter.embedded = copy_.embedded;
    for (std::size_t index = 0; index < older; ++index) shorter.write(copy_.at(index));
    shorter.sync();
    copy_ = std::move(shorter);
}

void Loss::give_up() {
    state = State::gone;
    choose_copy();
    known_ =
        std::make_unique<Replica>(std::make_unique<DiskLog>(copy_, judges_[site]->site(), false));
    const auto read = known_->catch_up();
    demand(read && known_->acceptance.started(), "what is known of a lost site cannot be read");
    end_ = judges_[site]->fleet().position;
    world_.trace("given up", judges_[site]->site(), known_->fleet.position.value);
}

const TakenSite* Loss::taken() const {
    if (state < State::gone) return nullptr;
    const auto& sites = judges_[taker]->fleet().taken_sites;
    return sites.empty() ? nullptr : &sites.front();
}

Result<std::optional<TakenSite>> Loss::taken_as_read_by(Node asking) const {
    for (Node node = 0; node < sites_count; ++node) {
        if (node == site) continue;
        if (node != asking && network_.is_cut(asking, node))
            return fail(Errc::unavailable, "a site's log cannot be read");
        for (const TakenSite& each : judges_[node]->fleet().taken_sites) return each;
    }
    return std::nullopt;
}

const Fleet& Loss::fleet_of(Node node) const {
    return is_gone(node) ? known_->fleet : judges_[node]->fleet();
}

v1::Command Loss::taking() const {
    v1::Command command = test::ask("site:" + judges_[taker]->site());
    command.set_actor("dana");
    v1::TakeOverSite& asked = *command.mutable_take_over_site();
    asked.set_site(judges_[site]->site());
    asked.set_position(known_->acceptance.position.value);
    asked.set_head(to_hex(known_->acceptance.head));
    asked.set_log_id(to_hex(known_->acceptance.log_id.bytes));
    return command;
}

std::vector<v1::Command> Loss::commands() {
    if (state < State::gone) return {};
    if (taken()) return acceptances();
    std::vector<v1::Command> commands{taking()};
    // By nobody, by the same person, and by somebody else.
    const std::uint64_t drawn = world_.below(3);
    if (drawn == 0) return commands;
    v1::Command agreed = test::ask(commands.front().entity());
    agreed.set_actor(drawn == 1 ? "dana" : "erik");
    agreed.mutable_approve()->set_action("takeOverSite");
    agreed.mutable_approve()->set_plan(
        to_hex(takeover_hash(judges_[taker]->site(), commands.front().take_over_site())));
    commands.insert(commands.begin(), std::move(agreed));
    return commands;
}

bool Loss::is_declined(const std::string& entity) const {
    const Fleet& known = known_->fleet;
    const ReleaseState& release =
        known.releases.find(static_cast<std::uint32_t>(known.find(entity)->value))->second;
    const std::string transfer = transfer_name(judges_[site]->site(), release.position);
    return std::ranges::any_of(judges_, [&](const auto& judge) {
        return judge->site() == release.to_site &&
               std::ranges::any_of(judge->fleet().declined, [&](const DeclinedTransfer& each) {
                   return each.entity == entity && each.transfer == transfer;
               });
    });
}

std::vector<v1::Command> Loss::acceptances() const {
    const Fleet& known = known_->fleet;
    const Fleet& there = judges_[taker]->fleet();
    const std::string& name = judges_[taker]->site();
    const std::string transfer = transfer_name(judges_[site]->site(), taken()->known);
    std::vector<v1::Command> commands;
    for (std::size_t number = 1; number <= known.size(); ++number) {
        const Entity& each = known.at({number});
        if (each.kind == v1::KIND_WAVE) continue;
        const std::string entity(known.id({number}));
        if (each.away ? !is_declined(entity) : !each.present()) continue;
        const auto at = there.find(entity);
        const auto arrived =
            at ? there.arrivals.find(static_cast<std::uint32_t>(at->value)) : there.arrivals.end();
        if (arrived != there.arrivals.end() &&
            std::ranges::find(arrived->second, transfer, &ArrivalState::transfer) !=
                arrived->second.end())
            continue;
        commands.push_back(test::accept_at(entity, name, transfer));
        commands.back().mutable_accept()->set_taken_over(true);
    }
    std::ranges::stable_partition(
        commands, [](const v1::Command& each) { return each.entity().starts_with("pool:"); });
    return commands;
}

std::string Loss::unrest() const {
    if (!is_to_come() || state == State::whole) return {};
    if (!taken()) return "the lost site is not taken over";
    if (const auto left = acceptances(); !left.empty())
        return left.front().entity() + " of the lost site has not gone on";
    return returns && state != State::returned ? "the lost site has not come back" : "";
}

void Loss::examine(Disk& disk) const {
    if (state < State::gone) return;
    std::vector<SiteHomes> homes;
    for (Node node = 0; node < sites_count; ++node) {
        const std::string& name = judges_[node]->site();
        const auto verified = verify_log(
            node == site && state == State::gone ? *known_->log : *judges_[node]->replica().log);
        demand(verified && verified->verdict == Integrity::intact, name,
               ": its log is not intact: ", verified ? verified->reason + verified->where : "",
               verified && !verified->discrepancies.empty() ? verified->discrepancies.front().what
                                                            : "");
        homes.push_back({name, verified->read_to, verified->home_changes});
    }
    const Ownership found = compare_ownership(homes);
    demand(found.findings.empty(), "verified, ",
           found.findings.empty() ? "" : found.findings.front().what);
    demand(judges_[site]->fleet().position == end_ && disk.size() == disk.synced(),
           judges_[site]->site(), ": was written to after it was taken over");
    const Position known = taken()->known;
    const bool has_tail = state == State::returned && end_ > known;
    demand(found.orphaned.size() == (has_tail ? 1 : 0), "an orphaned tail is not listed");
    if (!has_tail) return;
    const Ownership::Orphaned& tail = found.orphaned.front();
    demand(tail.site == judges_[site]->site() && tail.from == known.next() && tail.to == end_ &&
               tail.taker == judges_[taker]->site(),
           "an orphaned tail is listed otherwise than it is");
    world_.totals[Count::orphaned_events] += end_.value - known.value;
}

}  // namespace ferry::simulation
