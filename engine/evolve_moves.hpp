#pragma once
/// How the events of real moves are folded in: what is in flight, where accounts are, and what is
/// owed to a rollback. For evolve.cpp alone. None of them can fail; a report of a move that nobody
/// knows changes nothing but what it has always changed.
#include "engine/fleet.hpp"
#include "ferry/v1/stored_event.pb.h"

namespace ferry::moves {

void open(Fleet& fleet, std::uint32_t number, const v1::MoveOpened& body);
void succeed(Fleet& fleet, std::uint32_t number, const v1::MoveSucceeded& body);
void fail(Fleet& fleet, std::uint32_t number, const v1::MoveFailed& body);
void close(Fleet& fleet, std::uint32_t number, const v1::MoveClosed& body);
void report_late(Fleet& fleet, std::uint32_t number, const v1::MoveReportedLate& body);
void settle(Fleet& fleet, const v1::RollbackSettled& body);

/// The move in flight ends without a report: its member is withdrawn or set back.
void forget(Fleet& fleet, std::uint32_t number);
/// The member reached a side of its own: by a transition, or found there.
void follow_home(Fleet& fleet, std::uint32_t number);
/// The member was set back; `before` is the side that it was at home on until then.
void set_back(Fleet& fleet, std::uint32_t number, bool before, bool account_stays);
/// The member is registered anew, and its account is where that says.
void begin(Fleet& fleet, std::uint32_t number);

}  // namespace ferry::moves
