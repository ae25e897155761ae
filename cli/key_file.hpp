#pragma once
/// Keys and checkpoints as files that people name on the command line. A signing key is written for
/// its owner alone and never shown. Errors: bad_input (not what it should be), not_allowed (a
/// signing key that others can read), io.
#include "events/checkpoint.hpp"

namespace ferry {

/// The verifier key itself, or a file that holds it.
Result<VerifierKey> verifier_key_argument(const std::string& argument);

Result<SigningKey> read_signing_key(const std::string& path);
/// A file of mode 0600; never over another.
Result<void> write_signing_key(const std::string& path, const SigningKey& key);

Result<Checkpoint> read_checkpoint_file(const std::string& path, const VerifierKey& key);

}  // namespace ferry
