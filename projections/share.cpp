#include "projections/share.hpp"

#include "events/hash.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ferry {

std::optional<double> percent_of(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    double percent = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), percent, std::chars_format::fixed);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && percent > 0 && percent <= 100 ? std::optional(percent) : std::nullopt;
}

std::vector<EntityNumber> share_of_users(const Fleet& fleet, EntityNumber pool, double percent) {
    std::vector<std::pair<Hash, EntityNumber>> users;
    for (std::uint32_t number = 1; number < fleet.entities.size(); ++number) {
        const Entity& entity = fleet.entities[number];
        if (entity.kind == v1::KIND_USER && entity.pool == pool.value && entity.present() &&
            !entity.disabled)
            users.emplace_back(sha256(bytes_of(fleet.id({number}))), EntityNumber{number});
    }
    std::sort(users.begin(), users.end());
    // 5 % of 100 must be 5 although 0.05 is no binary number.
    const double exact = static_cast<double>(users.size()) * percent / 100;
    const auto wanted = static_cast<std::size_t>(std::ceil(exact - 1e-9));
    std::vector<EntityNumber> chosen;
    for (std::size_t i = 0; i < std::min(wanted, users.size()); ++i)
        chosen.push_back(users[i].second);
    return chosen;
}

}  // namespace ferry
