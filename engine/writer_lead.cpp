// How a writer comes to lead a log, and how one commit of its gets in.
#include "engine/evolve.hpp"
#include "engine/reign.hpp"
#include "engine/writer.hpp"

#include <fmt/format.h>

namespace ferry {

Result<void> Writer::open() {
    if (auto led = replica_.log->lead(); !led) return led;
    if (auto read = replica_.catch_up(); !read) return read;
    if (auto fit = check_fit(); !fit) return fit;
    if (auto clock = check_clock(); !clock) return clock;
    if (!replica_.acceptance.started() || !replica_.log->void_is_damage()) return {};
    // Behind a lock the id belongs to the log, and whoever holds the lock writes with it.
    term_ = replica_.acceptance.term;
    writer_ = replica_.acceptance.writer;
    return {};
}

Result<void> Writer::check_fit() const {
    if (auto sound = check_sound(); !sound) return sound;
    return check_owned();
}

Result<void> Writer::check_sound() const {
    const std::string name = replica_.log->name();
    if (replica_.damage)
        return fail(Errc::damaged,
                    fmt::format("{} is damaged after position {} ({}); nothing is appended until "
                                "`ferry repair` has set the tail aside",
                                name, replica_.damage->after.value, replica_.damage->reason));
    if (replica_.fleet.unknown)
        return fail(Errc::configuration,
                    fmt::format("{} holds {} at position {}; this build may read it but not write "
                                "to it: use the ferry that wrote it, or a newer one",
                                name, replica_.fleet.unknown->what,
                                replica_.fleet.unknown->position.value));
    return {};
}

Result<void> Writer::check_clock() const {
    if (options_.clock_confirmed) return {};
    const auto wall = clock_.now() - wall_started_;
    const auto passed = clock_.monotonic() - monotonic_started_;
    auto jump = std::chrono::abs(wall - passed);
    jump = std::max(jump, std::chrono::abs(replica_.log->clock_jump(clock_)));
    // Against the log only a clock that went back can be seen; a log may well rest for a year.
    jump = std::max(jump, std::chrono::duration_cast<decltype(jump)>(replica_.acceptance.recorded -
                                                                     clock_.now()));
    if (jump <= clock_jump_max) return {};
    return fail(
        Errc::configuration,
        fmt::format("the clock jumped by {} minutes; it says {} now, and the last commit of "
                    "{} was recorded at {}. Nothing is written until somebody has looked: "
                    "set the clock right, or say --confirm-clock if it is",
                    std::chrono::duration_cast<std::chrono::minutes>(jump).count(),
                    to_rfc3339(clock_.now()), replica_.log->name(),
                    to_rfc3339(replica_.acceptance.recorded)));
}

bool Writer::leads() const {
    const AcceptanceState& state = replica_.acceptance;
    return state.term == term_ && state.writer == writer_ && !state.fence && !state.sealed_for;
}

Result<void> Writer::begin_batch() {
    if (auto clock = check_clock(); !clock) return clock;
    if (!replica_.log->void_is_damage())
        if (auto fit = replica_.expected.empty() ? read_and_lead() : replica_.log->may_append();
            !fit)
            return fit;
    draft_.begin(replica_.fleet.position.next(), std::max(clock_.now(), tail().recorded));
    boundaries_.clear();
    return {};
}

Result<void> Writer::read_and_lead() {
    if (auto read = replica_.catch_up(); !read) return read;
    if (auto fit = check_fit(); !fit) return fit;
    if (auto may = replica_.log->may_append(); !may) return may;
    if (!replica_.acceptance.started() || leads()) return {};
    if (term_.value != 0 && !replica_.log->competes()) return step_down();
    return take_over_anew();
}

Result<void> Writer::create_log(const Request& request) {
    const bool creates = !replica_.acceptance.started() && replica_.fleet.position.value == 0 &&
                         request.action == v1::ACTION_REGISTER && request.kind == v1::KIND_POOL &&
                         request.expected.met_by({0});
    return creates ? begin_log(request.command->register_().site()) : Result<void>();
}

Result<void> Writer::create(const std::string& name) {
    if (auto begun = begin_batch(); !begun) return begun;
    return replica_.acceptance.started() ? Result<void>() : begin_log(name);
}

Result<void> Writer::begin_log(const std::string& name) {
    const auto log_id = randomness_.id<LogId>();
    term_ = {1};
    writer_ = randomness_.id<WriterId>();
    CommitBuilder builder;
    builder.add(log_created(log_id, name));
    Fleet before;
    evolve(before, {1}, draft_.recorded, log_created(log_id, name));
    builder.add(owner_taken(before, term_, writer_, options_.cause));
    const v1::StoredEvent taken = owner_taken(before, term_, writer_, options_.cause);
    if (rehearsing_) {
        evolve(replica_.fleet, {1}, draft_.recorded, log_created(log_id, name));
        evolve(replica_.fleet, {2}, draft_.recorded, taken);
    } else {
        replica_.acceptance.log_id = log_id;
        const auto appended = append_commit(builder, CommitKind::first);
        if (!appended) return std::unexpected(appended.error());
        // Somebody else created the log at the same time: theirs counts, and is led by takeover.
        if (!*appended)
            if (auto lost = refold(); !lost) return lost;
    }
    draft_.next = replica_.fleet.position.next();
    return {};
}

Writer::Tail Writer::tail() const {
    const AcceptanceState& state = replica_.acceptance;
    return replica_.expected.empty() ? Tail{state.position, state.head, state.recorded} : tail_;
}

Result<void> Writer::hand_over(CommitBuilder& builder, CommitKind kind, WriterId next_writer) {
    const Tail before = tail();
    CommitHeader header;
    header.kind = kind;
    header.log_id = replica_.acceptance.log_id;
    header.commit_id = randomness_.id<CommitId>();
    header.first = before.position.next();
    header.term = term_;
    header.writer = writer_;
    header.next_writer = next_writer;
    header.previous = kind == CommitKind::first ? genesis_hash(header.log_id) : before.head;
    header.read_back = replica_.acceptance.position;
    header.recorded = draft_.recorded;
    header.machine_digest = machine_digest();
    header.pack = pack_before(replica_.fleet, header.first);
    std::vector<Byte> stored = builder.finish(header);
    builder.clear();
    const auto appended = replica_.log->hand_over(stored);
    if (!appended) return std::unexpected(appended.error());
    const CommitView commit = read_checked_commit(stored).view;
    tail_ = {commit.header.last(), commit.hash, header.recorded};
    // What is decided is folded as it is decided; the other kinds are folded as any reader would.
    replica_.expected.push_back({std::move(stored), kind == CommitKind::plain});
    ++handed_over_;
    if (*appended == Appended::handed_over) return {};
    const Record record{{header.first.value}, replica_.expected.back().stored};
    if (auto taken = replica_.take(record); !taken) return taken;
    FERRY_ASSERT(replica_.acceptance.head == tail_.head,
                 "a commit that stands is not accepted by its own writer");
    replica_.next = {replica_.acceptance.position.value + 1};
    return {};
}

Result<bool> Writer::land(std::uint64_t commits) {
    while (!replica_.overtaken && landed() < commits) {
        const std::size_t before = replica_.expected.size();
        if (auto read = replica_.catch_up_some(); !read) return std::unexpected(read.error());
        // The first of them was passed and does not count, so none after it does.
        if (replica_.expected.size() == before) break;
    }
    if (!replica_.overtaken && landed() >= commits) return true;
    replica_.expected.clear();
    return false;
}

Result<bool> Writer::append_commit(CommitBuilder& builder, CommitKind kind, WriterId next_writer) {
    if (auto handed = hand_over(builder, kind, next_writer); !handed)
        return std::unexpected(handed.error());
    return land(handed_over_);
}

Result<void> Writer::step_down() const {
    return fail(Errc::unavailable,
                fmt::format("{}: another writer took over in term {}; this one steps down and "
                            "answers nothing more",
                            replica_.log->name(), replica_.acceptance.term.value));
}

Result<void> Writer::settle_unknown() {
    term_ = {};
    if (auto again = refold(); !again) return again;
    if (!replica_.acceptance.started()) return {};
    return take_over_anew();
}

Result<void> Writer::refold() {
    quiet_.reset();
    // What is forgotten here was accepted, and has to be met again.
    const Position known = replica_.acceptance.position;
    const Hash head = replica_.acceptance.head;
    bool met = known.value == 0 || replica_.log->void_is_damage();
    const auto outer = std::move(replica_.on_commit);
    replica_.on_commit = [&](const CommitView& commit) {
        met = met || (commit.header.last() == known && commit.hash == head);
        if (outer) outer(commit);
    };
    replica_.forget();
    const auto read = replica_.catch_up();
    replica_.on_commit = outer;
    if (!read || met) return read;
    return std::unexpected(
        truncated_after(*replica_.log, std::min(replica_.acceptance.position, known)));
}

}  // namespace ferry
