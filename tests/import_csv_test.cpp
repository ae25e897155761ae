#include <doctest/doctest.h>

#include "cli/import/csv_table.hpp"

namespace ferry::intake {
namespace {

using Row = std::vector<std::string>;

/// All rows; a flaw is a row of one field, `! line:column`.
std::vector<Row> rows_of(std::string_view text, std::size_t expected = 0, char separator = ',') {
    CsvTable table(text, 1, separator);
    table.expect_fields(expected);
    std::vector<Row> rows;
    while (auto record = table.next()) {
        Row row;
        if (*record)
            for (const auto& field : (*record)->fields)
                row.push_back(field.null ? "(null)" : std::string(field.text));
        else
            row.push_back("! " + std::to_string(record->error().spot.line) + ":" +
                          std::to_string(record->error().spot.column));
        rows.push_back(row);
    }
    return rows;
}

std::string first_flaw(std::string_view text, std::size_t expected = 0) {
    CsvTable table(text, 1, ',');
    table.expect_fields(expected);
    while (auto record = table.next())
        if (!*record) return record->error().what;
    return {};
}

}  // namespace

TEST_CASE("null between separators is kept apart from the empty text") {
    CHECK(rows_of("a,,\"\",b\r\n,\r\n") ==
          std::vector<Row>{{"a", "(null)", "", "b"}, {"(null)", "(null)"}});
}

TEST_CASE("separators, quotes and line breaks inside quotes belong to the field") {
    CHECK(rows_of("\"a,b\",\"c\"\"d\",\"e\r\nf\"\r\ng,h,i") ==
          std::vector<Row>{{"a,b", "c\"d", "e\r\nf"}, {"g", "h", "i"}});
    CHECK(rows_of("\"tel:+33;ext=5\";b\n", 2, ';') == std::vector<Row>{{"tel:+33;ext=5", "b"}});
}

TEST_CASE("spaces at the edge of a field are kept") {
    CHECK(rows_of(" a , b\t\n") == std::vector<Row>{{" a ", " b\t"}});
}

TEST_CASE("lines may end in LF, CR LF, a lone CR or not at all, and blank ones do not count") {
    CHECK(rows_of("a\n\n\r\nb\rc\r\n\nd") == std::vector<Row>{{"a"}, {"b"}, {"c"}, {"d"}});
}

TEST_CASE("the place of a field counts characters, across the line breaks of its record") {
    CsvTable table("x\n\"h\xC3\xA9\"\"\",\"\",,\"l1\nl2\",z\n", 1, ',');
    REQUIRE(table.next());
    const auto record = table.next();
    REQUIRE((record && *record));
    CHECK(spot_of(**record, 0) == Spot{2, 1});
    CHECK(spot_of(**record, 1) == Spot{2, 8});
    CHECK(spot_of(**record, 2) == Spot{2, 11});
    CHECK(spot_of(**record, 3) == Spot{2, 12});
    CHECK(spot_of(**record, 4) == Spot{3, 5});
}

TEST_CASE("a record with too few or too many fields is a flaw and the next one is read") {
    CHECK(rows_of("a,b\nc\nd,e\nf,g,h\ni,j\n", 2) ==
          std::vector<Row>{{"a", "b"}, {"! 2:2"}, {"d", "e"}, {"! 4:6"}, {"i", "j"}});
    CHECK(first_flaw("a,b\nc\n", 2).find("truncated") != std::string::npos);
}

TEST_CASE("a quote that is never closed does not swallow the records behind it") {
    CHECK(rows_of("\"a\",\"b\"\n\"c\",\"d\n\"e\",\"f\"\n\"g\",\"h\"\n", 2) ==
          std::vector<Row>{{"a", "b"}, {"! 2:1"}, {"e", "f"}, {"g", "h"}});
    CHECK(rows_of("\"a\",\"b\"\n\"c\",\"d", 2) == std::vector<Row>{{"a", "b"}, {"! 2:1"}});
    CHECK(rows_of("\"c\",\"d\ne,f\ng,h\n", 2) ==
          std::vector<Row>{{"! 1:1"}, {"e", "f"}, {"g", "h"}});
    CHECK(rows_of("\"a\nb,c\n", 2) == std::vector<Row>{{"! 1:1"}, {"b", "c"}});
}

TEST_CASE("a quote inside a field that is not doubled is a flaw of that record alone") {
    CHECK(rows_of("a\"b,c\nd,e\n\"f\"g,h\ni,j\n", 2) ==
          std::vector<Row>{{"! 1:1"}, {"d", "e"}, {"! 3:1"}, {"i", "j"}});
}

TEST_CASE("a field has a limit and the record behind it is read") {
    const std::string full(field_bytes_max, 'x');
    CHECK(rows_of("a," + full + "\n", 2).front().back() == full);
    CHECK(rows_of("a,\"" + full + "\n\"\nb,c\n", 2) == std::vector<Row>{{"! 1:3"}, {"b", "c"}});
    CHECK(first_flaw("a," + full + "x\n").find("65536") != std::string::npos);
}

TEST_CASE("a line has a limit and the record behind it is read") {
    const std::string longer(line_bytes_max, 'x');
    CHECK(rows_of("a," + longer + "\nb,c\n", 2) == std::vector<Row>{{"! 1:1"}, {"b", "c"}});
    CHECK(first_flaw("a," + longer + "\n").find("1048576") != std::string::npos);
}

TEST_CASE("bytes that are not text are named by their place") {
    CHECK(rows_of("a,b\nc,d\xFF\ne,f\n", 2) == std::vector<Row>{{"a", "b"}, {"! 2:4"}, {"e", "f"}});
    CHECK(first_flaw("a\xFF\n").find("not text") != std::string::npos);
}

}  // namespace ferry::intake
