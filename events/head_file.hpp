#pragma once
/// The head file says, from outside a chain, how far the chain reached: only so can a missing end
/// be noticed. Two slots are written in turns, so that a torn write leaves the slot before it. It
/// is never ahead of the log: it is written after the commit is durable. Errors: Errc::io.
#include "events/error.hpp"
#include "events/ids.hpp"

#include <filesystem>
#include <optional>

namespace ferry {

inline constexpr std::size_t head_slot_bytes = 64;

/// The last event of a log and the hash of the commit it stands in.
struct Head {
    Position position;
    Hash hash{};
    friend bool operator==(const Head&, const Head&) = default;
};

/// The newest slot that is whole; nothing where the file is absent or no slot is.
Result<std::optional<Head>> read_head_file(const std::filesystem::path& file);

/// Owns the descriptor. One thread.
class HeadFile {
public:
    explicit HeadFile(std::filesystem::path file) : file_(std::move(file)) {}
    ~HeadFile();
    HeadFile(const HeadFile&) = delete;
    HeadFile& operator=(const HeadFile&) = delete;

    /// Overwrites the older slot. Creates the file where it is absent. Durable only after `sync`.
    Result<void> write(const Head& head);
    Result<void> sync();

private:
    Result<void> open();
    Error error(std::string_view doing) const;

    std::filesystem::path file_;
    int descriptor_ = -1;
    int next_slot_ = 0;
};

}  // namespace ferry
