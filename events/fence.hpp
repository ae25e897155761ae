#pragma once
/// A fence is a small fixed-width record outside the chain. From where it counts on, commits of
/// lower terms, and of its own term by another writer, are void: it lets a rival take over from a
/// leader that moves the head faster than the rival can append to it (design.md section 4).
#include "events/ids.hpp"

#include <optional>
#include <vector>

namespace ferry {

inline constexpr std::size_t fence_bytes = 80;

struct Fence {
    LogId log_id;
    Term term;
    WriterId writer;
};

enum class FenceShape { whole, not_a_fence, wrong_hash, unknown_format };

struct FenceReading {
    FenceShape shape = FenceShape::not_a_fence;
    Fence fence;
};

FenceReading read_fence(Bytes stored);
std::vector<Byte> stored_fence(const Fence& fence);

}  // namespace ferry
