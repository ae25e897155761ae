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
    for (; from.value < end(); from = from.next())
        if (const Stored record = disk_.at(from.value); !visit({from, *record})) return from.next();
    return from;
}

Result<std::optional<std::vector<Byte>>> DiskLog::find(Position position) {
    const std::size_t found = disk_.holding(position, end());
    if (found >= end()) return std::nullopt;
    return *disk_.at(found);
}

Result<std::optional<std::vector<Byte>>> DiskLog::at(Offset offset) {
    if (offset.value >= end()) return std::nullopt;
    return *disk_.at(offset.value);
}

Result<Appended> DiskLog::append(Bytes record) {
    const bool fails = disk_.failing > 0;
    if (fails) --disk_.failing;
    if (!fails || disk_.failed_stand)
        disk_.write(std::make_shared<const std::vector<Byte>>(record.begin(), record.end()));
    if (fails) return fail(Errc::io, name() + ": a write failed");
    return Appended::handed_over;
}

}  // namespace ferry::simulation
