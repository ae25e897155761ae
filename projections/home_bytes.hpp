#pragma once
/// How a snapshot holds what a fleet knows of homes: releases, arrivals, transfers declined, sites
/// taken over. Included by fleet_bytes.cpp. Plain values; any thread.
#include "engine/fleet.hpp"
#include "projections/byte_reader.hpp"
#include "projections/byte_writer.hpp"

namespace ferry {

inline void write(ByteWriter& to, const ReleaseState& release) {
    to.text(release.to_site);
    to.text(release.pool);
    to.number(release.position);
}

inline void read(ByteReader& from, ReleaseState& release) {
    release.to_site = from.text();
    release.pool = from.text();
    release.position = from.position();
}

inline void write(ByteWriter& to, const ArrivalState& arrival) {
    to.text(arrival.transfer);
    to.number(arrival.position);
    to.number(arrival.version.value);
}

inline void read(ByteReader& from, ArrivalState& arrival) {
    arrival.transfer = from.text();
    arrival.position = from.position();
    arrival.version = {from.number<std::uint64_t>()};
}

inline void write(ByteWriter& to, const DeclinedTransfer& declined) {
    to.text(declined.transfer);
    to.text(declined.entity);
    to.number(declined.position);
    to.number(declined.version.value);
}

inline void read(ByteReader& from, DeclinedTransfer& declined) {
    declined.transfer = from.text();
    declined.entity = from.text();
    declined.position = from.position();
    declined.version = {from.number<std::uint64_t>()};
}

inline void write(ByteWriter& to, const TakenSite& taken) {
    to.text(taken.site);
    to.text(taken.log_id);
    to.text(taken.head);
    to.number(taken.known);
    to.number(taken.position);
}

inline void read(ByteReader& from, TakenSite& taken) {
    taken.site = from.text();
    taken.log_id = from.text();
    taken.head = from.text();
    taken.known = from.position();
    taken.position = from.position();
}

}  // namespace ferry
