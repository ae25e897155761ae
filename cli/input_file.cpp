#include "cli/input_file.hpp"

#include "events/hash.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ferry {

namespace {

/// A file that is open for reading until this goes away.
struct OpenFile {
    explicit OpenFile(const std::string& path) : descriptor(open(path.c_str(), O_RDONLY)) {}
    ~OpenFile() {
        if (descriptor >= 0) close(descriptor);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int descriptor;
};

/// Pipes and special files do not say how much they hold.
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

std::unexpected<Error> cannot(std::string_view what, const std::string& path) {
    return fail(Errc::bad_input, fmt::format("{}: cannot be {}: {}; give a file that you may read",
                                             path, what, std::strerror(errno)));
}

}  // namespace

Result<std::string> read_input_file(const std::string& path) {
    const OpenFile file(path);
    if (file.descriptor < 0) return cannot("opened", path);
    struct stat status{};
    if (fstat(file.descriptor, &status) != 0) return cannot("read", path);
    std::string bytes;
    // One byte more than it says, so that a single read meets the end.
    std::size_t room = static_cast<std::size_t>(status.st_size) + 1;
    for (std::size_t filled = 0;;) {
        bytes.resize(filled + room);
        const ssize_t got = read(file.descriptor, bytes.data() + filled, room);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot("read", path);
        filled += static_cast<std::size_t>(got);
        bytes.resize(filled);
        if (got == 0 || (filled == static_cast<std::size_t>(status.st_size) && filled > 0))
            return bytes;
        room = piece_bytes;
    }
}

std::string content_digest(std::string_view bytes) {
    return "sha256:" + to_hex(sha256(bytes_of(bytes)));
}

Result<std::string> evidence_of(const std::string& text) {
    if (!text.starts_with('@')) return text;
    const std::string path = text.substr(1);
    const auto bytes = read_input_file(path);
    if (!bytes) return std::unexpected(bytes.error());
    return fmt::format("{} {}", content_digest(*bytes),
                       std::filesystem::path(path).filename().string());
}

}  // namespace ferry
