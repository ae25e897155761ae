#pragma once
/// The log in memory, for tests, what-if and simulation. It admits several writers, as Kafka does,
/// so what is appended counts only once it is read back and accepted. It goes wrong on request.
/// Thread rule: a store may be shared by threads; each handle belongs to one.
#include "events/log.hpp"

#include <deque>
#include <mutex>

namespace ferry {

/// What happens to one append.
struct MemoryFault {
    enum class Kind {
        none,
        lose,          ///< answered as any other, never seen
        duplicate,     ///< stands twice
        delay,         ///< stands only after `amount` later appends
        tear,          ///< only its first `amount` bytes stand
        fail,          ///< an error, and it does not stand
        fail_unknown,  ///< an error, and it stands all the same
    };
    Kind kind = Kind::none;
    std::size_t amount = 0;
};

/// The records of one log, shared by all handles on it.
class MemoryStore {
public:
    using Stored = std::shared_ptr<const std::vector<Byte>>;

    /// Queues a fault: the first queued befalls the next append, and so on.
    void inject(MemoryFault fault);
    /// Forgets all records from the `count`-th on, and what was delayed.
    void truncate(std::size_t count);
    std::size_t size() const;

    /// False where the append fails.
    bool append(Bytes record);
    /// The record at `index`, or nothing past the end.
    Stored at(std::size_t index) const;

private:
    struct Delayed {
        std::size_t appends_left;
        Stored record;
    };
    void release_delayed();

    mutable std::mutex mutex_;
    std::vector<Stored> records_;
    std::deque<MemoryFault> faults_;
    std::vector<Delayed> delayed_;
};

class MemoryLog final : public Log {
public:
    MemoryLog(std::shared_ptr<MemoryStore> store, std::string site)
        : store_(std::move(store)), site_(std::move(site)) {}

    Result<Offset> read(Offset from, const RecordVisitor& visit) override;
    /// Judges from the beginning: only acceptance knows which of two claims to a position counts.
    Result<std::optional<std::vector<Byte>>> find(Position position) override;
    Result<void> lead() override { return {}; }
    Result<Appended> append(Bytes record) override;
    bool void_is_damage() const override { return false; }
    std::string derived_path(std::string_view) const override { return {}; }
    std::string name() const override { return "memory: (" + site_ + ")"; }

private:
    std::shared_ptr<MemoryStore> store_;
    std::string site_;
    bool failed_ = false;
};

}  // namespace ferry
