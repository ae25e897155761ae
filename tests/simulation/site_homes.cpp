// What a site reads in the logs of others before it decides on a change of home, and what becomes
// of one that is lost.
#include "engine/request_home.hpp"
#include "projections/as_of.hpp"
#include "projections/owner.hpp"
#include "projections/release_evidence.hpp"
#include "tests/estate.hpp"
#include "tests/simulation/site.hpp"

namespace ferry::simulation {

void SiteNode::leave() {
    crash();
    gone_ = true;
}

void SiteNode::come_back() {
    ++world_.totals[Count::returned_sites];
    world_.trace("came back", name(), disk_.size());
    returned_ = true;
    if (!world_.planted(Plant::returned_owner)) return;
    gone_ = false;
    start();
}

const Replica& SiteNode::folded(Node node) {
    if (node == number_) return process_->replica;
    mirror(node).fold();
    return mirror(node).replica;
}

Result<const Fleet*> SiteNode::known(Node lost, Position position) {
    if (folded(lost).acceptance.position < position)
        return fail(Errc::unavailable, "no log of the lost site is here to be read");
    if (known_ && known_->position == position) return &*known_;
    auto fleet = fleet_as_of(*mirror(lost).replica.log, position);
    if (!fleet) return std::unexpected(fleet.error());
    known_ = std::move(*fleet);
    return &*known_;
}

Result<FoundRelease> SiteNode::find(const ReleaseQuestion& question) {
    Node origin = 0;
    while (origin < sites_count && site_names[origin] != question.transfer.site) ++origin;
    if (origin == sites_count) return fail(Errc::usage, "no such site");
    if (question.taken_over) {
        const auto fleet = known(origin, question.transfer.position);
        if (!fleet) return std::unexpected(fleet.error());
        return left_by_lost(origin, **fleet, question);
    }
    auto found = released(origin, question);
    if (!found || question.asking != question.transfer.site) return found;
    return taken_back(std::move(*found), question);
}

Result<FoundRelease> SiteNode::left_by_lost(Node lost, const Fleet& known,
                                            const ReleaseQuestion& question) {
    const Replica& log = mirror(lost).replica;
    const auto own = released_by_lost(known, question);
    if (!own) return left_by(log, known, question);
    auto back = released_in(log, *own);
    if (back) back = taken_back(std::move(*back), *own);
    if (!back) return back;
    return taken_back_from(log, std::move(*back), question);
}

Result<FoundRelease> SiteNode::released(Node origin, const ReleaseQuestion& question) {
    if (loss_.is_gone(origin) && !world_.planted(Plant::merged_tail)) {
        const auto taken = loss_.taken_as_read_by(number_);
        if (!taken) return std::unexpected(taken.error());
        if (*taken && question.transfer.position > (*taken)->known) {
            ++world_.totals[Count::refused_orphans];
            return fail(Errc::usage, "it was written after its site was taken over");
        }
    }
    return released_in(folded(origin), question);
}

Result<FoundRelease> SiteNode::taken_back(FoundRelease release, const ReleaseQuestion& question) {
    const auto name = std::ranges::find(site_names, question.released_to);
    if (name == std::end(site_names)) return fail(Errc::usage, "it is at home");
    const auto next = static_cast<Node>(name - std::begin(site_names));
    if (!loss_.is_gone(next)) return declined_in(std::move(release), folded(next), question);
    const auto taken = loss_.taken_as_read_by(number_);
    if (!taken) return std::unexpected(taken.error());
    if (!*taken) return declined_in(std::move(release), folded(next), question);
    const auto fleet = known(next, (*taken)->known);
    if (!fleet) return std::unexpected(fleet.error());
    return lost_before(std::move(release), **taken, **fleet, question);
}

void SiteNode::try_second_writer() {
    if (!disk_.embedded) return;
    Process second(world_, disk_, pack_, name(), {});
    if (!second.writer.open()) return;
    v1::Command command = test::mark("second", name());
    command.set_command_id("second-writer");
    (void)second.writer.execute(std::span(&command, 1));
}

void SiteNode::take_over_unasked(const v1::Command& command) {
    if (!command.has_take_over_site() || !process_->replica.fleet.taken_sites.empty()) return;
    const v1::TakeOverSite& asked = command.take_over_site();
    v1::StoredEvent event;
    event.set_actor(command.actor());
    event.set_version(process_->replica.fleet.at({0}).version + 1);
    v1::SiteTakenOver& body = *event.mutable_site_taken_over();
    body.set_site(asked.site());
    body.set_position(asked.position());
    const Hash head = *hash_from_hex(asked.head());
    body.set_head(head.data(), head.size());
    const LogId log = *log_id_from_hex(asked.log_id());
    body.set_log_id(log.bytes.data(), log.bytes.size());
    if (!process_->writer.append(std::span(&event, 1))) failed();
}

}  // namespace ferry::simulation
