#include "cli/table.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace ferry {

namespace {

std::string printed(const Table& table, bool bold = false) {
    std::ostringstream out;
    table.print(out, bold);
    return out.str();
}

}  // namespace

TEST_CASE("columns line up by what a terminal shows, not by bytes") {
    Table table({"name", "state"});
    table.add({"Zoë", "legacy"});
    table.add({"Bjørn Żukowski", "pilot"});
    CHECK(printed(table) == "name            state\n"
                            "Zoë             legacy\n"
                            "Bjørn Żukowski  pilot\n");
}

TEST_CASE("numbers stand at the right of their column") {
    Table table({"pool", "users"}, 2);
    table.align_right(1);
    table.add({"a", "5"});
    table.add({"b", "1234567"});
    CHECK(printed(table) == "  pool    users\n"
                            "  a           5\n"
                            "  b     1234567\n");
}

TEST_CASE("an empty row is an empty line, and a short row ends early") {
    Table table;
    table.add({"a", "b"});
    table.add({});
    table.add({"c"});
    CHECK(printed(table) == "a  b\n\nc\n");
}

TEST_CASE("a heading of one cell widens no column") {
    Table table({"", "users", "done"});
    table.add({"a pool with a long name"});
    table.add({"x", "5", "1 %"});
    CHECK(printed(table) == "   users  done\n"
                            "a pool with a long name\n"
                            "x  5      1 %\n");
}

TEST_CASE("only the header is bold, and only where asked for") {
    Table table({"h"});
    table.add({"x"});
    CHECK(printed(table, true) == "\033[1mh\033[0m\nx\n");
}

TEST_CASE("the width of text counts letters, wide letters twice and broken bytes once each") {
    CHECK(display_width("plain") == 5);
    CHECK(display_width("é") == 1);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("漢字") == 4);
    CHECK(display_width("a\xff\xfe") == 3);
    CHECK(display_width("") == 0);
}

}  // namespace ferry
