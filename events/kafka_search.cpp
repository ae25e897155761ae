#include "events/kafka_search.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds jumping_fetch_wait{5};
/// A place takes 250 bytes; reading on over so many commits takes a few milliseconds.
constexpr std::uint64_t commits_between_places = 256;

}  // namespace

Result<KafkaSearch> KafkaSearch::open(const KafkaAddress& address, std::string topic) {
    auto reader = KafkaReader::open(address, std::move(topic), jumping_fetch_wait);
    if (!reader) return std::unexpected(reader.error());
    return KafkaSearch(std::move(*reader));
}

KafkaSearch::Place KafkaSearch::place_before(Position position) const {
    const auto after = std::partition_point(places_.begin(), places_.end(), [&](const Place& one) {
        return one.state.position < position;
    });
    return after == places_.begin() ? Place{} : *std::prev(after);
}

void KafkaSearch::remember(const Place& place) {
    if (place.next <= places_.back().next || ++commits_since_ < commits_between_places) return;
    places_.push_back(place);
    commits_since_ = 0;
}

Result<std::optional<std::vector<Byte>>> KafkaSearch::find(Position position,
                                                           milliseconds stall_max) {
    using Found = std::optional<std::vector<Byte>>;
    if (position.value == 0) return Found();
    const auto marks = reader_.watermarks(stall_max);
    if (!marks) return std::unexpected(marks.error());
    if (!*marks) return Found();
    Place place = place_before(position);
    if (place.next < (*marks)->high)
        if (auto placed = reader_.place(place.next); !placed)
            return std::unexpected(placed.error());
    auto came = steady_clock::now();
    while (place.next < (*marks)->high) {
        const auto record = reader_.read(milliseconds(100));
        if (!record) return std::unexpected(record.error());
        place.next = *reader_.next();
        if (!*record) {
            if (steady_clock::now() - came > stall_max) return std::unexpected(reader_.stalled());
            continue;
        }
        came = steady_clock::now();
        const Judged judged = accept(place.state, (*record)->value);
        if (judged.judgement == Judgement::unknown_format)
            return fail(Errc::configuration,
                        fmt::format("{}: the record at offset {} has a format this build does not "
                                    "know; read this log with a newer ferry",
                                    reader_.topic(), (*record)->offset.value));
        if (judged.judgement != Judgement::commit_counts) continue;
        if (judged.commit.header.last() >= position)
            return Found(std::in_place, (*record)->value.begin(), (*record)->value.end());
        remember(place);
    }
    return Found();
}

Result<std::optional<std::vector<Byte>>> KafkaSearch::at(Offset offset, milliseconds stall_max) {
    using Found = std::optional<std::vector<Byte>>;
    const auto marks = reader_.watermarks(stall_max);
    if (!marks) return std::unexpected(marks.error());
    if (!*marks || offset >= (*marks)->high || offset < (*marks)->low) return Found();
    if (auto placed = reader_.place(offset); !placed) return std::unexpected(placed.error());
    const auto began = steady_clock::now();
    while (*reader_.next() <= offset) {
        const auto record = reader_.read(milliseconds(100));
        if (!record) return std::unexpected(record.error());
        if (*record && (*record)->offset == offset)
            return Found(std::in_place, (*record)->value.begin(), (*record)->value.end());
        if (steady_clock::now() - began > stall_max) return std::unexpected(reader_.stalled());
    }
    return Found();
}

}  // namespace ferry
