#pragma once
/// Records as `kcat -C -f '%R%s'` prints them: four bytes of length, big-endian, then the value; a
/// length of -1 is a record without a value. Binary-safe. One thread.
/// Errors: bad_input (cut off, or not such a framing), by the number of the record.
#include "events/error.hpp"

#include <cstdint>
#include <istream>
#include <optional>

namespace ferry {

/// No record of Kafka is longer than a broker's limit, which nobody sets as high as this.
inline constexpr std::size_t frame_bytes_max = std::size_t{64} << 20;

struct RecordFrame {
    std::uint64_t number = 0;          ///< from 1
    std::optional<std::string> value;  ///< nothing for a tombstone
};

class RecordFrames {
public:
    explicit RecordFrames(std::istream& in) : in_(in) {}
    /// Nothing at the end.
    Result<std::optional<RecordFrame>> next();

private:
    std::istream& in_;
    std::uint64_t count_ = 0;
};

}  // namespace ferry
