#pragma once
/// The end of a run that cannot be measured: there is no figure to print then. Any thread.
#include "events/error.hpp"

#include <string_view>

namespace ferry::bench {

/// Says why on stderr and ends the process with 1.
[[noreturn]] void give_up(std::string_view why);

/// Gives up with the error's message where there is one.
template <class Value>
void need_done(const Result<Value>& done) {
    if (!done) give_up(done.error().message);
}

}  // namespace ferry::bench
