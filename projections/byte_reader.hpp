#pragma once
/// Reads what ByteWriter wrote. Never beyond the end: what is missing reads as zero, and `whole`
/// says so afterwards, so that a reader checks once and not after every field. One thread.
#include "events/clock.hpp"
#include "events/little_endian.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ferry {

class ByteReader {
public:
    /// The bytes must live as long as the reader and the views it gives.
    explicit ByteReader(Bytes bytes) : rest_(bytes) {}

    template <std::unsigned_integral Number>
    Number number() {
        const Bytes from = bytes(sizeof(Number));
        return from.empty() ? Number{} : get_little_endian<Number>(from.data());
    }
    Position position() { return {number<std::uint64_t>()}; }
    Time time() { return from_microseconds(number<std::uint64_t>()); }
    Bytes bytes(std::uint64_t size) {
        if (size > rest_.size()) {
            whole_ = false;
            rest_ = {};
            return {};
        }
        const Bytes taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    template <class Array>
    void array(Array& to) {
        const Bytes from = bytes(to.size());
        if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
    }
    std::string_view view() {
        const Bytes from = bytes(number<std::uint32_t>());
        return {reinterpret_cast<const char*>(from.data()), from.size()};
    }
    std::string text() { return std::string(view()); }
    /// Into a container of them.
    template <class Values>
    Values raw() {
        using Value = Values::value_type;
        static_assert(std::is_trivially_copyable_v<Value>);
        const std::uint64_t count = number<std::uint64_t>();
        const Bytes from = bytes(count > rest_.size() ? UINT64_MAX : count * sizeof(Value));
        Values values(from.size() / sizeof(Value));
        if (!from.empty()) std::memcpy(values.data(), from.data(), from.size());
        return values;
    }
    /// How many elements follow; never more than bytes do, so that a damaged count reserves
    /// nothing.
    std::uint32_t count() {
        const auto claimed = number<std::uint32_t>();
        if (claimed <= rest_.size()) return claimed;
        whole_ = false;
        rest_ = {};
        return 0;
    }

    /// Nothing was missing so far.
    bool whole() const { return whole_; }
    bool at_end() const { return rest_.empty(); }

private:
    Bytes rest_;
    bool whole_ = true;
};

}  // namespace ferry
