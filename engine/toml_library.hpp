#pragma once
/// toml++ (3.3.0 in Debian 12) behind one function that no text can end the program with: its
/// parser asserts what a text need not hold (`[#`), so its assertions are exceptions here. Every
/// source that reads TOML includes it by way of this header, because inline functions with two
/// kinds of assertions would be mixed. Costly to compile. Pure; any thread.
#include <expected>
#include <string>
#include <string_view>

namespace ferry {

/// The library's parser met what it thinks cannot be.
[[noreturn]] void misread_toml();

}  // namespace ferry

// With NDEBUG the library would tell the compiler that its assertions hold.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::ferry::misread_toml())
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace ferry {

/// Why a text is not TOML, and where.
struct TomlFlaw {
    toml::source_position at;
    std::string what;
};

std::expected<toml::table, TomlFlaw> parse_toml(std::string_view text);

}  // namespace ferry
