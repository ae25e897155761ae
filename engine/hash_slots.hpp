#pragma once
/// An open-addressed table of hashes and what they stand for, in one array. A look-up reads one
/// place of memory, which is known from the hash alone, so that whoever has many of them to do can
/// ask for all those places first and wait for memory once. Hashes must be well mixed. One thread.
#include "engine/large_pages.hpp"
#include "engine/prefetch.hpp"

#include <bit>
#include <cstddef>

namespace ferry {

/// `Word`: an unsigned type, of the hash and of the value.
template <class Word>
class HashSlots {
public:
    struct Slot {
        Word hash = 0;
        Word value = 0;  ///< 0: nothing stands here
    };

    /// The value of the first slot with this hash that `is_it(value)` says yes to; null where none.
    template <class IsIt>
    const Word* find(Word hash, IsIt&& is_it) const {
        if (slots_.empty()) return nullptr;
        for (std::size_t at = place_of(hash); slots_[at].value != 0; at = after(at))
            if (slots_[at].hash == hash && is_it(slots_[at].value)) return &slots_[at].value;
        return nullptr;
    }
    const Word* find(Word hash) const {
        return find(hash, [](Word) { return true; });
    }

    /// Adds a value other than 0, whatever stands there already. The place is good until the next
    /// is added.
    Word* add(Word hash, Word value) {
        reserve(size_ + 1);
        ++size_;
        return put({hash, value});
    }

    void prefetch(Word hash) const {
        if (!slots_.empty()) prefetch_line(&slots_[place_of(hash)]);
    }

    void reserve(std::size_t size) {
        // Two thirds full at most: beyond that, those that are not there take long to miss.
        if (size + size / 2 < slots_.size()) return;
        LargeVector<Slot> before(std::bit_ceil(size + size / 2 + 16));
        before.swap(slots_);
        for (const Slot& slot : before)
            if (slot.value != 0) put(slot);
    }

    template <class Visit>
    void for_each(Visit&& visit) const {
        for (const Slot& slot : slots_)
            if (slot.value != 0) visit(slot);
    }

    std::size_t size() const { return size_; }

private:
    std::size_t place_of(Word hash) const {
        return static_cast<std::size_t>(hash) & (slots_.size() - 1);
    }
    std::size_t after(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
    Word* put(const Slot& slot) {
        std::size_t at = place_of(slot.hash);
        while (slots_[at].value != 0) at = after(at);
        slots_[at] = slot;
        return &slots_[at].value;
    }

    LargeVector<Slot> slots_;  // a power of two
    std::size_t size_ = 0;
};

}  // namespace ferry
