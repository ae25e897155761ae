#include "cli/repair_text.hpp"

#include <fmt/format.h>

namespace ferry {

std::string repair_plan_text(const std::string& site, const RepairReport& report) {
    if (report.malformed)
        return fmt::format("{}: {}; the whole file would be set aside, and nothing is kept", site,
                           report.damage);
    return fmt::format("{}: {}; kept up to position {}, {} row(s) of {} bytes would be set aside",
                       site, report.damage, report.kept_to.value, report.rows_set_aside,
                       report.bytes_set_aside);
}

}  // namespace ferry
