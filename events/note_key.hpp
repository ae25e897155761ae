#pragma once
/// Keys of signed notes, in the text forms that other tools for such notes read and write
/// (https://c2sp.org/signed-note, Ed25519 by libsodium):
///
///     verifier   NAME+KEYID+base64(0x01 || public key)            may be shown to everybody
///     signing    PRIVATE+KEY+NAME+KEYID+base64(0x01 || seed)      stays in a file of its owner
///
/// Plain values; any thread. Errors: Errc::bad_input, which never repeat a secret.
#include "events/error.hpp"
#include "events/ids.hpp"

#include <array>
#include <string>
#include <string_view>

namespace ferry {

struct VerifierKey {
    std::string name;
    std::array<Byte, 4> id{};  ///< the first bytes of SHA-256(name, newline, 0x01, public key)
    std::array<Byte, 32> public_key{};
    friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

using NoteSignature = std::array<Byte, 64>;

/// Wipes its secret when it goes.
class SigningKey {
public:
    /// A new one. A name has no spaces and no `+`; it says who signs: `audit.contoso.com`.
    static Result<SigningKey> create(std::string_view name);
    static Result<SigningKey> parse(std::string_view text);
    ~SigningKey();
    SigningKey(SigningKey&&) noexcept = default;
    SigningKey& operator=(SigningKey&&) noexcept = default;

    const VerifierKey& verifier() const { return verifier_; }
    /// The text form, with the secret in it.
    std::string to_text() const;
    NoteSignature sign(std::string_view message) const;

private:
    using Seed = std::array<Byte, 32>;
    static Result<SigningKey> from_seed(std::string_view name, const Seed& seed);
    SigningKey() = default;

    VerifierKey verifier_;
    Seed seed_{};
};

std::string to_text(const VerifierKey& key);
Result<VerifierKey> parse_verifier_key(std::string_view text);
bool is_signed_by(const VerifierKey& key, std::string_view message, const NoteSignature& signature);

}  // namespace ferry
