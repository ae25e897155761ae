#include "tests/embedded/life.hpp"

#include "events/sqlite_log.hpp"
#include "tests/log_sample.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

namespace ferry::test {

namespace {

using Records = std::vector<std::vector<Byte>>;

/// Chained commits; some of them fill several pages.
const Records& records() {
    static const Records made = [] {
        Chain chain;
        Records all{chain.first()};
        std::mt19937_64 random(7);
        for (int i = 0; i < 40; ++i) {
            const std::size_t bytes = random() % 6 == 0 ? 9000 : random() % 400;
            all.push_back(chain.plain({event_with_reason(std::string(bytes, 'x'))}));
        }
        return all;
    }();
    return made;
}

Result<Records> read_all(Log& log) {
    Records found;
    const auto end = log.read({0}, [&](const Record& record) {
        found.emplace_back(record.bytes.begin(), record.bytes.end());
        return true;
    });
    if (!end) return std::unexpected(end.error());
    return found;
}

bool is_beginning(const Records& found) {
    return found.size() <= records().size() &&
           std::equal(found.begin(), found.end(), records().begin());
}

std::string content_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

class Living {
public:
    Living(std::uint64_t seed, const DiskPlan& planted) : random_(seed), planted_(planted) {}

    Life run() {
        begin_disk(first_plan(), random_());
        // A restart after each failure; the disk is well again then, but for the power.
        for (int starts = 0; starts < 8 && !power_is_cut() && written_ < records().size();
             ++starts) {
            if (!one_process()) break;
            plan_disk(well());
        }
        life_.acknowledged = acknowledged_;
        life_.changes = disk_changes();
        if (life_.violation.empty()) after_power_cut();
        return life_;
    }

private:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    DiskPlan first_plan() {
        DiskPlan plan = planted_;
        power_cut_at_ = 1 + below(260);
        plan.power_cut_at = power_cut_at_;
        if (below(2) == 0) plan.failing_sync = 1 + below(40);
        if (below(6) == 0) plan.failing_write = 1 + below(60);
        return plan;
    }
    DiskPlan well() {
        DiskPlan plan = planted_;
        plan.power_cut_at = power_cut_at_;
        return plan;
    }

    SqliteLog log() {
        SqliteOptions options;
        options.vfs = power_disk();
        options.wal_pages_max = static_cast<int>(3 + below(18));
        return SqliteLog(scratch_.path(), "paris", options);
    }

    /// False where something is wrong.
    bool one_process() {
        SqliteLog writer = log();
        if (const auto led = writer.lead(); !led) return failed("leads", led.error());
        const auto found = read_all(writer);
        if (!found) return failed("reads", found.error());
        if (!judge(*found, "a restart")) return false;
        // Whoever asks again is told what stands there, so it counts as acknowledged.
        written_ = acknowledged_ = found->size();
        const std::size_t until = written_ + 1 + below(records().size() - written_);
        while (written_ < until) {
            const auto appended = writer.append(records()[written_]);
            ++written_;
            if (!appended) return failed("appends", appended.error());
            ++acknowledged_;
            note_head_file();
        }
        if (below(2) == 0)
            if (const auto stopped = writer.stop(); !stopped)
                return failed("stops", stopped.error());
        return true;
    }

    bool failed(std::string_view doing, const Error& error) {
        const bool excused = power_is_cut() || disk_has_failed();
        life_.failed_before |= disk_has_failed() && !power_is_cut();
        if (!excused) life_.violation = fmt::format("it no longer {}: {}", doing, error.message);
        else if (error.code != Errc::io)
            life_.violation = fmt::format("a failing disk is called otherwise: {}", error.message);
        return life_.violation.empty();
    }

    bool judge(const Records& found, std::string_view after) {
        if (!is_beginning(found))
            life_.violation = fmt::format("after {} something else is there", after);
        else if (found.size() < acknowledged_)
            life_.violation = fmt::format("after {} {} of {} acknowledged commits are there", after,
                                          found.size(), acknowledged_);
        else if (found.size() > written_)
            life_.violation = fmt::format("after {} more is there than was written", after);
        return life_.violation.empty();
    }

    std::filesystem::path head() const { return site_file(scratch_.path(), "paris", "head"); }
    void note_head_file() { heads_.push_back(content_of(head())); }

    /// The head file is synced at checkpoints only: any state that it had may be there.
    void set_head_file_back() {
        if (heads_.empty() || below(2) == 0) return;
        const std::size_t which = below(heads_.size() + 1);
        if (which == heads_.size()) std::filesystem::remove(head());
        else std::ofstream(head(), std::ios::binary) << heads_[which];
    }

    void after_power_cut() {
        power_up();
        set_head_file_back();
        SqliteLog writer = log();
        if (const auto led = writer.lead(); !led)
            return void(life_.violation =
                            "after the power cut it is not led: " + led.error().message);
        const auto found = read_all(writer);
        if (!found) return void(life_.violation = "after the power cut: " + found.error().message);
        if (!judge(*found, "the power cut")) return;
        for (std::size_t i = found->size(); i < records().size(); ++i)
            if (const auto appended = writer.append(records()[i]); !appended)
                return void(life_.violation = "it does not go on: " + appended.error().message);
        const auto whole = read_all(writer);
        if (!whole || *whole != records()) life_.violation = "what goes on is not what was written";
    }

    std::mt19937_64 random_;
    DiskPlan planted_;
    std::uint64_t power_cut_at_ = 0;
    ScratchDirectory scratch_;
    Life life_;
    std::size_t acknowledged_ = 0;
    std::size_t written_ = 0;
    std::vector<std::string> heads_;
};

}  // namespace

Life live(std::uint64_t seed, const DiskPlan& planted) { return Living(seed, planted).run(); }

}  // namespace ferry::test
