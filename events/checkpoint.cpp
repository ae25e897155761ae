#include "events/checkpoint.hpp"

#include "events/base64.hpp"
#include "events/whole_number.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <optional>

namespace ferry {

namespace {

constexpr std::string_view origin_prefix = "ferry/";
constexpr std::string_view dash = "\u2014 ";  // the em dash that begins a signature line

std::string body_of(const Checkpoint& checkpoint) {
    std::string body = fmt::format("{}{}/{}\n{}\n{}\n", origin_prefix, checkpoint.site,
                                   to_hex(checkpoint.log_id.bytes), checkpoint.position.value,
                                   to_base64(checkpoint.head));
    for (const std::string& extension : checkpoint.extensions) body += extension + "\n";
    return body;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return lines;
}

/// The signature on the line where it is one by this key.
std::optional<NoteSignature> signature_on(std::string_view line, const VerifierKey& key) {
    if (!line.starts_with(dash)) return std::nullopt;
    line.remove_prefix(dash.size());
    const auto space = line.find(' ');
    if (space == line.npos || line.substr(0, space) != key.name) return std::nullopt;
    const auto bytes = from_base64(line.substr(space + 1));
    NoteSignature signature{};
    if (!bytes || bytes->size() != key.id.size() + signature.size()) return std::nullopt;
    if (!std::equal(key.id.begin(), key.id.end(), bytes->begin())) return std::nullopt;
    std::copy(bytes->begin() + std::ssize(key.id), bytes->end(), signature.begin());
    return signature;
}

std::optional<LogId> log_id_of(std::string_view hex) {
    LogId id;
    std::size_t size = 0;
    const char* end = nullptr;
    if (hex.size() != 2 * id.bytes.size() ||
        sodium_hex2bin(reinterpret_cast<unsigned char*>(id.bytes.data()), id.bytes.size(),
                       hex.data(), hex.size(), nullptr, &size, &end) != 0 ||
        size != id.bytes.size())
        return std::nullopt;
    return id;
}

bool read_origin(std::string_view origin, Checkpoint& checkpoint) {
    if (!origin.starts_with(origin_prefix)) return false;
    origin.remove_prefix(origin_prefix.size());
    const auto slash = origin.find('/');
    if (slash == origin.npos || slash == 0) return false;
    const auto id = log_id_of(origin.substr(slash + 1));
    if (!id) return false;
    checkpoint.site = origin.substr(0, slash);
    checkpoint.log_id = *id;
    return true;
}

bool read_position(std::string_view text, Position& position) {
    if (text.starts_with('0')) return false;
    position = {whole_number<std::uint64_t>(text).value_or(0)};
    return position.value != 0;
}

Result<Checkpoint> read_body(std::string_view body) {
    const auto lines = lines_of(body);
    Checkpoint checkpoint;
    if (lines.size() < 3)
        return fail(Errc::bad_input, "the checkpoint has fewer than three lines; get it again from "
                                     "where it was kept");
    if (!read_origin(lines[0], checkpoint))
        return fail(Errc::bad_input,
                    fmt::format("the checkpoint is of `{}`, and one of a Ferry log "
                                "is of `ferry/SITE/LOG-ID`",
                                lines[0]));
    if (!read_position(lines[1], checkpoint.position))
        return fail(Errc::bad_input,
                    fmt::format("line 2 of the checkpoint is no position: `{}`", lines[1]));
    const auto head = from_base64(lines[2]);
    if (!head || head->size() != checkpoint.head.size())
        return fail(Errc::bad_input,
                    fmt::format("line 3 of the checkpoint is no hash: `{}`", lines[2]));
    std::copy(head->begin(), head->end(), checkpoint.head.begin());
    checkpoint.extensions.assign(lines.begin() + 3, lines.end());
    return checkpoint;
}

}  // namespace

std::string signed_checkpoint(const Checkpoint& checkpoint, const SigningKey& key) {
    const std::string body = body_of(checkpoint);
    const NoteSignature signature = key.sign(body);
    const VerifierKey& verifier = key.verifier();
    std::vector<Byte> signed_bytes(verifier.id.begin(), verifier.id.end());
    signed_bytes.insert(signed_bytes.end(), signature.begin(), signature.end());
    return fmt::format("{}\n{}{} {}\n", body, dash, verifier.name, to_base64(signed_bytes));
}

Result<Checkpoint> read_checkpoint(std::string_view note, const VerifierKey& key) {
    // The last empty line parts what is signed from the signatures.
    const auto parting = note.rfind("\n\n");
    if (parting == note.npos)
        return fail(Errc::bad_input,
                    "this is no signed note: no empty line parts the text from its "
                    "signatures");
    const std::string_view body = note.substr(0, parting + 1);
    bool met = false;
    for (const std::string_view line : lines_of(note.substr(parting + 2))) {
        const auto signature = signature_on(line, key);
        if (!signature) continue;
        met = true;
        if (is_signed_by(key, body, *signature)) return read_body(body);
    }
    if (met)
        return fail(Errc::bad_input,
                    fmt::format("the signature of {} does not fit the text: the checkpoint was "
                                "changed after it was signed, and proves nothing",
                                key.name));
    return fail(Errc::bad_input, fmt::format("there is no signature by {} with key id {}; give the "
                                             "key that signed it, or get the right checkpoint",
                                             key.name, to_hex(key.id)));
}

}  // namespace ferry
