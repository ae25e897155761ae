#include "cli/status_table.hpp"

#include "cli/elapsed.hpp"
#include "cli/table.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ferry {

namespace {

/// A table of mostly zeros hides the figures that are there.
std::string count(std::uint64_t number) { return number == 0 ? "·" : std::to_string(number); }

std::string share_done(const KindProgress& counts) {
    if (counts.present == 0) return "";
    const std::uint64_t done = counts.in(v1::STATE_PRODUCTION) + counts.in(v1::STATE_RETIRED);
    // Rounded down, so that nobody reads 100 % while one is left.
    return fmt::format("{} %", done * 100 / counts.present);
}

bool shows(const StatusStyle& style, v1::Kind kind) {
    return style.kind == v1::KIND_UNSPECIFIED || style.kind == kind;
}

/// One table of counts. What is zero for the whole site takes no column.
class CountTable {
public:
    explicit CountTable(const Progress& progress) : table_(header(progress)) {
        for (std::size_t column = 1; column <= 9; ++column) table_.align_right(column);
    }

    void add(std::string name, const KindProgress& counts) {
        std::vector<std::string> cells{std::move(name)};
        for (int state = v1::STATE_LEGACY; state <= v1::STATE_RETIRED; ++state)
            cells.push_back(count(counts.in(static_cast<v1::State>(state))));
        if (withdrawn_) cells.push_back(count(counts.withdrawn));
        if (moving_) cells.push_back(count(counts.moving));
        if (disabled_) cells.push_back(count(counts.disabled));
        cells.push_back(share_done(counts));
        table_.add(std::move(cells));
    }

    void add_pool(const PoolProgress& pool, const StatusStyle& style) {
        const bool named = !pool.successor.empty();
        const std::string to = named ? " → " + pool.successor : " (no successor named)";
        table_.add({fmt::format("{}{}: {}, coexistence {}", pool.name, to, word(pool.lifecycle),
                                word(pool.coexistence))});
        if (shows(style, v1::KIND_USER)) add("  users", pool.users);
        if (shows(style, v1::KIND_APPLICATION)) add("  applications", pool.applications);
    }

    void add_totals(const Progress& progress, const StatusStyle& style) {
        table_.add({progress.site + " in all"});
        if (shows(style, v1::KIND_POOL)) add("  pools", progress.pools);
        if (shows(style, v1::KIND_USER)) add("  users", progress.users);
        if (shows(style, v1::KIND_APPLICATION)) add("  applications", progress.applications);
    }

    void print(std::ostream& out, bool bold) const { table_.print(out, bold); }

private:
    std::vector<std::string> header(const Progress& progress) {
        for (const KindProgress* each :
             {&progress.pools, &progress.users, &progress.applications}) {
            withdrawn_ = withdrawn_ || each->withdrawn > 0;
            moving_ = moving_ || each->moving > 0;
            disabled_ = disabled_ || each->disabled > 0;
        }
        std::vector<std::string> header{"",      "legacy",     "coexist-test",
                                        "pilot", "production", "retired"};
        if (withdrawn_) header.emplace_back("withdrawn");
        if (moving_) header.emplace_back("moving");
        if (disabled_) header.emplace_back("disabled");
        header.emplace_back("done");
        return header;
    }

    bool withdrawn_ = false;
    bool moving_ = false;
    bool disabled_ = false;
    Table table_;  // after the flags, which its header sets
};

std::string partial_note(const RollbackProgress& open) {
    if (open.sites.empty()) return "";
    return fmt::format("It spans {} and is partial until it is done in all of them.\n",
                       fmt::join(open.sites, ", "));
}

void print_notes(std::ostream& out, const Progress& progress, Time now) {
    for (const RollbackProgress& open : progress.rollbacks)
        out << fmt::format("\nRollback {} to {}:{} began at {}:{} and has not finished: {} of {} "
                           "entities are set back, and the {} in its scope take no other "
                           "commands.\n{}Go on with `ferry rollback --resume {}`, or leave it with "
                           "`ferry rollback --abandon {}`.\n",
                           open.id, progress.site, open.target.value, progress.site,
                           open.started.value, open.restored, open.to_restore, open.closed,
                           partial_note(open), open.id, open.id);
    for (const SettlementProgress& each : progress.settlements)
        out << fmt::format("\nRollback {} is not settled: {} accounts are back, {} are owed a move "
                           "back{}. `ferry mover` makes them.\n",
                           each.rollback, each.moved, each.open,
                           each.failed == 0
                               ? std::string()
                               : fmt::format(", of which {} failed (--retry-failed)", each.failed));
    if (progress.open_remediations > 0)
        out << fmt::format("\n{} things are to be put right by hand after a rollback; see `ferry "
                           "remediations`.\n",
                           progress.open_remediations);
    const std::uint64_t failed = progress.users.failed + progress.applications.failed;
    if (failed > 0)
        out << fmt::format("\n{} real moves failed and may be started again.\n", failed);
    if (!progress.waves.empty()) out << '\n';
    Table waves;
    for (const WaveProgress& wave : progress.waves)
        waves.add({"wave", wave.name, std::string(word(wave.state)),
                   fmt::format("{} of {} moved to {}, {} moving, {} failed", wave.moved, wave.total,
                               word(wave.to), wave.moving, wave.failed)});
    waves.print(out);
    if (progress.labels.empty()) return;
    out << '\n';
    Table labels;
    for (const Label& label : progress.labels)
        labels.add({"label", label.label, fmt::format("{}:{}", progress.site, label.position.value),
                    elapsed(label.recorded, now)});
    labels.print(out);
}

}  // namespace

void print_status(std::ostream& out, const Progress& progress, Time now, const StatusStyle& style) {
    // A service that was never given a command, say.
    if (progress.position.value == 0) {
        out << fmt::format("{}  nothing is recorded yet; `ferry import` begins it\n",
                           progress.site);
        return;
    }
    const std::string head = fmt::format(
        "{}  {}:{}, recorded {} ({})", progress.site, progress.site, progress.position.value,
        short_time(progress.recorded), elapsed(progress.recorded, now));
    out << (style.bold ? "\033[1m" + head + "\033[0m" : head) << "\n\n";
    CountTable table(progress);
    for (const PoolProgress& pool : progress.by_pool)
        if (style.pool.empty() || pool.name == style.pool) table.add_pool(pool, style);
    if (style.pool.empty()) table.add_totals(progress, style);
    table.print(out, style.bold);
    print_notes(out, progress, now);
}

}  // namespace ferry
