#pragma once
/// Random commands over a small estate: what property tests make their histories of. The same seed
/// gives the same commands.
#include "tests/estate.hpp"

#include <functional>
#include <random>

namespace ferry::test {

class RandomHistory {
public:
    explicit RandomHistory(std::uint64_t seed) : random_(seed) {}

    /// One command, of any action, on one of a few entities; it may well be refused.
    v1::Command command();
    /// Gives `commands` commands in batches of random size and lets time pass between them.
    void play(Estate& estate, int commands);
    /// As `play`, and between the commands everything that some entity needs to go on, corrections,
    /// and reports of open moves: without these hardly anything gets beyond the first states.
    void live(Estate& estate, int steps);
    /// Every check that the rows of some entity ask for, an approval, and then steps that it has.
    void help_on(Estate& estate);
    /// What a later import found to differ.
    v1::Command correction();
    /// A report of some open move, forward or back, mostly of success; a failed one is opened
    /// again; another command where there is none.
    v1::Command report(const Fleet& fleet);
    /// Given in place of `report`, it has all moves made and reported its own way.
    std::function<void(Estate&)> mover;
    /// Up to but not including `limit`.
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

private:
    v1::Command registration();
    v1::Command observation(std::string_view member);
    v1::Command lifecycle_step();
    /// Of one of a few waves, whose members are whoever there may be.
    v1::Command wave_command();
    std::string any_pool();
    std::string any_member();

    std::mt19937_64 random_;
};

/// The seeds a property is tried with: `FERRY_TEST_SEED` alone where it is set, else `count` of
/// them; unless FERRY_LONG is set, a third of many under AddressSanitizer, where each takes four
/// times as long, and a tenth under ThreadSanitizer, where a history of one thread can show little.
/// A failing test prints its seed.
std::vector<std::uint64_t> seeds(int count);

}  // namespace ferry::test
