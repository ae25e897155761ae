#include "bench/give_up.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace ferry::bench {

void give_up(std::string_view why) {
    fmt::print(stderr, "bench: {}\n", why);
    std::exit(1);
}

}  // namespace ferry::bench
