#pragma once
/// Files that are made from a log and may be deleted at any time. Replaced whole, by rename, so
/// that a reader never sees half of one. Errors: Errc::io.
#include "events/error.hpp"
#include "events/ids.hpp"

#include <memory>
#include <optional>
#include <string>

namespace ferry {

/// A file's bytes, read once and not copied again.
struct FileBytes {
    std::unique_ptr<Byte[]> data;
    std::size_t size = 0;
    Bytes view() const { return {data.get(), size}; }
};

/// At most `bytes_max` from the beginning; nothing where there is no such file.
Result<std::optional<FileBytes>> read_derived_file(const std::string& path,
                                                   std::size_t bytes_max = SIZE_MAX);

/// Written beside it, synced, then renamed onto it. Only who holds the log writes here.
Result<void> write_derived_file(const std::string& path, Bytes bytes);

}  // namespace ferry
