#include <doctest/doctest.h>

#include "tests/import_text.hpp"

namespace ferry::intake {
namespace {

std::string refusal(std::string_view text) {
    const auto header = recognise(text, "f.csv");
    return header ? "" : header.error().message;
}

}  // namespace

TEST_CASE("the kind of a file is known by its header, in any case and order") {
    CHECK(recognise("homeSERVER,sipaddress\n", "f")->kind == FileKind::users);
    CHECK(recognise("\"RegistrarPool\";\"SipAddress\"\n", "f")->kind == FileKind::users);
    CHECK(recognise("PrimaryURI,HomeServerDN\n", "f")->kind == FileKind::users);
    CHECK(recognise("Site,PoolFQDN\n", "f")->kind == FileKind::pools);
    CHECK(recognise("Identity,Class,PoolFQDN,Site\n", "f")->kind == FileKind::applications);
    CHECK(recognise("# comment\nversion: 1\n", "f")->kind == FileKind::users_ldif);
    CHECK(recognise("\ndn: CN=a\n", "f")->kind == FileKind::users_ldif);
}

TEST_CASE("the ten columns of Microsoft's backup are users, and a #TYPE line is skipped") {
    const auto reading = read(
        "#TYPE Selected.Microsoft.Rtc.Management.ADConnect.Schema.OCSADUser\r\n"
        "\"SipAddress\",\"UserPrincipalName\",\"SamAccountName\",\"RegistrarPool\","
        "\"HostingProvider\",\"EnabledForFederation\",\"EnabledForInternetAccess\",\"LineUri\","
        "\"EnterpriseVoiceEnabled\",\"HostedVoiceMail\"\r\n"
        "\"sip:a@contoso.com\",\"a@contoso.com\",\"a\",\"lync01.contoso.com\",\"SRV:\",\"True\","
        "\"True\",\"tel:+14255550712;ext=1\",\"True\",\r\n");
    REQUIRE(reading.users.size() == 1);
    CHECK(reading.users[0].registrar_pool == "lync01.contoso.com");
    CHECK(reading.users[0].enabled == std::nullopt);
    CHECK(to_text(reading.users[0].place) == "users.csv:3:1");
}

TEST_CASE("the separator is decided from the header line and not from what rows hold") {
    CHECK(recognise("SipAddress,HomeServer\n\"a;b;c;d\",\";;;;\"\n", "f")->separator == ',');
    CHECK(recognise("SipAddress;HomeServer\n\"a,b,c\";\",,,,\"\n", "f")->separator == ';');
    CHECK(recognise("\"Sip,x\";\"SipAddress\";\"HomeServer\"\n", "f")->separator == ';');
}

TEST_CASE("a Format-Table dump is refused with what to pipe to instead") {
    const auto said = refusal(
        "#TYPE Microsoft.PowerShell.Commands.Internal.Format.FormatStartData\r\n"
        "\"ClassId2e4f51ef21dd47e99d3c952918aff9cd\",\"pageHeaderEntry\",\"shapeInfo\"\r\n");
    CHECK(said.starts_with("f.csv:2:1: "));
    CHECK(said.find("pipe to Export-Csv, not Format-Table") != std::string::npos);
}

TEST_CASE("a file without a header that is known is refused whole") {
    CHECK(refusal("").find("no header") != std::string::npos);
    CHECK(refusal("\r\n\r\n").find("no header") != std::string::npos);
    CHECK(refusal("a,b\n").find("none that is known") != std::string::npos);
    CHECK(refusal("SipAddress,DisplayName\n").find("RegistrarPool") != std::string::npos);
    CHECK(refusal("\"SipAddress,HomeServer\n").find("cannot be read") != std::string::npos);
    CHECK(refusal("PK\xFF\xFF\n").find("not begin with text") != std::string::npos);
}

TEST_CASE("two columns of one name are refused, whatever their case") {
    CHECK(refusal("SipAddress,HomeServer,sipADDRESS\n").find("\"sipaddress\" stands twice") !=
          std::string::npos);
}

TEST_CASE("a file that is refused whole says its name and place first") {
    const auto reading = read_export("wrong.csv", std::string("a\0b\0", 4));
    REQUIRE(!reading);
    CHECK(reading.error().message.starts_with("wrong.csv:1:1: "));
}

}  // namespace ferry::intake
