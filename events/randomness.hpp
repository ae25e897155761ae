#pragma once
/// Randomness as an interface, so that a simulation replays the same ids from one seed.
#include "events/ids.hpp"

#include <random>

namespace ferry {

class Randomness {
public:
    virtual ~Randomness() = default;
    virtual std::uint64_t number() = 0;

    template <class Id>
    Id id() {
        Id drawn;
        for (std::size_t i = 0; i < drawn.bytes.size(); i += 8) {
            const std::uint64_t bits = number();
            for (std::size_t j = 0; j < 8; ++j)
                drawn.bytes[i + j] = static_cast<Byte>((bits >> (8 * j)) & 0xff);
        }
        return drawn;
    }
};

/// The operating system's randomness, by OpenSSL.
class SystemRandomness final : public Randomness {
public:
    std::uint64_t number() override;
};

/// The same numbers for the same seed, on every machine.
class SeededRandomness final : public Randomness {
public:
    explicit SeededRandomness(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t number() override { return engine_(); }

private:
    std::mt19937_64 engine_;
};

}  // namespace ferry
