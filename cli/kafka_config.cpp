#include "cli/kafka_config.hpp"

#include "engine/toml_library.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace ferry {

namespace {

/// TOML reads `a.b = …` as a table in a table; librdkafka's names have the dots in them.
Result<void> flatten(const toml::table& table, const std::string& prefix, const std::string& path,
                     KafkaProperties& properties) {
    for (const auto& [key, value] : table) {
        const std::string name = prefix + std::string(key.str());
        if (const toml::table* const inner = value.as_table()) {
            if (auto done = flatten(*inner, name + ".", path, properties); !done) return done;
        } else if (const auto text = value.value<std::string>()) {
            properties.emplace_back(name, *text);
        } else if (const auto number = value.value_exact<std::int64_t>()) {
            properties.emplace_back(name, std::to_string(*number));
        } else if (const auto flag = value.value_exact<bool>()) {
            properties.emplace_back(name, *flag ? "true" : "false");
        } else {
            return fail(
                Errc::bad_input,
                fmt::format("{}:{}:{}: `{}` is neither text, a number nor true or false; "
                            "librdkafka's properties are",
                            path, value.source().begin.line, value.source().begin.column, name));
        }
    }
    return {};
}

}  // namespace

Result<KafkaProperties> read_kafka_config(const std::string& path) {
    std::ifstream file(path);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file)
        return fail(Errc::io,
                    fmt::format("{} cannot be read: does it exist, and may you read it?", path));
    KafkaProperties properties;
    const auto table = parse_toml(text);
    // What is said of a flaw is what was expected, not what stood there.
    if (!table)
        return fail(
            Errc::bad_input,
            fmt::format("{}:{}:{}: not TOML: {}. Write one property a line, text in "
                        "quotes: security.protocol = \"SSL\"",
                        path, table.error().at.line, table.error().at.column, table.error().what));
    if (auto done = flatten(*table, "", path, properties); !done)
        return std::unexpected(done.error());
    return properties;
}

}  // namespace ferry
