#include <doctest/doctest.h>

#include "tests/import_text.hpp"

namespace ferry::intake {
namespace {

/// What Ferry knows after an import of `pools_text` and one user of the first pool.
Known known_estate(KnownMember member) {
    Known known;
    known.pools = {{"ocs01.contoso.com", "paris", "lync01.contoso.com"},
                   {"ocs02.contoso.com", "lyon", "lync02.contoso.com"}};
    known.member = [member](Kind, std::string_view name) -> std::optional<KnownMember> {
        if (name != "a@b.c" && name != "rgs-1") return std::nullopt;
        return member;
    };
    return known;
}

/// All drifts, as `name field known -> found`.
std::vector<std::string> drifts_of(const Resolution& resolution) {
    std::vector<std::string> texts;
    for (const auto& drift : resolution.drifts)
        texts.push_back(drift.name + " " + std::string(name_of(drift.field)) + " " + drift.known +
                        " -> " + drift.found);
    return texts;
}

using Texts = std::vector<std::string>;
const KnownMember settled{"paris", "ocs01.contoso.com", "response-groups", false, true, false};

}  // namespace

TEST_CASE("pools are registered with site and successor, users with what their pool says") {
    const auto resolution = resolve_users(user_line("SIP:A@b.c", home_dn("OCS02"), "", "False"));
    REQUIRE(resolution.registrations.size() == 3);
    CHECK(resolution.registrations[0].name == "ocs01.contoso.com");
    CHECK(resolution.registrations[0].successor == "lync01.contoso.com");
    const auto& user = resolution.registrations[2];
    CHECK(user.name == "a@b.c");
    CHECK(user.site == "lyon");
    CHECK(user.pool == "ocs02.contoso.com");
    CHECK(user.enabled == false);
    CHECK(to_text(user.place) == "users.csv:2:1");
}

TEST_CASE("the same address twice in one import is rejected and the first is named") {
    const auto resolution = resolve_users(user_line("sip:a@b.c", home_dn("OCS01")) +
                                          user_line("SIP:A@B.C", home_dn("OCS02")));
    CHECK(resolution.registrations.size() == 3);
    REQUIRE(resolution.rejects.size() == 1);
    CHECK(to_text(resolution.rejects[0]).starts_with("users.csv:3:1: a@b.c is a duplicate"));
    CHECK(resolution.rejects[0].what.find("users.csv:2:1") != std::string::npos);
}

TEST_CASE("duplicates are found across files, and one name may serve two kinds") {
    const auto users = std::string(users_header) + user_line("a@b.c", home_dn("OCS01"));
    const auto applications =
        "Identity,Class,PoolFQDN\na@b.c,x,ocs01.contoso.com\nx,y,ocs01.contoso.com\n"
        "X,y,ocs01.contoso.com\n";
    const Reading files[] = {read(users, "1.csv"), read(users, "2.csv"), read(pools_text, "3.csv"),
                             read(pools_text, "4.csv"), read(applications, "5.csv")};
    const auto resolution = resolve(files, {}, {});
    CHECK(resolution.registrations.size() == 5);
    REQUIRE(resolution.rejects.size() == 4);
    CHECK(resolution.rejects[2].what.find("1.csv:2:1") != std::string::npos);
    CHECK(to_text(resolution.rejects[3].place) == "5.csv:4:1");
}

TEST_CASE("a user whose move is in flight or who has no pool is reported and not imported") {
    const auto resolution =
        resolve_users(user_line("a@b.c", home_dn("OCS01"), "", "True", "lync01.contoso.com") +
                      user_line("b@b.c", "", "", "True"));
    CHECK(resolution.registrations.size() == 2);
    REQUIRE(resolution.moving.size() == 1);
    CHECK(resolution.moving[0].what == "a@b.c is being moved: TargetRegistrarPool is set");
    REQUIRE(resolution.unassigned.size() == 1);
    CHECK(to_text(resolution.unassigned[0].place) == "users.csv:3:1");
    CHECK(resolution.rejects.empty());
}

TEST_CASE("importing again registers nothing and finds everything unchanged") {
    const auto resolution =
        resolve_users(user_line("a@b.c", home_dn("OCS01")), known_estate(settled));
    CHECK(resolution.registrations.empty());
    CHECK(resolution.drifts.empty());
    CHECK(resolution.unchanged == 3);
}

TEST_CASE("what differs from what Ferry knows is listed field by field") {
    const auto known = known_estate(settled);
    CHECK(drifts_of(resolve_users(user_line("a@b.c", "", "lync01.contoso.com"), known)) ==
          Texts{"a@b.c side legacy -> new"});
    CHECK(drifts_of(resolve_users(user_line("a@b.c", home_dn("OCS02"), "", "False"), known)) ==
          Texts{"a@b.c site paris -> lyon", "a@b.c pool ocs01.contoso.com -> ocs02.contoso.com",
                "a@b.c enabled true -> false"});
    CHECK(drifts_of(resolve_users(user_line("a@b.c", home_dn("OCS01"), "", ""), known)).empty());
}

TEST_CASE("a withdrawn user that an export shows differs in presence") {
    auto gone = settled;
    gone.withdrawn = true;
    CHECK(drifts_of(resolve_users(user_line("a@b.c", home_dn("OCS02")), known_estate(gone))) ==
          Texts{"a@b.c presence withdrawn -> present"});
}

TEST_CASE("a pool that differs is drift, and users of its other successor are still placed") {
    const auto resolution = resolve_users(
        user_line("n@b.c", "", "lync09.contoso.com") + user_line("o@b.c", "", "lync01.contoso.com"),
        known_estate(settled), {},
        "PoolFQDN,Site,SuccessorPoolFqdn\nocs01.contoso.com,rome,lync09.contoso.com\n"
        "ocs02.contoso.com,lyon,\n");
    CHECK(drifts_of(resolution) ==
          Texts{"ocs01.contoso.com site paris -> rome",
                "ocs01.contoso.com successor lync01.contoso.com -> lync09.contoso.com"});
    REQUIRE(resolution.registrations.size() == 2);
    CHECK(resolution.registrations[0].pool == "ocs01.contoso.com");
    CHECK(resolution.registrations[1].found_on_new_side);
}

TEST_CASE("an application takes its site from its pool and is rejected where they differ") {
    const Reading files[] = {
        read(pools_text, "pools.csv"),
        read("Identity,Class,PoolFQDN,Site\nrgs-1,mediation,ocs01.contoso.com,\n"
             "b,x,ocs01.contoso.com,lyon\nc,x,lync02.contoso.com,lyon\nd,x,gone,lyon\n",
             "applications.csv")};
    const auto fresh = resolve(files, {}, {});
    REQUIRE(fresh.registrations.size() == 4);
    CHECK(fresh.registrations[2].site == "paris");
    CHECK(fresh.registrations[3].pool == "ocs02.contoso.com");
    CHECK(fresh.registrations[3].found_on_new_side);
    REQUIRE(fresh.rejects.size() == 2);
    CHECK(
        to_text(fresh.rejects[0]).starts_with("applications.csv:3:5: the application is of site"));
    const auto again = resolve(files, known_estate(settled), {});
    CHECK(drifts_of(again) == Texts{"rgs-1 class response-groups -> mediation"});
}

TEST_CASE("a pool list that holds the successors too does not make them legacy pools") {
    const auto resolution =
        resolve_users(user_line("a@b.c", "", "lync01.contoso.com"), {}, {},
                      "PoolFQDN,Site,SuccessorPoolFqdn\nlync01.contoso.com,paris,\n"
                      "ocs01.contoso.com,paris,lync01.contoso.com\n");
    REQUIRE(resolution.registrations.size() == 2);
    CHECK(resolution.registrations[1].found_on_new_side);
    REQUIRE(resolution.warnings.size() == 1);
    CHECK(resolution.warnings[0].what.find("successor of ocs01.contoso.com") != std::string::npos);
}

TEST_CASE("kinds and files have the names that people are shown") {
    CHECK(name_of(Kind::pool) == "pool");
    CHECK(name_of(Kind::user) == "user");
    CHECK(name_of(Kind::application) == "application");
    CHECK(name_of(FileKind::users_ldif) == "users (LDIF)");
    CHECK(name_of(FileKind::applications) == "applications");
}

}  // namespace ferry::intake
