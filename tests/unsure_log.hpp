#pragma once
/// A log in memory that, on request, does not know whether an append stands: what a lost delivery
/// report is. Like a log on Kafka it may go on once its writer has taken over.
#include "events/memory_log.hpp"

namespace ferry::test {

class UnsureLog final : public Log {
public:
    enum class Next { sure, unsure_stands, unsure_lost, unsure_late };

    explicit UnsureLog(std::shared_ptr<MemoryStore> store) : store_(std::move(store)) {}

    /// Befalls the next append. Late: it stands only behind the append after it.
    void next(Next what) { next_ = what; }
    bool steps_down = false;       ///< keeps leases, so it does not compete
    std::optional<Error> forbids;  ///< what `may_append` answers

    Result<Offset> read(Offset from, const RecordVisitor& visit) override {
        return inner().read(from, visit);
    }
    Result<std::optional<std::vector<Byte>>> find(Position position) override {
        return inner().find(position);
    }
    Result<void> lead() override { return {}; }
    Result<Appended> append(Bytes record) override {
        const Next what = std::exchange(next_, Next::sure);
        if (what == Next::unsure_late) store_->inject({MemoryFault::Kind::delay, 1});
        if (what != Next::unsure_lost) (void)store_->append(record);
        if (what == Next::sure) return Appended::handed_over;
        return fail(Errc::outcome_unknown, "no delivery report came");
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

    std::shared_ptr<MemoryStore> store_;
    Next next_ = Next::sure;
    bool reconnected_ = false;
};

}  // namespace ferry::test
