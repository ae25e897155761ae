// One event as a commit holds it: the fold's own reader must say of any bytes what protobuf's
// parser says, and no event, however forged, may bring the fold down.
#include "engine/evolve.hpp"
#include "events/fold_reader.hpp"
#include "projections/digest.hpp"
#include "tests/folded_part.hpp"
#include "tests/fuzz/small_fleet.hpp"

namespace ferry::fuzz {
namespace {

using test::what_a_fold_sees;

void read_both_ways(Bytes stored) {
    v1::StoredEvent whole;
    const bool parsed = whole.ParseFromArray(stored.data(), static_cast<int>(stored.size()));
    FoldReader reader;
    expect(reader.read(stored) == parsed, "both ways of reading take the same bytes");
    if (!parsed) return;
    expect(what_a_fold_sees(reader.event()) == what_a_fold_sees(whole), "and read the same");
    expect(reader.command_id() == whole.command_id(), "and the same command id");
    Fleet fleet = folded_small_log();
    const Position next = fleet.position.next();
    const Time recorded = fleet.recorded;
    evolve(fleet, next, recorded, whole);
    // Twice, because a second registration or move meets what the first one left.
    evolve(fleet, next.next(), recorded, whole);
    (void)fleet_digest(fleet);
}

}  // namespace
}  // namespace ferry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ferry::fuzz::read_both_ways(std::as_bytes(std::span(data, size)));
    return 0;
}
