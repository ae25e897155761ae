#include "engine/request_home.hpp"

#include "engine/home_evidence.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ferry {

namespace {

/// A site's or a pool's name, by the rules for the entity of that name.
Result<void> check_named(std::string_view field, std::string_view kind, const std::string& name) {
    if (name.empty()) return bad_request(fmt::format("{} is empty; name one", field));
    const auto parsed = parse_entity(fmt::format("{}:{}", kind, name));
    if (parsed) return {};
    return bad_request(fmt::format("{}: {}", field, parsed.error().message));
}

Result<void> check_release(const v1::Release& body, v1::Kind kind) {
    if (auto ok = check_named("to", "site", body.to()); !ok) return ok;
    if (body.pool().empty()) return {};
    if (kind == v1::KIND_POOL)
        return bad_request("a pool belongs to no pool; `pool` names the one that a member joins");
    return check_named("pool", "pool", body.pool());
}

Result<void> check_transfer(const std::string& site, const std::string& transfer) {
    if (auto ok = check_named("site", "site", site); !ok) return ok;
    const auto parsed = parse_transfer(transfer);
    return parsed ? Result<void>() : std::unexpected(parsed.error());
}

Result<void> check_takeover(const v1::TakeOverSite& body) {
    if (auto ok = check_named("site", "site", body.site()); !ok) return ok;
    if (body.position() == 0) return bad_request("position is missing; name the last one known");
    if (!hash_from_hex(body.head()))
        return bad_request(fmt::format(
            "head `{}` is not the hash of a commit: 64 hexadecimal digits", body.head()));
    if (!log_id_from_hex(body.log_id()))
        return bad_request(
            fmt::format("logId `{}` is not the id of a log: 32 hexadecimal digits", body.log_id()));
    return {};
}

}  // namespace

Result<void> check_home_command(const v1::Command& command, v1::Kind kind) {
    const bool site = kind == v1::KIND_UNSPECIFIED;
    switch (command.action_case()) {
        case v1::Command::kRelease:
            if (site) return bad_request("a site is not released; its entities are, one by one");
            return check_release(command.release(), kind);
        case v1::Command::kAccept:
            if (site) return bad_request("a site is not accepted; its entities are, one by one");
            return check_transfer(command.accept().site(), command.accept().transfer());
        case v1::Command::kDecline:
            if (site) return bad_request("a site is not declined; its entities are, one by one");
            return check_transfer(command.decline().site(), command.decline().transfer());
        case v1::Command::kTakeOverSite:
            if (!site) return bad_request("a lost site is taken over by `site:NAME`");
            return check_takeover(command.take_over_site());
        default: return {};
    }
}

std::optional<LogId> log_id_from_hex(std::string_view hex) {
    LogId id;
    if (hex.size() != 2 * id.bytes.size()) return std::nullopt;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        std::uint8_t byte = 0;
        const char* const digits = hex.data() + 2 * i;
        const auto read = std::from_chars(digits, digits + 2, byte, 16);
        if (read.ec != std::errc() || read.ptr != digits + 2) return std::nullopt;
        id.bytes[i] = static_cast<Byte>(byte);
    }
    return id;
}

Hash takeover_hash(std::string_view taker, const v1::TakeOverSite& asked) {
    const std::string text =
        fmt::format("ferry site takeover 1\n{} {} {} {} {}\n", taker, asked.site(), asked.log_id(),
                    asked.position(), asked.head());
    return sha256(bytes_of(text));
}

}  // namespace ferry
