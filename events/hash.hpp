#pragma once
/// SHA-256 (FIPS 180-4) by OpenSSL EVP. Stateless; safe from any thread.
#include "events/ids.hpp"

#include <memory>
#include <string_view>

namespace ferry {

Hash sha256(Bytes bytes);

/// A hash fed piece by piece, for digests over many fields.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    void add(Bytes bytes);
    void add(std::string_view text);
    /// Little-endian, eight bytes.
    void add(std::uint64_t number);
    Hash finish();

private:
    struct Context;
    friend Hash sha256(Bytes bytes);
    std::unique_ptr<Context> context_;
};

Bytes bytes_of(std::string_view text);
std::string_view text_of(Bytes bytes);

}  // namespace ferry
