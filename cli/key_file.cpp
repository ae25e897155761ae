#include "cli/key_file.hpp"

#include "cli/input_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ferry {

namespace {

Error at_file(const std::string& path, const Error& error) {
    return {error.code, fmt::format("{}: {}", path, error.message)};
}

Error cannot(const std::string& path, std::string_view doing) {
    return {Errc::io, fmt::format("{}: cannot {}: {}", path, doing, std::strerror(errno))};
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(descriptor, text.data(), text.size());
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return fsync(descriptor) == 0;
}

}  // namespace

Result<VerifierKey> verifier_key_argument(const std::string& argument) {
    std::error_code unreadable;
    if (!std::filesystem::exists(argument, unreadable)) {
        if (argument.find('+') != std::string::npos) return parse_verifier_key(argument);
        return fail(Errc::bad_input,
                    fmt::format("--key `{}` is neither a file nor a verifier key, which has the "
                                "form NAME+KEYID+KEY",
                                argument));
    }
    const auto text = read_input_file(argument);
    if (!text) return std::unexpected(text.error());
    auto key = parse_verifier_key(*text);
    if (!key) return std::unexpected(at_file(argument, key.error()));
    return key;
}

Result<SigningKey> read_signing_key(const std::string& path) {
    struct stat status{};
    if (stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fail(Errc::not_allowed,
                    fmt::format("{}: others than its owner can get at this signing key; run `chmod "
                                "600 {}`, and make a new key if somebody may have read it",
                                path, path));
    auto text = read_input_file(path);
    if (!text) return std::unexpected(text.error());
    auto key = SigningKey::parse(*text);
    sodium_memzero(text->data(), text->size());
    if (!key) return std::unexpected(at_file(path, key.error()));
    return key;
}

Result<void> write_signing_key(const std::string& path, const SigningKey& key) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EEXIST)
        return fail(Errc::bad_input, fmt::format("{} exists, and a key is never written over "
                                                 "anything; give another file",
                                                 path));
    if (descriptor < 0) return std::unexpected(cannot(path, "create the key's file"));
    std::string text = key.to_text() + "\n";
    const bool written = write_all(descriptor, text);
    const Error error = cannot(path, "write the key");
    sodium_memzero(text.data(), text.size());
    close(descriptor);
    if (written) return {};
    unlink(path.c_str());
    return std::unexpected(error);
}

Result<Checkpoint> read_checkpoint_file(const std::string& path, const VerifierKey& key) {
    const auto note = read_input_file(path);
    if (!note) return std::unexpected(note.error());
    auto checkpoint = read_checkpoint(*note, key);
    if (!checkpoint) return std::unexpected(at_file(path, checkpoint.error()));
    return checkpoint;
}

}  // namespace ferry
