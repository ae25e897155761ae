#pragma once
/// A disk that holds one log: what was synced outlives a crash, what was only written may not. And
/// the log on it, as its writer sees it and as others do. One thread.
#include "events/log.hpp"

#include <memory>
#include <vector>

namespace ferry::simulation {

using Stored = std::shared_ptr<const std::vector<Byte>>;

class Disk {
public:
    void write(Stored record);
    void sync() { synced_ = records_.size(); }
    std::size_t size() const { return records_.size(); }
    std::size_t synced() const { return synced_; }
    /// What was synced, from the record of this index on.
    std::vector<Stored> synced_from(std::size_t index) const;
    /// Only the first `kept` of what was written and not synced are there afterwards.
    void crash(std::size_t kept);
    /// Loses the last record, synced or not: what no disk may do.
    void lose_last();

    const Stored& at(std::size_t index) const { return records_[index].bytes; }
    /// Where the record's events begin and end.
    Position first(std::size_t index) const {
        return index == 0 ? Position{1} : records_[index - 1].last.next();
    }
    Position last(std::size_t index) const { return records_[index].last; }
    /// The record that holds an event, among the first `end`; `end` where none does.
    std::size_t holding(Position position, std::size_t end) const;

    /// Admits one writer, behind a lock: what an append has answered stands and is synced, and a
    /// record's offset is the first of its positions.
    bool embedded = false;
    /// Behind a lock: who holds it, and the end that was written to the head file.
    const void* writer = nullptr;
    Position head;
    bool admits_all = false;  ///< planted
    bool syncs_late = false;  ///< planted
    /// How many writes from now on fail; whether a failed one stands all the same.
    int failing = 0;
    bool failed_stand = false;

private:
    struct Entry {
        Stored bytes;
        Position last;  ///< of the last event up to here
    };
    std::vector<Entry> records_;
    std::size_t synced_ = 0;
};

class DiskLog final : public Log {
public:
    /// A writer sees what it has written, a reader what was synced.
    DiskLog(Disk& disk, std::string site, bool writes)
        : disk_(disk), site_(std::move(site)), writes_(writes) {}
    ~DiskLog() override {
        if (disk_.writer == this) disk_.writer = nullptr;
    }
    DiskLog(const DiskLog&) = delete;
    DiskLog& operator=(const DiskLog&) = delete;

    Result<Offset> read(Offset from, const RecordVisitor& visit) override;
    /// One record: as little as the contract allows.
    Result<Offset> read_some(Offset from, const RecordVisitor& visit) override;
    Result<std::optional<std::vector<Byte>>> find(Position position) override;
    Result<std::optional<std::vector<Byte>>> at(Offset offset) override;
    Result<void> lead() override;
    Result<Appended> append(Bytes record) override;
    bool void_is_damage() const override { return disk_.embedded; }
    std::string derived_path(std::string_view) const override { return {}; }
    std::string name() const override { return "simulated: (" + site_ + ")"; }

private:
    std::size_t index_of(Offset offset) const {
        return disk_.embedded ? disk_.holding({offset.value}, end()) : offset.value;
    }
    Offset offset_of(std::size_t index) const {
        return {disk_.embedded ? disk_.first(index).value : index};
    }
    std::size_t end() const { return writes_ ? disk_.size() : disk_.synced(); }
    Disk& disk_;
    std::string site_;
    bool writes_;
};

}  // namespace ferry::simulation
