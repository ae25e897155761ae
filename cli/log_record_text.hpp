#pragma once
/// A record of a log's topic, as people and programs read it: one commit, fence or
/// reservation. Whether it
/// counts only acceptance can say, which sees the whole log. Pure.
#include "cli/record_text.hpp"

#include <optional>

namespace ferry {

/// Nothing where the bytes are none of these, whole and with the right hash.
std::optional<RecordText> read_log_record(Bytes value);

/// What is wrong with a record that claims to be one of a log's; empty where it claims nothing.
std::string log_record_damage(Bytes value);

}  // namespace ferry
