#include "engine/large_pages.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace ferry {

namespace {

constexpr std::size_t page = std::size_t{2} << 20;
/// Below this a few pages of 4 KiB do as well, and the allocator reuses them.
constexpr std::size_t large = 2 * page;

std::size_t whole_pages(std::size_t bytes) { return (bytes + page - 1) / page * page; }

}  // namespace

void* take_large(std::size_t bytes) {
    if (bytes < large) return ::operator new(bytes);
    // A page more than asked for holds a place that begins at a page, wherever the system puts it.
    const std::size_t whole = whole_pages(bytes);
    void* const mapped =
        mmap(nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    char* const start = static_cast<char*>(mapped);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(mapped) % page;
    if (before > 0) munmap(start, before);
    munmap(start + before + whole, page - before);
    (void)madvise(start + before, whole, MADV_HUGEPAGE);
    return start + before;
}

void give_back_large(void* memory, std::size_t bytes) noexcept {
    if (bytes < large) return ::operator delete(memory);
    munmap(memory, whole_pages(bytes));
}

}  // namespace ferry
