#include "cli/pack_source.hpp"

#include "cli/input_file.hpp"
#include "engine/spelling.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

namespace ferry {

Result<PackSource> find_pack(const std::string& name) {
    std::error_code ignored;
    const bool like_file = name.find('/') != std::string::npos || name.ends_with(".toml");
    if (like_file || std::filesystem::is_regular_file(name, ignored)) {
        auto toml = read_input_file(name);
        if (!toml) return std::unexpected(toml.error());
        PackReading reading = read_pack(*toml);
        return PackSource{name, std::move(*toml), std::move(reading)};
    }
    NearestWord nearest(name);
    std::vector<std::string_view> names;
    for (const BuiltInPack& each : built_in_packs()) {
        if (each.name == name)
            return PackSource{name, std::string(each.toml), read_pack(each.toml)};
        nearest.offer(each.name);
        names.push_back(each.name);
    }
    return fail(
        Errc::bad_input,
        fmt::format("there is no file `{}`, and no built-in pack of that name; {}", name,
                    nearest.found().empty() ? fmt::format("built in are {}", fmt::join(names, ", "))
                                            : fmt::format("did you mean `{}`?", nearest.found())));
}

std::optional<PackSource> right_pack(Session& session, const std::string& name) {
    auto source = find_pack(name);
    if (!source) {
        session.report(source.error());
        return std::nullopt;
    }
    if (source->reading.pack) return std::move(*source);
    for (const PackFinding& finding : source->reading.findings)
        session.err << to_text(finding, source->name) << '\n';
    session.exit = ExitCode::bad_input;
    return std::nullopt;
}

}  // namespace ferry
