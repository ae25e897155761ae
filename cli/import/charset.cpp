#include "cli/import/charset.hpp"

#include <array>
#include <cerrno>
#include <cstdint>

#include "events/error.hpp"

namespace ferry::intake {

Charset::Charset(const char* from, const char* to) : state_(iconv_open(to, from)) {
    // iconv_open says failure by minus one in place of a handle.
    FERRY_ASSERT(reinterpret_cast<std::intptr_t>(state_) != -1, "iconv knows this charset");
}

Charset::~Charset() { iconv_close(state_); }

std::size_t Charset::convert(std::string_view bytes, std::string& out) {
    iconv(state_, nullptr, nullptr, nullptr, nullptr);
    // iconv's prototype lacks a const; it only reads its input.
    char* next = const_cast<char*>(bytes.data());
    std::size_t left = bytes.size();
    std::array<char, 32'768> room;
    while (left > 0) {
        char* end = room.data();
        std::size_t space = room.size();
        const auto done = iconv(state_, &next, &left, &end, &space);
        out.append(room.data(), static_cast<std::size_t>(end - room.data()));
        if (done == static_cast<std::size_t>(-1) && errno != E2BIG) break;
    }
    return bytes.size() - left;
}

}  // namespace ferry::intake
