#include <doctest/doctest.h>

#include "cli/import/name.hpp"
#include "tests/import_text.hpp"

namespace ferry::intake {
namespace {

std::string fault_of(std::string_view address) {
    const auto name = address_name(address);
    return name ? "" : name.error().what;
}

Reading users(std::string_view lines) {
    return read(std::string(users_header) + std::string(lines));
}

}  // namespace

TEST_CASE("an address loses its prefix and its case") {
    CHECK(*address_name("sip:a@contoso.com") == "a@contoso.com");
    CHECK(*address_name("SIP:Ann.B@Contoso.COM") == "ann.b@contoso.com");
    CHECK(*address_name("a@contoso.com") == "a@contoso.com");
}

TEST_CASE("an address that cannot be moved or is none is refused with the reason") {
    CHECK(fault_of("").find("missing") != std::string::npos);
    CHECK(fault_of("sip:").find("missing") != std::string::npos);
    for (const auto* edge : {" a@b.c", "a@b.c ", "sip: a@b.c", "\ta@b.c", "a@b.c\xC2\xA0"})
        CHECK(fault_of(edge).find("space at its edge") != std::string::npos);
    for (const auto* form : {"a", "@b", "a@", "a@b@c"})
        CHECK(fault_of(form).find("user@domain") != std::string::npos);
    for (const auto* letter : {"a b@c", "a\x01@c", "z\xC3\xA9@c", "<a@b>", "sip:sip:a@b"})
        CHECK(fault_of(letter).find("character") != std::string::npos);
    CHECK(address_name(std::string(510, 'a') + "@b").has_value());
    CHECK(fault_of(std::string(511, 'a') + "@b").find("512") != std::string::npos);
}

TEST_CASE("names of pools and sites are plain host-like names in lower case") {
    CHECK(*pool_name("OCS01.Contoso.com") == "ocs01.contoso.com");
    CHECK(*site_name("Site:Paris") == "paris");
    for (const auto* name : {"", "a b", "../x", "a/b", ".x", "z\xC3\xA9"}) {
        CHECK(!pool_name(name));
        CHECK(!site_name(name));
    }
    CHECK(!site_name(std::string(65, 'a')));
    CHECK(*application_name("RGS Helpdesk") == "rgs helpdesk");
    CHECK(!application_name(""));
    CHECK(!application_name("a "));
    CHECK(!application_name("a\nb"));
}

TEST_CASE("enabled is true, false or unknown, and nothing else") {
    const auto home = home_dn("OCS01");
    const auto reading =
        users(user_line("a@b.c", home, "", "True") + user_line("b@b.c", home, "", "FALSE") +
              user_line("c@b.c", home, "", "") + user_line("d@b.c", home, "", "Vrai"));
    REQUIRE(reading.users.size() == 3);
    CHECK(reading.users[0].enabled == true);
    CHECK(reading.users[1].enabled == false);
    CHECK(reading.users[2].enabled == std::nullopt);
    REQUIRE(reading.rejects.size() == 1);
    CHECK(to_text(reading.rejects[0]).starts_with("users.csv:5:1: Enabled is \"Vrai\""));
}

TEST_CASE("a home server names a pool, a cluster of the new side, or nothing") {
    CHECK(home_server("")->form == HomeServer::Form::none);
    CHECK(home_server(home_dn("OCS01"))->form == HomeServer::Form::pool);
    CHECK(home_server(home_dn("OCS01"))->name == "ocs01");
    CHECK(home_server(home_dn("1:1"))->form == HomeServer::Form::cluster);
    CHECK(home_server(home_dn("co1:2"))->name == "co1:2");
    CHECK(home_server("cn=LC Services, cn=Microsoft, cn=a\\2Cb, cn=pools, dc=x")->name == "a,b");
    CHECK(home_server("OCS01.contoso.com")->name == "ocs01.contoso.com");
    CHECK(!home_server("CN=a,CN=b"));
    CHECK(!home_server("CN=Pools"));
    CHECK(!home_server("=,=,"));
}

TEST_CASE("a home server that cannot be read rejects the user at that field") {
    const auto reading = users(user_line("a@b.c", "CN=a,CN=b"));
    REQUIRE(reading.rejects.size() == 1);
    CHECK(to_text(reading.rejects[0].place) == "users.csv:2:16");
}

TEST_CASE("a move in flight is seen in either column, and the empty text is none") {
    const auto home = home_dn("OCS01");
    const auto reading = read("SipAddress,HomeServer,TargetServerIfMoving,TargetRegistrarPool\n"
                              "a@b.c,x,y,\nb@b.c,x,,y\nc@b.c,x,\"\",\"\"\n");
    REQUIRE(reading.users.size() == 3);
    CHECK(reading.users[0].moving == "TargetServerIfMoving is set");
    CHECK(reading.users[1].moving == "TargetRegistrarPool is set");
    CHECK(reading.users[2].moving.empty());
}

TEST_CASE("a question mark inside names warns once that the export lost its accents") {
    const auto home = home_dn("OCS01");
    const auto reading =
        users(user_line("a@b.c", home) + user_line("b@b.c", home, "", "True", "", "Fran?ois") +
              user_line("c@b.c", home, "", "True", "", "Zo?"));
    CHECK(reading.rejects.empty());
    REQUIRE(reading.warnings.size() == 1);
    CHECK(to_text(reading.warnings[0]).starts_with("users.csv:3:1: names hold \"?\" in 2"));
}

TEST_CASE("Windows-1252 is read and said in a warning") {
    const auto reading = users(user_line("a@b.c", home_dn("OCS01"), "", "True", "", "Zo\xEB"));
    CHECK(reading.users.size() == 1);
    REQUIRE(reading.warnings.size() == 1);
    CHECK(reading.warnings[0].what.find("Windows-1252") != std::string::npos);
}

TEST_CASE("an address with a byte that is no text is rejected and the rest is read") {
    const auto home = home_dn("OCS01");
    for (const auto* bad : {"a\xFF\xFE@b.c", "a\x01@b.c", "a\x81@b.c"}) {
        const auto reading = users(user_line(bad, home) + user_line("b@b.c", home));
        CHECK(reading.users.size() == 1);
        CHECK(reading.rejects.size() == 1);
    }
}

TEST_CASE("a pool needs a name and a site, and may lack a successor") {
    const auto reading =
        read("PoolFQDN,Site,SuccessorPoolFqdn\nOCS01.contoso.com,Paris,\nocs02.contoso.com,,\n"
             ",paris,\nocs03.contoso.com,paris,a b\nocs04.contoso.com,paris,OCS04.contoso.com\n",
             "pools.csv");
    REQUIRE(reading.pools.size() == 1);
    CHECK(reading.pools[0].name == "ocs01.contoso.com");
    CHECK(reading.pools[0].site == "paris");
    CHECK(reading.pools[0].successor.empty());
    REQUIRE(reading.rejects.size() == 4);
    CHECK(to_text(reading.rejects[0]).starts_with("pools.csv:3:19: the site name is missing"));
    CHECK(to_text(reading.rejects[1]).starts_with("pools.csv:4:1: the pool name is missing"));
    CHECK(to_text(reading.rejects[2].place) == "pools.csv:5:25");
    CHECK(reading.rejects[3].what.find("own successor") != std::string::npos);
}

TEST_CASE("an application needs a name, a class and a pool") {
    const auto reading =
        read("Identity,Class,PoolFQDN,Site\nRGS-1,Response-Groups,OCS01.contoso.com,\n,c,p,s\n"
             "a,,p,s\nb,c,,s\n",
             "applications.csv");
    REQUIRE(reading.applications.size() == 1);
    CHECK(reading.applications[0].name == "rgs-1");
    CHECK(reading.applications[0].application_class == "response-groups");
    REQUIRE(reading.rejects.size() == 3);
    CHECK(to_text(reading.rejects[1])
              .starts_with("applications.csv:4:3: class: the name is missing"));
}

}  // namespace ferry::intake
