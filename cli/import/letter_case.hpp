#pragma once
/// Names in exports differ in case and mean the same. Only ASCII letters are folded: host names,
/// addresses, column and attribute names have no others.
#include <string>
#include <string_view>

namespace ferry::intake {

std::string lower_case(std::string_view text);
bool equal_without_case(std::string_view left, std::string_view right);
bool starts_without_case(std::string_view text, std::string_view prefix);

}  // namespace ferry::intake
