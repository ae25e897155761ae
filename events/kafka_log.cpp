#include "events/kafka_log.hpp"

#include "events/kafka_topic_provision.hpp"

#include <fmt/format.h>

#include <array>

namespace ferry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Readers of a log mostly follow its end, and now and then go back for a history.
constexpr milliseconds held_at_end{20};
constexpr milliseconds record_wait{100};
constexpr std::chrono::hours settings_checked_every{1};

}  // namespace

KafkaLog::KafkaLog(KafkaAddress address, std::string site, KafkaLogOptions options)
    : address_(std::move(address)),
      site_(std::move(site)),
      topic_(topic_name(address_, site_, "log")),
      options_(std::move(options)) {}

std::string KafkaLog::name() const { return fmt::format("{} ({})", to_text(address_), site_); }

std::string KafkaLog::derived_path(std::string_view suffix) const {
    if (options_.derived_directory.empty()) return {};
    return fmt::format("{}/{}.{}", options_.derived_directory, topic_, suffix);
}

Result<KafkaReader*> KafkaLog::reader() {
    if (!reader_) {
        auto opened = KafkaReader::open(address_, topic_, held_at_end);
        if (!opened) return std::unexpected(opened.error());
        reader_.emplace(std::move(*opened));
    }
    return &*reader_;
}

Result<std::optional<Offset>> KafkaLog::end_to_read_to(Offset from) {
    if (appending_) return std::optional(std::max(appended_to_, from));
    const auto marks = reader_->watermarks(std::min(broker_answer_wait, options_.stall_max));
    if (!marks) return std::unexpected(marks.error());
    if (!*marks && from.value == 0) return std::optional<Offset>();
    if (!*marks) {
        const Error gone = reader_->gone();
        return fail(gone.code, fmt::format("{}: {}. Restore it from a copy (`ferry copy`)", name(),
                                           gone.message));
    }
    if ((*marks)->low.value != 0)
        return fail(Errc::damaged,
                    fmt::format("{} has lost its history before offset {}: something deleted or "
                                "expired it. Nothing is read or written; restore the topic from a "
                                "copy (`ferry copy`)",
                                name(), (*marks)->low.value));
    if ((*marks)->high < from)
        return fail(Errc::damaged,
                    fmt::format("{}: log truncated after offset {}: the broker ends at {} and more "
                                "was read before. Nothing is taken over; find out what removed it",
                                name(), (*marks)->high.value == 0 ? 0 : (*marks)->high.value - 1,
                                (*marks)->high.value));
    return std::optional((*marks)->high);
}

Result<Offset> KafkaLog::read(Offset from, const RecordVisitor& visit) {
    return read_up_to(Reach::all, from, visit);
}

Result<Offset> KafkaLog::read_some(Offset from, const RecordVisitor& visit) {
    return read_up_to(Reach::oldest, from, visit);
}

Result<Offset> KafkaLog::read_up_to(Reach reach, Offset from, const RecordVisitor& visit) {
    auto opened = reader();
    if (!opened) return std::unexpected(opened.error());
    KafkaReader& reading = **opened;
    // The report of what was handed over says how far there is to read.
    std::optional<Offset> end;
    if (on_their_way_.empty()) {
        const auto asked = end_to_read_to(from);
        if (!asked) return std::unexpected(asked.error());
        if (!*asked || (!appending_ && **asked == from)) return from;
        end = *asked;
    }
    if (auto placed = reading.place(from); !placed) return std::unexpected(placed.error());
    auto came = steady_clock::now();
    bool came_by = false;
    for (;;) {
        bool is_record = false;
        // A record and its report come at about the same time: after the one, the other.
        if (end || !came_by) {
            const bool waits = !end || *reading.next() < *end;
            const auto record = reading.read(waits ? record_wait : milliseconds(0));
            if (!record) return std::unexpected(record.error());
            is_record = record->has_value();
            if (is_record) {
                came = steady_clock::now();
                came_by = true;
                if (!visit({(*record)->offset, (*record)->value})) return *reading.next();
            }
        }
        if (!end) {
            const auto reported = take_report(came_by ? record_wait : milliseconds(0));
            if (!reported) return std::unexpected(reported.error());
            if (*reported && (reach == Reach::oldest || on_their_way_.empty())) end = appended_to_;
        }
        if (!end || (is_record && reach == Reach::all)) continue;
        // Where the end was asked for, the reading ends there; else with what has come so far.
        if (*reading.next() >= *end) return *reading.next();
        if (steady_clock::now() - came > options_.stall_max)
            return fail(Errc::unavailable,
                        fmt::format("{}: nothing comes after offset {} although the broker says "
                                    "that it has more, up to {}{}. Look at the broker",
                                    name(), reading.next()->value, end->value,
                                    reading.trouble().diagnosis()));
    }
}

