#pragma once
/// The lease of a site's log on Kafka: its leader beats in the topic `PREFIX.<site>.lease`, and who
/// wants to take over waits until that has been silent for a whole lease, by the monotonic clock. A
/// hint, for peace: what counts is decided by acceptance alone, so two leaders at once can slow
/// each other down and nothing else (design.md section 4). Thread rule: `check` from any thread,
/// the rest from one; beats come from a thread of its own. Errors: unavailable (another holds it,
/// or one's own beats no longer come back), and as events/kafka_producer.hpp.
#include "events/kafka_producer.hpp"
#include "events/kafka_reader.hpp"
#include "events/randomness.hpp"
#include "ferry/v1/lease.pb.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <thread>

namespace ferry {

struct LeaseOptions {
    std::string holder = "ferry";  ///< what others are told about who leads
    /// Long enough that a busy machine's pauses do not end it, short enough that a dead leader is
    /// replaced within five seconds.
    std::chrono::milliseconds length{3000};
    bool take_over = false;  ///< does not wait for another's lease to end
    /// Where set, `acquire` waits as long as another leads, calls this about every 50 ms meanwhile,
    /// and gives up where it says false.
    std::function<bool()> while_waiting;
    /// Where set, told once, from another thread, when a lease that was held is lost: whoever leads
    /// may wait for a broker just then and notice later.
    std::function<void(const std::string&)> when_lost;
};

class KafkaLease {
public:
    KafkaLease(KafkaAddress address, const std::string& site, LeaseOptions options);
    /// Without `release` before it others wait a whole lease, as after a crash.
    ~KafkaLease();
    KafkaLease(const KafkaLease&) = delete;
    KafkaLease& operator=(const KafkaLease&) = delete;

    /// Waits while another's lease may still be alive, says who that is where it is, and begins to
    /// beat. The topic must exist.
    Result<void> acquire();

    /// Whether the own beats came back all along: where none did for half a lease, no.
    Result<void> check() const;

    /// Says that nobody needs to wait, and stops beating.
    Result<void> release();

private:
    using Monotonic = std::chrono::steady_clock;

    /// Another's lease that has not ended for all that was read.
    struct HeldLease {
        v1::Lease lease;
        Monotonic::time_point seen;
        bool alive = false;  ///< a beat came since waiting began; before it may be of one long dead
    };
    /// By holder. Several: who was taken over from may beat once more before it notices, and that
    /// it then steps down says nothing about the lease of who took over.
    using Held = std::map<std::string, HeldLease>;

    Result<void> wait_for_silence();
    /// Errors: unavailable, where another leads and nobody wants to wait (longer).
    Result<void> keep_waiting(const Held& held) const;
    /// Beats for the first time. False where another's beat stands before it: of several that
    /// waited for the same silence the topic picks one, and the others go on waiting.
    Result<bool> claim();
    /// Error: why a beat was not taken, where one was not.
    Result<void> check_taken() const;
    enum class Said { claim, beat, release };
    Result<void> send(Said said);
    /// Reads what has come; notes own beats.
    Result<void> listen(std::chrono::milliseconds wait);
    void beat_on();
    void stop_thread();

    KafkaAddress address_;
    std::string topic_;
    LeaseOptions options_;
    std::string holder_id_;
    std::uint64_t beat_ = 0;
    std::optional<KafkaProducer> producer_;
    std::optional<KafkaReader> reader_;
    KafkaDeliveries deliveries_;
    /// Once lost it stays so: beats that come back late do not say that nobody led meanwhile.
    std::atomic<bool> lost_{false};
    std::atomic<Monotonic::time_point> seen_{Monotonic::time_point()};  ///< own beat, last
    std::mutex mutex_;
    std::condition_variable stop_asked_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ferry
