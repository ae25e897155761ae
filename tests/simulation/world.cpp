#include "tests/simulation/world.hpp"

#include "engine/words.hpp"
#include "tests/confirmed_pack.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry::simulation {

namespace {

constexpr std::string_view pilots_done = R"(name = "emea"
at_most = 2
[sites.lyon]
[sites.montreal]
[sites.paris]
[[barrier]]
name = "pilots-done"
before = "production"
after = "pilot"
)";

constexpr std::string_view lyon_first = R"([[barrier]]
name = "paris-after-lyon"
sites = ["paris"]
before = "production"
of = ["lyon"]
after = "production"
)";

/// In every fourth world, half of which lose a site, two pilots of three are enough.
std::string campaign_toml(std::uint64_t seed) {
    const bool by_quorum = seed % 8 == 4 || seed % 8 == 5;
    return fmt::format("{}{}{}", pilots_done, by_quorum ? "quorum = 2\n" : "", lyon_first);
}

constexpr Micros life_span{300'000};
constexpr int settle_rounds_max = 40;

/// Who was withdrawn in a lost site is not taken along.
bool is_left_behind(const Loss& loss, const std::string& entity) {
    if (!loss.taken()) return false;
    const Fleet& known = loss.fleet_of(loss.site);
    const auto number = known.find(entity);
    return number && !known.at(*number).away && !known.at(*number).present();
}

}  // namespace

World::World(std::uint64_t seed, Plant plant, bool trace)
    : world_(seed, plant, trace),
      network_(world_),
      campaign_(world_, disks_[coordinator_node], campaign_log(campaign_name)),
      loss_(world_, network_, judges_) {
    for (Disk& disk : disks_) {
        disk.embedded = world_.embedded();
        disk.admits_all = plant == Plant::second_writer;
        disk.syncs_late = plant == Plant::early_stand;
    }
    // Every other world confirms its moves.
    const Pack& pack = seed % 2 == 0 ? test::confirmed() : side_by_side();
    network_.deliver = [this](Node from, Node to, const Letter& letter) {
        deliver(from, to, letter);
    };
    campaign_.site = [this](const std::string& site) -> const SiteJudge& {
        const auto judge = std::ranges::find(judges_, site, &SiteJudge::site);
        demand(judge != judges_.end(), "the campaign's log names ", site, ", which is no site");
        return **judge;
    };
    for (Node site = 0; site < sites_count; ++site) {
        judges_.push_back(
            std::make_unique<SiteJudge>(world_, campaign_, disks_[site], site_names[site]));
        sites_.push_back(std::make_unique<SiteNode>(world_, network_, *judges_[site], disks_[site],
                                                    site, pack, loss_));
        movers_.push_back(std::make_unique<MoverNode>(world_, network_, accounts_, site));
    }
    coordinator_ = std::make_unique<CoordinatorNode>(world_, network_, campaign_,
                                                     disks_[coordinator_node], pack);
    operators_ = std::make_unique<Operators>(world_, network_, campaign_, judges_, loss_);
}

void World::run() {
    begin();
    live();
    settle();
}

void World::deliver(Node from, Node to, const Letter& letter) {
    if (const auto* records = std::get_if<Records>(&letter); records && from == loss_.site) {
        if (loss_.is_too_late(*records)) return;
        if (loss_.state < Loss::State::gone) loss_.note_read(*records);
    }
    if (to == loss_.site && loss_.state == Loss::State::gone) {
        // What is known of a lost log stands where the log stood.
        if (const auto* ask = std::get_if<ReadAsk>(&letter))
            network_.send(to, from, loss_.served(*ask));
        return;
    }
    if (to < sites_count) sites_[to]->receive(from, letter);
    else if (to == coordinator_node) coordinator_->receive(from, letter);
    else if (to == operators_node) operators_->receive(from, letter);
    else movers_[to - first_mover]->receive(from, letter);
}

void World::every(std::uint64_t from, std::uint64_t to, std::function<void()> what,
                  bool also_healed) {
    world_.in(world_.between(from, to), [this, from, to, what = std::move(what), also_healed] {
        if (world_.healed && !also_healed) return;
        what();
        every(from, to, what, also_healed);
    });
}

