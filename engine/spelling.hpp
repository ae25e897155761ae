#pragma once
/// What somebody who mistyped a word may have meant. Pure.
#include <string>
#include <string_view>

namespace ferry {

/// How many letters must be changed, added or left out to make one word of the other. Stops
/// counting at `most + 1`.
std::size_t spelling_distance(std::string_view a, std::string_view b, std::size_t most);

/// Is offered words one after the other and keeps the nearest to what was typed.
class NearestWord {
public:
    /// Words further off than `most` changes are never the nearest.
    explicit NearestWord(std::string_view typed, std::size_t most = 3)
        : typed_(typed), most_(most) {}
    void offer(std::string_view word);
    /// Empty where nothing was near.
    const std::string& found() const { return found_; }

private:
    std::string typed_;
    std::size_t most_;
    std::string found_;
};

}  // namespace ferry
