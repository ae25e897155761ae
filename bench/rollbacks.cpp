#include "bench/rollbacks.hpp"

#include "bench/estate.hpp"
#include "bench/give_up.hpp"
#include "bench/lookups.hpp"
#include "bench/reference.hpp"
#include "events/hash.hpp"
#include "projections/as_of.hpp"
#include "projections/digest.hpp"
#include "projections/rollback_plan.hpp"
#include "projections/rollback_steps.hpp"

#include <fmt/format.h>

namespace ferry::bench {

namespace {

Fleet as_of(Log& log, Position position) {
    auto fleet = fleet_as_of(log, position);
    if (!fleet) give_up(fleet.error().message);
    return std::move(*fleet);
}

std::vector<EntityNumber> members_of(const Fleet& fleet, EntityNumber pool) {
    std::vector<EntityNumber> members;
    for (std::size_t number = 1; number < fleet.entities.size(); ++number)
        if (fleet.at({number}).is_member() && fleet.at({number}).pool == pool.value)
            members.push_back({number});
    return members;
}

/// The least that a plan is: who differs, and a hash over it.
std::size_t bare_plan(const Fleet& now, const Fleet& then, const std::vector<EntityNumber>& scope) {
    std::vector<std::uint64_t> differing;
    for (const EntityNumber number : scope) {
        const Entity& a = now.at(number);
        const Entity& b = then.at(number);
        if (a.lifecycle.raw == b.lifecycle.raw && a.on_new_side == b.on_new_side &&
            a.transfer.raw == b.transfer.raw && a.presence.raw == b.presence.raw)
            continue;
        differing.push_back(number.value);
        differing.push_back(a.version);
    }
    sha256(std::as_bytes(std::span(differing)));
    return differing.size();
}

/// The wave and its rollback, in turns: what one run takes back the next one brings again.
class Wave {
public:
    explicit Wave(const std::filesystem::path& directory)
        : file_(directory / "paris.db"),
          replica_(open_embedded(directory)),
          writer_(replica_, side_by_side(), clock_, randomness_) {
        if (auto opened = writer_.open(); !opened) give_up(opened.error().message);
        const Position before = *replica_.fleet.label("before-wave");
        thens_[0] = as_of(*replica_.log, before);
        thens_[1] = as_of(*replica_.log, replica_.fleet.position);
        scope_ = members_of(replica_.fleet, {last_pool_});
    }

    double plan() {
        return seconds_of([&] {
            plan_ =
                plan_rollback({replica_.fleet, thens_[turn_], side_by_side(), scope_, false, {}});
        });
    }

    double bare() {
        return seconds_of([&] { (void)bare_plan(replica_.fleet, thens_[turn_], scope_); });
    }

    /// What the plan leads to, durable in the log.
    double execute() {
        plan();
        began_at_ = replica_.fleet.position;
        const double seconds = seconds_of([&] { append_all(); });
        turn_ = 1 - turn_;
        return seconds;
    }

    /// The commits of the last `execute`.
    std::vector<std::string> rows() const { return rows_after(file_, began_at_.value); }

    void stop() {
        if (auto stopped = replica_.log->stop(); !stopped) give_up(stopped.error().message);
    }

private:
    void append_all() {
        RollbackStamp stamp{fmt::format("0123456789abcdef0123-{}", ++rollbacks_),
                            "dana",
                            "voice quality",
                            {},
                            {},
                            false};
        auto commits = rollback_commits(plan_, replica_.fleet, stamp, false);
        if (!commits) give_up(commits.error().message);
        for (std::vector<v1::StoredEvent>& events : *commits) {
            const auto appended = writer_.append(
                events,
                [&](const Fleet& fleet, v1::StoredEvent& event) { return prove(fleet, event); });
            if (!appended) give_up(appended.error().message);
        }
    }

    Result<void> prove(const Fleet& fleet, v1::StoredEvent& event) const {
        if (!event.has_rollback_finished()) return {};
        const Hash digest = decided_digest(fleet, plan_.scope);
        if (digest != plan_.digest) return fail(Errc::damaged, "the rollback was not exact");
        event.mutable_rollback_finished()->set_digest(digest.data(), digest.size());
        return {};
    }

    static constexpr std::uint64_t last_pool_ = 10;
    std::filesystem::path file_;
    SystemClock clock_;
    SystemRandomness randomness_;
    Replica replica_;
    Writer writer_;
    Fleet thens_[2];
    int turn_ = 0;
    int rollbacks_ = 0;
    std::vector<EntityNumber> scope_;
    RollbackPlan plan_;
    Position began_at_;
};

}  // namespace

void add_rollback_rows(Bench& bench, const std::filesystem::path& directory) {
    Wave wave(directory);
    bench.table.add({.operation = "plan the rollback of 100,000 users of 1,000,000, both states at "
                                  "hand (reference: compare them and hash what differs)",
                     .goal = "≤ 0.25 s",
                     .ferry = [&] { return wave.plan(); },
                     .reference = [&] { return wave.bare(); },
                     .at_most = 0.25});
    bench.table.add({.operation = "run that rollback, durable on the embedded log (reference: "
                                  "insert the same commits)",
                     .goal = "≤ 0.75 s",
                     .ferry = [&] { return wave.execute(); },
                     .reference =
                         [&] {
                             const std::vector<std::string> same = wave.rows();
                             BareInserts inserts(fresh(bench, "bare") / "bare.db");
                             return seconds_of([&] {
                                 for (const std::string& row : same) inserts.insert(row);
                             });
                         },
                     .at_most = 0.75});
    wave.stop();
}

}  // namespace ferry::bench
