#pragma once
/// What a site's log says of an entity that another site would go on with. Reads, and never writes.
/// The error says in words why it is not so; a log that cannot be read is that error too. One
/// thread.
#include "engine/home_evidence.hpp"
#include "engine/replica.hpp"

namespace ferry {

/// The release that the question names, as it stands in the log of the site that made it.
Result<FoundRelease> released_in(const Replica& origin, const ReleaseQuestion& question);

/// For the site that made the release: adds to it that the next owner has declined it.
Result<FoundRelease> declined_in(FoundRelease release, const Replica& next,
                                 const ReleaseQuestion& question);

/// For the site that made the release: adds to it that the next owner is lost and had not accepted
/// it where it was last known.
Result<FoundRelease> lost_before(FoundRelease release, const TakenSite& taken, const Fleet& known,
                                 const ReleaseQuestion& question);

/// What a lost site would ask, to take back what it had released by where `known` ends; nothing
/// where the entity was not on its way from there. Its views are of both arguments.
std::optional<ReleaseQuestion> released_by_lost(const Fleet& known,
                                                const ReleaseQuestion& question);

/// What a lost site had released and may take back, which is `back`, as its taker goes on with it.
Result<FoundRelease> taken_back_from(const Replica& lost, FoundRelease back,
                                     const ReleaseQuestion& question);

/// An entity of a lost site as it was where that was last known. `known` is its fleet as of there.
Result<FoundRelease> left_by(const Replica& lost, const Fleet& known,
                             const ReleaseQuestion& question);

}  // namespace ferry
