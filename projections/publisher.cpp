#include "projections/publisher.hpp"

#include "events/hash.hpp"
#include "events/kafka_topic_provision.hpp"
#include "projections/commit_walk.hpp"
#include "projections/entity_state.hpp"
#include "projections/snapshot.hpp"
#include "projections/state_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Who is asked to stop waits for what is under way, but not for a broker that is gone.
constexpr milliseconds stopping_wait_max{2'000};
/// States are published at the latest when so many changed: a long log is read in bounded memory.
constexpr std::size_t states_pending_max = 10'000;

/// What makes a gap impossible: a record that cannot be delivered ends the producer, and none is
/// given up while those behind it go on. Batches may fill, because nobody waits for one event.
const KafkaProperties producer_settings{
    {"message.timeout.ms", "0"}, {"enable.gapless.guarantee", "true"}, {"linger.ms", "5"}};

/// A step takes some milliseconds; a command appends a few records.
constexpr int records_back_max = 32;

/// The user's own properties, without those that would undo the above.
KafkaAddress without_own_timeouts(KafkaAddress address) {
    constexpr std::array kept{"message.timeout.ms", "delivery.timeout.ms",
                              "enable.gapless.guarantee"};
    std::erase_if(address.properties, [&](const auto& property) {
        return std::find(kept.begin(), kept.end(), property.first) != kept.end();
    });
    return address;
}

/// The last commits that count, latest first, back to the one that holds `from`: each names the
/// hash of the one before. Nothing where that is further back than is worth walking, and where the
/// log itself finds the place at once.
Result<std::optional<std::vector<std::vector<Byte>>>> commits_back_to(const Replica& replica,
                                                                      Position from) {
    std::optional<std::vector<std::vector<Byte>>> commits;
    if (!replica.head_offset || replica.log->void_is_damage()) return commits;
    std::vector<std::vector<Byte>> found;
    Hash wanted = replica.acceptance.head;
    Offset offset = *replica.head_offset;
    for (int looked = 0; looked < records_back_max; ++looked) {
        auto stored = replica.log->at(offset);
        if (!stored) return std::unexpected(stored.error());
        const CommitReading reading = *stored ? read_commit(**stored) : CommitReading{};
        if (reading.shape == CommitShape::whole && reading.view.hash == wanted) {
            const CommitHeader header = reading.view.header;
            found.push_back(std::move(**stored));
            if (header.first <= from) return found;
            wanted = header.previous;
        }
        if (offset.value == 0) break;
        offset = {offset.value - 1};
    }
    return commits;
}

std::string content_of(v1::EntityState state) {
    state.clear_position();
    return state.SerializeAsString();
}

}  // namespace

/// From the ends of the topics to the first error.
struct Publisher::Session {
    PublishedEnd end;
    // Before the producer, whose reports are written to them until it is gone.
    KafkaDeliveries events;
    KafkaDeliveries states;
    KafkaProducer producer;
    StateChanges changes;
    Position handed_to;  ///< the last event that is published or under way
    bool stopped = false;
    std::optional<Error> failure;

    Session(PublishedEnd found, KafkaProducer made)
        : end(std::move(found)),
          producer(std::move(made)),
          changes(end.states),
          handed_to(end.events) {}
    bool ended() const { return stopped || failure.has_value(); }
};

Publisher::Publisher(KafkaAddress to, std::string site, PublisherOptions options)
    : to_(without_own_timeouts(std::move(to))),
      site_(std::move(site)),
      options_(std::move(options)),
      events_topic_(topic_name(to_, site_, "events")),
      state_topic_(topic_name(to_, site_, "state")) {}
Publisher::~Publisher() = default;
Publisher::Publisher(Publisher&&) noexcept = default;

Result<void> Publisher::catch_up(Replica& replica) {
    auto done = begin(replica);
    if (done) done = publish_rest(replica);
    replica.on_commit = nullptr;
    if (!done || session_->ended()) session_.reset();
    return done;
}

