#include "cli/import/application_row.hpp"

#include <fmt/format.h>

#include <optional>

#include "cli/import/name.hpp"

namespace ferry::intake {

std::expected<ApplicationRow, Flaw> application_row(const Record& record, const Header& header) {
    std::optional<Flaw> flaw;
    const auto read = [&](std::string_view column, auto as_name, bool needed) -> std::string {
        const auto index = header.find(column);
        const auto text = index ? record.fields[*index].text : std::string_view();
        if (text.empty() && !needed) return {};
        const auto name = as_name(text);
        if (name) return *name;
        if (!flaw)
            flaw = Flaw{spot_of(record, index.value_or(0)),
                        fmt::format("{}: {}", column, name.error().what), name.error().remedy};
        return {};
    };
    ApplicationRow row;
    row.name = read("identity", application_name, true);
    row.application_class = read("class", application_name, true);
    row.pool = read("poolfqdn", pool_name, true);
    row.site = read("site", site_name, false);
    row.place.spot = spot_of(record, header.find("identity").value_or(0));
    row.pool_spot = spot_of(record, header.find("poolfqdn").value_or(0));
    if (flaw) return std::unexpected(std::move(*flaw));
    return row;
}

}  // namespace ferry::intake
