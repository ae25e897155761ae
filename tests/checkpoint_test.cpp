#include "events/checkpoint.hpp"

#include "events/base64.hpp"
#include "events/hash.hpp"

#include <doctest/doctest.h>

namespace ferry {
namespace {

// The key pair of RFC 8032, section 7.1, test 1; the note was signed with it by the openssl
// program.
constexpr std::string_view signing_text =
    "PRIVATE+KEY+audit.contoso.com+c34afde8+AZ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
constexpr std::string_view verifier_text =
    "audit.contoso.com+c34afde8+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
constexpr std::string_view note =
    "ferry/paris/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf\n"
    "1240\n"
    "ny5tM6NxfugmNTpAS6RhjRrutoea15Nrzo7V9GgUkk0=\n"
    "\n"
    "\u2014 audit.contoso.com w0r96MNOyK7aU2GELa3bh6/S55Lr+gpicGRrrabI6ae7ShJJbroGVeOy4CfwNDZZ2k0zr"
    "cbzwucv9tpu68sCiuFFAQk=\n";

VerifierKey verifier() { return parse_verifier_key(verifier_text).value(); }

Checkpoint sample() {
    Checkpoint checkpoint{"paris", {}, {1240}, sha256(bytes_of("head")), {}};
    for (std::size_t i = 0; i < checkpoint.log_id.bytes.size(); ++i)
        checkpoint.log_id.bytes[i] = static_cast<Byte>(0xa0 + i);
    return checkpoint;
}

std::string refusal(std::string_view text, const VerifierKey& key) {
    const auto read = read_checkpoint(text, key);
    REQUIRE(!read);
    CHECK(read.error().code == Errc::bad_input);
    return read.error().message;
}

std::string refusal(std::string_view text) { return refusal(text, verifier()); }

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string changed(std::string_view part, std::string_view to) {
    std::string text(note);
    text.replace(text.find(part), part.size(), to);
    return text;
}

/// A body of one's own, rightly signed.
std::string signed_text(const std::string& body) {
    const SigningKey key = SigningKey::parse(signing_text).value();
    const NoteSignature signature = key.sign(body);
    std::vector<Byte> bytes(key.verifier().id.begin(), key.verifier().id.end());
    bytes.insert(bytes.end(), signature.begin(), signature.end());
    return body + "\n\u2014 audit.contoso.com " + to_base64(bytes) + "\n";
}

}  // namespace

TEST_CASE("a checkpoint is, letter by letter, what another program makes of the same key") {
    const SigningKey key = SigningKey::parse(signing_text).value();
    CHECK(to_text(key.verifier()) == verifier_text);
    CHECK(key.to_text() == signing_text);
    CHECK(signed_checkpoint(sample(), key) == note);
    CHECK(read_checkpoint(note, verifier()).value() == sample());
}

TEST_CASE("a note that the reference implementation signed is found right") {
    const auto key =
        parse_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    REQUIRE(key);
    const auto bytes = from_base64(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnA"
        "M=");
    REQUIRE(bytes);
    NoteSignature signature{};
    std::copy(bytes->begin() + 4, bytes->end(), signature.begin());
    const std::string_view text = "If you think cryptography is the answer to your problem,\n"
                                  "then you don't know what your problem is.\n";
    CHECK(is_signed_by(*key, text, signature));
    CHECK(!is_signed_by(*key, "then you know what your problem is.\n", signature));
}

TEST_CASE("a new key signs what its verifier key reads, and no two are the same") {
    const SigningKey key = SigningKey::create("audit.contoso.com").value();
    const SigningKey other = SigningKey::create("audit.contoso.com").value();
    CHECK(key.verifier() != other.verifier());
    const std::string text = signed_checkpoint(sample(), key);
    const VerifierKey parsed = parse_verifier_key(to_text(key.verifier()) + "\n").value();
    CHECK(read_checkpoint(text, parsed).value() == sample());
    CHECK(says(refusal(text, other.verifier()), "no signature by audit.contoso.com"));
    CHECK(SigningKey::parse(key.to_text() + "\n").value().verifier() == key.verifier());
}

TEST_CASE("extension lines are kept and signed") {
    Checkpoint checkpoint = sample();
    checkpoint.extensions = {"after wave 1", "second line"};
    const SigningKey key = SigningKey::create("audit.contoso.com").value();
    const std::string text = signed_checkpoint(checkpoint, key);
    CHECK(read_checkpoint(text, key.verifier()).value() == checkpoint);
}

TEST_CASE("every change of a signed checkpoint is noticed") {
    CHECK(says(refusal(changed("1240", "1241")), "changed after it was signed"));
    CHECK(says(refusal(changed("paris", "parts")), "changed after it was signed"));
    CHECK(says(refusal(changed("ny5t", "ny5u")), "changed after it was signed"));
    CHECK(says(refusal(changed("w0r96MNO", "w0r96MNP")), "changed after it was signed"));
    CHECK(says(refusal(changed("w0r96", "x0r96")), "no signature by audit.contoso.com"));
    CHECK(says(refusal(changed("\u2014 audit", "- audit")), "no signature by"));
    CHECK(says(refusal("ferry/paris\n"), "no signed note"));
}

TEST_CASE("signatures of others beside the right one are left alone") {
    std::string more(note);
    more += "\u2014 witness.example AAAAAAAA\nnot even a line\n";
    CHECK(read_checkpoint(more, verifier()).value() == sample());
}

TEST_CASE("what is rightly signed and no checkpoint of a Ferry log is refused with its line") {
    const std::string id = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";
    const std::string head = to_base64(sha256(bytes_of("head")));
    CHECK(says(refusal(signed_text("one\ntwo\n")), "fewer than three lines"));
    CHECK(says(refusal(signed_text("go.sum database tree\n1240\n" + head + "\n")),
               "`go.sum database tree`"));
    CHECK(
        says(refusal(signed_text("ferry/paris/a0a1\n1240\n" + head + "\n")), "ferry/SITE/LOG-ID"));
    CHECK(says(refusal(signed_text("ferry//" + id + "\n1240\n" + head + "\n")), "ferry/SITE"));
    for (const std::string position : {"0", "01", "-1", "12x", ""})
        CHECK(says(refusal(signed_text("ferry/paris/" + id + "\n" + position + "\n" + head + "\n")),
                   "line 2"));
    CHECK(says(refusal(signed_text("ferry/paris/" + id + "\n1240\nAAAA\n")), "line 3"));
}

TEST_CASE("a text that is no key is refused without repeating a secret") {
    const auto refused = [](const auto& key) {
        REQUIRE(!key);
        CHECK(key.error().code == Errc::bad_input);
        CHECK(!says(key.error().message, "AZ1hsZ3v"));
        return key.error().message;
    };
    CHECK(says(refused(parse_verifier_key(signing_text)), "signing key"));
    CHECK(says(refused(parse_verifier_key("audit.contoso.com")), "NAME+KEYID+KEY"));
    CHECK(says(refused(parse_verifier_key("a+00000000+AAAA")), "NAME+KEYID+KEY"));
    std::string other_id(verifier_text);
    other_id.replace(other_id.find("c34a"), 4, "c34b");
    CHECK(says(refused(parse_verifier_key(other_id)), "its id"));
    CHECK(says(refused(SigningKey::parse(verifier_text)), "PRIVATE+KEY+"));
    CHECK(says(refused(SigningKey::parse(signing_text.substr(0, 60))), "no whole signing key"));
    std::string wrong(signing_text);
    wrong.replace(wrong.find("c34a"), 4, "c34b");
    CHECK(says(refused(SigningKey::parse(wrong)), "is damaged"));
    CHECK(says(refused(SigningKey::create("two words")), "cannot name a key"));
    CHECK(says(refused(SigningKey::create("a+b")), "cannot name a key"));
    CHECK(says(refused(SigningKey::create("")), "cannot name a key"));
}

}  // namespace ferry
