#include "tests/simulation/coordinator.hpp"

#include "cli/campaign_cut.hpp"
#include "engine/campaign_steps.hpp"
#include "projections/digest.hpp"
#include "tests/simulation/site.hpp"

namespace ferry::simulation {

CoordinatorNode::Process::Process(Surroundings& world, Disk& disk, const Pack& pack)
    : randomness(world.number()),
      replica(std::make_unique<DiskLog>(disk, campaign_log(campaign_name), true)),
      writer(replica, pack, world.clock, randomness),
      sites(LogUrl{}, CampaignPlan{}) {
    for (Disk& copy : copies) copy.embedded = world.embedded();
    for (Node node = 0; node < sites_count; ++node)
        sites.all().emplace_back(CampaignSite{site_names[node], {}, {}},
                                 std::make_unique<DiskLog>(copies[node], site_names[node], false));
}

void CoordinatorNode::plan(const std::string& toml) {
    start();
    const auto created = process_->writer.create(campaign_log(campaign_name));
    demand(created.has_value(), "the campaign's log cannot be begun");
    v1::StoredEvent event;
    event.mutable_campaign_planned()->set_campaign(campaign_name);
    event.mutable_campaign_planned()->set_toml(toml);
    demand(write(std::move(event)), "the campaign cannot be planned");
    steer(v1::ACTION_START_CAMPAIGN);
    disk_.sync();
    judge_.follow();
}

void CoordinatorNode::start() {
    process_ = std::make_unique<Process>(world_, disk_, pack_);
    ++life_;
    const auto opened = process_->writer.open();
    demand(opened.has_value(),
           "the coordinator cannot go on: ", opened ? "" : opened.error().message);
    disk_.sync();
    judge_.follow();
    world_.trace("started", "coordinator", process_->replica.fleet.position.value);
}

void CoordinatorNode::crash() {
    if (!process_) return;
    const std::size_t unsynced = disk_.size() - disk_.synced();
    const std::size_t kept = world_.below(unsynced + 1);
    world_.totals[Count::lost_writes] += unsynced - kept;
    world_.totals[Count::kept_writes] += kept;
    ++world_.totals[Count::crashes];
    disk_.crash(kept);
    disk_.failing = 0;
    process_.reset();
    waits_ = false;
    ++life_;
    world_.trace("crashed", "coordinator", unsynced * 100 + kept);
    judge_.follow();
}

void CoordinatorNode::receive(Node from, const Letter& letter) {
    if (!process_) return;
    if (const auto* ask = std::get_if<ReadAsk>(&letter)) {
        // What stands at once is read at once.
        if (disk_.embedded) judge_.follow();
        network_.send(coordinator_node, from, Records{ask->from, disk_.synced_from(ask->from)});
    } else if (const auto* records = std::get_if<Records>(&letter)) {
        take(process_->copies[from], *records);
    } else if (const auto* wish = std::get_if<Steer>(&letter); wish && !waits_) {
        steer(wish->action);
        if (process_) wait_for_disk();
    } else if (const auto* asked = std::get_if<CutAsk>(&letter); asked && !waits_) {
        cut(asked->label);
    }
}

std::vector<SiteStanding> CoordinatorNode::standings() {
    process_->sites.read();
    auto standings = process_->sites.standings(campaign_name, pack_, world_.clock.now());
    // As it was read before anybody had been set back, and said to be of now.
    if (world_.planted(Plant::stale_reading))
        for (SiteStanding& standing : standings) standing.restores = 0;
    return standings;
}

namespace {

/// Where whatever was set back, a barrier that has passed stays so.
Campaign never_undercut(Campaign campaign) {
    for (BarrierState& barrier : campaign.barriers)
        for (Premise& premise : barrier.premises)
            if (const SiteStanding* now = campaign.standing(premise.site))
                premise.restores = now->restores;
    return campaign;
}

}  // namespace

void CoordinatorNode::round() {
    if (!process_) return;
    for (Node node = 0; node < sites_count; ++node)
        network_.send(coordinator_node, node, ReadAsk{process_->copies[node].size()});
    if (waits_) return;
    const auto observed = standings();
    // It may be killed between any two of its events, so a round need not be a whole one.
    const std::uint64_t steps_max = world_.healed ? 100 : 1 + world_.below(6);
    std::uint64_t steps = 0;
    for (; steps < steps_max; ++steps) {
        ++world_.totals[Count::decisions];
        const Campaign& campaign = *process_->replica.fleet.campaign;
        auto step = world_.planted(Plant::kept_barrier)
                        ? next_step(never_undercut(campaign), observed, world_.clock.now())
                        : next_step(campaign, observed, world_.clock.now());
        if (!step) {
            if (steps == 0 && campaign.state != v1::STATE_CAMPAIGN_CANCELLED)
                judge_.demand_none_undercut("the coordinator has nothing to do");
            break;
        }
        if (!write(std::move(*step))) return;
    }
    if (steps > 0) wait_for_disk();
}

void CoordinatorNode::steer(v1::Action action) {
    auto event = steered(*process_->replica.fleet.campaign, action);
    if (event) write(std::move(*event));
}

namespace {

/// What `cut_now` says where nothing stands in the way, whatever does.
v1::StoredEvent torn_cut(const std::string& label, const CampaignSites& sites) {
    v1::StoredEvent event;
    event.mutable_cut_taken()->set_label(label);
    for (const CampaignSiteLog& log : sites.all()) {
        const AcceptanceState& end = log.replica.acceptance;
        auto& place = *event.mutable_cut_taken()->add_places();
        place.set_site(log.name);
        place.set_position(end.position.value);
        place.set_head(end.head.data(), end.head.size());
        place.set_log_id(end.log_id.bytes.data(), end.log_id.bytes.size());
    }
    return event;
}

}  // namespace

void CoordinatorNode::cut(const std::string& label) {
    process_->sites.read();
    auto event = cut_now(process_->replica, process_->sites, label);
    if (!event) {
        ++world_.totals[Count::refused_cuts];
        if (event.error().message.find(" took it over ") != std::string::npos)
            ++world_.totals[Count::lost_cuts];
        if (!world_.planted(Plant::torn_cut) || !process_->replica.fleet.campaign) return;
        event = torn_cut(label, process_->sites);
    }
    if (write(std::move(*event))) wait_for_disk();
}

bool CoordinatorNode::write(v1::StoredEvent event) {
    if (process_->writer.append(std::span(&event, 1))) return true;
    ++world_.totals[Count::failed_writes];
    crash();
    world_.in(world_.between(1'000, 50'000), [this] {
        if (!process_) start();
    });
    return false;
}

void CoordinatorNode::wait_for_disk() {
    waits_ = true;
    world_.in(world_.between(500, 3'000), [this, life = life_] {
        if (life != life_) return;
        waits_ = false;
        if (!disk_.embedded) disk_.sync();
        judge_.follow();
        if (world_.chance(50))
            demand(fleet_digest(process_->replica.fleet) == fleet_digest(judge_.replica().fleet),
                   "the campaign in memory is not what its log says");
    });
}

}  // namespace ferry::simulation
