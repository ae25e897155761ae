#include "cli/import/letter_case.hpp"

#include <algorithm>

namespace ferry::intake {
namespace {

// The locale's tolower would let the machine it runs on decide what a name is.
constexpr char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    return folded;
}

bool equal_without_case(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

bool starts_without_case(std::string_view text, std::string_view prefix) {
    return equal_without_case(text.substr(0, prefix.size()), prefix);
}

}  // namespace ferry::intake
