#pragma once
/// The names an entity can have, brought to the one form Ferry keeps: lower case, no `sip:`.
#include <expected>
#include <string>
#include <string_view>

namespace ferry::intake {

/// Why a name cannot be used, and what to do about it.
struct NameFault {
    std::string what;
    std::string remedy;
};

inline constexpr std::size_t name_bytes_max = 512;

/// A SIP address, with or without `sip:`. Edge spaces are refused and not trimmed, because the
/// move itself fails on such a user.
std::expected<std::string, NameFault> address_name(std::string_view text);

/// The name of a pool's host.
std::expected<std::string, NameFault> pool_name(std::string_view text);

/// The name of a site; it also names files and topics.
std::expected<std::string, NameFault> site_name(std::string_view text);

/// The name of an application, or of its class.
std::expected<std::string, NameFault> application_name(std::string_view text);

/// Without `sip:`, whatever its case.
std::string_view without_scheme(std::string_view address);

}  // namespace ferry::intake
