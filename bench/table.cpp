#include "bench/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace ferry::bench {

namespace {

std::string_view name_of(Unit unit) {
    switch (unit) {
        case Unit::seconds: return "s";
        case Unit::milliseconds: return "ms";
        case Unit::microseconds: return "µs";
        case Unit::nanoseconds: return "ns";
        case Unit::bytes: return "bytes";
    }
    return "";
}

std::string text_of(double value) {
    if (value >= 100) return fmt::format("{:.0f}", value);
    return fmt::format("{:.{}f}", value, value >= 10 ? 1 : 3);
}

std::string text_of(const Spread& spread, Unit unit) {
    return fmt::format("{} / {} / {} {}", text_of(spread.min), text_of(spread.median),
                       text_of(spread.max), name_of(unit));
}

}  // namespace

Spread spread_of(std::vector<double> runs) {
    std::sort(runs.begin(), runs.end());
    return {runs.front(), runs[runs.size() / 2], runs.back()};
}

double quantile_of(std::vector<double> runs, double share) {
    std::sort(runs.begin(), runs.end());
    const auto place = static_cast<std::size_t>(share * static_cast<double>(runs.size()));
    return runs[std::min(place, runs.size() - 1)];
}

void Table::begin() {
    fmt::print("| Operation | Ferry, min / median / max | Reference, the same | Ratio | Goal | |\n"
               "|---|---|---|---|---|---|\n");
    std::fflush(stdout);
}

void Table::add(const Row& row) {
    std::vector<double> ferry;
    std::vector<double> reference;
    for (int run = 0; run < runs_; ++run) {
        ferry.push_back(row.ferry());
        if (row.reference) reference.push_back(row.reference());
    }
    const Spread own = spread_of(ferry);
    Spread other;
    std::string shown = "–";
    std::string ratio = "–";
    if (row.reference) {
        other = spread_of(reference);
        shown = text_of(other, row.unit);
        ratio = fmt::format("{:.2f}", own.median / other.median);
    }
    std::string verdict;
    if (!row.goal.empty()) {
        const bool quick = row.at_most == 0 || own.median <= row.at_most;
        const bool near =
            (row.ratio_at_most == 0 || own.median <= row.ratio_at_most * other.median) &&
            own.median >= row.ratio_at_least * other.median;
        verdict = quick && near ? "met" : "missed";
        ++(quick && near ? met_ : missed_);
    }
    fmt::print("| {} | {} | {} | {} | {} | {} |\n", row.operation, text_of(own, row.unit), shown,
               ratio, row.goal.empty() ? "–" : row.goal, verdict);
    std::fflush(stdout);
}

void Table::end() const { fmt::print("\n{} met, {} missed\n", met_, missed_); }

double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace ferry::bench
