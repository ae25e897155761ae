#include "cli/diagram.hpp"

#include "engine/words.hpp"
#include "tests/read_estate.hpp"

namespace ferry {

namespace {

constexpr std::string_view begins = "<!-- begin: ferry ";

/// What stands between a marker that names a command and the marker that ends it, without the fence
/// that shows a picture.
struct Shown {
    std::vector<std::string> command;
    std::string text;
};

std::vector<Shown> shown_in(const std::string& file) {
    std::ifstream in(file);
    REQUIRE(in);
    std::vector<Shown> found;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(begins)) {
            found.push_back({});
            std::istringstream words(line.substr(begins.size()));
            for (std::string word; words >> word && word != "-->";)
                found.back().command.push_back(word);
            inside = true;
        } else if (line == "<!-- end -->") {
            inside = false;
        } else if (inside && !line.starts_with("```")) {
            found.back().text += line + "\n";
        }
    }
    return found;
}

}  // namespace

TEST_CASE("the documents show the machines exactly as this build has them") {
    ProgramRunner ferry;
    const auto all = shown_in(FERRY_SOURCE_DIR "/docs/machines.md");
    CHECK(all.size() == 8);
    for (const Shown& shown : all) {
        CAPTURE(shown.text);
        CHECK(ferry.run(shown.command).out == shown.text);
    }
}

TEST_CASE("every row of every table is drawn, with what it asks") {
    for (const v1::Kind kind :
         {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION, v1::KIND_WAVE}) {
        const std::vector kinds{kind};
        const std::string mermaid = mermaid_diagram(kinds);
        const std::string svg = svg_diagram(kinds);
        const auto rows = lines_of(markdown_tables(kinds));
        CHECK(rows.size() == table(kind).size() + 2);
        for (const TableRow& row : table(kind)) {
            CAPTURE(name_of(row.trigger));
            CHECK(contains(mermaid, std::string(" : ") + std::string(name_of(row.trigger))));
            CHECK(contains(svg, ">" + std::string(name_of(row.trigger))));
            for (const std::string& condition : conditions_of(row)) {
                CHECK(contains(mermaid, condition));
                CHECK(contains(svg, condition));
            }
        }
    }
}

TEST_CASE("a region starts where its machine starts, and knows each state once") {
    for (const v1::Kind kind : {v1::KIND_POOL, v1::KIND_USER, v1::KIND_APPLICATION}) {
        std::vector<v1::State> first;
        for (const RegionRows& region : regions_of(kind)) {
            first.push_back(region.states.front());
            const std::set<v1::State> once(region.states.begin(), region.states.end());
            CHECK(once.size() == region.states.size());
        }
        CHECK(first == initial_states(kind));
    }
}

TEST_CASE("all machines fit one picture, and a wrong kind or format is refused") {
    ProgramRunner ferry;
    const std::string svg = ferry.run({"diagram", "--format", "svg"}).out;
    CHECK(svg.starts_with("<svg xmlns="));
    CHECK(svg.ends_with("</svg>\n"));
    for (const std::string kind : {">pool<", ">user<", ">application<"}) CHECK(contains(svg, kind));
    CHECK(contains(ferry.run({"diagram", "--format", "table"}).out, "### user"));
    CHECK(ferry.run({"diagram", "mailbox"}).exit == 2);
    CHECK(ferry.run({"diagram", "pool", "--format", "png"}).exit == 2);
}

}  // namespace ferry
