// `ferry decode`: what the records of Ferry's topics say, from what kcat prints.
#include "cli/kafka_verbs.hpp"
#include "cli/record_frames.hpp"
#include "cli/record_text.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <fstream>

namespace ferry {

namespace {

struct DecodeOptions {
    std::string file = "-";
    std::string type;
};

constexpr std::pair<std::string_view, RecordType> types[] = {
    {"events", RecordType::events},     {"state", RecordType::state},
    {"log", RecordType::log},           {"lease", RecordType::lease},
    {"commands", RecordType::commands}, {"results", RecordType::results}};

RecordType type_of(std::string_view word) {
    for (const auto& [name, type] : types)
        if (name == word) return type;
    return RecordType::any;
}

void print_read(Session& session, const RecordText& record) {
    if (session.json)
        session.out << "{\"type\":\"" << record.type << "\",\"value\":" << record.json << "}\n";
    else session.out << record.text << '\n';
}

/// A line too, so that there is one for each record.
void print_other(Session& session, std::uint64_t number, std::string_view type,
                 const std::string& why) {
    if (session.json) {
        const boost::json::object json{{"type", boost::json::string_view(type.data(), type.size())},
                                       {"record", number},
                                       {"why", why}};
        session.out << boost::json::serialize(json) << '\n';
    } else {
        session.out << fmt::format("? record {}: {}\n", number, why);
    }
}

ExitCode decode_all(Session& session, std::istream& in, RecordType type) {
    RecordFrames frames(in);
    std::uint64_t count = 0;
    std::uint64_t undecoded = 0;
    for (;;) {
        const auto frame = frames.next();
        if (!frame) {
            session.report(frame.error());
            break;
        }
        if (!*frame || !session.out) break;
        ++count;
        if (!(*frame)->value) {
            print_other(session, count, "tombstone", "no value (a tombstone)");
            continue;
        }
        const auto record = record_text(bytes_of(*(*frame)->value), type);
        if (record) {
            print_read(session, *record);
            continue;
        }
        ++undecoded;
        print_other(session, count, "garbage", record.error());
    }
    if (undecoded != 0)
        session.report({Errc::bad_input,
                        fmt::format("{} of {} records could not be decoded; they are marked in "
                                    "the output",
                                    undecoded, count)});
    return session.exit;
}

ExitCode decode(Session& session, const DecodeOptions& options) {
    const RecordType type = type_of(options.type);
    if (options.file == "-") return decode_all(session, session.in, type);
    std::ifstream file(options.file, std::ios::binary);
    if (!file)
        return session.report({Errc::bad_input, fmt::format("{} cannot be opened; give a file that "
                                                            "you may read, or - for stdin",
                                                            options.file)});
    return decode_all(session, file, type);
}

}  // namespace

void add_decode(CLI::App& app, Session& session) {
    const auto options = std::make_shared<DecodeOptions>();
    Verb verb(
        app, "decode",
        "Print the records of Ferry's topics, read by kcat, as lines\n"
        "\n"
        "Examples:\n"
        "  kcat -C -b localhost:9092 -t ferry.paris.events -e -f '%R%s' | ferry decode\n"
        "  kcat -C -b localhost:9092 -t ferry.paris.log -e -f '%R%s' | ferry decode --type log\n"
        "  ferry decode --json records.bin\n"
        "\n"
        "It takes each record's value after its length in four bytes (big-endian), which is\n"
        "kcat's format '%R%s', and prints one line a record. What is none of Ferry's records is\n"
        "marked and counted, and the exit code is 65.");
    verb.add_option("FILE", options->file, "What kcat printed; - is stdin").with_default_shown();
    std::vector<std::string> words;
    for (const auto& [name, type] : types) words.emplace_back(name);
    verb.add_option("--type", options->type,
                    "Which topic's records they are (default: found out by trying)")
        .one_of(words);
    add_read_options(verb, session);
    verb.callback([&session, options] { decode(session, *options); });
}

}  // namespace ferry
