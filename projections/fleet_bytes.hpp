#pragma once
/// A fleet in a snapshot. Pure; any thread that may read the fleet.
#include "engine/fleet.hpp"
#include "projections/byte_reader.hpp"
#include "projections/byte_writer.hpp"

namespace ferry {

void write_fleet(ByteWriter& to, const Fleet& fleet);

/// What is missing shows in `from.whole()`.
Fleet read_fleet(ByteReader& from);

}  // namespace ferry
