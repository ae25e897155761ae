#include "events/writer_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace ferry {

namespace {

namespace json = boost::json;

constexpr int attempts_max = 16;

Error lock_file_error(const std::filesystem::path& file, std::string_view doing) {
    return {Errc::io,
            fmt::format("{}: cannot {} the lock file: {}. Check that the directory exists "
                        "and who may write in it.",
                        file.string(), doing, std::strerror(errno))};
}

std::string text_field(const json::object& fields, std::string_view name) {
    const json::value* const found = fields.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::int64_t number_of(const json::object& fields, std::string_view name) {
    const json::value* const found = fields.if_contains(name);
    return found && found->is_int64() ? found->get_int64() : 0;
}

std::string to_json(const WriterNote& note) {
    json::object fields{
        {"pid", note.process}, {"command", note.command}, {"since", to_rfc3339(note.since)}};
    if (note.stopped) {
        fields["stoppedBoot"] = note.stopped->boot_id;
        fields["stoppedBootMicroseconds"] = note.stopped->boot_time.count();
        fields["stoppedTime"] = to_rfc3339(note.stopped->wall);
    }
    return json::serialize(fields) + "\n";
}

std::optional<WriterNote> from_json(const std::string& text) {
    json::error_code error;
    const json::value parsed = json::parse(text, error);
    if (error || !parsed.is_object()) return std::nullopt;
    const json::object& fields = parsed.get_object();
    WriterNote note;
    note.process = number_of(fields, "pid");
    note.command = text_field(fields, "command");
    note.since = from_rfc3339(text_field(fields, "since")).value_or(Time{});
    if (const auto wall = from_rfc3339(text_field(fields, "stoppedTime")))
        note.stopped = ClockReading{
            text_field(fields, "stoppedBoot"),
            std::chrono::microseconds(number_of(fields, "stoppedBootMicroseconds")), *wall};
    return note;
}

Error held_by_other(const std::filesystem::path& file) {
    const auto note = read_writer_note(file);
    const std::string holder = note && note->process != 0
                                   ? fmt::format("process {} (`{}`) since {}", note->process,
                                                 note->command, to_rfc3339(note->since))
                                   : std::string("another process");
    return {Errc::unavailable,
            fmt::format("{}: {} writes this log. Wait until it has ended, or stop it; reading "
                        "(status, history, verify) works meanwhile.",
                        file.string(), holder)};
}

/// False where the file was removed or replaced between opening and locking it.
bool still_stands(int descriptor, const std::filesystem::path& file) {
    struct stat held{};
    struct stat named{};
    return fstat(descriptor, &held) == 0 && stat(file.c_str(), &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

ClockReading read_clocks(const Clock& clock) {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string boot_id;
    std::getline(file, boot_id);
    return {boot_id, clock.monotonic(), clock.now()};
}

std::optional<WriterNote> read_writer_note(const std::filesystem::path& file) {
    std::ifstream stream(file);
    if (!stream) return std::nullopt;
    return from_json(std::string(std::istreambuf_iterator<char>(stream), {}));
}

Result<WriterLock> WriterLock::take(const std::filesystem::path& file, const std::string& command,
                                    const Clock& clock) {
    // The file may vanish or be replaced while it is being opened: its holder removes it at the
    // end.
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        WriterLock lock;
        lock.file_ = file;
        lock.descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        lock.created_ = lock.descriptor_ >= 0;
        if (!lock.created_) lock.descriptor_ = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
        if (lock.descriptor_ < 0 && errno == ENOENT && attempt + 1 < attempts_max) continue;
        if (lock.descriptor_ < 0) return std::unexpected(lock_file_error(file, "open"));
        if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK) return std::unexpected(held_by_other(file));
            return std::unexpected(lock_file_error(file, "lock"));
        }
        if (!still_stands(lock.descriptor_, file)) continue;
        if (const auto before = read_writer_note(file)) lock.note_.stopped = before->stopped;
        lock.note_.process = getpid();
        lock.note_.command = command;
        lock.note_.since = clock.now();
        if (auto written = lock.write_note(); !written) {
            if (lock.created_) lock.remove();
            return std::unexpected(written.error());
        }
        return lock;
    }
    return std::unexpected(held_by_other(file));
}

WriterLock::WriterLock(WriterLock&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      created_(other.created_),
      note_(std::move(other.note_)) {}

WriterLock::~WriterLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> WriterLock::note_stop(const std::optional<ClockReading>& reading) {
    note_.process = 0;
    if (reading) note_.stopped = reading;
    return write_note();
}

void WriterLock::remove() { ::unlink(file_.c_str()); }

Result<void> WriterLock::write_note() {
    const std::string text = to_json(note_);
    if (ftruncate(descriptor_, 0) != 0 ||
        pwrite(descriptor_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return std::unexpected(lock_file_error(file_, "write"));
    return {};
}

}  // namespace ferry
