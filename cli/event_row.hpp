#pragma once
/// One event as a row of an auditor's file: who, when, what, from, to, why, on what evidence, by
/// which command, and the hash of the commit it stands in. Pure.
#include "events/ids.hpp"
#include "ferry/v1/event.pb.h"

#include <span>
#include <string>
#include <string_view>

namespace ferry {

/// A column's name, and how its value is read from an event.
struct EventColumn {
    std::string_view name;
    std::string (*value)(const v1::Event& event, const Hash& commit);
};
std::span<const EventColumn> event_columns();

/// A field in quotes, as RFC 4180 wants them. A spreadsheet would run a value that begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return as a formula, so such a value gets an apostrophe
/// before it: whoever reads the file as data takes that one apostrophe off again.
std::string csv_field(std::string_view value);

/// Rows end with a carriage return and a line feed (RFC 4180).
std::string csv_header();
std::string csv_row(const v1::Event& event, const Hash& commit);
/// The same columns as one JSON object; positions and versions are numbers, details an object.
std::string json_row(const v1::Event& event, const Hash& commit);

}  // namespace ferry
