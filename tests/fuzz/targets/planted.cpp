// Errors planted on purpose: a search that does not find these would find no others. Which one is
// said by FERRY_PLANT. All trust a length that the input claims, as a careless reader of record
// frames would.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace {

std::uint32_t claimed_length(const std::uint8_t* data) {
    std::uint32_t length = 0;
    for (int i = 0; i < 4; ++i) length = (length << 8) | data[i];
    return length;
}

std::string_view plant() {
    const char* named = std::getenv("FERRY_PLANT");
    return named != nullptr ? named : "none";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A type, as a real record has, stands before the length and must be found first.
    if (size < 8 || data[0] != 'F' || data[1] != 'R' || data[2] != 'Y') return 0;
    const std::uint32_t length = claimed_length(data + 3);
    if (plant() == "overrun" && length < 1000) {
        const std::vector<std::uint8_t> copy(data + 7, data + 7 + length);
        return copy.empty() ? 0 : copy.back() & 0;
    }
    if (plant() == "undefined" && length > 0) {
        const auto doubled = static_cast<std::int32_t>(length) + static_cast<std::int32_t>(length);
        return doubled & 0;
    }
    if (plant() == "hang" && length > 1000) std::this_thread::sleep_for(std::chrono::seconds(5));
    if (plant() == "memory" && length > 1000)
        return std::vector<char>(std::size_t{300} << 20, 'x').back() & 0;
    return 0;
}
