#include "events/memory_log.hpp"

#include "events/acceptance.hpp"

#include <algorithm>

namespace ferry {

void MemoryStore::inject(MemoryFault fault) {
    const std::scoped_lock lock(mutex_);
    faults_.push_back(fault);
}

void MemoryStore::truncate(std::size_t count) {
    const std::scoped_lock lock(mutex_);
    records_.resize(std::min(count, records_.size()));
    delayed_.clear();
}

std::size_t MemoryStore::size() const {
    const std::scoped_lock lock(mutex_);
    return records_.size();
}

MemoryStore::Stored MemoryStore::at(std::size_t index) const {
    const std::scoped_lock lock(mutex_);
    return index < records_.size() ? records_[index] : nullptr;
}

void MemoryStore::release_delayed() {
    for (Delayed& delayed : delayed_) {
        if (delayed.appends_left > 0) --delayed.appends_left;
        if (delayed.appends_left == 0) records_.push_back(delayed.record);
    }
    std::erase_if(delayed_, [](const Delayed& delayed) { return delayed.appends_left == 0; });
}

bool MemoryStore::append(Bytes record) {
    const std::scoped_lock lock(mutex_);
    MemoryFault fault;
    if (!faults_.empty()) {
        fault = faults_.front();
        faults_.pop_front();
    }
    using Kind = MemoryFault::Kind;
    if (fault.kind == Kind::fail) return false;
    if (fault.kind == Kind::tear) record = record.first(std::min(fault.amount, record.size()));
    const auto stored = std::make_shared<const std::vector<Byte>>(record.begin(), record.end());
    if (fault.kind != Kind::lose && fault.kind != Kind::delay) records_.push_back(stored);
    if (fault.kind == Kind::duplicate) records_.push_back(stored);
    release_delayed();
    if (fault.kind == Kind::delay)
        delayed_.push_back({std::max<std::size_t>(fault.amount, 1), stored});
    return fault.kind != Kind::fail_unknown;
}

Result<Offset> MemoryLog::read(Offset from, const RecordVisitor& visit) {
    const std::size_t end = store_->size();
    for (; from.value < end; from = from.next()) {
        const MemoryStore::Stored record = store_->at(from.value);
        if (!record) break;
        if (!visit({from, *record})) return from.next();
    }
    return from;
}

Result<std::optional<std::vector<Byte>>> MemoryLog::find(Position position) {
    AcceptanceState state;
    for (std::size_t i = 0; const MemoryStore::Stored record = store_->at(i); ++i) {
        const Judged judged = accept(state, *record);
        if (judged.judgement == Judgement::unknown_format)
            return fail(Errc::configuration,
                        name() + ": a record is of a format that this Ferry does not know. Use the "
                                 "version that wrote it.");
        if (judged.judgement != Judgement::commit_counts) continue;
        if (judged.commit.header.first > position) break;
        if (judged.commit.header.last() >= position) return *record;
    }
    return std::nullopt;
}

Result<Appended> MemoryLog::append(Bytes record) {
    if (!failed_ && store_->append(record)) return Appended::handed_over;
    failed_ = true;
    return fail(Errc::io, name() + ": an append failed; whether it stands only a fresh reader can "
                                   "say. Open the log again.");
}

}  // namespace ferry
