#include "cli/other_logs.hpp"

#include "projections/as_of.hpp"
#include "projections/owner.hpp"
#include "projections/release_evidence.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

constexpr std::string_view name_a_copy =
    "bring its last known copy here with `ferry copy`, or name it with --from URL";

}  // namespace

void OtherLogs::lend(const std::string& site, Replica& replica, std::function<bool()> led) {
    lent_[site] = {&replica, std::move(led)};
}

void OtherLogs::put_copy(const std::string& site, std::unique_ptr<Replica> copy) {
    copies_[site] = std::move(copy);
}

Result<Replica*> OtherLogs::current(const std::string& site) {
    Replica* replica = nullptr;
    if (const auto lent = lent_.find(site); lent != lent_.end()) {
        // Its writer has decided on more than the log holds, and keeps it current.
        if (lent->second.led()) return lent->second.replica;
        replica = lent->second.replica;
    } else {
        auto& own = own_[site];
        if (!own) {
            own = std::make_unique<Replica>(open_log(url_, site, "ferry"));
            own->keeps_index = false;
            if (auto opened = open_replica(*own); !opened) return std::unexpected(opened.error());
        }
        replica = own.get();
    }
    if (auto read = replica->catch_up(); !read) return std::unexpected(read.error());
    if (replica->acceptance.started()) return replica;
    return nullptr;
}

Result<void> OtherLogs::open_all() {
    const auto names = sites_at(url_);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names)
        if (const auto read = current(name); !read) return std::unexpected(read.error());
    return {};
}

Result<std::optional<OtherLogs::Taker>> OtherLogs::taker_of(std::string_view site) {
    if (auto opened = open_all(); !opened) return std::unexpected(opened.error());
    const auto look = [&](const Fleet& fleet) -> std::optional<Taker> {
        if (const TakenSite* taken = taken_by(fleet, site)) return Taker{fleet.site, *taken};
        return std::nullopt;
    };
    for (const auto& [name, lent] : lent_)
        if (auto taker = look(lent.replica->fleet)) return taker;
    for (const auto& [name, replica] : own_)
        if (auto taker = look(replica->fleet)) return taker;
    return std::optional<Taker>();
}

Result<const Fleet*> OtherLogs::known(Replica& lost, Position position) {
    const std::string name = transfer_name(lost.fleet.site, position);
    if (const auto found = as_known_.find(name); found != as_known_.end()) return &found->second;
    if (lost.acceptance.position < position)
        return fail(Errc::unavailable,
                    fmt::format("{} ends at position {}, and site {} was known to {} when it was "
                                "taken over; {}",
                                lost.log->name(), lost.acceptance.position.value, lost.fleet.site,
                                position.value, name_a_copy));
    auto fleet = fleet_as_of(*lost.log, position);
    if (!fleet) return std::unexpected(fleet.error());
    return &as_known_.emplace(name, std::move(*fleet)).first->second;
}

Result<Replica*> OtherLogs::lost_log(const std::string& site) {
    if (const auto copy = copies_.find(site); copy != copies_.end()) return copy->second.get();
    const auto here = current(site);
    if (!here || *here) return here;
    return fail(Errc::unavailable, fmt::format("site {} is lost and no log of it is here to be "
                                               "read; {}",
                                               site, name_a_copy));
}

Result<FoundRelease> OtherLogs::left_by_lost(const ReleaseQuestion& question) {
    const auto lost = lost_log(question.transfer.site);
    if (!lost) return std::unexpected(lost.error());
    const auto fleet = known(**lost, question.transfer.position);
    if (!fleet) return std::unexpected(fleet.error());
    const auto released = released_by_lost(**fleet, question);
    if (!released) return left_by(**lost, **fleet, question);
    auto back = take_back(*released, **lost);
    if (!back) return back;
    return taken_back_from(**lost, std::move(*back), question);
}

Result<FoundRelease> OtherLogs::take_back(const ReleaseQuestion& question, const Replica& own) {
    auto release = released_in(own, question);
    if (!release) return release;
    if (question.released_to.empty())
        return fail(Errc::usage, fmt::format("{} is not on its way from site {} to another",
                                             question.entity, question.asking));
    const std::string next(question.released_to);
    const auto taker = taker_of(next);
    if (!taker) return std::unexpected(taker.error());
    if (*taker) {
        const auto lost = lost_log(next);
        if (!lost) return std::unexpected(lost.error());
        const auto fleet = known(**lost, (*taker)->taken.known);
        if (!fleet) return std::unexpected(fleet.error());
        return lost_before(std::move(*release), (*taker)->taken, **fleet, question);
    }
    const auto there = current(next);
    if (!there) return std::unexpected(there.error());
    if (!*there)
        return fail(Errc::unavailable,
                    fmt::format("no log of site {} is here to be asked whether it declined", next));
    return declined_in(std::move(*release), **there, question);
}

Result<FoundRelease> OtherLogs::find(const ReleaseQuestion& question) {
    if (question.taken_over) return left_by_lost(question);
    const auto origin = current(question.transfer.site);
    if (!origin) return std::unexpected(origin.error());
    if (!*origin)
        return fail(Errc::unavailable, fmt::format("no log of site {} is here to be read, so what "
                                                   "it released cannot be verified",
                                                   question.transfer.site));
    if (question.asking == question.transfer.site) return take_back(question, **origin);
    const auto taker = taker_of(question.transfer.site);
    if (!taker) return std::unexpected(taker.error());
    if (*taker && question.transfer.position > (*taker)->taken.known)
        return fail(Errc::usage,
                    fmt::format("{}:{} was written after site {} was taken over by {}: it is "
                                "orphaned and counts for nothing",
                                question.transfer.site, question.transfer.position.value,
                                question.transfer.site, (*taker)->site));
    return released_in(**origin, question);
}

Error taken_over_error(std::string_view site, const OtherLogs::Taker& taker) {
    return {Errc::configuration,
            fmt::format(
                "site {} was taken over by {} as known to position {}, at {}:{}: nothing is "
                "written to it any more. What it wrote after that is orphaned; `ferry "
                "verify` lists it",
                site, taker.site, taker.taken.known.value, taker.site, taker.taken.position.value)};
}

}  // namespace ferry
