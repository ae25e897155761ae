#pragma once
/// Asks for a cache line without waiting for it, so that many reads in no order wait once. Any
/// thread.

namespace ferry {

/// The empty statement is what keeps the calls: g++ 12 takes a function that only asks for memory
/// for one without an effect, and leaves out every call of it that it does not inline first.
inline void prefetch_line(const void* place) {
    __builtin_prefetch(place);
    asm volatile("");
}

}  // namespace ferry
