#include "engine/request_wave.hpp"

#include "engine/request.hpp"
#include "events/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ferry {

namespace {

constexpr std::size_t zone_bytes_max = 128;

Result<void> check_window(std::string_view whose, const std::string& start,
                          const std::string& complete_by) {
    const auto from = from_rfc3339(start);
    const auto to = from_rfc3339(complete_by);
    for (const auto& [time, text, field] :
         {std::tuple(from, &start, "start"), std::tuple(to, &complete_by, "completeBy")})
        if (!text->empty() && (!time || *time <= Time{}))
            return bad_request(fmt::format("{} `{}` of {} is not a time after 1970 such as "
                                           "2027-03-01T20:00:00Z",
                                           field, *text, whose));
    if (!from || !to || *from < *to) return {};
    return bad_request(
        fmt::format("the window of {} ends at {}, which is not after its start at {}", whose,
                    complete_by, start));
}

Result<void> check_plan(const v1::PlanWave& body) {
    if (body.to() != "pilot" && body.to() != "production")
        return bad_request(fmt::format("to `{}` is not one of pilot, production", body.to()));
    if (body.members().empty()) return bad_request("members is empty; a wave moves somebody");
    if (auto ok = check_window("the wave", body.start(), body.complete_by()); !ok) return ok;
    for (const v1::MemberWindow& own : body.windows())
        // What it leaves open is the wave's; together they have to leave some time.
        if (auto ok =
                check_window(own.member(), own.start().empty() ? body.start() : own.start(),
                             own.complete_by().empty() ? body.complete_by() : own.complete_by());
            !ok)
            return ok;
    if (body.time_zone().size() > zone_bytes_max)
        return bad_request(fmt::format("timeZone is longer than {} bytes", zone_bytes_max));
    if (failure_budget_of(body.failure_budget(), 100)) return {};
    return bad_request(
        fmt::format("failureBudget `{}` is neither a number of members nor a share such "
                    "as 2%",
                    body.failure_budget()));
}

}  // namespace

Result<void> check_wave(const v1::Command& command) {
    if (command.has_plan_wave()) return check_plan(command.plan_wave());
    return {};
}

std::optional<std::uint32_t> failure_budget_of(std::string_view text, std::size_t members) {
    if (text.empty()) return 0;
    const bool share = text.ends_with('%');
    if (share) text.remove_suffix(1);
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || !(number >= 0) || number > (share ? 100.0 : 4e9)) return std::nullopt;
    if (!share && number != std::floor(number)) return std::nullopt;
    // 2 % of 50 must be 1 although 0.02 is no binary number.
    const double exact = share ? static_cast<double>(members) * number / 100 + 1e-9 : number;
    return std::max(1U, static_cast<std::uint32_t>(exact));
}

std::string wave_id(std::string_view name) {
    constexpr std::string_view kind = "wave:";
    return name.starts_with(kind) ? std::string(name) : fmt::format("{}{}", kind, name);
}

}  // namespace ferry