void World::begin() {
    coordinator_->plan(campaign_toml(world_.seed));
    for (Node site = 0; site < sites_count; ++site) {
        sites_[site]->start();
        movers_[site]->start();
        operators_->begin(site);
        every(3'000, 9'000, [this, site] { sites_[site]->read_others(); });
        every(4'000, 12'000, [this, site] { movers_[site]->round(); });
    }
    every(3'000, 10'000, [this] { coordinator_->round(); });
    every(1'500, 6'000, [this] { operators_->round(); }, false);
    every(3'000, 16'000, [this] { fault(); }, false);
    if (!loss_.is_to_come()) return;
    world_.in(world_.between(50'000, 200'000), [this] { lose(); });
    every(5'000, 40'000, [this] { come_back(); });
}

void World::crash(Node node) {
    if (node < sites_count) sites_[node]->crash();
    else if (node == coordinator_node) coordinator_->crash();
    else movers_[node - first_mover]->crash();
    world_.in(world_.between(1'000, 40'000), [this, node] { restart(node); });
}

/// It is cut off from all others, and its own people go on with it for a while.
void World::lose() {
    if (!loss_.may_begin()) return;
    ++world_.totals[Count::lost_sites];
    loss_.state = Loss::State::cut_off;
    network_.isolate(loss_.site);
    world_.trace("lost", site_names[loss_.site]);
    world_.in(world_.between(5'000, 60'000), [this] { give_up(); });
}

void World::give_up() {
    sites_[loss_.site]->leave();
    movers_[loss_.site]->crash();
    loss_.give_up();
    network_.isolate(operators_node + 1);
    operators_->give_up();
}

void World::come_back() {
    if (loss_.state != Loss::State::gone || !loss_.returns || !loss_.taken()) return;
    loss_.state = Loss::State::returned;
    sites_[loss_.site]->come_back();
}

void World::restart(Node node) {
    if (node >= first_mover && loss_.is_gone(node - first_mover)) return;
    if (node < sites_count && !sites_[node]->up()) sites_[node]->start();
    else if (node == coordinator_node && !coordinator_->up()) coordinator_->start();
    else if (node >= first_mover && !movers_[node - first_mover]->up())
        movers_[node - first_mover]->start();
}

void World::fault() {
    switch (world_.below(8)) {
        case 0:
        case 1: return crash(world_.below(sites_count));
        case 2: return crash(coordinator_node + world_.below(4));
        case 3:
        case 4: return network_.cut(world_.below(8), world_.below(8));
        case 5: {
            Disk& disk = disks_[world_.below(sites_count + 1)];
            disk.failing = 1;
            disk.failed_stand = world_.chance(500);
            return;
        }
        default: return network_.join_one();
    }
}

void World::live() {
    while (world_.clock.monotonic() < life_span) {
        world_.step();
        check_owners(false);
    }
}

