#pragma once
/// What acceptance does not look at, because it reads fixed-width fields only: whether the events
/// of the commits that count are numbered and placed as the format promises, and whether each
/// commit names the pack that was in force. A log that a writer wrote in order never fails it. One
/// object walks one log, once. One thread.
#include "events/commit.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ferry {

/// Something in a commit that counts which is not as the format promises.
struct Discrepancy {
    Position position;
    std::string what;
};

/// An event by which an entity came from another site or went to one, with the hash of its commit;
/// of what is carried the name and the version alone.
struct HomeChange {
    Position position;
    Hash commit{};
    v1::StoredEvent event;
};

class EventOrder {
public:
    using Report = std::function<void(Discrepancy)>;
    /// Is shown each event of the site's own stream on the way.
    using SiteEvents = std::function<void(Position, const v1::StoredEvent&)>;
    explicit EventOrder(SiteEvents on_site_event = {}) : on_site_event_(std::move(on_site_event)) {}

    /// Looks at the next commit that counts, and reports what is not right about it.
    void follow(const CommitView& commit, const Report& report);

    /// Events with bodies this build does not know: no fault, and no promise about them.
    /// In log order.
    std::vector<HomeChange> take_home_changes() { return std::move(home_changes_); }
    std::uint64_t unknown_bodies() const { return unknown_bodies_; }

private:
    struct Stream {
        std::uint64_t version = 0;
        Position last;
    };
    void note_home_change(Position position, const Hash& commit, const v1::StoredEvent& event);
    void follow_event(Position position, const v1::StoredEvent& event, const Report& report);

    SiteEvents on_site_event_;
    std::vector<Stream> streams_{1};  ///< by entity number; [0] is the site's own
    Time recorded_;
    Position pack_;  ///< where the pack in force was adopted
    std::vector<HomeChange> home_changes_;
    std::uint64_t unknown_bodies_ = 0;
};

}  // namespace ferry
