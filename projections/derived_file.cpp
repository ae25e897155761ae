#include "projections/derived_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ferry {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }

private:
    int number_;
};

std::unexpected<Error> failed(const std::string& path, std::string_view doing) {
    return fail(Errc::io, fmt::format("{}: cannot {} it: {}. It is made from the log and may be "
                                      "deleted; check the disk and who may write there.",
                                      path, doing, std::strerror(errno)));
}

bool write_all(int descriptor, Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<std::optional<FileBytes>> read_derived_file(const std::string& path, std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT) return std::nullopt;
        return failed(path, "open");
    }
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return failed(path, "read");
    const std::size_t size = std::min(static_cast<std::size_t>(status.st_size), bytes_max);
    FileBytes read{std::make_unique_for_overwrite<Byte[]>(size), 0};
    while (read.size < size) {
        const ssize_t got = ::read(file.get(), read.data.get() + read.size, size - read.size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(path, "read");
        if (got == 0) break;
        read.size += static_cast<std::size_t>(got);
    }
    return std::optional(std::move(read));
}

Result<void> write_derived_file(const std::string& path, Bytes bytes) {
    const std::string beside = path + ".new";
    {
        const Descriptor file(
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (file.get() < 0) return failed(beside, "create");
        if (!write_all(file.get(), bytes) || ::fsync(file.get()) != 0) {
            const auto error = failed(beside, "write");
            ::unlink(beside.c_str());
            return error;
        }
    }
    // The directory is not synced: should the rename be lost, the file before it still serves.
    if (std::rename(beside.c_str(), path.c_str()) != 0) return failed(path, "replace");
    return {};
}

}  // namespace ferry
