#include "engine/home_evidence.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ferry {

Result<TransferName> parse_transfer(std::string_view text) {
    const auto colon = text.rfind(':');
    TransferName name;
    if (colon != text.npos && colon > 0) {
        const std::string_view number = text.substr(colon + 1);
        const auto read =
            std::from_chars(number.data(), number.data() + number.size(), name.position.value);
        const bool whole = read.ec == std::errc() && read.ptr == number.data() + number.size();
        name.site = text.substr(0, colon);
        if (whole && name.position.value != 0) return name;
    }
    return fail(Errc::bad_input,
                fmt::format("transfer `{}` is not a release: SITE:POSITION, as `ferry status` "
                            "lists it",
                            text));
}

std::string transfer_name(std::string_view site, Position position) {
    return fmt::format("{}:{}", site, position.value);
}

}  // namespace ferry
