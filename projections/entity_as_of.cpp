#include "projections/entity_as_of.hpp"

#include "engine/evolve.hpp"
#include "projections/as_of.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ferry {

namespace {

/// Reads streams back and folds their events, in log order, into a fleet with numbers of its own.
class Gathering {
public:
    Gathering(const Replica& replica, Position until) : replica_(replica), until_(until) {}

    /// The events of one stream that are not after the moment, whatever they lead to.
    Result<void> add_stream(EntityNumber number) {
        numbers_.emplace(number.value, 0);
        Position position = replica_.fleet.at(number).last_position;
        while (position.value != 0) {
            auto found = find_event(replica_, position);
            if (!found) return std::unexpected(found.error());
            const bool right = *found && (*found)->event.entity() == number.value &&
                               (*found)->event.previous_position() < position.value;
            if (!right)
                return fail(
                    Errc::damaged,
                    fmt::format("{}: position {} should hold an event of {} and does not; "
                                "run `ferry verify`",
                                replica_.log->name(), position.value, replica_.fleet.id(number)));
            const Position previous{(*found)->event.previous_position()};
            if (position <= until_) events_.emplace(position.value, std::move(**found));
            position = previous;
        }
        return {};
    }

    /// The pools that the member has belonged to.
    std::vector<EntityNumber> pools() const {
        std::vector<EntityNumber> pools;
        for (const auto& [position, found] : events_) {
            const v1::StoredEvent& event = found.event;
            std::uint64_t pool = event.registered().pool();
            if (event.has_corrected()) pool = event.corrected().pool();
            if (event.has_accepted()) pool = event.accepted().pool();
            const EntityNumber number{pool};
            if (pool == 0 || !replica_.fleet.knows(number)) continue;
            if (std::find(pools.begin(), pools.end(), number) == pools.end())
                pools.push_back(number);
        }
        return pools;
    }

    Fleet fold() {
        Fleet fleet;
        for (auto& [position, found] : events_) {
            translate(found.event, fleet);
            evolve(fleet, {position}, found.header.recorded, found.event);
        }
        for (const auto& [number, small] : numbers_) {
            const auto changes =
                replica_.fleet.pilot_ran_changes.find(static_cast<std::uint32_t>(number));
            if (small == 0 || changes == replica_.fleet.pilot_ran_changes.end()) continue;
            // The bit follows all members of the pool, and only this one's events are here.
            bool ran = false;
            for (const PilotRanChange& change : changes->second)
                if (change.position <= until_) ran = change.value;
            fleet.entities[small].pilot_ran = ran;
        }
        return fleet;
    }

    EntityNumber number(EntityNumber of) const { return {numbers_.at(of.value)}; }

private:
    std::uint64_t translated(std::uint64_t number) const {
        const auto known = numbers_.find(number);
        return known == numbers_.end() ? 0 : known->second;
    }

    void translate(v1::StoredEvent& event, const Fleet& fleet) {
        if (event.has_registered() || event.has_accepted()) {
            std::uint64_t& number = numbers_[event.entity()];
            if (number == 0) number = fleet.entities.size();
            if (event.registered().pool() != 0)
                event.mutable_registered()->set_pool(translated(event.registered().pool()));
            if (event.accepted().pool() != 0)
                event.mutable_accepted()->set_pool(translated(event.accepted().pool()));
        }
        if (event.corrected().pool() != 0)
            event.mutable_corrected()->set_pool(translated(event.corrected().pool()));
        if (event.has_rollback_started()) translate_scope(*event.mutable_rollback_started());
        event.set_entity(translated(event.entity()));
    }

    /// Runs of the log's numbers become runs of one number each.
    void translate_scope(v1::RollbackStarted& body) const {
        std::vector<std::uint64_t> inside;
        std::uint64_t at = 0;
        for (int i = 0; i + 1 < body.scope_size(); i += 2) {
            at += body.scope(i);
            const std::uint64_t end = at + body.scope(i + 1);
            for (auto each = numbers_.lower_bound(at); each != numbers_.end() && each->first < end;
                 ++each)
                if (each->second != 0) inside.push_back(each->second);
            at = end;
        }
        std::sort(inside.begin(), inside.end());
        body.clear_scope();
        std::uint64_t end = 0;
        for (const std::uint64_t number : inside) {
            body.add_scope(number - end);
            body.add_scope(1);
            end = number + 1;
        }
    }

    const Replica& replica_;
    Position until_;
    std::map<std::uint64_t, FoundEvent> events_;
    std::map<std::uint64_t, std::uint64_t> numbers_;  // the log's to the small fleet's; 0 = not yet
};

}  // namespace

Result<MemberAsOf> member_as_of(const Replica& replica, EntityNumber member, Position position) {
    if (position > replica.fleet.position)
        return std::unexpected(beyond_end(*replica.log, position, replica.fleet.position));
    Gathering gathering(replica, position);
    if (auto added = gathering.add_stream(member); !added) return std::unexpected(added.error());
    for (const EntityNumber pool : gathering.pools())
        if (auto added = gathering.add_stream(pool); !added) return std::unexpected(added.error());
    if (auto added = gathering.add_stream({0}); !added) return std::unexpected(added.error());
    const auto last = find_event(replica, position);
    if (!last) return std::unexpected(last.error());
    if (!*last) return std::unexpected(beyond_end(*replica.log, position, replica.fleet.position));
    MemberAsOf then{gathering.fold(), {}};
    then.fleet.position = position;
    then.fleet.recorded = (*last)->header.recorded;
    then.number = gathering.number(member);
    if (then.number.value == 0) then.number = {then.fleet.entities.size()};
    return then;
}

}  // namespace ferry