Result<void> Publisher::begin(Replica& replica) {
    told_ = steady_clock::now();
    if (session_) return {};
    constexpr std::array<std::string_view, 2> needed{"events", "state"};
    // Each time: somebody may have deleted them since.
    if (auto provided = provide_topics(to_, site_, needed); !provided) return provided;
    auto end = published_end(to_, site_, options_.stall_max);
    if (!end) return std::unexpected(end.error());
    auto producer = KafkaProducer::open(to_, producer_settings);
    if (!producer) return std::unexpected(producer.error());
    session_ = std::make_unique<Session>(std::move(*end), std::move(*producer));
    published_ = session_->end.events;
    if (!begun_) begun_ = published_;
    const bool fresh = !replica.acceptance.started() && replica.next.value == 0;
    if (fresh) load_snapshot(replica);
    // From the commit on that holds the last event published: its id is compared.
    const Position from{std::max<std::uint64_t>(
        1, std::min(session_->end.events.value, session_->end.states.value + 1))};
    if (replica.acceptance.position < from) return {};
    return publish_read(replica, from);
}

/// What the replica has read already is read from the log once more, for the topics lack it.
Result<void> Publisher::publish_read(Replica& replica, Position from) {
    const Position to = replica.acceptance.position;
    const CommitVisitor visit = [&](const CommitView& commit) {
        take(replica.fleet, commit);
        return commit.header.last() < to && !session_->ended();
    };
    const auto latest = commits_back_to(replica, from);
    if (!latest) return std::unexpected(latest.error());
    if (*latest) {
        for (const std::vector<Byte>& commit : std::views::reverse(**latest))
            visit(read_commit(commit).view);
        return {};
    }
    auto place = place_before(*replica.log, from);
    if (!place) return std::unexpected(place.error());
    return walk_commits(*replica.log, *place, visit);
}

Result<void> Publisher::publish_rest(Replica& replica) {
    replica.on_commit = [&](const CommitView& commit) { take(replica.fleet, commit); };
    if (auto read = replica.catch_up(); !read) return read;
    if (session_->failure) return std::unexpected(*session_->failure);
    if (session_->stopped) return wait_for_deliveries();
    if (auto right = check_end(replica); !right) return right;
    if (replica.acceptance.started()) {
        publish_states(replica.fleet, replica.acceptance.position);
        if (options_.mends_states && !mended_) {
            // What is under way must be in the topic before it is compared.
            if (auto delivered = wait_for_deliveries(); !delivered) return delivered;
            if (auto mended = mend_states(replica.fleet); !mended) return mended;
            mended_ = true;
        }
    }
    if (auto delivered = wait_for_deliveries(); !delivered) return delivered;
    if (replica.damage)
        return std::unexpected(
            damaged_after(*replica.log, replica.damage->after, replica.damage->reason));
    return {};
}

void Publisher::take(const Fleet& fleet, const CommitView& commit) {
    Session& session = *session_;
    if (session.ended()) return;
    session.stopped = is_stopping();
    if (session.stopped) return;
    const Position last = commit.header.last();
    if (last < session.end.events && last <= session.changes.published()) return;
    for_each_event(commit, [&](const PlacedEvent& placed, const v1::StoredEvent& event) {
        if (!session.ended()) take_event(fleet, commit.header, placed.position, event);
    });
    look_at_deliveries();
    // Before it is known that the topics were made from this log, no state goes out either.
    if (session.changes.count() >= states_pending_max && last >= session.end.events)
        publish_states(fleet, last);
    tell_progress(last);
}

void Publisher::take_event(const Fleet& fleet, const CommitHeader& header, Position position,
                           const v1::StoredEvent& event) {
    Session& session = *session_;
    if (fleet.unknown && position >= fleet.unknown->position)
        return give_up({Errc::configuration,
                        fmt::format("site {} holds {} at position {}, which this build does not "
                                    "know; nothing is published from there on. Use a newer ferry",
                                    site_, fleet.unknown->what, fleet.unknown->position.value)});
    if (position == session.end.events) {
        const std::string id = event_id(header.commit_id, position.value - header.first.value);
        if (id != session.end.event_id)
            return give_up({Errc::configuration,
                            fmt::format("{} holds another event at position {} than the log: it "
                                        "was published from another log. Publish under another "
                                        "PREFIX, or set the topic aside",
                                        events_topic_, position.value)});
    }
    session.changes.note(fleet, position, event);
    if (position <= session.handed_to) return;
    FERRY_ASSERT(position == session.handed_to.next(), "events are published without a gap");
    record_.fill(fleet, header, position, event);
    hand_over(record_.message(events_topic_), session.events);
    session.handed_to = position;
}

