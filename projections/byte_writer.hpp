#pragma once
/// Fields as bytes, in one fixed form: numbers little-endian in their own width, texts behind their
/// length. What digests hash and snapshots store. One thread.
#include "events/little_endian.hpp"

#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ferry {

class ByteWriter {
public:
    template <std::unsigned_integral Number>
    void number(Number value) {
        put_little_endian(grow(sizeof(Number)), value);
    }
    void number(Position position) { number(position.value); }
    void time(Time time) { number(static_cast<std::uint64_t>(time.time_since_epoch().count())); }
    void bytes(Bytes bytes) {
        if (!bytes.empty()) std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
    }
    void text(std::string_view text) {
        number(static_cast<std::uint32_t>(text.size()));
        bytes(std::as_bytes(std::span(text)));
    }
    /// Values as they lie in memory, behind their count: for files that this machine alone reads.
    template <class Value, class Allocator>
    void raw(const std::vector<Value, Allocator>& values) {
        static_assert(std::is_trivially_copyable_v<Value>);
        number(std::uint64_t{values.size()});
        bytes(std::as_bytes(std::span(values)));
    }

    Bytes written() const { return bytes_; }
    std::size_t size() const { return bytes_.size(); }
    std::vector<Byte> take() { return std::move(bytes_); }
    void clear() { bytes_.clear(); }
    void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

private:
    Byte* grow(std::size_t by) {
        bytes_.resize(bytes_.size() + by);
        return bytes_.data() + bytes_.size() - by;
    }
    std::vector<Byte> bytes_;
};

}  // namespace ferry
