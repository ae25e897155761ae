#pragma once
/// Commands on users of an estate that none was given to before, each of which must be DONE.
/// One thread, beside the engine's.
#include "bench/estate.hpp"

#include <random>

namespace ferry::bench {

class Commands {
public:
    /// The estate's pools must be in coexistence and its users registered.
    explicit Commands(Estate& estate) : estate_(estate) {}

    /// `count` commands with at most `in_flight` of them unanswered: microseconds for one.
    double together(std::size_t in_flight, std::uint32_t count);
    /// The same of commands that may be given again and again: what policy a user has, of `users`
    /// all over the estate.
    double observe_together(std::size_t in_flight, std::uint32_t count, std::uint32_t users);
    /// Each asked once the one before it was answered: microseconds of each.
    std::vector<double> one_at_a_time(std::uint32_t count);
    /// As one batch, and so in as few commits as hold them.
    void at_once(std::uint32_t count);

    /// The log's end when the last of these began.
    Position began_at() const { return began_at_; }

private:
    std::vector<v1::Command> next(std::uint32_t count);
    /// Microseconds for one.
    double give_together(std::size_t in_flight, std::vector<v1::Command> commands);

    Estate& estate_;
    std::uint32_t next_user_ = 0;
    std::mt19937 random_{7};
    Position began_at_;
};

}  // namespace ferry::bench
