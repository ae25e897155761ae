#pragma once
/// Waves in a snapshot: as `fleet_bytes` for the rest of the fleet. One thread.
#include "engine/fleet.hpp"
#include "projections/byte_reader.hpp"
#include "projections/byte_writer.hpp"

namespace ferry {

/// In the order of their numbers, so that equal waves are equal bytes: digests hash them too.
void write_waves(ByteWriter& to, const Fleet& fleet);

/// Into a fleet whose entities have been read. What names an entity that is not there is left out,
/// so that a damaged snapshot is never read out of bounds.
void read_waves(ByteReader& from, Fleet& fleet);

}  // namespace ferry
