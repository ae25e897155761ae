#include "engine/commit_shelf.hpp"

#include <fmt/format.h>

namespace ferry {

Result<const CommitShelf::Standing*> CommitShelf::holding(Log& log, Position position) {
    for (const Standing& each : standing_)
        if (each.header.first <= position && position <= each.header.last()) return &each;
    auto stored = log.find(position);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) return nullptr;
    // Behind a lock `find` has checked the hash; where records may be void nobody has.
    const CommitReading reading =
        log.void_is_damage() ? read_checked_commit(**stored) : read_commit(**stored);
    if (reading.shape != CommitShape::whole)
        return fail(Errc::damaged, fmt::format("{}: the commit that holds position {} is damaged; "
                                               "run `ferry verify`",
                                               log.name(), position.value));
    const CommitHeader& header = reading.view.header;
    if (position < header.first || position > header.last()) return nullptr;
    // Moving the bytes leaves them where they are, so the views into them stay right.
    auto events = split_events(reading.view);
    standing_.push_front({std::move(**stored), header, std::move(events)});
    bytes_ += standing_.front().stored.size();
    const auto is_full = [&] { return bytes_ > bytes_max || standing_.size() > commits_max; };
    for (; is_full() && standing_.size() > 1; standing_.pop_back())
        bytes_ -= standing_.back().stored.size();
    return &standing_.front();
}

void CommitShelf::clear() {
    standing_.clear();
    bytes_ = 0;
}

}  // namespace ferry