Result<KafkaSearch*> KafkaLog::search() {
    if (!search_) {
        auto opened = KafkaSearch::open(address_, topic_);
        if (!opened) return std::unexpected(opened.error());
        search_.emplace(std::move(*opened));
    }
    return &*search_;
}

Result<KafkaProducer*> KafkaLog::producer() {
    if (!producer_) {
        auto opened = KafkaProducer::open(address_);
        if (!opened) return std::unexpected(opened.error());
        producer_.emplace(std::move(*opened));
    }
    return &*producer_;
}

Result<std::optional<std::vector<Byte>>> KafkaLog::find(Position position) {
    const auto searching = search();
    if (!searching) return std::unexpected(searching.error());
    return (*searching)->find(position, options_.stall_max);
}

Result<std::optional<std::vector<Byte>>> KafkaLog::at(Offset offset) {
    const auto searching = search();
    if (!searching) return std::unexpected(searching.error());
    return (*searching)->at(offset, options_.stall_max);
}

Result<void> KafkaLog::check_topics() {
    constexpr std::array<std::string_view, 2> own{"lease", "log"};
    const auto needed = std::span(own).first(options_.to_be_left ? 1 : 2);
    if (auto provided = provide_topics(address_, site_, needed); !provided) return provided;
    settings_checked_ = steady_clock::now();
    return {};
}

Result<void> KafkaLog::lead() {
    if (auto checked = check_topics(); !checked) return checked;
    drop_producer();
    // All that connecting takes is over before a record, or a rival, waits for it.
    if (auto opened = reader(); !opened) return std::unexpected(opened.error());
    if (auto opened = search(); !opened) return std::unexpected(opened.error());
    const auto opened = producer();
    if (!opened) return std::unexpected(opened.error());
    if (auto learned = (*opened)->learn(topic_, broker_answer_wait); !learned) return learned;
    lease_ = std::make_unique<KafkaLease>(address_, site_, options_.lease);
    auto acquired = lease_->acquire();
    if (acquired) return {};
    lease_.reset();
    return fail(acquired.error().code, fmt::format("{}: {}", name(), acquired.error().message));
}

Result<void> KafkaLog::may_append() {
    if (!lease_)
        return fail(Errc::unavailable, fmt::format("{} is not led by this process", name()));
    if (steady_clock::now() - settings_checked_ > settings_checked_every)
        if (auto checked = check_topics(); !checked) return checked;
    return lease_->check();
}

Result<Appended> KafkaLog::append(Bytes record) {
    const auto handed = hand_over(record);
    if (!handed) return handed;
    while (!on_their_way_.empty())
        if (const auto reported = take_report(record_wait); !reported)
            return std::unexpected(reported.error());
    return handed;
}

Result<Appended> KafkaLog::hand_over(Bytes record) {
    if (auto may = may_append(); !may) return std::unexpected(may.error());
    const auto opened = producer();
    if (!opened) return std::unexpected(opened.error());
    OnItsWay& sent = on_their_way_.emplace_back();
    sent.until = steady_clock::now() + options_.delivery_max;
    const auto handed = (*opened)->produce({.topic = topic_, .value = record}, sent.delivery,
                                           options_.delivery_max);
    if (handed) return Appended::handed_over;
    drop_producer();
    return std::unexpected(handed.error());
}

Result<bool> KafkaLog::take_report(milliseconds wait) {
    OnItsWay& oldest = on_their_way_.front();
    if (!producer_->wait_for(oldest.delivery, wait) && steady_clock::now() < oldest.until &&
        !address_.stop.stop_requested())
        return false;
    const auto delivered = producer_->report(oldest.delivery, topic_, milliseconds(0));
    if (!delivered) {
        drop_producer();
        return std::unexpected(delivered.error());
    }
    on_their_way_.pop_front();
    appended_to_ = delivered->next();
    appending_ = true;
    return true;
}

/// Whether a record of it stands is not known, and an idempotent producer that lost one report may
/// end for good: the next append has a new one, which takes over like anybody else.
void KafkaLog::drop_producer() {
    producer_.reset();
    on_their_way_.clear();
    appending_ = false;
}

Result<void> KafkaLog::stop() {
    drop_producer();
    if (!lease_) return {};
    auto released = lease_->release();
    lease_.reset();
    return released;
}

bool KafkaLog::take_reconnected() {
    const bool lost = reader_ && reader_->trouble().take_disconnected();
    if (lost) appending_ = false;  // the end is asked for again
    return lost;
}

}  // namespace ferry
