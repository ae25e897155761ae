#pragma once
/// The built-in pack, but for moves: they are confirmed by their reports.
#include "engine/pack.hpp"

namespace ferry::test {

inline const Pack& confirmed() {
    static const Pack pack = [] {
        Pack changed = side_by_side();
        changed.transfer = Transfer::confirmed;
        return changed;
    }();
    return pack;
}

}  // namespace ferry::test
