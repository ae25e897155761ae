#include "events/seal.hpp"

#include "events/commit.hpp"

#include <fmt/format.h>

namespace ferry {

std::string sealed_destination(Log& log, Position position) {
    std::string destination;
    const auto stored = log.find(position);
    if (stored && *stored) {
        const CommitReading reading = read_commit(**stored);
        if (reading.shape == CommitShape::whole)
            for_each_event(reading.view, [&](const PlacedEvent&, const v1::StoredEvent& event) {
                if (event.has_sealed()) destination = event.sealed().destination();
            });
    }
    return destination.empty() ? "its copy" : fmt::format("`{}`", destination);
}

}  // namespace ferry
