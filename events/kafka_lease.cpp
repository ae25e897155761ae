#include "events/kafka_lease.hpp"

#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

using std::chrono::milliseconds;

constexpr int beats_per_lease = 6;
/// How far back waiting begins: who stepped down may have said so after another's first beats.
constexpr std::uint64_t records_looked_back = 16;

std::optional<v1::Lease> parse(const KafkaRecord& record) {
    v1::Lease lease;
    // Anybody with write rights may have put anything there; what is no lease says nothing.
    if (!lease.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())))
        return std::nullopt;
    return lease;
}

}  // namespace

KafkaLease::KafkaLease(KafkaAddress address, const std::string& site, LeaseOptions options)
    : address_(std::move(address)),
      topic_(topic_name(address_, site, "lease")),
      options_(std::move(options)) {
    SystemRandomness randomness;
    const auto id = randomness.id<WriterId>();
    holder_id_ = text_of(id.bytes);
}

KafkaLease::~KafkaLease() { stop_thread(); }

Result<void> KafkaLease::wait_for_silence() {
    const auto marks = reader_->watermarks(broker_answer_wait);
    if (!marks) return std::unexpected(marks.error());
    if (!*marks)
        return fail(Errc::unavailable, fmt::format("the topic {} does not exist; `ferry topics "
                                                   "--apply` makes it",
                                                   topic_));
    const Watermarks& at = **marks;
    const std::uint64_t back = std::min(records_looked_back, at.high.value - at.low.value);
    if (auto placed = reader_->place({at.high.value - back}); !placed) return placed;
    Held held;
    const auto began = Monotonic::now();
    for (;;) {
        const bool caught_up = *reader_->next() >= at.high;
        std::erase_if(held, [](const auto& one) {
            const milliseconds length(one.second.lease.lease_milliseconds());
            return Monotonic::now() - one.second.seen >= length;
        });
        if (!caught_up && Monotonic::now() - began > broker_answer_wait)
            return std::unexpected(reader_->stalled());
        if (caught_up && (held.empty() || options_.take_over)) return {};
        if (caught_up)
            if (auto waits = keep_waiting(held); !waits) return waits;
        const auto record = reader_->read(milliseconds(50));
        if (!record) return std::unexpected(reader_->passing(record.error()));
        if (!*record) continue;
        const auto lease = parse(**record);
        if (!lease) continue;
        // Their silence was waited for before, by whoever led next.
        if (lease->after_silence())
            std::erase_if(held, [](const auto& one) { return !one.second.alive; });
        if (lease->released()) held.erase(lease->holder_id());
        else held[lease->holder_id()] = {*lease, Monotonic::now(), (*record)->offset >= at.high};
    }
}

Result<void> KafkaLease::keep_waiting(const Held& held) const {
    if (options_.while_waiting) {
        if (options_.while_waiting()) return {};
        return fail(Errc::unavailable, fmt::format("{} leads this log, and waiting for it was "
                                                   "given up",
                                                   held.begin()->second.lease.holder()));
    }
    for (const auto& [id, one] : held)
        if (one.alive)
            return fail(Errc::unavailable,
                        fmt::format("{} leads this log. Wait until it has ended, stop it, reach it "
                                    "with --via kafka, or say --take-over",
                                    one.lease.holder()));
    return {};
}

Result<void> KafkaLease::acquire() {
    stop_thread();
    auto reader = KafkaReader::open(address_, topic_, options_.length / 6);
    if (!reader) return std::unexpected(reader.error());
    reader_.emplace(std::move(*reader));
    auto producer = KafkaProducer::open(address_);
    if (!producer) return std::unexpected(producer.error());
    producer_.emplace(std::move(*producer));
    deliveries_ = {};
    lost_ = false;
    for (;;) {
        if (auto silent = wait_for_silence(); !silent) return silent;
        const auto claimed = claim();
        if (!claimed) return std::unexpected(claimed.error());
        if (*claimed) break;
    }
    stopping_ = false;
    thread_ = std::thread([this] { beat_on(); });
    return {};
}

