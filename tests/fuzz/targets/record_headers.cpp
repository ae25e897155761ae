// Records of a log as kcat hands them over: the framing, the fixed-width headers of commits, fences
// and reservations, acceptance, what `ferry decode` says of them, and the fold.
#include "cli/record_frames.hpp"
#include "cli/record_text.hpp"
#include "engine/evolve.hpp"
#include "events/acceptance.hpp"
#include "events/fold_reader.hpp"
#include "events/hash.hpp"
#include "tests/fuzz/small_fleet.hpp"

#include <sstream>

namespace ferry::fuzz {
namespace {

void look_at(Bytes record) {
    (void)read_fence(record);
    (void)read_reservation(record);
    (void)claimed_header(record);
    for (const RecordType type :
         {RecordType::any, RecordType::events, RecordType::state, RecordType::log,
          RecordType::lease, RecordType::commands, RecordType::results})
        if (const auto text = record_text(record, type))
            expect(text->text.find('\n') == std::string::npos, "a record is told in one line");
    const CommitReading reading = read_commit(record);
    if (reading.shape != CommitShape::whole) return;
    expect(split_events(reading.view).size() <= reading.view.header.count,
           "no more events than the header says");
    for_each_command_id(reading.view, [](Position, std::string_view) {});
    // A commit of 2³² claimed events would be visited so often; acceptance lets none through.
    if (reading.view.header.count > commit_events_max) return;
    Fleet fleet = folded_small_log();
    evolve(fleet, reading.view);
}

void take(std::istream& in) {
    AcceptanceState state;
    RecordFrames frames(in);
    for (;;) {
        const auto frame = frames.next();
        if (!frame || !*frame) return;
        if (!(*frame)->value) continue;
        const Bytes record = bytes_of(*(*frame)->value);
        const Position before = state.position;
        const Judged judged = accept(state, record);
        expect((judged.judgement == Judgement::commit_counts) == (state.position != before),
               "the position moves with commits and with nothing else");
        look_at(record);
        std::vector<Byte> mended(record.begin(), record.end());
        mend_leading_hash(mended);
        accept(state, mended);
        look_at(mended);
    }
}

}  // namespace
}  // namespace ferry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
    ferry::fuzz::take(in);
    return 0;
}
