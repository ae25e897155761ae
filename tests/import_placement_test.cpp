#include <doctest/doctest.h>

#include "tests/import_text.hpp"

namespace ferry::intake {
namespace {

/// Two pools whose users move to one, and two that share a short name.
constexpr std::string_view shared_pools =
    "PoolFQDN,Site,SuccessorPoolFqdn\nocs01.contoso.com,paris,lync.contoso.com\n"
    "ocs02.contoso.com,paris,lync.contoso.com\nold.a.com,paris,\nold.b.com,paris,\n";

/// Where one user ends up: `pool side`, or what was said of it.
std::string place_of(std::string_view line, const Mapping& mapping = {},
                     std::string_view pools = pools_text, const Known& known = {}) {
    const auto resolution = resolve_users(line, known, mapping, pools);
    for (const auto& one : resolution.registrations)
        if (one.kind == Kind::user) return one.pool + (one.found_on_new_side ? " new" : " legacy");
    if (!resolution.ambiguous.empty()) return "ambiguous: " + to_text(resolution.ambiguous[0]);
    if (!resolution.rejects.empty()) return "reject: " + to_text(resolution.rejects[0]);
    return "nothing";
}

Mapping map_of(std::vector<std::string> options) { return Mapping::read(options).value(); }

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a home server or a registrar that names a legacy pool is legacy") {
    CHECK(place_of(user_line("a@b.c", home_dn("OCS01"))) == "ocs01.contoso.com legacy");
    CHECK(place_of(user_line("a@b.c", "OCS02.contoso.com")) == "ocs02.contoso.com legacy");
    CHECK(place_of(user_line("a@b.c", "", "OCS02.contoso.com")) == "ocs02.contoso.com legacy");
    CHECK(place_of(user_line("a@b.c", home_dn("OCS01"), "ocs01.contoso.com")) ==
          "ocs01.contoso.com legacy");
}

TEST_CASE("a registrar that names a successor is the new side of the pool it replaces") {
    CHECK(place_of(user_line("a@b.c", home_dn("1:1"), "LYNC01.contoso.com")) ==
          "ocs01.contoso.com new");
    CHECK(place_of(user_line("a@b.c", "", "lync02.contoso.com")) == "ocs02.contoso.com new");
    CHECK(place_of(user_line("a@b.c", home_dn("OCS01"), "lync01.contoso.com")) ==
          "ocs01.contoso.com new");
}

TEST_CASE("a pool that nobody named is rejected with what to do") {
    const auto by_home = place_of(user_line("a@b.c", home_dn("GONE")));
    CHECK(says(by_home, "reject: users.csv:2:16: a@b.c: the pool \"gone\" is not known; "));
    CHECK(says(by_home, "--map gone=LEGACYPOOL"));
    CHECK(says(place_of(user_line("a@b.c", home_dn("OCS01"), "gone.com")), "\"gone.com\""));
}

TEST_CASE("a home server of the new side cannot tell the pool, and a mapping is asked for") {
    const auto line = user_line("a@b.c", home_dn("1:1"));
    CHECK(says(place_of(line), "ambiguous: users.csv:2:16: a@b.c: already on the new side"));
    CHECK(says(place_of(line), "--map a@b.c=LEGACYPOOL"));
    CHECK(place_of(line, map_of({"1:1=ocs02.contoso.com"})) == "ocs02.contoso.com new");
    CHECK(place_of(line, map_of({"sip:A@b.c=OCS01"})) == "ocs01.contoso.com new");
}

TEST_CASE("two pools that share a successor make a moved user ambiguous until something tells") {
    const auto line = user_line("a@b.c", home_dn("1:1"), "lync.contoso.com");
    CHECK(says(place_of(line, {}, shared_pools), "ocs01.contoso.com and ocs02.contoso.com"));
    CHECK(says(place_of(line, {}, shared_pools), "ambiguous"));
    CHECK(place_of(line, map_of({"lync.contoso.com=ocs01.contoso.com"}), shared_pools) ==
          "ocs01.contoso.com new");
    CHECK(place_of(line, map_of({"a@b.c=ocs02.contoso.com"}), shared_pools) ==
          "ocs02.contoso.com new");
    CHECK(place_of(user_line("a@b.c", home_dn("OCS02"), "lync.contoso.com"), {}, shared_pools) ==
          "ocs02.contoso.com new");
}

TEST_CASE("two pools with one short name are both named in the rejection") {
    const auto said = place_of(user_line("a@b.c", home_dn("OLD")), {}, shared_pools);
    CHECK(says(said, "reject: "));
    CHECK(says(said, "old.a.com and old.b.com"));
    CHECK(place_of(user_line("a@b.c", home_dn("OLD")), map_of({"old=old.b.com"}), shared_pools) ==
          "old.b.com legacy");
    CHECK(place_of(user_line("a@b.c", "", "old.a.com"), {}, shared_pools) == "old.a.com legacy");
}

TEST_CASE("a registrar and a home server that exclude each other are rejected") {
    const auto two = place_of(user_line("a@b.c", home_dn("OCS01"), "ocs02.contoso.com"));
    CHECK(says(two, "RegistrarPool says \"ocs02.contoso.com\" and the home server says \"ocs01\""));
    CHECK(says(place_of(user_line("a@b.c", home_dn("1:1"), "ocs01.contoso.com")), "reject: "));
}

TEST_CASE("a mapping by address keeps the side that the export shows") {
    const auto mapping = map_of({"a@b.c=ocs02.contoso.com"});
    CHECK(place_of(user_line("a@b.c", home_dn("OCS01")), mapping) == "ocs02.contoso.com legacy");
    CHECK(place_of(user_line("a@b.c", home_dn("GONE")), mapping) == "ocs02.contoso.com legacy");
    CHECK(place_of(user_line("a@b.c", "", "487279971"), mapping) == "ocs02.contoso.com new");
    CHECK(place_of(user_line("a@b.c", "", "lync01.contoso.com"), mapping) ==
          "ocs02.contoso.com new");
}

TEST_CASE("a mapping by pool name places what the export calls by a name nobody knows") {
    CHECK(place_of(user_line("a@b.c", home_dn("GONE")), map_of({"gone=ocs01.contoso.com"})) ==
          "ocs01.contoso.com legacy");
    CHECK(place_of(user_line("a@b.c", "", "487279971"), map_of({"487279971=ocs01"})) ==
          "ocs01.contoso.com new");
}

TEST_CASE("a mapping to a pool that is not known is rejected") {
    for (const auto* option : {"a@b.c=gone", "1:1=gone"})
        CHECK(says(place_of(user_line("a@b.c", home_dn("1:1")), map_of({option})),
                   "--map names \"gone\""));
    CHECK(says(place_of(user_line("a@b.c", "", "x.com"), map_of({"x.com=gone"})), "\"gone\""));
}

TEST_CASE("a mapping option that cannot be read is a usage error") {
    for (const auto* option : {"a", "=b", "a=", ""}) {
        const auto mapping = Mapping::read(std::vector<std::string>{option});
        REQUIRE(!mapping);
        CHECK(mapping.error().code == Errc::usage);
    }
    CHECK(!Mapping::read(std::vector<std::string>{"a=b", "A=c"}));
    CHECK(Mapping::read(std::vector<std::string>{"a=b", "A=B"}).has_value());
}

TEST_CASE("what Ferry knows of a user settles what its export leaves open") {
    Known known;
    known.member = [](Kind, std::string_view) {
        return KnownMember{"paris", "ocs02.contoso.com", "", true, true, false};
    };
    for (const auto* registrar : {"lync.contoso.com", ""}) {
        const auto line = user_line("a@b.c", home_dn("1:1"), registrar);
        const auto resolution = resolve_users(line, known, {}, shared_pools);
        CHECK(resolution.ambiguous.empty());
        CHECK(resolution.drifts.empty());
        CHECK(resolution.unchanged == 1);
    }
}

}  // namespace ferry::intake
