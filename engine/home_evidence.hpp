#pragma once
/// What logs say about an entity whose home moves to another site: gathered before the decision,
/// which looks at no log. Plain values; any thread.
#include "engine/request.hpp"
#include "ferry/v1/carried_state.pb.h"

#include <functional>
#include <optional>
#include <vector>

namespace ferry {

/// `paris:120`: where a release stands.
struct TransferName {
    std::string site;
    Position position;
};
/// Errc::bad_input, with what would be right.
Result<TransferName> parse_transfer(std::string_view text);
std::string transfer_name(std::string_view site, Position position);

/// A release as it stands in the log of the site that made it, or an entity of a lost site as it
/// was where that was taken over.
struct FoundRelease {
    std::string to_site;
    std::string pool;  ///< it joins there
    v1::CarriedState state;
    Hash commit{};  ///< of the commit that holds the release, or ends at the takeover
    bool taken_over = false;
    /// Where the site that made it asks: the next owner's word that it never accepts.
    std::string declined_by{};
    Hash decline{};
};

struct ReleaseQuestion {
    std::string_view entity;
    std::string_view asking;  ///< the site that would go on with it
    TransferName transfer;
    bool taken_over = false;
    /// Asked by the site that released it: whom it was released to.
    std::string_view released_to;
};

/// Reads the other site's log. The error says why it does not stand, in words for a refusal.
using FindRelease = std::function<Result<FoundRelease>(const ReleaseQuestion&)>;

struct HomeEvidence {
    /// Of an entity to be released: the hash of the commit that holds its latest event, and what
    /// was done for it so far.
    Hash history{};
    std::vector<v1::DoneCommand> done;
    /// Of one to be accepted or declined.
    std::optional<FoundRelease> release;
    std::string refusal;  ///< why it is not there
};

}  // namespace ferry
