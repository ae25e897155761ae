// `ferry copy`: a log at another place, of the same kind or another, byte for byte; with --move it
// goes on there.
#include "cli/log_url.hpp"
#include "cli/program.hpp"
#include "cli/progress_line.hpp"
#include "cli/repair_text.hpp"
#include "engine/log_move.hpp"
#include "events/seal.hpp"
#include "projections/snapshot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace ferry {

namespace {

struct CopyChoice {
    std::string from;
    std::string to;
    std::string site;
    bool move = false;
};

struct CopyPlace {
    LogUrl url;
    std::string name;  ///< as it is known from everywhere: a directory by its whole path
};

Result<CopyPlace> place(const std::string& text, const Session& session) {
    const auto url = parse_log_url(text, session);
    if (!url) return std::unexpected(url.error());
    if (url->kind == LogKind::memory)
        return fail(Errc::usage, "memory: ends with the program that wrote to it; copy between "
                                 "logs that stay");
    if (url->kind != LogKind::sqlite) return CopyPlace{*url, text};
    std::filesystem::path directory = std::filesystem::absolute(url->directory).lexically_normal();
    if (!directory.has_filename()) directory = directory.parent_path();
    return CopyPlace{*url, "sqlite:" + directory.string()};
}

Result<std::vector<std::string>> sites_to_copy(const CopyPlace& from, const std::string& only) {
    auto sites = logs_at(from.url);
    if (!sites) return sites;
    if (sites->empty())
        return fail(Errc::unavailable, fmt::format("there is no log at {}; name the right one as "
                                                   "FROM",
                                                   from.name));
    if (only.empty()) return sites;
    if (std::find(sites->begin(), sites->end(), only) == sites->end())
        return fail(Errc::bad_input, fmt::format("there is no site `{}` at {}; known are: {}", only,
                                                 from.name, fmt::join(*sites, ", ")));
    return std::vector{only};
}

class SiteCopy {
public:
    SiteCopy(Session& session, const CopyChoice& choice, const CopyPlace& from, const CopyPlace& to,
             std::string site)
        : session_(session),
          choice_(choice),
          from_(from),
          to_(to),
          site_(std::move(site)),
          origin_(open_log(from.url, site_, "ferry copy")),
          destination_(open_log(to.url, site_, "ferry copy")),
          copy_(*origin_.log, *destination_.log, randomness_,
                {choice.move, [this](Position position) { show(position); }}) {}

    void run() {
        Result<void> done = session_.dry_run ? copy_.survey() : choice_.move ? move() : copy();
        // Also after an error, so that whoever runs it again need not wait for a lease to end.
        for (Replica* side : {&destination_, &origin_})
            if (auto stopped = side->log->stop(); done && !stopped) done = stopped;
        progress_.reset();
        if (done) return session_.json ? print_json() : print_text();
        session_.report(done.error());
        if (done.error().code == Errc::damaged) tell_repair();
    }

private:
    Result<void> copy() {
        if (auto led = destination_.log->lead(); !led) return led;
        if (auto surveyed = copy_.survey(); !surveyed) return surveyed;
        return copy_.run();
    }

    Result<void> move() {
        // Sealing needs the state of the stream `site:NAME`, which a snapshot has at once.
        if (auto opened = open_replica(origin_); !opened) return std::unexpected(opened.error());
        auto moved = move_log({origin_, destination_, copy_}, side_by_side(), clock_, randomness_,
                              {to_.name, session_.actor, session_.reason, session_.confirm_clock});
        if (!moved) return std::unexpected(moved.error());
        moved_ = *moved;
        return {};
    }

    void show(Position position) {
        const std::uint64_t held = copy_.held().value;
        if (!progress_)
            progress_.emplace(session_, "copying " + site_, copy_.origin().position.value - held);
        progress_->show(position.value - held);
    }

    void tell_repair() {
        for (const CopyPlace* place : {&from_, &to_}) {
            if (place->url.kind != LogKind::sqlite) continue;
            RepairOptions options;
            options.dry_run = true;
            const auto report =
                repair_sqlite(place->url.directory, site_, randomness_, clock_, options);
            if (!report || report->damage.empty()) continue;
            session_.err << fmt::format("ferry --log {} repair would do this: {}\n", place->name,
                                        repair_plan_text(site_, *report));
        }
    }

