#pragma once
/// An entity's state as JSON, with the keys of design.md section 8: the stable form that scripts
/// read. Pure; any thread that may read the fleet.
#include "engine/fleet.hpp"

#include <boost/json/object.hpp>

namespace ferry {

/// Borrowed, as Boost.JSON takes it.
inline boost::json::string_view json_text(std::string_view text) {
    return {text.data(), text.size()};
}

/// `number` 0 is the stream `site:NAME`, of which only position and version are known.
/// `storage` may be a resource that is thrown away whole, where many entities are printed.
boost::json::object entity_json(const Fleet& fleet, EntityNumber number,
                                boost::json::storage_ptr storage = {});

}  // namespace ferry
