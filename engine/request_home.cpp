#include "engine/request_home.hpp"

#include "engine/home_evidence.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

std::unexpected<Error> bad(std::string message) {
    return fail(Errc::bad_input, std::move(message));
}

/// A site's or a pool's name, by the rules for the entity of that name.
Result<void> check_named(std::string_view field, std::string_view kind, const std::string& name) {
    if (name.empty()) return bad(fmt::format("{} is empty; name one", field));
    const auto parsed = parse_entity(fmt::format("{}:{}", kind, name));
    if (parsed) return {};
    return bad(fmt::format("{}: {}", field, parsed.error().message));
}

Result<void> check_release(const v1::Release& body, v1::Kind kind) {
    if (auto ok = check_named("to", "site", body.to()); !ok) return ok;
    if (body.pool().empty()) return {};
    if (kind == v1::KIND_POOL)
        return bad("a pool belongs to no pool; `pool` names the one that a member joins");
    return check_named("pool", "pool", body.pool());
}

Result<void> check_transfer(const std::string& site, const std::string& transfer) {
    if (auto ok = check_named("site", "site", site); !ok) return ok;
    const auto parsed = parse_transfer(transfer);
    return parsed ? Result<void>() : std::unexpected(parsed.error());
}

Result<void> check_takeover(const v1::TakeOverSite& body) {
    if (auto ok = check_named("site", "site", body.site()); !ok) return ok;
    if (body.position() == 0) return bad("position is missing; name the last one known");
    if (!hash_from_hex(body.head()))
        return bad(fmt::format("head `{}` is not the hash of a commit: 64 hexadecimal digits",
                               body.head()));
    if (body.log_id().empty()) return bad("logId is missing; name the log that is taken over");
    return {};
}

}  // namespace

Result<void> check_home_command(const v1::Command& command, v1::Kind kind) {
    const bool site = kind == v1::KIND_UNSPECIFIED;
    switch (command.action_case()) {
        case v1::Command::kRelease:
            if (site) return bad("a site is not released; its entities are, one by one");
            return check_release(command.release(), kind);
        case v1::Command::kAccept:
            if (site) return bad("a site is not accepted; its entities are, one by one");
            return check_transfer(command.accept().site(), command.accept().transfer());
        case v1::Command::kDecline:
            if (site) return bad("a site is not declined; its entities are, one by one");
            return check_transfer(command.decline().site(), command.decline().transfer());
        case v1::Command::kTakeOverSite:
            if (!site) return bad("a lost site is taken over by `site:NAME`");
            return check_takeover(command.take_over_site());
        default: return {};
    }
}

Hash takeover_hash(std::string_view taker, const v1::TakeOverSite& asked) {
    const std::string text =
        fmt::format("ferry site takeover 1\n{} {} {} {} {}\n", taker, asked.site(), asked.log_id(),
                    asked.position(), asked.head());
    return sha256(bytes_of(text));
}

}  // namespace ferry
