#pragma once
/// A log at the end of a wire, kept in memory: what is handed over gets there when it is read back,
/// so that others may come first. On request it does not know whether a record stands, which is
/// what a lost delivery report is. Like a log on Kafka it may go on once its writer has taken over.
#include "events/memory_log.hpp"

#include <deque>

namespace ferry::test {

class UnsureLog final : public Log {
public:
    enum class Next { sure, unsure_stands, unsure_lost, unsure_late };

    explicit UnsureLog(std::shared_ptr<MemoryStore> store) : store_(std::move(store)) {}

    /// Befalls the next record that gets there. Late: it stands only behind the one after it.
    void next(Next what) { next_ = what; }
    bool rest_arrives = false;     ///< what was sent after a record of which nobody knows
    bool steps_down = false;       ///< keeps leases, so it does not compete
    std::optional<Error> forbids;  ///< what `may_append` answers
    std::optional<Error> refuses;  ///< what `hand_over` answers, once; what is on its way is lost

    Result<Offset> read(Offset from, const RecordVisitor& visit) override {
        if (auto arrived = deliver(sent_.size()); !arrived) return std::unexpected(arrived.error());
        return inner().read(from, visit);
    }
    Result<Offset> read_some(Offset from, const RecordVisitor& visit) override {
        if (auto arrived = deliver(1); !arrived) return std::unexpected(arrived.error());
        return inner().read(from, visit);
    }
    Result<std::optional<std::vector<Byte>>> find(Position position) override {
        return inner().find(position);
    }
    Result<void> lead() override { return {}; }
    Result<Appended> append(Bytes record) override {
        const auto handed = hand_over(record);
        const auto arrived = deliver(sent_.size());
        return arrived ? handed : std::unexpected(arrived.error());
    }
    Result<Appended> hand_over(Bytes record) override {
        if (refuses) {
            sent_.clear();
            return std::unexpected(*std::exchange(refuses, std::nullopt));
        }
        sent_.emplace_back(record.begin(), record.end());
        return Appended::handed_over;
    }
    bool void_is_damage() const override { return false; }
    bool competes() const override { return !steps_down; }
    Result<void> may_append() override {
        return forbids ? Result<void>(std::unexpected(*forbids)) : Result<void>();
    }
    bool take_reconnected() override { return std::exchange(reconnected_, false); }
    void reconnect() { reconnected_ = true; }
    std::string derived_path(std::string_view) const override { return {}; }
    std::string name() const override { return "memory: (paris)"; }

private:
    MemoryLog inner() const { return {store_, "paris"}; }

    Result<void> deliver(std::size_t count) {
        for (; count > 0 && !sent_.empty(); --count) {
            const std::vector<Byte> record = std::move(sent_.front());
            sent_.pop_front();
            const Next what = std::exchange(next_, Next::sure);
            if (what == Next::unsure_late) store_->inject({MemoryFault::Kind::delay, 1});
            const bool reported = what == Next::unsure_lost || store_->append(record);
            if (what == Next::sure && reported) continue;
            for (const auto& rest : sent_)
                if (rest_arrives) (void)store_->append(rest);
            sent_.clear();
            return fail(Errc::outcome_unknown, "no delivery report came");
        }
        return {};
    }

    std::shared_ptr<MemoryStore> store_;
    std::deque<std::vector<Byte>> sent_;
    Next next_ = Next::sure;
    bool reconnected_ = false;
};

}  // namespace ferry::test
