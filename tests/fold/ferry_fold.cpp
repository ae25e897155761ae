// Ferry's own fold over a file of records, in the lines of tests/fold/report.py, so that
// tests/fold_test can compare the two. The input is what tests/fold/sources.py writes.
#include "events/acceptance.hpp"
#include "events/little_endian.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace ferry {
namespace {

constexpr std::uint32_t new_log = 0xFFFFFFFF;

struct Counts {
    std::uint64_t records = 0;
    std::uint64_t commits = 0;
    std::uint64_t fences = 0;
    std::uint64_t reservations = 0;
    std::uint64_t voids = 0;
    std::map<VoidReason, std::uint64_t> reasons;  ///< in the order of the enumeration
    bool stopped = false;
};

/// One log's fold; `take` says nothing more once an unknown format has been met.
class Fold {
public:
    void take(Bytes record) {
        if (counts_.stopped) return;
        const Judged judged = accept(state_, record);
        std::cout << ++counts_.records << ' ' << count(judged) << '\n';
    }

    void report() const {
        std::cout << "records " << counts_.records << "\ncommits " << counts_.commits << "\nfences "
                  << counts_.fences << "\nreservations " << counts_.reservations << "\nvoids "
                  << counts_.voids << '\n';
        for (const auto& [reason, times] : counts_.reasons)
            std::cout << "void " << name_of(reason) << ' ' << times << '\n';
        std::cout << "log-id " << to_hex(state_.log_id.bytes) << "\nposition "
                  << state_.position.value << "\nhead " << to_hex(state_.head) << "\nterm "
                  << state_.term.value << "\nwriter " << to_hex(state_.writer.bytes)
                  << "\nrecorded " << state_.recorded.time_since_epoch().count() << "\nfence ";
        if (state_.fence)
            std::cout << state_.fence->term.value << ' ' << to_hex(state_.fence->writer.bytes);
        else std::cout << "none";
        std::cout << "\nsuccessor "
                  << (state_.sealed_for ? to_hex(state_.sealed_for->bytes) : "none")
                  << "\nreserved "
                  << (state_.reserved_for ? to_hex(state_.reserved_for->bytes) : "none") << '\n';
        if (counts_.stopped) std::cout << "stopped-at " << counts_.records << '\n';
        std::cout << '\n';  // An empty line ends what is said of one log.
    }

private:
    std::string_view count(const Judged& judged) {
        switch (judged.judgement) {
            case Judgement::commit_counts: ++counts_.commits; return "commit";
            case Judgement::fence_counts: ++counts_.fences; return "fence";
            case Judgement::reservation_counts: ++counts_.reservations; return "reservation";
            case Judgement::unknown_format: counts_.stopped = true; return "unknown-format";
            case Judgement::is_void: break;
        }
        ++counts_.voids;
        ++counts_.reasons[judged.reason];
        return name_of(judged.reason);
    }

    AcceptanceState state_;
    Counts counts_;
};

/// False where the input ends within a record.
bool fold_all(Bytes input) {
    Fold fold;
    std::size_t at = 0;
    while (at < input.size()) {
        if (input.size() - at < sizeof(std::uint32_t)) return false;
        const auto length = get_little_endian<std::uint32_t>(input.data() + at);
        at += sizeof length;
        if (length == new_log) {
            fold.report();
            fold = {};
            continue;
        }
        if (input.size() - at < length) return false;
        fold.take(input.subspan(at, length));
        at += length;
    }
    fold.report();
    return true;
}

}  // namespace
}  // namespace ferry

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "Usage: ferry_fold FILE\n";
        return 2;
    }
    std::ifstream file(arguments[1], std::ios::binary);
    const std::string input(std::istreambuf_iterator<char>(file), {});
    if (!file || !ferry::fold_all(std::as_bytes(std::span(input)))) {
        std::cerr << "ferry_fold: " << arguments[1] << " cannot be read, or ends in a record\n";
        return 74;
    }
    return 0;
}
