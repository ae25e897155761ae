// How a log changes hands: taking over, handing over, and who may not write at all.
#include "engine/reign.hpp"
#include "engine/writer.hpp"
#include "events/seal.hpp"

#include <fmt/format.h>

namespace ferry {

struct Writer::Takeover {
    WriterId writer;
    std::string cause;
    std::string actor;
    std::string reason;
};

Result<void> Writer::check_owned() const {
    Log& log = *replica_.log;
    const AcceptanceState& state = replica_.acceptance;
    if (state.reserved_for && state.sealed_for == state.reserved_for)
        return fail(Errc::configuration,
                    fmt::format("{} holds its origin's seal and has not gone on yet; finish the "
                                "move first: run the same `ferry copy --move` again",
                                log.name()));
    if (state.sealed_for)
        return fail(
            Errc::configuration,
            fmt::format("{} was sealed at position {}: it goes on in {} and is read-only "
                        "here; name that with --log",
                        log.name(), state.position.value, sealed_destination(log, state.position)));
    if (state.reserved_for)
        return fail(Errc::configuration,
                    fmt::format("{} is a copy, and read-only until its origin is sealed for it; "
                                "write to the origin, or hand it over with `ferry copy --move "
                                "ORIGIN COPY`",
                                log.name()));
    return {};
}

Result<bool> Writer::fence() {
    const AcceptanceState& state = replica_.acceptance;
    if (auto put = replica_.log->append(stored_fence({state.log_id, term_, writer_})); !put)
        return std::unexpected(put.error());
    if (auto read = replica_.catch_up(); !read) return std::unexpected(read.error());
    return state.fence && state.fence->term == term_ && state.fence->writer == writer_;
}

Result<void> Writer::take_over(const Takeover& takeover) {
    if (auto whole = replica_.check_not_truncated(); !whole) return whole;
    const AcceptanceState& state = replica_.acceptance;
    writer_ = takeover.writer;
    for (int attempt = 0; attempt < options_.attempts_max; ++attempt) {
        const Term highest = state.fence ? std::max(state.term, state.fence->term) : state.term;
        term_ = highest.next();
        // Behind a lock there is no rival to be stopped.
        if (!replica_.log->void_is_damage()) {
            const auto fenced = fence();
            if (!fenced) return std::unexpected(fenced.error());
            if (!*fenced) continue;
        }
        draft_.begin(replica_.fleet.position.next(), std::max(clock_.now(), state.recorded));
        v1::StoredEvent taken = owner_taken(replica_.fleet, term_, writer_, takeover.cause);
        taken.set_actor(takeover.actor);
        taken.set_reason(takeover.reason);
        CommitBuilder builder;
        const bool fits = builder.add(taken);
        FERRY_ASSERT(fits, "an OwnerTaken does not fit a commit");
        const auto appended = append_commit(builder, CommitKind::takeover);
        if (!appended) return std::unexpected(appended.error());
        if (*appended) return {};
    }
    return fail(Errc::unavailable,
                fmt::format("{}: other writers took over first {} times in a row; try again later",
                            replica_.log->name(), options_.attempts_max));
}

Result<void> Writer::take_over_anew() {
    return take_over({randomness_.id<WriterId>(), "taken over", {}, {}});
}

Result<void> Writer::seal(const Handover& to) {
    for (int attempt = 0; attempt < options_.attempts_max; ++attempt) {
        if (auto begun = begin_batch(); !begun) return begun;
        if (auto fit = check_fit(); !fit) return fit;
        FERRY_ASSERT(replica_.acceptance.started(), "a log without a commit is sealed");
        v1::StoredEvent sealed = log_sealed(replica_.fleet, to.successor, to.destination);
        sealed.set_actor(to.actor);
        sealed.set_reason(to.reason);
        CommitBuilder builder;
        const bool fits = builder.add(sealed);
        FERRY_ASSERT(fits, "a Sealed does not fit a commit");
        const auto appended = append_commit(builder, CommitKind::seal, to.successor);
        if (!appended) {
            failed_ = true;
            return std::unexpected(appended.error());
        }
        if (*appended) return {};
        if (auto again = refold(); !again) return again;
    }
    return fail(Errc::unavailable,
                fmt::format("{}: other writers came first {} times in a row; try again, or stop "
                            "them",
                            replica_.log->name(), options_.attempts_max));
}

Result<void> Writer::succeed(const std::string& actor, const std::string& reason) {
    if (auto read = replica_.catch_up(); !read) return read;
    if (auto sound = check_sound(); !sound) return sound;
    const AcceptanceState& state = replica_.acceptance;
    if (!state.reserved_for || state.sealed_for != state.reserved_for) return check_owned();
    if (auto clock = check_clock(); !clock) return clock;
    return take_over({*state.reserved_for, "copied", actor, reason});
}

}  // namespace ferry
