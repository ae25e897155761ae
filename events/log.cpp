#include "events/log.hpp"

namespace ferry {

Result<std::optional<std::vector<Byte>>> Log::at(Offset offset) {
    std::optional<std::vector<Byte>> found;
    const auto read_to = read(offset, [&](const Record& record) {
        if (record.offset == offset) found.emplace(record.bytes.begin(), record.bytes.end());
        return false;
    });
    if (!read_to) return std::unexpected(read_to.error());
    return found;
}

}  // namespace ferry
