#pragma once
/// Memory for the few arrays that grow with the estate and are read in no order: entities, their
/// names and the indexes. On pages of 4 KiB nearly every such read first waits for the page to be
/// looked up, and in a virtual machine twice; from 4 MiB on these arrays ask the system for pages
/// of 2 MiB (madvise(2), MADV_HUGEPAGE), and do without where it has none. Any thread.
#include <cstddef>
#include <string>
#include <vector>

namespace ferry {

/// Throws std::bad_alloc. What was taken is given back with the same size.
void* take_large(std::size_t bytes);
void give_back_large(void* memory, std::size_t bytes) noexcept;

/// An allocator as the standard's containers take it.
template <class T>
struct LargePages {
    using value_type = T;
    LargePages() = default;
    template <class Other>
    LargePages(const LargePages<Other>&) noexcept {}

    T* allocate(std::size_t count) { return static_cast<T*>(take_large(count * sizeof(T))); }
    void deallocate(T* memory, std::size_t count) noexcept {
        give_back_large(memory, count * sizeof(T));
    }
    friend bool operator==(LargePages, LargePages) noexcept { return true; }
};

template <class T>
using LargeVector = std::vector<T, LargePages<T>>;
using LargeString = std::basic_string<char, std::char_traits<char>, LargePages<char>>;

}  // namespace ferry
