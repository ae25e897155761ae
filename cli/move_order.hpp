#pragma once
/// A real move that is to be made, as the one who makes it is told: self-contained, by names. Plain
/// values; pure.
#include "engine/fleet.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace ferry {

struct MoveOrder {
    std::string move;
    std::string entity;
    std::string kind;  ///< user or application
    std::string name;  ///< without the kind
    std::string site;
    std::string source;     ///< the pool that serves it, or should not any more: a bare name
    std::string target;     ///< the pool that shall serve it
    std::string direction;  ///< `successor` or `legacy`
    std::string from;       ///< lifecycles
    std::string to;
    std::string application_class;  ///< of an application
    std::string rollback;           ///< that owes it; empty for a move forward
    bool back = false;
};

/// Every move of a site that is open and may be made now, forward and back, in the order of their
/// entities. Who is withdrawn is not moved, and nobody in the scope of an open rollback.
std::vector<MoveOrder> open_moves(const Fleet& fleet);

/// Moves back that failed and wait for somebody to open them again.
std::vector<MoveOrder> failed_moves_back(const Fleet& fleet);

boost::json::object move_json(const MoveOrder& order, std::size_t attempt);

/// `FERRY_MOVE_ID=…` and the like, in the same words.
std::vector<std::string> move_environment(const MoveOrder& order, std::size_t attempt);

}  // namespace ferry
