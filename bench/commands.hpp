#pragma once
/// Commands on users of an estate that none was given to before, each of which must be DONE.
/// One thread, beside the engine's.
#include "bench/estate.hpp"

#include <random>

namespace ferry::bench {

/// So many batches share what is in flight: while one is decided, two are on their way.
inline constexpr std::size_t batches_under_way = 3;

class Commands {
public:
    /// The estate's pools must be in coexistence and its users registered.
    explicit Commands(Estate& estate) : estate_(estate) {}

    /// Commands that nobody has given yet, and that nobody but the caller will give.
    std::vector<v1::Command> next(std::uint32_t count);

    /// `count` commands with at most `in_flight` of them unanswered: microseconds for one.
    double together(std::size_t in_flight, std::uint32_t count);
    /// The same by the writer itself, in one thread, as a service does with what it takes.
    double by_writer(std::size_t in_flight, std::uint32_t count);
    /// As `together`, of commands that may be given again and again: what policy a user has, of
    /// `users` all over the estate.
    double observe_together(std::size_t in_flight, std::uint32_t count, std::uint32_t users);
    /// Each asked once the one before it was answered: microseconds of each.
    std::vector<double> one_at_a_time(std::uint32_t count);
    /// As one batch, and so in as few commits as hold them.
    void at_once(std::uint32_t count);

    /// The log's end when the last of these began.
    Position began_at() const { return began_at_; }

private:
    void begin();
    /// Microseconds for one.
    double give_together(std::size_t in_flight, std::vector<v1::Command> commands);

    Estate& estate_;
    std::uint32_t next_user_ = 0;
    std::mt19937 random_{7};
    Position began_at_;
};

}  // namespace ferry::bench
