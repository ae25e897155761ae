#include "events/randomness.hpp"

#include "events/error.hpp"

#include <openssl/rand.h>

namespace ferry {

std::uint64_t SystemRandomness::number() {
    std::uint64_t drawn = 0;
    FERRY_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(&drawn), sizeof drawn) == 1,
                 "the operating system gives no randomness");
    return drawn;
}

}  // namespace ferry
