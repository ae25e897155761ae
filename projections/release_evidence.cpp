#include "projections/release_evidence.hpp"

#include "engine/carried_state.hpp"
#include "engine/done_commands.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

std::unexpected<Error> not_so(std::string why) { return fail(Errc::usage, std::move(why)); }

std::string named(const ReleaseQuestion& question) {
    return transfer_name(question.transfer.site, question.transfer.position);
}

}  // namespace

Result<FoundRelease> released_in(const Replica& origin, const ReleaseQuestion& question) {
    const auto found = find_event(origin, question.transfer.position);
    if (!found) return std::unexpected(found.error());
    const bool names_it = *found && (*found)->event.has_released() &&
                          origin.fleet.knows({(*found)->event.entity()}) &&
                          origin.fleet.id({(*found)->event.entity()}) == question.entity;
    if (!names_it)
        return not_so(fmt::format("no release of {} stands at {}; `ferry history {}` shows where "
                                  "it was released",
                                  question.entity, named(question), question.entity));
    const auto hash = commit_hash_at(origin, question.transfer.position);
    if (!hash) return std::unexpected(hash.error());
    const v1::Released& body = (*found)->event.released();
    FoundRelease release{body.to_site(), body.pool(), body.state(), *hash};
    // The release is the last that was done for it there; it could not name itself.
    const v1::StoredEvent& event = (*found)->event;
    if (event.command_id().empty()) return release;
    v1::DoneCommand& done = *release.state.add_done();
    done.set_command_id(event.command_id());
    done.set_command_digest(event.command_digest());
    done.set_position(question.transfer.position.value);
    done.set_version(event.version());
    return release;
}

Result<FoundRelease> declined_in(FoundRelease release, const Replica& next,
                                 const ReleaseQuestion& question) {
    for (const DeclinedTransfer& each : next.fleet.declined) {
        if (each.transfer != named(question) || each.entity != question.entity) continue;
        const auto hash = commit_hash_at(next, each.position);
        if (!hash) return std::unexpected(hash.error());
        release.declined_by = next.fleet.site;
        release.decline = *hash;
        // It returns to where it was.
        release.pool = release.state.pool();
        return release;
    }
    return not_so(fmt::format("site {} has not declined {}; it says so first: `ferry release {} "
                              "--to {} --take-back`",
                              next.fleet.site, named(question), question.entity, next.fleet.site));
}

Result<FoundRelease> lost_before(FoundRelease release, const TakenSite& taken, const Fleet& known,
                                 const ReleaseQuestion& question) {
    // Of an earlier release it can say nothing: that one went on where it was made to.
    if (release.to_site != taken.site)
        return not_so(fmt::format("{} was released to site {} at {}, not to {}, which was lost",
                                  question.entity, release.to_site, named(question), taken.site));
    for (const auto& [number, arrivals] : known.arrivals)
        if (std::ranges::find(arrivals, named(question), &ArrivalState::transfer) != arrivals.end())
            return not_so(fmt::format("site {} had accepted {} before it was lost; it went on in "
                                      "whoever took that site over",
                                      taken.site, named(question)));
    release.declined_by = taken.site;
    if (taken.head.size() == release.decline.size())
        std::ranges::copy(bytes_of(taken.head), release.decline.begin());
    release.pool = release.state.pool();
    return release;
}

std::optional<ReleaseQuestion> released_by_lost(const Fleet& known,
                                                const ReleaseQuestion& question) {
    const auto number = known.find(question.entity);
    if (!number || !known.at(*number).away) return std::nullopt;
    const ReleaseState& release =
        known.releases.find(static_cast<std::uint32_t>(number->value))->second;
    const std::string& site = question.transfer.site;
    return ReleaseQuestion{question.entity, site, {site, release.position}, false, release.to_site};
}

Result<FoundRelease> taken_back_from(const Replica& lost, FoundRelease back,
                                     const ReleaseQuestion& question) {
    const auto hash = commit_hash_at(lost, question.transfer.position);
    if (!hash) return std::unexpected(hash.error());
    back.commit = *hash;
    back.taken_over = true;
    return back;
}

Result<FoundRelease> left_by(const Replica& lost, const Fleet& known,
                             const ReleaseQuestion& question) {
    const auto number = known.find(question.entity);
    if (!number || known.at(*number).away)
        return not_so(fmt::format("{} was not site {}'s as of {}", question.entity,
                                  question.transfer.site, named(question)));
    if (!known.at(*number).present())
        return not_so(fmt::format("{} was withdrawn as of {}; register it where it is wanted",
                                  question.entity, named(question)));
    const auto hash = commit_hash_at(lost, question.transfer.position);
    if (!hash) return std::unexpected(hash.error());
    auto history = history_carried(lost, known.at(*number).last_position);
    if (!history) return std::unexpected(history.error());
    FoundRelease found{
        std::string(question.asking), {}, carried_state(known, *number), *hash, true};
    found.pool = found.state.pool();
    found.state.set_history_hash(std::string(text_of(history->history)));
    for (const v1::DoneCommand& done : history->done) *found.state.add_done() = done;
    return found;
}

}  // namespace ferry
