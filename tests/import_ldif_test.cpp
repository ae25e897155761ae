#include <doctest/doctest.h>

#include "cli/import/ldif_records.hpp"
#include "tests/import_text.hpp"

namespace ferry::intake {
namespace {

constexpr std::string_view alice =
    "dn:: Q049Wm/DqSxEQz1jb250b3NvLERDPWNvbQ==\r\n"
    "changetype: add\r\n"
    "displayName: Zo\r\n"
    " e\r\n"
    "msRTCSIP-PrimaryUserAddress: SIP:Alice@contoso.com\r\n"
    "msRTCSIP-UserEnabled: FALSE\r\n"
    "msRTCSIP-PrimaryHomeServer: CN=LC Services,CN=Microsoft,CN=OCS01,CN=Pools,\r\n"
    " CN=RTC Service,CN=Microsoft,CN=System,DC=contoso,DC=com\r\n";

std::string with_line(std::string_view line) {
    return std::string(alice) + std::string(line) + "\r\n";
}

}  // namespace

TEST_CASE("LDIF lines are unfolded, base64 is decoded, and each value knows its line") {
    LdifRecords records("# a comment\n\nversion: 1\n\n" + std::string(alice) +
                        "\r\n\r\ndn: CN=b\n");
    const auto record = records.next();
    REQUIRE((record && *record));
    CHECK((*record)->line == 5);
    CHECK((*record)->find("DN")->value == "CN=Zo\xC3\xA9,DC=contoso,DC=com");
    CHECK((*record)->find("displayname")->value == "Zoe");
    CHECK((*record)->find("msrtcsip-userenabled")->spot.line == 10);
    const auto last = records.next();
    REQUIRE((last && *last));
    CHECK((*last)->line == 15);
    CHECK(!records.next());
}

TEST_CASE("a user in LDIF has address, home pool and whether it is enabled") {
    const auto reading = read(alice, "users.ldf");
    CHECK(reading.kind == FileKind::users_ldif);
    REQUIRE(reading.users.size() == 1);
    CHECK(reading.users[0].address == "alice@contoso.com");
    CHECK(reading.users[0].original == "SIP:Alice@contoso.com");
    CHECK(reading.users[0].enabled == false);
    CHECK(reading.users[0].home.name == "ocs01");
    CHECK(to_text(reading.users[0].place) == "users.ldf:5:1");
}

TEST_CASE("a move in flight in LDIF is seen") {
    const auto reading = read(with_line("msRTCSIP-TargetHomeServer: CN=x,CN=Pools"), "users.ldf");
    REQUIRE(reading.users.size() == 1);
    CHECK(reading.users[0].moving == "msRTCSIP-TargetHomeServer is set");
}

TEST_CASE("LDIF that names a file is refused whole, folded or not, wherever it stands") {
    for (const auto* line : {"jpegPhoto:< file:///etc/hostname", "jpegPhoto:<file:///etc/hostname",
                             "jpegPhoto:\r\n < file:///etc/hostname", "jpegPhoto:\r\n <\r\n  x"}) {
        const auto reading = read_export("users.ldf", with_line(line));
        REQUIRE(!reading);
        CHECK(reading.error().code == Errc::bad_input);
        CHECK(reading.error().message.starts_with("users.ldf:9:1: "));
        CHECK(reading.error().message.find("attr:<") != std::string::npos);
    }
    CHECK(read_export("users.ldf", with_line("description: a:< b")).has_value());
}

TEST_CASE("a line of LDIF without a colon rejects its record and the next one is read") {
    const auto reading = read("dn: CN=x\nmsRTCSIP-Prima\n\n" + std::string(alice), "users.ldf");
    CHECK(reading.users.size() == 1);
    REQUIRE(reading.rejects.size() == 1);
    CHECK(to_text(reading.rejects[0].place) == "users.ldf:2:1");
    CHECK(reading.rejects[0].what.find("truncated") != std::string::npos);
}

TEST_CASE("a record of LDIF without an address is rejected, one that is no SIP user is skipped") {
    const auto reading = read(
        "dn: CN=a\nmsRTCSIP-UserEnabled: TRUE\n\ndn: OU=b\nobjectClass: container\n", "users.ldf");
    CHECK(reading.not_users == 1);
    REQUIRE(reading.rejects.size() == 1);
    CHECK(reading.rejects[0].what.find("address is missing") != std::string::npos);
}

TEST_CASE("a list of changes is no export") {
    const auto reading = read("dn: CN=a\nchangetype: delete\n", "users.ldf");
    REQUIRE(reading.rejects.size() == 1);
    CHECK(reading.rejects[0].what == "the record is a delete");
}

TEST_CASE("a value in base64 that is no text rejects its record only where it is read as text") {
    CHECK(read(with_line("objectGUID:: /wD/AA=="), "users.ldf").users.size() == 1);
    const auto reading = read("dn: CN=a\nmsRTCSIP-PrimaryUserAddress:: YQBAYgD/\n", "users.ldf");
    REQUIRE(reading.rejects.size() == 1);
    CHECK(reading.rejects[0].what.find("not text") != std::string::npos);
    CHECK(reading.rejects[0].place.spot == Spot{2, 1});
}

TEST_CASE("a line of LDIF and its value have limits") {
    const auto value =
        read(with_line("description: " + std::string(field_bytes_max + 1, 'x')), "users.ldf");
    REQUIRE(value.rejects.size() == 1);
    CHECK(value.rejects[0].what.find("65536") != std::string::npos);
    const auto line =
        read(with_line("description: " + std::string(line_bytes_max, 'x')), "users.ldf");
    REQUIRE(line.rejects.size() == 1);
    CHECK(line.rejects[0].what.find("1048576") != std::string::npos);
}

}  // namespace ferry::intake
