#include "events/error.hpp"

#include <cstdio>

namespace ferry {

void assertion_failed(const char* condition, const char* why, const char* file, int line) {
    std::fprintf(stderr, "ferry: internal error at %s:%d: %s (%s). Nothing more is written.\n",
                 file, line, why, condition);
    std::abort();
}

}  // namespace ferry
