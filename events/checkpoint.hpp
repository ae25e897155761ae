#pragma once
/// A signed checkpoint: somebody with a key says that a log's chain ended there, so that a cut end
/// and a chain that was computed again are noticed by whoever kept it elsewhere. The form is that
/// of https://c2sp.org/tlog-checkpoint, which other tools for transparency logs read:
///
///     ferry/<site>/<log id in hexadecimal>
///     <position of the last event>
///     <base64 of the hash of the commit that ends there>
///     [extension lines]
///
///     — <key name> <base64 of key id and Ed25519 signature>
///
/// The chain is linear, so the hash proves every commit before it, but there are no short proofs of
/// single events as trees have them. Plain values; any thread. Errors: Errc::bad_input.
#include "events/note_key.hpp"

#include <vector>

namespace ferry {

struct Checkpoint {
    std::string site;
    LogId log_id;
    Position position;
    Hash head{};
    std::vector<std::string> extensions;
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// The note, signed.
std::string signed_checkpoint(const Checkpoint& checkpoint, const SigningKey& key);

/// What the note says, once the key's signature on it was found right. Signatures by other keys
/// are left alone, as the form demands.
Result<Checkpoint> read_checkpoint(std::string_view note, const VerifierKey& key);

}  // namespace ferry
