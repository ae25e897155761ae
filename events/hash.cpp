#include "events/hash.hpp"

#include "events/error.hpp"
#include "events/little_endian.hpp"

#include <openssl/evp.h>

#include <charconv>

namespace ferry {

namespace {

// Looking the algorithm up costs more than hashing a small commit, so it is fetched once.
const EVP_MD* algorithm() {
    static const EVP_MD* const sha = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return sha;
}

}  // namespace

struct Hasher::Context {
    EVP_MD_CTX* evp = EVP_MD_CTX_new();
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { EVP_MD_CTX_free(evp); }

    void begin() {
        FERRY_ASSERT(evp && EVP_DigestInit_ex(evp, algorithm(), nullptr) == 1,
                     "SHA-256 is not available in OpenSSL");
    }
    void add(Bytes bytes) {
        FERRY_ASSERT(EVP_DigestUpdate(evp, bytes.data(), bytes.size()) == 1, "hash update");
    }
    Hash finish() {
        Hash hash{};
        unsigned int length = 0;
        FERRY_ASSERT(
            EVP_DigestFinal_ex(evp, reinterpret_cast<unsigned char*>(hash.data()), &length) == 1 &&
                length == hash.size(),
            "hash finish");
        return hash;
    }
};

Hasher::Hasher() : context_(std::make_unique<Context>()) { context_->begin(); }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::add(Bytes bytes) { context_->add(bytes); }

void Hasher::add(std::string_view text) { add(bytes_of(text)); }

void Hasher::add(std::uint64_t number) {
    std::array<Byte, 8> buffer{};
    put_little_endian(buffer.data(), number);
    add(Bytes(buffer));
}

Hash Hasher::finish() { return context_->finish(); }

Hash sha256(Bytes bytes) {
    // Making a context costs more than hashing a command, so each thread keeps its own.
    thread_local Hasher::Context context;
    context.begin();
    context.add(bytes);
    return context.finish();
}

Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string_view text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<Hash> hash_from_hex(std::string_view hex) {
    Hash hash{};
    if (hex.size() != hash.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        std::uint8_t value = 0;
        const char* const digits = hex.data() + 2 * i;
        const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
        if (error != std::errc() || end != digits + 2) return std::nullopt;
        hash[i] = std::byte{value};
    }
    return hash;
}

std::string to_hex(Bytes bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex(bytes.size() * 2, '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = std::to_integer<unsigned>(bytes[i]);
        hex[2 * i] = digits[byte >> 4];
        hex[2 * i + 1] = digits[byte & 15];
    }
    return hex;
}

}  // namespace ferry
