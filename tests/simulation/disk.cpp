#include "tests/simulation/disk.hpp"

#include "events/commit.hpp"

#include <algorithm>

namespace ferry::simulation {

void Disk::write(Stored record) {
    Position last = records_.empty() ? Position{} : records_.back().last;
    if (const auto header = claimed_header(*record)) last = std::max(last, header->last());
    records_.push_back({std::move(record), last});
}

std::vector<Stored> Disk::synced_from(std::size_t index) const {
    std::vector<Stored> records;
    for (; index < synced_; ++index) records.push_back(records_[index].bytes);
    return records;
}

void Disk::crash(std::size_t kept) {
    records_.resize(std::min(records_.size(), synced_ + kept));
    sync();
}

void Disk::lose_last() {
    if (!records_.empty()) records_.pop_back();
    sync();
}

std::size_t Disk::holding(Position position, std::size_t end) const {
    const auto from = records_.begin();
    const auto found =
        std::lower_bound(from, from + static_cast<std::ptrdiff_t>(end), position,
                         [](const Entry& each, Position asked) { return each.last < asked; });
    return static_cast<std::size_t>(found - from);
}

Result<Offset> DiskLog::read(Offset from, const RecordVisitor& visit) {
    for (std::size_t index = index_of(from); index < end(); ++index) {
        const Stored record = disk_.at(index);
        const Offset offset = offset_of(index);
        from = disk_.embedded ? Offset{disk_.last(index).value + 1} : offset.next();
        if (!visit({offset, *record})) break;
    }
    return from;
}

Result<Offset> DiskLog::read_some(Offset from, const RecordVisitor& visit) {
    return read(from, [&](const Record& record) {
        visit(record);
        return false;
    });
}

Result<std::optional<std::vector<Byte>>> DiskLog::find(Position position) {
    const std::size_t found = disk_.holding(position, end());
    if (found >= end()) return std::nullopt;
    return *disk_.at(found);
}

Result<std::optional<std::vector<Byte>>> DiskLog::at(Offset offset) {
    const std::size_t index = index_of(offset);
    if (index >= end() || offset_of(index) != offset) return std::nullopt;
    return *disk_.at(index);
}

Result<void> DiskLog::lead() {
    if (!disk_.embedded) return {};
    if (disk_.writer && disk_.writer != this && !disk_.admits_all)
        return fail(Errc::unavailable, name() + ": another writer holds the lock");
    disk_.writer = this;
    if (disk_.size() > 0 && disk_.last(disk_.size() - 1) >= disk_.head) return {};
    if (disk_.size() == 0 && disk_.head.value == 0) return {};
    return fail(Errc::damaged, name() + ": ends before its head file");
}

Result<Appended> DiskLog::append(Bytes record) {
    const bool fails = disk_.failing > 0;
    if (fails) --disk_.failing;
    if (!fails || disk_.failed_stand)
        disk_.write(std::make_shared<const std::vector<Byte>>(record.begin(), record.end()));
    if (fails) return fail(Errc::io, name() + ": a write failed");
    if (disk_.embedded && !disk_.syncs_late) {
        disk_.sync();
        disk_.head = disk_.last(disk_.size() - 1);
    }
    return disk_.embedded ? Appended::stands : Appended::handed_over;
}

}  // namespace ferry::simulation
