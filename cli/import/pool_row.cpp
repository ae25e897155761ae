#include "cli/import/pool_row.hpp"

#include <optional>

#include "cli/import/name.hpp"

namespace ferry::intake {

std::expected<PoolRow, Flaw> pool_row(const Record& record, const Header& header) {
    std::optional<Flaw> flaw;
    const auto read = [&](std::string_view column, auto as_name, bool needed) -> std::string {
        const auto index = header.find(column);
        const auto text = index ? record.fields[*index].text : std::string_view();
        if (text.empty() && !needed) return {};
        const auto name = as_name(text);
        if (name) return *name;
        if (!flaw)
            flaw = Flaw{spot_of(record, index.value_or(0)), name.error().what, name.error().remedy};
        return {};
    };
    PoolRow row;
    row.name = read("poolfqdn", pool_name, true);
    row.site = read("site", site_name, true);
    row.successor = read("successorpoolfqdn", pool_name, false);
    row.place.spot = spot_of(record, header.find("poolfqdn").value_or(0));
    if (!flaw && row.successor == row.name)
        flaw = Flaw{spot_of(record, header.find("successorpoolfqdn").value_or(0)),
                    "the pool is named as its own successor", "name the pool that replaces it"};
    if (flaw) return std::unexpected(std::move(*flaw));
    return row;
}

}  // namespace ferry::intake
