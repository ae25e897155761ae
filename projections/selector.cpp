#include "projections/selector.hpp"

#include "engine/words.hpp"
#include "projections/owner.hpp"
#include "projections/share.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

namespace ferry {

namespace {

using Fleets = std::span<const Fleet* const>;
using Selection = Result<std::vector<Selected>>;

std::unexpected<Error> wrong(std::string message) { return fail(Errc::usage, std::move(message)); }

/// As ids are written: lower case, without `sip:`, a bare address being a user's.
std::string id_of(std::string_view text) {
    std::string id(text);
    for (char& c : id)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (id.starts_with("sip:")) id.erase(0, 4);
    const bool address = id.find(':') == std::string::npos && id.find('@') != std::string::npos;
    return address ? "user:" + id : id;
}

std::optional<Selected> find(Fleets fleets, std::string_view id) { return owner_of(fleets, id); }

std::string site_names(Fleets fleets) {
    std::string names;
    for (const Fleet* fleet : fleets)
        names.append(names.empty() ? "" : ", ").append(fleet->site.empty() ? "none" : fleet->site);
    return names;
}

std::string unknown(Fleets fleets, std::string_view text) {
    return fmt::format("`{}` is not known to {} {}; look for the right spelling with "
                       "`ferry show --all`",
                       text, fleets.size() == 1 ? "site" : "sites", site_names(fleets));
}

Result<Selected> find_pool(Fleets fleets, std::string_view name) {
    const auto pool = find(fleets, fmt::format("pool:{}", name));
    if (pool) return *pool;
    return wrong(unknown(fleets, fmt::format("pool:{}", name)));
}

/// Whoever is a member of the wave; anybody else is selected alone.
std::vector<Selected> with_wave_members(Fleets fleets, const Selected& one) {
    const WaveState* wave = wave_of(*fleets[one.site], one.number);
    if (!wave) return {one};
    std::vector<Selected> members;
    members.reserve(wave->members.size());
    for (const std::uint32_t member : wave->members) members.push_back({one.site, {member}});
    return members;
}

/// The kind that `/users` and its like mean; unspecified for `*`, nothing for other words.
std::optional<v1::Kind> kind_of_part(std::string_view part) {
    if (part == "*") return v1::KIND_UNSPECIFIED;
    if (part == "users") return v1::KIND_USER;
    if (part == "applications") return v1::KIND_APPLICATION;
    if (part == "pools") return v1::KIND_POOL;
    return std::nullopt;
}

template <class Wanted>
std::vector<Selected> all_of(Fleets fleets, std::size_t site, v1::Kind kind, bool with_withdrawn,
                             Wanted wanted) {
    std::vector<Selected> found;
    const Fleet& fleet = *fleets[site];
    for (std::uint32_t number = 1; number < fleet.entities.size(); ++number) {
        const Entity& entity = fleet.entities[number];
        const bool right_kind =
            kind == v1::KIND_UNSPECIFIED ? entity.kind != v1::KIND_WAVE : entity.kind == kind;
        const bool counts = entity.present() || with_withdrawn;
        if (right_kind && counts && wanted(entity)) found.push_back({site, {number}});
    }
    return found;
}

Selection share(Fleets fleets, std::string_view pool_name, double percent) {
    const auto pool = find_pool(fleets, pool_name);
    if (!pool) return std::unexpected(pool.error());
    std::vector<Selected> chosen;
    for (const EntityNumber number : share_of_users(*fleets[pool->site], pool->number, percent))
        chosen.push_back({pool->site, number});
    return chosen;
}

Selection select_pool(Fleets fleets, std::string_view name, std::string_view part,
                      bool with_withdrawn) {
    if (const auto percent = percent_of(part)) return share(fleets, name, *percent);
    const auto kind = kind_of_part(part);
    if (!kind || *kind == v1::KIND_POOL)
        return wrong(fmt::format("`/{}` selects nothing of a pool; use /*, /users, /applications "
                                 "or a share such as /5%",
                                 part));
    const auto pool = find_pool(fleets, name);
    if (!pool) return std::unexpected(pool.error());
    // A pool whose home has moved may have left members behind that follow it later.
    std::vector<Selected> members;
    for (std::size_t site = 0; site < fleets.size(); ++site) {
        const auto number = fleets[site]->find(fmt::format("pool:{}", name));
        if (!number) continue;
        const auto here = all_of(fleets, site, *kind, with_withdrawn, [&](const Entity& entity) {
            return entity.is_member() && entity.pool == number->value;
        });
        members.insert(members.end(), here.begin(), here.end());
    }
    return members;
}

Selection select_site(Fleets fleets, std::string_view name, std::string_view part,
                      bool with_withdrawn) {
    const auto kind = kind_of_part(part);
    if (!kind)
        return wrong(fmt::format(
            "`/{}` selects nothing of a site; use /*, /pools, /users or /applications", part));
    for (std::size_t site = 0; site < fleets.size(); ++site)
        if (fleets[site]->site == name)
            return all_of(fleets, site, *kind, with_withdrawn, [](const Entity&) { return true; });
    return wrong(
        fmt::format("site `{}` is not in the log; its sites: {}", name, site_names(fleets)));
}

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blank = " \t\r";
    const auto from = line.find_first_not_of(blank);
    if (from == std::string_view::npos) return {};
    return line.substr(from, line.find_last_not_of(blank) - from + 1);
}

Selection select_file(Fleets fleets, const std::string& path) {
    std::ifstream file(path);
    if (!file)
        return fail(Errc::io, fmt::format("{}: cannot open it: {}; give a file with one id or "
                                          "address a line",
                                          path, std::strerror(errno)));
    std::vector<Selected> found;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        std::string_view text = trimmed(line);
        if (number == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        if (text.empty() || text.starts_with('#')) continue;
        const auto one = find(fleets, id_of(text));
        if (!one)
            return fail(Errc::bad_input,
                        fmt::format("{}:{}: {}", path, number, unknown(fleets, text)));
        found.push_back(*one);
    }
    if (file.bad())
        return fail(Errc::io,
                    fmt::format("{}: cannot read on; is it a file, and is the disk well?", path));
    return found;
}

Selection find_all(Fleets fleets, std::string_view selector, const Narrowing& narrowing) {
    if (selector.starts_with('@')) return select_file(fleets, std::string(selector.substr(1)));
    if (const auto one = find(fleets, id_of(selector))) return with_wave_members(fleets, *one);
    if (const auto percent = percent_of(selector)) {
        if (narrowing.pool.empty())
            return wrong(
                fmt::format("`{0}` of which pool? Give --pool NAME, or pool:NAME/{0}", selector));
        return share(fleets, narrowing.pool, *percent);
    }
    const auto slash = selector.rfind('/');
    if (slash != std::string_view::npos) {
        const std::string_view part = selector.substr(slash + 1);
        const std::string_view name = selector.substr(0, slash);
        if (name.starts_with("pool:"))
            return select_pool(fleets, name.substr(5), part, narrowing.with_withdrawn);
        if (name.starts_with("site:"))
            return select_site(fleets, name.substr(5), part, narrowing.with_withdrawn);
    }
    if (selector.ends_with('%'))
        return wrong(fmt::format("`{}` is no share: give one above 0% and up to 100%", selector));
    if (selector.starts_with("site:"))
        return wrong(fmt::format("`{0}` is a stream of the log, not an entity; {0}/* selects what "
                                 "is in it",
                                 selector));
    return wrong(unknown(fleets, selector));
}

bool fits(const Fleet& fleet, EntityNumber number, const Narrowing& narrowing) {
    const Entity& entity = fleet.at(number);
    if (narrowing.kind && entity.kind != *narrowing.kind) return false;
    if (narrowing.lifecycle && entity.lifecycle != *narrowing.lifecycle) return false;
    if (!narrowing.pool.empty() &&
        !(entity.is_member() && fleet.name({entity.pool}) == narrowing.pool))
        return false;
    return narrowing.application_class.empty() ||
           (entity.kind == v1::KIND_APPLICATION &&
            fleet.texts.text(entity.text) == narrowing.application_class);
}

}  // namespace

Selection select(Fleets fleets, std::string_view selector, const Narrowing& narrowing) {
    auto found = find_all(fleets, selector, narrowing);
    if (!found) return found;
    std::set<Selected> seen;
    std::erase_if(*found, [&](const Selected& one) {
        return !fits(*fleets[one.site], one.number, narrowing) || !seen.insert(one).second;
    });
    return found;
}

Result<std::vector<EntityNumber>> select(const Fleet& fleet, std::string_view selector,
                                         const Narrowing& narrowing) {
    const Fleet* const fleets[] = {&fleet};
    const auto found = select(fleets, selector, narrowing);
    if (!found) return std::unexpected(found.error());
    std::vector<EntityNumber> numbers;
    numbers.reserve(found->size());
    for (const Selected& one : *found) numbers.push_back(one.number);
    return numbers;
}

}  // namespace ferry
