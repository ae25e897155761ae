#include "engine/spelling.hpp"

#include <algorithm>
#include <vector>

namespace ferry {

std::size_t spelling_distance(std::string_view a, std::string_view b, std::size_t most) {
    const std::size_t apart = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (apart > most) return most + 1;
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + changed});
            diagonal = above;
        }
        // Distances never shrink from row to row, so a million ids are told apart quickly.
        if (*std::min_element(row.begin(), row.end()) > most) return most + 1;
    }
    return std::min(row[b.size()], most + 1);
}

void NearestWord::offer(std::string_view word) {
    const std::size_t limit = found_.empty() ? most_ : most_ - 1;
    if (!found_.empty() && most_ == 0) return;
    const std::size_t distance = spelling_distance(typed_, word, limit);
    if (distance > limit) return;
    found_ = word;
    most_ = distance;
}

}  // namespace ferry