Result<bool> KafkaLease::claim() {
    const auto began = Monotonic::now();
    if (auto sent = send(Said::claim); !sent) return std::unexpected(sent.error());
    for (;;) {
        // Nobody leads yet, so a busy broker may take its time.
        if (Monotonic::now() - began > broker_answer_wait)
            return fail(Errc::unavailable, fmt::format("{}: the first beat did not come back{}",
                                                       topic_, reader_->trouble().diagnosis()));
        producer_->serve(milliseconds(0));
        if (auto taken = check_taken(); !taken) return std::unexpected(taken.error());
        const auto record = reader_->read(milliseconds(20));
        if (!record) return std::unexpected(reader_->passing(record.error()));
        const auto lease = *record ? parse(**record) : std::nullopt;
        if (!lease || lease->released()) continue;
        if (lease->holder_id() != holder_id_) {
            if (options_.take_over) continue;
            return false;
        }
        if (lease->beat() != beat_) continue;  // of a claim before this one
        seen_ = Monotonic::now();
        return true;
    }
}

Result<void> KafkaLease::check_taken() const {
    if (deliveries_.good()) return {};
    return std::unexpected(kafka_error(
        deliveries_.first_error, fmt::format("{} takes no beat", topic_), producer_->trouble()));
}

Result<void> KafkaLease::check() const {
    const auto silence = Monotonic::now() - seen_.load();
    if (silence < options_.length / 2 && !lost_) return {};
    return fail(Errc::unavailable,
                fmt::format("the lease in {} is lost: no beat of this leader came back for half a "
                            "lease, {} ms. It steps down; another may lead by now",
                            topic_, (options_.length / 2).count()));
}

Result<void> KafkaLease::release() {
    if (!thread_.joinable()) return {};
    stop_thread();
    if (auto sent = send(Said::release); !sent) return sent;
    // Where no beat comes back this will not either, and the others wait for silence anyway.
    if (check()) producer_->wait_for(deliveries_, options_.length);
    return {};
}

Result<void> KafkaLease::send(Said said) {
    v1::Lease lease;
    lease.set_holder_id(holder_id_);
    lease.set_holder(options_.holder);
    lease.set_beat(++beat_);
    lease.set_lease_milliseconds(static_cast<std::uint32_t>(options_.length.count()));
    lease.set_released(said == Said::release);
    lease.set_after_silence(said == Said::claim && !options_.take_over);
    const std::string text = lease.SerializeAsString();
    auto sent = producer_->produce({.topic = topic_, .value = bytes_of(text)}, deliveries_,
                                   options_.length / 2);
    producer_->serve(milliseconds(0));
    return sent;
}

Result<void> KafkaLease::listen(milliseconds wait) {
    producer_->serve(milliseconds(0));
    for (;;) {
        const auto record = reader_->read(wait);
        if (!record) return std::unexpected(record.error());
        if (!*record) return {};
        const auto lease = parse(**record);
        if (lease && lease->holder_id() == holder_id_) seen_ = Monotonic::now();
        wait = milliseconds(0);
    }
}

void KafkaLease::beat_on() {
    const auto interval = options_.length / beats_per_lease;
    auto due = Monotonic::now() + interval;
    std::unique_lock lock(mutex_);
    while (!stop_asked_.wait_for(lock, interval / 8, [this] { return stopping_; })) {
        lock.unlock();
        if (const auto alive = check(); !alive && !lost_.exchange(true) && options_.when_lost) {
            const auto taken = check_taken();
            options_.when_lost(alive.error().message +
                               (taken ? "" : fmt::format(". {}", taken.error().message)));
        }
        // What fails here shows in `check`: beats that do not come back end the lease. Who woke
        // too late has none to send, which would only make the next leader wait.
        if (!lost_ && Monotonic::now() >= due) {
            (void)send(Said::beat);
            due = Monotonic::now() + interval;
        }
        (void)listen(milliseconds(0));
        lock.lock();
    }
}

void KafkaLease::stop_thread() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    stop_asked_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace ferry
