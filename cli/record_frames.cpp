#include "cli/record_frames.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

constexpr const char* how_to_frame =
    "give what `kcat -C -b BROKERS -t TOPIC -e -f '%R%s'` prints, and nothing else";

}  // namespace

Result<std::optional<RecordFrame>> RecordFrames::next() {
    unsigned char length_bytes[4] = {};
    in_.read(reinterpret_cast<char*>(length_bytes), sizeof length_bytes);
    if (in_.gcount() == 0) return std::optional<RecordFrame>();
    RecordFrame frame{++count_, std::nullopt};
    if (in_.gcount() != sizeof length_bytes)
        return fail(
            Errc::bad_input,
            fmt::format("the input ends inside the length of record {}; {}", count_, how_to_frame));
    std::uint32_t raw = 0;
    for (const unsigned char byte : length_bytes) raw = (raw << 8) | byte;
    if (raw == UINT32_MAX) return frame;
    if (raw > frame_bytes_max)
        return fail(Errc::bad_input,
                    fmt::format("record {} claims {} bytes, more than a record can have; {}",
                                count_, raw, how_to_frame));
    frame.value.emplace(raw, '\0');
    in_.read(frame.value->data(), static_cast<std::streamsize>(raw));
    if (in_.gcount() != static_cast<std::streamsize>(raw))
        return fail(Errc::bad_input,
                    fmt::format("the input ends after {} of the {} bytes of record {}; {}",
                                in_.gcount(), raw, count_, how_to_frame));
    return frame;
}

}  // namespace ferry