/// The site's own record comes last: it says that all states before it are there.
void Publisher::publish_states(const Fleet& fleet, Position up_to) {
    Session& session = *session_;
    if (up_to <= session.changes.published() && session.changes.count() == 0) return;
    v1::EntityState state;
    std::string value;
    const auto publish = [&](EntityNumber number, Position changed) {
        write_entity_state(fleet, number, changed, state);
        state.SerializeToString(&value);
        hand_over(
            {.topic = state_topic_, .key = bytes_of(fleet.id(number)), .value = bytes_of(value)},
            session.states);
    };
    for (const StateChange& change : session.changes.take(fleet, up_to))
        if (!session.failure) publish(change.number, change.position);
    if (!session.failure) publish({0}, up_to);
}

Result<void> Publisher::mend_states(const Fleet& fleet) {
    // By entity number, what the last record of its key says; a hash, for there may be millions.
    std::vector<std::size_t> last(fleet.entities.size());
    const std::hash<std::string> hash;
    const auto note = [&](const KafkaRecord& record) {
        const auto number = fleet.find(text_of(record.key));
        if (!number) return;
        const auto state = state_of(record.value);
        last[number->value] = state ? hash(content_of(*state)) : 0;
    };
    const auto read = read_topic(to_, state_topic_, note, options_.stall_max);
    if (!read) return read;
    for (std::uint64_t number = 1; number < fleet.entities.size(); ++number) {
        const Position changed = changed_by_fleet(fleet, {number});
        if (last[number] != hash(content_of(entity_state(fleet, {number}, changed))))
            session_->changes.note({number}, changed);
    }
    publish_states(fleet, session_->changes.published());
    return {};
}

void Publisher::hand_over(const KafkaMessage& message, KafkaDeliveries& deliveries) {
    auto handed = session_->producer.produce(message, deliveries, options_.stall_max);
    if (!handed) give_up(std::move(handed.error()));
}

/// Reports come in order, so as long as all are good their number says how far the topic is.
void Publisher::look_at_deliveries() {
    Session& session = *session_;
    session.producer.serve(milliseconds(0));
    for (const KafkaDeliveries* deliveries : {&session.events, &session.states})
        if (!deliveries->good())
            give_up(kafka_error(deliveries->first_error,
                                fmt::format("publishing site {} broke off", site_),
                                session.producer.trouble()));
    if (auto fatal = session.producer.fatal()) give_up(std::move(*fatal));
    if (session.events.good()) published_ = session.end.events.next(session.events.reported);
}

Result<void> Publisher::wait_for_deliveries() {
    Session& session = *session_;
    const milliseconds wait = session.stopped ? stopping_wait_max : options_.stall_max;
    auto moved = steady_clock::now();
    const auto reported = [&] { return session.events.reported + session.states.reported; };
    for (auto before = reported();; before = reported()) {
        look_at_deliveries();
        if (session.failure) return std::unexpected(*session.failure);
        if (session.events.done() && session.states.done()) return {};
        tell_progress(session.handed_to);
        session.producer.serve(milliseconds(20));
        const auto now = steady_clock::now();
        if (reported() != before) moved = now;
        if (now - moved > (is_stopping() ? std::min(wait, stopping_wait_max) : wait))
            return fail(
                Errc::unavailable,
                fmt::format("{}: no delivery report came for {} s{}. Check that the "
                            "brokers are up; what is missing is published by the next run",
                            session.events.done() ? state_topic_ : events_topic_,
                            std::chrono::duration_cast<std::chrono::seconds>(now - moved).count(),
                            session.producer.trouble().diagnosis()));
    }
}

Result<void> Publisher::check_end(const Replica& replica) const {
    if (session_->end.events <= replica.acceptance.position || replica.damage) return {};
    return fail(Errc::configuration,
                fmt::format("{} goes to position {} and {} only to {}: it was published from "
                            "another log, or the log lost its end. Look into that first",
                            events_topic_, session_->end.events.value, replica.log->name(),
                            replica.acceptance.position.value));
}

void Publisher::tell_progress(Position read) {
    const auto now = steady_clock::now();
    if (!options_.progress || now - told_ < std::chrono::seconds(1)) return;
    told_ = now;
    options_.progress(published_, read);
}

void Publisher::give_up(Error error) {
    if (!session_->failure) session_->failure = std::move(error);
}

}  // namespace ferry
