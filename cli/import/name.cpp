#include "cli/import/name.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/import/letter_case.hpp"

namespace ferry::intake {
namespace {

using Name = std::expected<std::string, NameFault>;

std::unexpected<NameFault> fault(std::string what, std::string remedy) {
    return std::unexpected(NameFault{std::move(what), std::move(remedy)});
}

bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

bool has_no_break_space_at_edge(std::string_view text) {
    return text.starts_with("\xC2\xA0") || text.ends_with("\xC2\xA0");
}

bool has_edge_space(std::string_view text) {
    return is_blank(text.front()) || is_blank(text.back()) || has_no_break_space_at_edge(text);
}

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; }

bool is_address_letter(char byte) {
    constexpr std::string_view refused = " <>\":\\";
    return byte > 0x20 && byte < 0x7F && refused.find(byte) == refused.npos;
}

bool is_host_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '.' || byte == '_';
}

Name host_like(std::string_view text, std::string_view noun, std::size_t bytes_max) {
    if (text.empty()) return fault(fmt::format("the {} is missing", noun), "fill it in");
    auto name = lower_case(text);
    if (name.size() > bytes_max)
        return fault(fmt::format("the {} is longer than {} bytes", noun, bytes_max), "correct it");
    const bool plain = std::all_of(name.begin(), name.end(), is_host_letter);
    if (!plain || name.front() == '.' || name.front() == '-')
        return fault(fmt::format("\"{}\" cannot be a {}", text, noun),
                     "use letters, digits, dots, hyphens and underscores");
    return name;
}

}  // namespace

std::string_view without_scheme(std::string_view address) {
    return starts_without_case(address, "sip:") ? address.substr(4) : address;
}

Name address_name(std::string_view text) {
    const auto bare = without_scheme(text);
    if (bare.empty())
        return fault("the address is missing", "give the user a SipAddress or leave the row out");
    if (has_edge_space(text) || has_edge_space(bare))
        return fault("the address has a space at its edge, such a user cannot be moved",
                     "remove the space in the directory and export again");
    if (bare.size() > name_bytes_max)
        return fault(fmt::format("the address is longer than {} bytes", name_bytes_max),
                     "correct it in the directory");
    const auto at = bare.find('@');
    const bool one_at = at != bare.npos && bare.find('@', at + 1) == bare.npos;
    if (!one_at || at == 0 || at + 1 == bare.size())
        return fault("the address is not of the form user@domain", "correct it in the directory");
    if (!std::all_of(bare.begin(), bare.end(), is_address_letter))
        return fault("the address holds a character that a SIP address cannot have",
                     "correct it in the directory");
    return lower_case(bare);
}

Name pool_name(std::string_view text) { return host_like(text, "pool name", 255); }

Name site_name(std::string_view text) {
    constexpr std::string_view prefix = "site:";  // as Get-CsSite prints an identity
    if (starts_without_case(text, prefix)) text.remove_prefix(prefix.size());
    return host_like(text, "site name", 64);
}

Name application_name(std::string_view text) {
    if (text.empty()) return fault("the name is missing", "fill it in");
    if (has_edge_space(text))
        return fault("the name has a space at its edge", "remove the space and export again");
    if (text.size() > name_bytes_max || std::any_of(text.begin(), text.end(), is_control))
        return fault("the name is too long or holds control characters", "correct it");
    return lower_case(text);
}

}  // namespace ferry::intake
