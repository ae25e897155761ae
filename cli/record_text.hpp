#pragma once
/// What a record of one of a site's topics says, for people and for programs. The bytes may be
/// anybody's: what is none of these records is named, and nothing unprintable is let through to a
/// terminal. Pure.
#include "events/ids.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace ferry {

/// The topics of a site, and `any`: found out by trying.
enum class RecordType { any, events, state, log, lease, commands, results };

struct RecordText {
    std::string_view type;  ///< event, state, commit, fence, reservation, lease, command, result
    std::string text;       ///< one line
    std::string json;       ///< one line: the message in protobuf's JSON mapping
};

/// Else what the bytes are not.
std::expected<RecordText, std::string> record_text(Bytes value, RecordType type);

}  // namespace ferry
