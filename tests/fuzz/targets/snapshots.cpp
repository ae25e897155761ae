// Snapshots and the index beside them, as they stand and with the closing hash made right: a file
// that is cut, of another version or forged is refused or read, and nothing else.
#include "events/hash.hpp"
#include "projections/snapshot_bytes.hpp"
#include "tests/fuzz/small_fleet.hpp"

namespace ferry::fuzz {
namespace {

void read_both(Bytes stored) {
    (void)read_snapshot(stored);
    if (const auto header = read_snapshot_header(stored)) (void)read_index(stored, *header);
    SnapshotHeader of;
    of.position = {19};
    (void)read_index(stored, of);
}

}  // namespace
}  // namespace ferry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ferry::Bytes stored = std::as_bytes(std::span(data, size));
    ferry::fuzz::read_both(stored);
    ferry::Hash hash{};
    if (size < hash.size()) return 0;
    std::vector<ferry::Byte> mended(stored.begin(), stored.end());
    hash = ferry::sha256(stored.first(size - hash.size()));
    std::copy(hash.begin(), hash.end(), mended.end() - static_cast<std::ptrdiff_t>(hash.size()));
    ferry::fuzz::read_both(mended);
    return 0;
}
