#pragma once
/// What a site has seen of campaigns, as bytes: for its snapshot and its digest. One thread.
#include "engine/fleet.hpp"
#include "projections/byte_reader.hpp"
#include "projections/byte_writer.hpp"

namespace ferry {

void write_campaigns(ByteWriter& to, const Fleet& fleet);
void read_campaigns(ByteReader& from, Fleet& fleet);

}  // namespace ferry
