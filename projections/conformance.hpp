#pragma once
/// Replays a log against the machines of this build: which of the recorded transitions would
/// today's tables and guards refuse, and why. So a change of a machine is tried on production
/// history before it ships. Each transition is judged on the state just before it, as the fold
/// says; the fold itself never judges. Reads only. One thread. Errors: as Log::read, and damaged
/// where the log is.
#include "engine/guards.hpp"
#include "events/log.hpp"

#include <functional>

namespace ferry {

/// A recorded transition that this build would not have made.
struct Nonconformity {
    Position position;
    Time recorded;
    std::string entity;
    v1::Region region = v1::REGION_UNSPECIFIED;
    v1::State from = v1::STATE_UNSPECIFIED;
    v1::State to = v1::STATE_UNSPECIFIED;
    std::string trigger;                ///< the command or fact that brought it about
    std::string why;                    ///< in words
    std::vector<FailedGuard> failures;  ///< every guard that fails today
};

struct Conformance {
    Position judged_to;
    std::uint64_t judged = 0;
    std::uint64_t refused = 0;
    /// Commits that were decided with other tables than this build's.
    std::uint64_t commits_of_other_tables = 0;
};

using NonconformityVisitor = std::function<void(const Nonconformity&)>;

/// `pack` is what the guards ask of it until the log adopts another.
Result<Conformance> check_conformance(Log& log, const Pack& pack,
                                      const NonconformityVisitor& visit);

}  // namespace ferry
