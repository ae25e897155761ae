// `ferry publish --follow` killed at random under load, and the broker too: a consumer with the
// one-line rule sees every event exactly once and in order.
#include "events/sqlite_log.hpp"
#include "tests/kafka/child_process.hpp"
#include "tests/kafka/own_broker.hpp"
#include "tests/kafka/published_topics.hpp"
#include "tests/random_history.hpp"

#include <fstream>
#include <iterator>
#include <thread>

namespace ferry::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t users_a_batch = 40;

int kills_wanted() { return std::getenv("FERRY_LONG") ? 100 : 10; }

/// A site on an embedded log that grows, and a follower of it.
struct GrowingSite {
    explicit GrowingSite(std::uint64_t seed)
        : random(seed), estate(std::make_unique<SqliteLog>(folder(), "paris"), seed) {
        estate.done(add_pool("ocs01"));
    }
    std::string folder() const { return scratch.path() + "/log"; }
    std::string said() const { return scratch.path() + "/said"; }
    std::string words() const {
        std::ifstream file(said());
        return std::string(std::istreambuf_iterator<char>(file), {});
    }

    void grow() {
        std::vector<v1::Command> batch;
        for (std::size_t i = 0; i < users_a_batch; ++i)
            batch.push_back(add_user(fmt::format("u{}@contoso.com", ++users), "ocs01"));
        // Some of what came before changes too, so that states do.
        for (std::size_t i = 0; i < users_a_batch / 2; ++i)
            batch.push_back(
                observe_client(fmt::format("user:u{}@contoso.com", 1 + random.below(users)),
                               random.below(2) == 0 ? "lync-2013" : "lync-2010"));
        estate.give_all(batch);
    }
    void grow_for(milliseconds time) {
        const auto until = steady_clock::now() + time;
        while (steady_clock::now() < until) grow();
    }
    std::unique_ptr<ChildProcess> follower(const KafkaAddress& to) const {
        return std::make_unique<ChildProcess>(
            std::vector<std::string>{FERRY_PROGRAM, "publish", "--log", "sqlite:" + folder(),
                                     "--to", to_text(to), "--follow"},
            said());
    }

    ScratchDirectory scratch;
    RandomHistory random;
    Estate estate;
    std::uint64_t users = 0;
};

/// Until the follower has published all there is; false after a minute without an end.
bool published_to(const KafkaAddress& address, Position position) {
    const auto until = steady_clock::now() + std::chrono::minutes(1);
    while (steady_clock::now() < until) {
        const auto end = published_end(address, "paris");
        if (end && end->events == position && end->states == position) return true;
        std::this_thread::sleep_for(milliseconds(50));
    }
    return false;
}

}  // namespace

TEST_CASE("a follower killed at random under load, and its broker with it, publishes everything") {
    for (const std::uint64_t seed : seeds(1)) {
        CAPTURE(seed);
        const OwnBroker broker;
        const KafkaAddress address{.brokers = broker.address(), .prefix = "kill", .properties = {}};
        GrowingSite site(seed);
        const int kills = kills_wanted();
        std::thread breaker;
        for (int round = 0; round < kills; ++round) {
            const auto follower = site.follower(address);
            if (round == kills / 2)
                breaker = std::thread([&broker] {
                    broker.kill();
                    std::this_thread::sleep_for(milliseconds(300));
                    broker.start();
                });
            site.grow_for(milliseconds(50 + site.random.below(700)));
            CHECK(follower->end(SIGKILL) == -SIGKILL);
        }
        breaker.join();
        const auto last = site.follower(address);
        site.grow();
        const bool done = published_to(address, site.estate.position());
        INFO(site.words());
        CHECK(done);
        CHECK(last->end(SIGTERM) == 0);
        check_published(address, "paris", std::make_unique<SqliteLog>(site.folder(), "paris"));
        MESSAGE(kills << " kills, " << site.estate.position().value << " events, "
                      << events_in_topic(address, "paris").size() << " records");
    }
}

TEST_CASE("a follower lives through the death of its broker") {
    const OwnBroker broker;
    const KafkaAddress address{.brokers = broker.address(), .prefix = "wait", .properties = {}};
    GrowingSite site(11);
    const auto follower = site.follower(address);
    site.grow();
    CHECK(published_to(address, site.estate.position()));
    broker.kill();
    site.grow();
    broker.start();
    const bool done = published_to(address, site.estate.position());
    INFO(site.words());
    CHECK(done);
    CHECK(follower->end(SIGTERM) == 0);
    check_published(address, "paris", std::make_unique<SqliteLog>(site.folder(), "paris"));
}

}  // namespace ferry::test
