#include "events/note_key.hpp"

#include "events/base64.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

namespace ferry {

namespace {

constexpr Byte ed25519{0x01};
constexpr std::string_view private_prefix = "PRIVATE+KEY+";

static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_PUBLICKEYBYTES == 32 &&
              crypto_sign_BYTES == 64);

template <std::size_t N>
unsigned char* raw(std::array<Byte, N>& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}
template <std::size_t N>
const unsigned char* raw(const std::array<Byte, N>& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

void start_library() { FERRY_ASSERT(sodium_init() >= 0, "libsodium cannot start on this machine"); }

bool is_key_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) > ' ' && c != '+' && c != '\x7f';
    });
}

std::array<Byte, 4> key_id(std::string_view name, const std::array<Byte, 32>& public_key) {
    Hasher hasher;
    hasher.add(name);
    hasher.add("\n");
    hasher.add(Bytes(&ed25519, 1));
    hasher.add(Bytes(public_key));
    const Hash hash = hasher.finish();
    std::array<Byte, 4> id{};
    std::copy_n(hash.begin(), id.size(), id.begin());
    return id;
}

/// `NAME+KEYID+base64(0x01 || 32 bytes)`, both kinds of key alike.
struct KeyText {
    std::string name;
    std::string id;
    std::array<Byte, 32> bytes{};
};

std::optional<KeyText> split_key(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    const auto first = text.find('+');
    if (first == text.npos) return std::nullopt;
    const auto second = text.find('+', first + 1);
    if (second == text.npos) return std::nullopt;
    KeyText key{std::string(text.substr(0, first)),
                std::string(text.substr(first + 1, second - first - 1)),
                {}};
    auto data = from_base64(text.substr(second + 1));
    const bool whole = data && data->size() == key.bytes.size() + 1 && data->front() == ed25519;
    if (whole) std::copy(data->begin() + 1, data->end(), key.bytes.begin());
    if (data) sodium_memzero(data->data(), data->size());
    if (!whole || !is_key_name(key.name)) return std::nullopt;
    return key;
}

std::string join_key(const VerifierKey& key, const std::array<Byte, 32>& secret_or_public) {
    std::array<Byte, 33> data{};
    data[0] = ed25519;
    std::copy(secret_or_public.begin(), secret_or_public.end(), data.begin() + 1);
    std::string text = fmt::format("{}+{}+{}", key.name, to_hex(key.id), to_base64(data));
    sodium_memzero(data.data(), data.size());
    return text;
}

/// The pair that libsodium signs with; wiped at the end.
struct Pair {
    std::array<Byte, 32> public_key{};
    std::array<Byte, 64> secret{};
    explicit Pair(const std::array<Byte, 32>& seed) {
        crypto_sign_seed_keypair(raw(public_key), raw(secret), raw(seed));
    }
    ~Pair() { sodium_memzero(secret.data(), secret.size()); }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
};

}  // namespace

SigningKey::~SigningKey() { sodium_memzero(seed_.data(), seed_.size()); }

Result<SigningKey> SigningKey::from_seed(std::string_view name, const Seed& seed) {
    if (!is_key_name(name))
        return fail(Errc::bad_input, fmt::format("`{}` cannot name a key; a name has no spaces and "
                                                 "no +, as in audit.contoso.com",
                                                 name));
    start_library();
    SigningKey key;
    key.seed_ = seed;
    key.verifier_.name = name;
    key.verifier_.public_key = Pair(seed).public_key;
    key.verifier_.id = key_id(name, key.verifier_.public_key);
    return key;
}

Result<SigningKey> SigningKey::create(std::string_view name) {
    start_library();
    Seed seed;
    randombytes_buf(seed.data(), seed.size());
    auto key = from_seed(name, seed);
    sodium_memzero(seed.data(), seed.size());
    return key;
}

Result<SigningKey> SigningKey::parse(std::string_view text) {
    if (!text.starts_with(private_prefix))
        return fail(Errc::bad_input,
                    "it holds no signing key, which begins with PRIVATE+KEY+; make "
                    "one with `ferry checkpoint --new-key NAME --key FILE`");
    auto split = split_key(text.substr(private_prefix.size()));
    if (!split)
        return fail(Errc::bad_input, "it holds no whole signing key; restore it from a copy, or "
                                     "make a new one with `ferry checkpoint --new-key`");
    auto key = from_seed(split->name, split->bytes);
    sodium_memzero(split->bytes.data(), split->bytes.size());
    if (key && to_hex(key->verifier_.id) != split->id)
        return fail(Errc::bad_input, fmt::format("the signing key of {} is damaged: its id is not "
                                                 "that of its bytes; restore it from a copy",
                                                 split->name));
    return key;
}

std::string SigningKey::to_text() const {
    return std::string(private_prefix) + join_key(verifier_, seed_);
}

NoteSignature SigningKey::sign(std::string_view message) const {
    const Pair pair(seed_);
    NoteSignature signature{};
    crypto_sign_detached(raw(signature), nullptr, raw(message), message.size(), raw(pair.secret));
    return signature;
}

std::string to_text(const VerifierKey& key) { return join_key(key, key.public_key); }

Result<VerifierKey> parse_verifier_key(std::string_view text) {
    if (text.starts_with(private_prefix))
        return fail(Errc::bad_input,
                    "this is a signing key, which only its owner should have; give "
                    "the verifier key, NAME+KEYID+KEY");
    const auto split = split_key(text);
    if (!split)
        return fail(Errc::bad_input, "this is no verifier key, which has the form NAME+KEYID+KEY; "
                                     "`ferry checkpoint --new-key` prints it");
    VerifierKey key{split->name, key_id(split->name, split->bytes), split->bytes};
    if (to_hex(key.id) == split->id) return key;
    return fail(Errc::bad_input, fmt::format("the verifier key of {} is damaged: its id {} is not "
                                             "that of its bytes, {}; ask its owner for it again",
                                             key.name, split->id, to_hex(key.id)));
}

bool is_signed_by(const VerifierKey& key, std::string_view message,
                  const NoteSignature& signature) {
    start_library();
    return crypto_sign_verify_detached(raw(signature), raw(message), message.size(),
                                       raw(key.public_key)) == 0;
}

}  // namespace ferry
