#include "tests/simulation/site.hpp"

#include "engine/campaign_seen.hpp"
#include "projections/release_evidence.hpp"
#include "projections/snapshot_bytes.hpp"
#include "tests/standing_rules.hpp"

namespace ferry::simulation {

namespace {

/// How many batches a site decides ahead of the one that it waits for.
constexpr std::size_t ahead_max = 2;

}  // namespace

SiteNode::Process::Process(Surroundings& world, Disk& disk, const Pack& pack,
                           const std::string& site, WriterOptions options)
    : clock(world.clock, Micros(static_cast<std::int64_t>(world.below(60'000'000)) - 30'000'000)),
      randomness(world.number()),
      replica(std::make_unique<DiskLog>(disk, site, true)),
      writer(replica, pack, clock, randomness, std::move(options)) {}

SiteNode::SiteNode(Surroundings& world, Network& network, SiteJudge& judge, Disk& disk, Node number,
                   const Pack& pack, const Loss& loss)
    : world_(world),
      network_(network),
      judge_(judge),
      disk_(disk),
      number_(number),
      pack_(pack),
      loss_(loss) {}

void SiteNode::start() {
    if (gone_) return;
    known_.reset();
    for (Node node = 0; node <= coordinator_node; ++node)
        if (node != number_)
            mirrors_[node] = std::make_unique<Mirror>(
                node == coordinator_node ? campaign_log(campaign_name) : site_names[node],
                world_.embedded());
    WriterOptions options;
    options.find_release = [this](const ReleaseQuestion& question) { return find(question); };
    process_ = std::make_unique<Process>(world_, disk_, pack_, name(), std::move(options));
    ++life_;
    learned_ = {};
    load_snapshot(process_->replica);
    const auto opened = process_->writer.open();
    demand(opened.has_value(), name(), ": cannot go on: ", opened ? "" : opened.error().message);
    world_.trace("started", name(), process_->replica.fleet.position.value);
    // What was kept of a write that nobody was answered for stands now.
    disk_.sync();
    judge_.follow();
    judge_.compare(process_->replica.fleet);
    if (world_.planted(Plant::forgotten_release))
        for (const auto& [number, release] : process_->replica.fleet.releases)
            process_->replica.fleet.entities[number].away = false;
    homes_changed = true;
    read_others();
}

void SiteNode::crash() {
    if (!process_) return;
    const std::size_t unsynced = disk_.size() - disk_.synced();
    const std::size_t kept = world_.below(unsynced + 1);
    world_.totals[Count::lost_writes] += unsynced - kept;
    world_.totals[Count::kept_writes] += kept;
    ++world_.totals[Count::crashes];
    disk_.crash(kept);
    disk_.failing = 0;
    if (world_.planted(Plant::lost_sync) && unsynced == 0) disk_.lose_last();
    world_.trace("crashed", name(), unsynced * 100 + kept);
    process_.reset();
    begun_.clear();
    inbox_.clear();
    answers_.clear();
    rollback_.reset();
    closed_.reset();
    waits_ = false;
    ++life_;
    homes_changed = true;
    judge_.follow();
    judge_.examine_disk();
    judge_.examine_answers();
}

void SiteNode::receive(Node from, const Letter& letter) {
    if (!process_ && !returned_) return;
    if (const auto* ask = std::get_if<ReadAsk>(&letter)) {
        // What stands at once is read at once.
        if (disk_.embedded) judge_.follow();
        network_.send(number_, from, Records{ask->from, disk_.synced_from(ask->from)});
    } else if (!process_) {
        return;
    } else if (const auto* records = std::get_if<Records>(&letter)) {
        take(mirror(from).disk, *records);
    } else {
        inbox_.push_back({from, letter});
        work();
    }
}

void SiteNode::read_others() {
    if (!process_) return;
    for (Node node = 0; node <= coordinator_node; ++node)
        if (node != number_) network_.send(number_, node, ReadAsk{mirror(node).disk.size()});
}

void SiteNode::work() {
    if (waits_ || !process_) return;
    if (rollback_ && (inbox_.empty() || world_.chance(500))) return roll_back();
    if (!inbox_.empty()) decide();
}

void SiteNode::learn() {
    // A site whose log has not begun has nothing that could be held up.
    if (!process_->replica.acceptance.started()) return;
    Mirror& campaign = mirror(coordinator_node);
    campaign.fold();
    if (campaign.replica.fleet.position == learned_) return;
    learned_ = campaign.replica.fleet.position;
    auto seen = seen_by(campaign.replica.fleet, campaign.replica.acceptance, name());
    if (!seen || !is_news(process_->replica.fleet, *seen)) return;
    if (world_.planted(Plant::open_gate))
        for (auto& gate : *seen->mutable_gates()) gate.set_state(v1::STATE_GATE_OPEN);
    v1::StoredEvent event = seen_event(std::move(*seen));
    if (!process_->writer.append(std::span(&event, 1))) failed();
}

void SiteNode::decide() {
    std::vector<Waiting> taken;
    while (!inbox_.empty() && taken.size() < 8) {
        taken.push_back(std::move(inbox_.front()));
        inbox_.pop_front();
    }
    const std::uint64_t life = life_;
    learn();
    for (const Waiting& each : taken) {
        const auto* commands = std::get_if<Commands>(&each.letter);
        finish(commands && !world_.planted(Plant::unapproved_taking) ? ahead_max : 0);
        if (life != life_) return;
        if (const auto* ask = std::get_if<RollbackAsk>(&each.letter)) {
            if (!rollback_) begin_rollback(each.from, *ask);
        } else if (const auto* joint = std::get_if<JointAsk>(&each.letter)) {
            share(each.from, *joint);
        } else {
            begin(each.from, *commands);
        }
    }
    if (life == life_) finish(0);
    if (life != life_) return;
    world_.trace("decided", name(), process_->replica.fleet.position.value);
    wait_for_disk();
}

void SiteNode::begin(Node from, const Commands& batch) {
    const bool repeated = !batches_.insert(batch.batch).second;
    world_.totals[repeated ? Count::repeats : Count::decisions] += batch.commands->size();
    for (const v1::Command& command : *batch.commands) {
        judge_.heard(command);
        homes_changed = homes_changed || command.has_release() || command.has_accept();
        if (world_.planted(Plant::unapproved_taking)) take_over_unasked(command);
    }
    begun_.push_back({from, batch});
    process_->writer.begin(*batch.commands);
}

void SiteNode::finish(std::size_t left) {
    while (begun_.size() > left) {
        auto results = process_->writer.finish();
        if (!results) return failed();
        const auto [from, batch] = std::move(begun_.front());
        begun_.pop_front();
        answers_.push_back(
            {from, Answers{batch.batch, std::make_shared<const std::vector<v1::CommandResult>>(
                                            std::move(*results))}});
    }
}

void SiteNode::wait_for_disk() {
    waits_ = true;
    if (world_.planted(Plant::early_answer)) {
        for (Answer& answer : answers_) network_.send(number_, answer.to, std::move(answer.letter));
        answers_.clear();
    }
    const bool slow = !world_.healed && world_.chance(20);
    world_.in(slow ? world_.between(20'000, 200'000) : world_.between(500, 3'000),
              [this, life = life_] {
                  if (life == life_) synced();
              });
}

void SiteNode::synced() {
    if (!disk_.embedded) disk_.sync();
    waits_ = false;
    judge_.follow();
    if (world_.planted(Plant::drifting_fold) && world_.chance(20))
        ++process_->replica.fleet.restores;
    if (world_.chance(30)) judge_.compare(process_->replica.fleet);
    if (world_.chance(30)) {
        const auto broken = test::broken_rules(process_->replica.fleet);
        demand(broken.empty(), name(), ": ", broken.empty() ? "" : broken.front());
    }
    if (world_.chance(10)) try_second_writer();
    if (world_.chance(20)) keep_snapshot();
    for (Answer& answer : answers_) network_.send(number_, answer.to, std::move(answer.letter));
    answers_.clear();
    work();
}

/// A writer whose disk failed may not go on: whether its last commit stands, only the log can say.
void SiteNode::failed() {
    ++world_.totals[Count::failed_writes];
    fall();
}

void SiteNode::fall() {
    crash();
    world_.in(world_.between(1'000, 50'000), [this] {
        if (!process_) start();
    });
}

void SiteNode::keep_snapshot() {
    if (!process_->replica.acceptance.started()) return;
    snapshot_ = snapshot_bytes(process_->replica);
    snapshot_index_ = index_bytes(process_->replica);
}

void SiteNode::load_snapshot(Replica& replica) {
    if (snapshot_.empty() || world_.chance(500)) return;
    const auto header = read_snapshot_header(snapshot_);
    auto state = read_snapshot(snapshot_);
    demand(header && state, name(), ": a snapshot that was just written cannot be read");
    auto index = read_index(snapshot_index_, *header);
    demand(index.has_value(), name(), ": the index of a snapshot cannot be read");
    replica.acceptance = state->acceptance;
    replica.next = state->next;
    replica.fleet = std::move(state->fleet);
    replica.voids = std::move(state->voids);
    replica.index = std::move(*index);
    ++world_.totals[Count::snapshots];
}

}  // namespace ferry::simulation
