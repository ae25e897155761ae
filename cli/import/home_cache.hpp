#pragma once
/// A file names the same few home servers on every row; each distinguished name is parsed once.
#include <expected>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cli/import/dn.hpp"

namespace ferry::intake {

/// One per file read, one thread.
class HomeCache {
public:
    using Answer = std::expected<HomeServer, std::string>;

    const Answer& read(std::string_view value) {
        if (last_ != nullptr && value == last_value_) return *last_;
        const auto [entry, added] = answers_.try_emplace(std::string(value));
        if (added) entry->second = home_server(value);
        last_value_ = entry->first;
        last_ = &entry->second;
        return *last_;
    }

private:
    std::unordered_map<std::string, Answer> answers_;
    std::string_view last_value_;
    const Answer* last_ = nullptr;
};

}  // namespace ferry::intake