    void print_text() {
        std::ostream& out = session_.out;
        const bool dry = session_.dry_run;
        if (copy_.gone_on()) {
            out << fmt::format("{}: moved before, at position {}, to {}\n", site_,
                               copy_.origin().position.value,
                               sealed_destination(*origin_.log, copy_.origin().position));
            return;
        }
        if (moved_) {
            out << fmt::format(
                "{}: {}moved at position {}; it goes on in {}, and {} is read-only from now on\n",
                site_, moved_->sealed_before ? "finished an interrupted move: " : "",
                moved_->sealed_at.value, to_.name, from_.name);
            return;
        }
        out << fmt::format(
            "{}: {} {} commit(s) of {} bytes behind position {}, to position {}; {}\n", site_,
            dry ? "would copy" : "copied", dry ? copy_.commits_missing() : copy_.commits_copied(),
            dry ? copy_.bytes_missing() : copy_.bytes_copied(), copy_.held().value,
            copy_.origin().position.value, what_then());
    }

    std::string what_then() const {
        if (choice_.move) return fmt::format("then seal {} and go on in {}", from_.name, to_.name);
        return "the copy is read-only until its origin is sealed for it (--move)";
    }

    void print_json() {
        const bool dry = session_.dry_run;
        boost::json::object json;
        json["site"] = site_;
        json["origin"] = from_.name;
        json["destination"] = to_.name;
        json["held"] = copy_.held().value;
        json["position"] = copy_.origin().position.value;
        json["commits"] = dry ? copy_.commits_missing() : copy_.commits_copied();
        json["bytes"] = dry ? copy_.bytes_missing() : copy_.bytes_copied();
        json["dryRun"] = dry;
        json["moved"] = moved_.has_value() || copy_.gone_on();
        if (moved_) json["sealedAt"] = moved_->sealed_at.value;
        session_.out << boost::json::serialize(json) << '\n';
    }

    Session& session_;
    const CopyChoice& choice_;
    const CopyPlace& from_;
    const CopyPlace& to_;
    std::string site_;
    SystemClock clock_;
    SystemRandomness randomness_;
    Replica origin_;
    Replica destination_;
    LogCopy copy_;
    std::optional<LogMoveReport> moved_;
    std::optional<ProgressLine> progress_;
};

ExitCode copy(Session& session, const CopyChoice& choice) {
    auto from = place(choice.from, session);
    if (!from) return session.report(from.error());
    from->url.to_be_left = choice.move;
    const auto to = place(choice.to, session);
    if (!to) return session.report(to.error());
    if (from->name == to->name)
        return session.report(
            {Errc::usage, fmt::format("{} is both FROM and TO; a log cannot be copied onto itself",
                                      from->name)});
    const auto sites = sites_to_copy(*from, choice.site);
    if (!sites) return session.report(sites.error());
    // Sites are independent of each other: what keeps one from being copied keeps no other.
    for (const std::string& site : *sites) SiteCopy(session, choice, *from, *to, site).run();
    return session.exit;
}

}  // namespace

void add_copy(CLI::App& app, Session& session) {
    const auto choice = std::make_shared<CopyChoice>();
    Verb verb(
        app, "copy",
        "Copy logs to another place, byte for byte, or move them there\n\n"
        "Examples:\n"
        "  ferry copy sqlite:ferry-data sqlite:standby\n"
        "  ferry copy --move --site paris sqlite:ferry-data sqlite:new-disk\n\n"
        "Run again, it goes on where it stopped. A copy can be read and not be written to. "
        "With --move the origin is sealed for the copy, and the log goes on there and nowhere "
        "else: a move that was interrupted is finished by the same command.");
    verb.add_option("FROM", choice->from, "The logs to copy, as --log takes them").required();
    verb.add_option("TO", choice->to, "Where to copy them").required();
    verb.add_option("--site", choice->site, "Copy the log of this site alone");
    verb.add_flag("--move", choice->move, "Seal the origin for the copy, and go on there");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, choice] { copy(session, *choice); });
}

}  // namespace ferry
