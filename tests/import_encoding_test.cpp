#include <doctest/doctest.h>

#include "cli/import/encoding.hpp"

namespace ferry::intake {

using namespace std::string_literals;

TEST_CASE("UTF-8 is read with and without its byte order mark") {
    CHECK(decode("h\xC3\xA9\n")->utf8 == "h\xC3\xA9\n");
    CHECK(decode("h\xC3\xA9\n")->encoding == Encoding::utf8);
    CHECK(decode("\xEF\xBB\xBFh\xC3\xA9")->utf8 == "h\xC3\xA9");
    CHECK(decode("\xEF\xBB\xBFh\xC3\xA9")->encoding == Encoding::utf8_with_mark);
    CHECK(decode("")->utf8.empty());
}

TEST_CASE("UTF-16 with a byte order mark is read, whichever end comes first") {
    CHECK(decode("\xFF\xFEh\0\xE9\0"s)->utf8 == "h\xC3\xA9");
    CHECK(decode("\xFE\xFF\0h\0\xE9"s)->utf8 == "h\xC3\xA9");
    CHECK(decode("\xFF\xFEh\0"s)->encoding == Encoding::utf16);
}

TEST_CASE("half a character at the end of UTF-16 is marked as no text") {
    CHECK(decode("\xFF\xFEh\0\xE9"s)->utf8 == "h\xFF"s);
    CHECK(decode("\xFF\xFEh\0\0\xDC!\0"s)->utf8 == "h\xFF!"s);
}

TEST_CASE("UTF-16 without its byte order mark is refused with what to do") {
    const auto text = decode("h\0i\0j\0"s);
    REQUIRE(!text);
    CHECK(text.error().code == Errc::bad_input);
    CHECK(text.error().message.find("-Encoding") != std::string::npos);
}

TEST_CASE("what is not UTF-8 is taken for Windows-1252") {
    const auto text = decode("Zo\xEB \x80 Fran\xE7ois");
    CHECK(text->encoding == Encoding::windows_1252);
    CHECK(text->utf8 == "Zo\xC3\xAB \xE2\x82\xAC Fran\xC3\xA7ois");
}

TEST_CASE("a byte that Windows-1252 leaves undefined is marked as no text") {
    CHECK(decode("Zo\xEB \x81!")->utf8 == "Zo\xC3\xAB \xFF!"s);
}

TEST_CASE("UTF-8 with a few damaged places stays UTF-8 and has them marked") {
    const auto text = decode("\xC3\xA9\xC3\xA8\xC3\xA0 \xE9!");
    CHECK(text->encoding == Encoding::utf8);
    CHECK(text->utf8 == "\xC3\xA9\xC3\xA8\xC3\xA0 \xFF!"s);
    CHECK(decode("\xEF\xBB\xBFZo\xEB")->utf8 == "Zo\xFF"s);
}

TEST_CASE("what lies beyond Unicode, or is written too long, is no text") {
    CHECK(stray_bytes("\xC3\xA9") == 0);
    CHECK(stray_bytes("\xF0\x9F\x98\x80") == 0);
    CHECK(stray_bytes("\xC0\xAF") == 2);
    CHECK(stray_bytes("\xED\xA0\x80") == 3);
    CHECK(stray_bytes("\xF5\x80\x80\x80") == 4);
    CHECK(stray_bytes("\xC3") == 1);
}

TEST_CASE("control characters are no text, tabs and line breaks are") {
    CHECK(decode("a\tb\r\nc\0d\x7F"s)->utf8 == "a\tb\r\nc\xFF"
                                               "d\xFF"s);
}

}  // namespace ferry::intake
