#include "projections/published_end.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds answer_wait{10'000};
constexpr milliseconds jumping_fetch_wait{5};
/// How far back the first look goes; each further one goes this many times as far.
constexpr std::uint64_t look_back_factor = 64;

/// Reads [from, to). False from `visit` stops it.
Result<void> read_range(KafkaReader& reader, Offset from, Offset to, milliseconds stall_max,
                        const std::function<void(const KafkaRecord&)>& visit) {
    if (from >= to) return {};
    if (auto placed = reader.place(from); !placed) return placed;
    auto came = steady_clock::now();
    while (*reader.next() < to) {
        const auto record = reader.read(milliseconds(100));
        if (!record) return std::unexpected(record.error());
        if (*record) {
            came = steady_clock::now();
            if ((*record)->offset < to) visit(**record);
        } else if (steady_clock::now() - came > stall_max) {
            return fail(
                Errc::unavailable,
                fmt::format("{}: no record comes at offset {} although the broker has "
                            "more{}. Look at the broker",
                            reader.topic(), reader.next()->value, reader.trouble().diagnosis()));
        }
    }
    return {};
}

/// The last record that `parse` makes something of, looked for from the end.
template <class Parsed, class Parse>
Result<std::optional<Parsed>> last_of(const KafkaAddress& address, const std::string& topic,
                                      milliseconds stall_max, Parse parse) {
    auto reader = KafkaReader::open(address, topic, jumping_fetch_wait);
    if (!reader) return std::unexpected(reader.error());
    const auto marks = reader->watermarks(answer_wait);
    if (!marks) return std::unexpected(marks.error());
    std::optional<Parsed> last;
    if (!*marks) return last;
    const std::uint64_t low = (*marks)->low.value;
    std::uint64_t end = (*marks)->high.value;
    for (std::uint64_t back = 1; !last && end > low; back *= look_back_factor) {
        const std::uint64_t from = end - low > back ? end - back : low;
        const auto read =
            read_range(*reader, {from}, {end}, stall_max, [&](const KafkaRecord& record) {
                if (auto parsed = parse(record.value)) last = std::move(*parsed);
            });
        if (!read) return std::unexpected(read.error());
        end = from;
    }
    return last;
}

}  // namespace

std::optional<v1::Event> event_of(Bytes value) {
    v1::Event event;
    if (!event.ParseFromArray(value.data(), static_cast<int>(value.size()))) return std::nullopt;
    if (event.event_id().empty() || event.position() == 0 || event.type().empty() ||
        event.site().empty())
        return std::nullopt;
    return event;
}

std::optional<v1::EntityState> state_of(Bytes value) {
    v1::EntityState state;
    if (!state.ParseFromArray(value.data(), static_cast<int>(value.size()))) return std::nullopt;
    if (state.entity().empty() || state.kind().empty() || state.position() == 0 ||
        state.site().empty())
        return std::nullopt;
    return state;
}

Result<PublishedEnd> published_end(const KafkaAddress& address, const std::string& site,
                                   milliseconds stall_max) {
    PublishedEnd end;
    const auto event = last_of<v1::Event>(
        address, topic_name(address, site, "events"), stall_max, [&](Bytes value) {
            auto found = event_of(value);
            return found && found->site() == site ? found : std::nullopt;
        });
    if (!event) return std::unexpected(event.error());
    if (*event) {
        end.events = {(*event)->position()};
        end.event_id = (*event)->event_id();
    }
    // Only the site's own record says that all states before it are there.
    const auto state = last_of<v1::EntityState>(
        address, topic_name(address, site, "state"), stall_max, [&](Bytes value) {
            auto found = state_of(value);
            return found && found->kind() == "site" && found->site() == site ? found : std::nullopt;
        });
    if (!state) return std::unexpected(state.error());
    if (*state) end.states = {(*state)->position()};
    return end;
}

Result<void> read_topic(const KafkaAddress& address, const std::string& topic,
                        const std::function<void(const KafkaRecord&)>& visit,
                        milliseconds stall_max) {
    auto reader = KafkaReader::open(address, topic, jumping_fetch_wait);
    if (!reader) return std::unexpected(reader.error());
    const auto marks = reader->watermarks(answer_wait);
    if (!marks) return std::unexpected(marks.error());
    if (!*marks) return {};
    return read_range(*reader, (*marks)->low, (*marks)->high, stall_max, visit);
}

}  // namespace ferry
