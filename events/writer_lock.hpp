#pragma once
/// The lock file of an embedded log: `flock` decides who writes, the text inside says who that is.
/// It also carries a clock reading from one writer to the next, so that a clock that jumped between
/// two processes of one boot can be seen (design.md section 5).
/// Errors: Errc::unavailable with the holder's name, Errc::io.
#include "events/clock.hpp"
#include "events/error.hpp"

#include <filesystem>
#include <optional>

namespace ferry {

/// Both clocks at one moment. Boot times compare only within one boot.
struct ClockReading {
    std::string boot_id;
    std::chrono::microseconds boot_time{0};
    Time wall;
};

ClockReading read_clocks(const Clock& clock);

/// What the lock file says.
struct WriterNote {
    std::int64_t process = 0;  ///< 0 where its writer stopped in order
    std::string command;
    Time since;
    std::optional<ClockReading> stopped;  ///< when the last writer that appended stopped in order
};

/// Nothing where the file is absent or half written.
std::optional<WriterNote> read_writer_note(const std::filesystem::path& file);

/// Holds the lock as long as it lives.
class WriterLock {
public:
    /// Refuses at once where another process holds the lock. The directory must exist.
    static Result<WriterLock> take(const std::filesystem::path& file, const std::string& command,
                                   const Clock& clock);
    ~WriterLock();
    WriterLock(WriterLock&& other) noexcept;
    WriterLock& operator=(WriterLock&&) = delete;

    /// Whether the file was absent before.
    bool created() const { return created_; }
    /// The reading that the writer before left.
    const std::optional<ClockReading>& last_stop() const { return note_.stopped; }
    /// Says that nobody writes now; a `reading` replaces the one before.
    Result<void> note_stop(const std::optional<ClockReading>& reading);
    /// Removes the file, still holding the lock.
    void remove();

private:
    WriterLock() = default;
    Result<void> write_note();

    std::filesystem::path file_;
    int descriptor_ = -1;
    bool created_ = false;
    WriterNote note_;
};

}  // namespace ferry
