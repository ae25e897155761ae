#include "engine/home_evidence.hpp"

#include "events/whole_number.hpp"

#include <fmt/format.h>

namespace ferry {

Result<TransferName> parse_transfer(std::string_view text) {
    const auto colon = text.rfind(':');
    TransferName name;
    if (colon != text.npos && colon > 0) {
        name.site = text.substr(0, colon);
        name.position = {whole_number<std::uint64_t>(text.substr(colon + 1)).value_or(0)};
        if (name.position.value != 0) return name;
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
