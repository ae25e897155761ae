#include "projections/selector.hpp"

#include "projections/share.hpp"
#include "tests/estate.hpp"
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace ferry::test {
namespace {

/// Two pools: three users and two applications in the first, one user in the second. `gone` left.
struct TwoPools {
    Estate estate;
    ScratchDirectory directory;

    TwoPools() {
        estate.with_pool("ocs01.contoso.com", 3);
        estate.done({add_application("rgs", "ocs01.contoso.com", "response-groups"),
                     add_application("dialin", "ocs01.contoso.com", "conferencing"),
                     add_pool("ocs02.contoso.com"), add_user("b@contoso.com", "ocs02.contoso.com"),
                     add_user("gone@contoso.com", "ocs01.contoso.com"),
                     withdraw("user:gone@contoso.com")});
    }
    Result<std::vector<EntityNumber>> select(std::string_view selector,
                                             const Narrowing& narrowing = {}) const {
        return ferry::select(estate.replica.fleet, selector, narrowing);
    }
    /// The names that are selected, without the kind and what follows `@`.
    std::string names(std::string_view selector, const Narrowing& narrowing = {}) const {
        const auto numbers = select(selector, narrowing);
        REQUIRE_MESSAGE(numbers, numbers.error().message);
        std::string names;
        for (const EntityNumber number : *numbers) {
            const std::string_view name = estate.replica.fleet.name(number);
            names.append(names.empty() ? "" : " ").append(name.substr(0, name.find_first_of("@.")));
        }
        return names;
    }
    std::string refusal(std::string_view selector, Errc code = Errc::usage) const {
        const auto numbers = select(selector);
        REQUIRE_FALSE(numbers);
        CHECK(numbers.error().code == code);
        return numbers.error().message;
    }
    std::string file(std::string_view text) const {
        const std::string path = directory.path() + "/list";
        std::ofstream(path) << text;
        return "@" + path;
    }
};

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an id selects its entity, also one that was withdrawn, and a bare address is a user") {
    const TwoPools pools;
    CHECK(pools.names("user:user1@contoso.com") == "user1");
    CHECK(pools.names("pool:ocs01.contoso.com") == "ocs01");
    CHECK(pools.names("application:rgs") == "rgs");
    CHECK(pools.names("user:gone@contoso.com") == "gone");
    CHECK(pools.names("sip:User1@Contoso.com") == "user1");
}

TEST_CASE("wildcards select the present members of a pool and the entities of a site") {
    const TwoPools pools;
    CHECK(pools.names("pool:ocs01.contoso.com/*") == "user1 user2 user3 rgs dialin");
    CHECK(pools.names("pool:ocs01.contoso.com/users") == "user1 user2 user3");
    CHECK(pools.names("pool:ocs01.contoso.com/applications") == "rgs dialin");
    CHECK(pools.names("site:paris/*") == "ocs01 user1 user2 user3 rgs dialin ocs02 b");
    CHECK(pools.names("site:paris/pools") == "ocs01 ocs02");
    CHECK(pools.names("site:paris/users") == "user1 user2 user3 b");
}

TEST_CASE("kind, state, class and pool narrow what is selected") {
    TwoPools pools;
    pools.estate.done(enter_coexistence("pool:ocs01.contoso.com"));
    pools.estate.done(enter_coexistence("user:user2@contoso.com"));
    CHECK(pools.names("site:paris/*", {.kind = v1::KIND_POOL}) == "ocs01 ocs02");
    CHECK(pools.names("site:paris/*", {.lifecycle = v1::STATE_COEXIST_TEST}) == "ocs01 user2");
    CHECK(pools.names("site:paris/*", {.application_class = "conferencing"}) == "dialin");
    CHECK(pools.names("site:paris/*", {.pool = "ocs02.contoso.com"}) == "b");
    CHECK(pools.names("user:user1@contoso.com", {.lifecycle = v1::STATE_COEXIST_TEST}).empty());
}

TEST_CASE("a file selects one entity a line, each once, in its order") {
    const TwoPools pools;
    const std::string list = pools.file("\xef\xbb\xbfuser2@contoso.com\r\n\n# a remark\n  "
                                        "pool:ocs02.contoso.com \nUser1@contoso.com\n"
                                        "user:user2@contoso.com");
    CHECK(pools.names(list) == "user2 ocs02 user1");
    CHECK(pools.names(list, {.kind = v1::KIND_USER}) == "user2 user1");
    CHECK(pools.names(pools.file("")).empty());
}

TEST_CASE("an unknown line of a file is named by its number") {
    const TwoPools pools;
    const std::string list = pools.file("user1@contoso.com\nnobody@contoso.com\n");
    const std::string message = pools.refusal(list, Errc::bad_input);
    CHECK(says(message, "/list:2: `nobody@contoso.com` is not known to site paris"));
    CHECK(says(pools.refusal("@" + pools.directory.path() + "/none", Errc::io), "cannot open it"));
    CHECK(says(pools.refusal("@" + pools.directory.path(), Errc::io), "cannot read on"));
}

TEST_CASE("a share is stable, rounded up, and part of every larger one") {
    Estate estate;
    estate.with_pool("ocs01.contoso.com", 100);
    const Fleet& fleet = estate.replica.fleet;
    const auto share = [&](std::string_view text) {
        return select(fleet, fmt::format("pool:ocs01.contoso.com/{}", text)).value();
    };
    CHECK(share("5%").size() == 5);
    CHECK(share("0.5%").size() == 1);
    CHECK(share("5.1%").size() == 6);
    CHECK(share("100%").size() == 100);
    const auto five = share("5%");
    const auto ten = share("10%");
    CHECK(std::equal(five.begin(), five.end(), ten.begin()));
    CHECK(select(fleet, "5%", {.pool = "ocs01.contoso.com"}).value() == five);
    estate.done(add_user("newcomer@contoso.com", "ocs01.contoso.com"));
    std::size_t kept = 0;
    const auto later = share("10%");
    for (const EntityNumber number : ten)
        kept += static_cast<std::size_t>(std::count(later.begin(), later.end(), number));
    CHECK(kept >= ten.size() - 1);
}

TEST_CASE("a share never picks who is disabled, withdrawn, or of another pool") {
    TwoPools pools;
    v1::Command disabled = add_user("off@contoso.com", "ocs01.contoso.com");
    disabled.mutable_register_()->set_disabled(true);
    pools.estate.done(disabled);
    std::string all = pools.names("pool:ocs01.contoso.com/100%");
    CHECK(all.size() == std::string("user1 user2 user3").size());
    CHECK_FALSE(says(all, "off"));
    CHECK_FALSE(says(all, "gone"));
}

TEST_CASE("a state narrows a share and does not move it on to others") {
    TwoPools pools;
    pools.estate.done(enter_coexistence("pool:ocs01.contoso.com"));
    const auto chosen = pools.select("pool:ocs01.contoso.com/30%").value();
    REQUIRE(chosen.size() == 1);
    pools.estate.done(enter_coexistence(pools.estate.replica.fleet.id(chosen.front())));
    CHECK(pools.names("pool:ocs01.contoso.com/30%", {.lifecycle = v1::STATE_LEGACY}).empty());
}

TEST_CASE("what selects nothing says what would") {
    const TwoPools pools;
    CHECK(says(pools.refusal("user:nobody@contoso.com"), "ferry show --all"));
    CHECK(says(pools.refusal("pool:ocs09.contoso.com/*"), "`pool:ocs09.contoso.com` is not known"));
    CHECK(
        says(pools.refusal("pool:ocs09.contoso.com/5%"), "`pool:ocs09.contoso.com` is not known"));
    CHECK(says(pools.refusal("pool:ocs01.contoso.com/mailboxes"), "use /*, /users"));
    CHECK(says(pools.refusal("pool:ocs01.contoso.com/pools"), "use /*, /users"));
    CHECK(says(pools.refusal("site:lyon/*"), "its sites: paris"));
    CHECK(says(pools.refusal("site:paris/mailboxes"), "use /*, /pools"));
    CHECK(says(pools.refusal("site:paris"), "site:paris/* selects"));
    CHECK(says(pools.refusal("5%"), "pool:NAME/5%"));
    for (const std::string_view share : {"0%", "101%", "-1%", "x%", "%", "nan%", "1e1%"})
        CHECK(says(pools.refusal(share), "no share"));
    CHECK(says(pools.refusal(""), "not known"));
}

TEST_CASE("a selector over several sites finds each entity in its own") {
    Estate paris;
    paris.with_pool("ocs01.contoso.com", 2);
    Estate lyon;
    lyon.done(add_pool("ocs07.contoso.com", "new.contoso.com", "lyon"));
    const Fleet* const fleets[] = {&paris.replica.fleet, &lyon.replica.fleet};
    CHECK(select(fleets, "pool:ocs07.contoso.com").value() ==
          std::vector{Selected{1, EntityNumber{1}}});
    CHECK(select(fleets, "site:lyon/*").value() == std::vector{Selected{1, EntityNumber{1}}});
    CHECK(select(fleets, "pool:ocs01.contoso.com/users").value().size() == 2);
    CHECK(says(select(fleets, "pool:ocs08").error().message, "sites paris, lyon"));
}

}  // namespace ferry::test