void World::settle() {
    world_.healed = true;
    network_.join_all();
    for (Disk& disk : disks_) disk.failing = 0;
    for (Node node = 0; node < operators_node; ++node) restart(node);
    std::string unrested = unrest();
    for (int round = 0; !unrested.empty(); ++round, unrested = unrest()) {
        demand(round < settle_rounds_max, "healed, and it does not come to rest: ", unrested);
        operators_->finish_round();
        const Micros until = world_.clock.monotonic() + Micros(250'000);
        while (world_.clock.monotonic() < until) {
            world_.step();
            check_owners(false);
        }
    }
    check_owners(true);
    check_accounts();
    campaign_.demand_none_undercut("all is at rest");
    for (Node site = 0; site < sites_count; ++site) {
        judges_[site]->examine_disk();
        judges_[site]->examine_answers();
        if (!loss_.is_gone(site)) judges_[site]->compare(*sites_[site]->fleet());
    }
    if (loss_.is_to_come()) loss_.examine(disks_[loss_.site]);
}

std::string World::unrest() {
    if (!operators_->all_answered()) return "somebody waits for an answer";
    const Campaign* campaign = campaign_.campaign();
    const bool given_up =
        campaign && campaign->state == v1::STATE_CAMPAIGN_CANCELLED && loss_.taken();
    if (!given_up && (!campaign || campaign->state != v1::STATE_CAMPAIGN_COMPLETED))
        return "the campaign is not completed" + standing_of_sites();
    if (auto lost = loss_.unrest(); !lost.empty()) return lost;
    for (const auto& judge : judges_) {
        if (loss_.is_lost(judge->site())) continue;
        const Fleet& fleet = judge->fleet();
        if (!judge->milestone(fleet.position)->produced) return judge->site() + " has not moved";
        if (!fleet.moves.empty()) return judge->site() + " has a move in flight";
        if (!fleet.settlements.empty()) return judge->site() + " owes moves back";
        if (!fleet.rollbacks.empty()) return judge->site() + " is rolling back";
    }
    for (const std::string& entity : operators_->entities())
        if (const auto [known, owners] = owners_of(entity);
            known && owners.empty() && !is_left_behind(loss_, entity))
            return entity + " is nobody's";
    return {};
}

std::string World::standing_of_sites() const {
    std::string text;
    for (const auto& judge : judges_) {
        const Fleet& fleet = judge->fleet();
        text += "; " + judge->site() + " at " + std::to_string(fleet.position.value);
        for (std::size_t number = 1; number <= fleet.size(); ++number) {
            const Entity& each = fleet.at({number});
            if (each.kind == v1::KIND_WAVE || each.lifecycle >= v1::STATE_PRODUCTION) continue;
            if (each.away || (each.is_member() && !each.present())) continue;
            text += fmt::format(", {} is {}", fleet.id({number}), word(v1::State(each.lifecycle)));
        }
    }
    const Campaign* campaign = campaign_.campaign();
    if (!campaign) return text;
    text += fmt::format("; campaign {}", word(campaign->state));
    for (const GateState& gate : campaign->gates)
        text += fmt::format(", {} to {} {}", gate.site, word(gate.phase), word(gate.state));
    return text;
}

bool World::is_taken_over() const {
    const Fleet* taker = sites_[loss_.taker]->fleet();
    return taker ? !taker->taken_sites.empty() : loss_.taken() != nullptr;
}

std::pair<bool, std::vector<std::string>> World::owners_of(const std::string& entity) const {
    std::pair<bool, std::vector<std::string>> found{false, {}};
    for (Node site = 0; site < sites_count; ++site) {
        // What a running site has decided counts, synced or not.
        const Fleet* running = sites_[site]->fleet();
        const Fleet& fleet = running ? *running : judges_[site]->fleet();
        // Of a lost site nothing counts any more where another goes on for it.
        if (!running && loss_.is_gone(site) && is_taken_over()) continue;
        const auto number = fleet.find(entity);
        if (!number) continue;
        found.first = true;
        if (!fleet.at(*number).away) found.second.push_back(site_names[site]);
    }
    return found;
}

/// Never two, and none only while it is on its way.
void World::check_owners(bool at_rest) {
    bool changed = at_rest;
    for (Node site = 0; site < sites_count; ++site) {
        changed = changed || sites_[site]->homes_changed || judges_[site]->homes_changed;
        sites_[site]->homes_changed = judges_[site]->homes_changed = false;
    }
    if (!changed) return;
    for (const std::string& entity : operators_->entities()) {
        const auto [known, owners] = owners_of(entity);
        demand(owners.size() < 2, entity, " has two owners");
        demand(!at_rest || !known || !owners.empty() || is_left_behind(loss_, entity), entity,
               " has no owner");
    }
}

/// Once nothing is owed, every account is where it was decided to be.
void World::check_accounts() {
    for (Node site = 0; site < sites_count; ++site) {
        if (loss_.is_gone(site)) continue;
        const auto& judge = judges_[site];
        const Fleet& fleet = judge->fleet();
        for (std::size_t number = 1; number <= fleet.size(); ++number) {
            const Entity& each = fleet.at({number});
            if (!each.is_member() || !each.present() || world_.seed % 2 != 0) continue;
            const std::string id(fleet.id({number}));
            demand(!move_back_of(fleet, {number}), id, " is still owed a move back");
            demand(accounts_[id] == each.on_new_side, id, " is not where ", judge->site(),
                   " thinks");
        }
    }
}

}  // namespace ferry::simulation
