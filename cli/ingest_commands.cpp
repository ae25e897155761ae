#include "cli/ingest_commands.hpp"

#include "cli/entity_argument.hpp"
#include "cli/import/letter_case.hpp"
#include "cli/move_causes.hpp"
#include "engine/words.hpp"
#include "events/clock.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

constexpr std::string_view replication_check = "replication-up-to-date";

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [&](std::string_view word) { return intake::equal_without_case(text, word); });
}

/// True for success, false for failure; nothing where the word is neither.
std::optional<bool> success_of(std::string_view word) {
    if (is_any_of(word, {"success", "succeeded", "moved", "done", "ok", "true", "pass"}))
        return true;
    if (is_any_of(word, {"failure", "failed", "error", "false", "fail"})) return false;
    return std::nullopt;
}

/// The pool that a server's name means, and which side of it.
struct Server {
    Sites::Place pool;
    bool successor = false;
};

std::optional<Server> server_of(Sites& sites, std::string_view typed) {
    const std::string name = intake::lower_case(typed);
    for (Site& site : sites.all()) {
        const Fleet& fleet = site.replica.fleet;
        for (std::size_t number = 1; number <= fleet.size(); ++number) {
            if (fleet.at({number}).kind != v1::KIND_POOL) continue;
            if (fleet.name({number}) == name) return Server{{&site, {number}}, false};
            if (fleet.successor({number}) == name) return Server{{&site, {number}}, true};
        }
    }
    return std::nullopt;
}

/// The move of a member that waits for its report; empty where none does.
std::string open_move(const Fleet& fleet, EntityNumber member) {
    if (const MoveBack* back = move_back_of(fleet, member); back && !back->failed)
        return back->move;
    const auto found = fleet.moves.find(static_cast<std::uint32_t>(member.value));
    return found == fleet.moves.end() ? "" : found->second.move;
}

class Ingesting {
public:
    Ingesting(Sites& sites, const IngestFile& file, std::string digest,
              const IngestOptions& options)
        : sites_(sites), file_(file), digest_(std::move(digest)), options_(options) {
        found_.rejects = file.rejects;
    }

    Result<Ingested> run() {
        for (const IngestRow& row : file_.rows) {
            Result<void> taken;
            if (file_.kind == IngestKind::moves) taken = take_move(row);
            else if (file_.kind == IngestKind::synthetic) taken = take_synthetic(row);
            else taken = take_replica(row);
            if (!taken) return std::unexpected(taken.error());
        }
        if (file_.kind == IngestKind::replication && !options_.pool.empty())
            if (auto taken = take_pool_of_replicas(); !taken) return std::unexpected(taken.error());
        std::ranges::stable_sort(found_.rejects, {}, [](const intake::Finding& reject) {
            return reject.place.spot.line;
        });
        return std::move(found_);
    }

private:
    bool checks_members() const {
        return file_.kind == IngestKind::moves && !options_.check.empty();
    }

    void reject(const IngestRow& row, std::string what, std::string remedy) {
        found_.rejects.push_back({{file_.name, row.spot}, std::move(what), std::move(remedy)});
    }

    std::string id_of(const IngestRow& row, const Sites::Place& place,
                      const std::string& more) const {
        const std::string text = fmt::format("{}\n{}\n{}{}", digest_, row.spot.line,
                                             place.site->replica.fleet.id(place.number), more);
        return "ingest-" + to_hex(sha256(bytes_of(text))).substr(0, 40);
    }

    /// The command that the row becomes. Rows of one file differ by their lines; `more` tells what
    /// else may be made of the same row.
    v1::Command& add(const IngestRow& row, const Sites::Place& place, const std::string& remedy,
                     const std::string& more = "") {
        IngestedCommand& made = found_.commands.emplace_back();
        made.place = {file_.name, row.spot};
        made.remedy = remedy;
        made.command = sites_.command(std::string(place.site->replica.fleet.id(place.number)));
        made.command.set_command_id(id_of(row, place, more));
        return made.command;
    }

    Result<bool> was_taken(const IngestRow& row, const Sites::Place& place,
                           const std::string& more = "") const {
        const auto known = find_command(place.site->replica, id_of(row, place, more));
        if (!known) return std::unexpected(known.error());
        return known->has_value();
    }

    /// Whether what the row says of a check still counts, as it was recorded last.
    bool stands(const Sites::Place& place, const v1::RecordCheck& body,
                const CheckState* recorded) const {
        if (!recorded || word(v1::CheckOutcome(recorded->outcome)) != body.outcome()) return false;
        const CheckRule* rule = sites_.pack(*place.site).check_rule(body.check());
        const bool expires = rule && rule->fresh.count() > 0 && body.outcome() == "PASS";
        return !expires || SystemClock().now() < recorded->recorded + rule->fresh;
    }

    /// A file that was read before is recorded again where what it says does not stand any more:
    /// reports that carry no time are the same to the byte before and after a repair.
    Result<void> add_check(const IngestRow& row, const Sites::Place& place, v1::RecordCheck body,
                           const std::string& remedy) {
        std::string more = fmt::format("\n{}\n{}", body.check(), body.deployment());
        const auto taken = was_taken(row, place, more);
        if (!taken) return std::unexpected(taken.error());
        if (*taken) {
            const CheckState* recorded = place.site->replica.fleet.check(
                place.number, body.check(), *deployment_of(body.deployment()));
            if (stands(place, body, recorded)) {
                ++found_.known_before;
                return {};
            }
            more += fmt::format("\nafter {}", recorded ? recorded->position.value : 0);
        }
        found_.checks.emplace(place.site->name, body.check());
        *add(row, place, remedy, more).mutable_record_check() = std::move(body);
        return {};
    }

    /// Whether the last thing that befell a member without an open move is a report that says this.
    Result<bool> was_reported(const Sites::Place& place, bool succeeded) const {
        const Entity& member = place.site->replica.fleet.at(place.number);
        const auto last = find_event(place.site->replica, member.last_position);
        if (!last) return std::unexpected(last.error());
        const std::string_view id = *last ? (*last)->event.command_id() : std::string_view();
        if (!id.starts_with("ingest-") && !id.starts_with("moved-")) return false;
        return member.transfer == (succeeded ? v1::STATE_SETTLED : v1::STATE_FAILED);
    }

    static std::string remedy_of(const std::string& error) {
        const MoveCause* cause = known_cause(error);
        return cause ? fmt::format("{}: {}", cause->meaning, cause->remedy) : "";
    }

    Result<void> take_move(const IngestRow& row) {
        const std::string entity = entity_id(row.value("address"));
        const auto place = sites_.find(entity);
        if (!place) {
            reject(row, fmt::format("`{}` is not known here", row.value("address")),
                   "import it first, or look for the right spelling with `ferry show --all`");
            return {};
        }
        const auto succeeded = success_of(row.value("outcome"));
        if (!succeeded) {
            reject(row, fmt::format("`{}` is neither success nor failure", row.value("outcome")),
                   "write SUCCEEDED or FAILED");
            return {};
        }
        const std::string& reversible = row.value("reversible");
        if (!reversible.empty() && !is_any_of(reversible, {"true", "false"})) {
            reject(row, fmt::format("reversible `{}` is neither true nor false", reversible),
                   "write false where going back cannot undo the move");
            return {};
        }
        const std::string& error = row.value("error");
        const std::string remedy = *succeeded ? "" : remedy_of(error);
        if (checks_members()) {
            v1::RecordCheck body;
            body.set_check(intake::lower_case(options_.check));
            body.set_outcome(*succeeded ? "PASS" : "FAIL");
            body.set_evidence(error.empty() ? digest_ : cause_text(error) + "; " + digest_);
            return add_check(row, *place, std::move(body), remedy);
        }
        auto before = was_taken(row, *place);
        const std::string given = row.value("move");
        const std::string move =
            given.empty() ? open_move(place->site->replica.fleet, place->number) : given;
        // A report that was mended where some rows were wrong has other bytes.
        if (before && !*before && move.empty()) before = was_reported(*place, *succeeded);
        if (!before) return std::unexpected(before.error());
        if (*before) {
            ++found_.known_before;
            return {};
        }
        if (move.empty()) {
            reject(row, fmt::format("no move of {} is open", entity),
                   "see `ferry mover --dry-run`, or name the move in a column Move");
            return {};
        }
        auto& body = *add(row, *place, remedy).mutable_report_move();
        body.set_move(move);
        body.set_outcome(*succeeded ? "SUCCEEDED" : "FAILED");
        body.set_cause(cause_text(error));
        body.set_reversible(intake::lower_case(reversible));
        return {};
    }

    Result<void> record(const IngestRow& row, const Server& server, std::string_view check,
                        std::string_view outcome, const std::string& evidence,
                        const std::string& remedy) {
        v1::RecordCheck body;
        body.set_check(std::string(check));
        body.set_outcome(std::string(outcome));
        body.set_evidence(evidence);
        body.set_deployment(server.successor ? "successor" : "legacy");
        return add_check(row, server.pool, std::move(body), remedy);
    }

    std::optional<Server> server(const IngestRow& row) {
        auto found = server_of(sites_, row.value("address"));
        if (!found)
            reject(row,
                   fmt::format("`{}` is neither a pool nor a successor here", row.value("address")),
                   "`ferry status` lists them; of replicas, --pool says whose they are");
        return found;
    }

    Result<void> take_synthetic(const IngestRow& row) {
        const std::string& own = row.value("check");
        const std::string check = intake::lower_case(own.empty() ? options_.check : own);
        if (check.empty()) {
            reject(row, "it does not say which check it is", "say --check NAME");
            return {};
        }
        const auto at = server(row);
        if (!at) return {};
        const auto passed = success_of(row.value("outcome"));
        const std::string& error = row.value("error");
        std::string evidence = fmt::format("latency {}", row.value("latency"));
        if (!error.empty()) evidence += "; " + cause_text(error);
        evidence += "; " + digest_;
        return record(row, *at, check,
                      !passed   ? "INCONCLUSIVE"
                      : *passed ? "PASS"
                                : "FAIL",
                      evidence, passed && *passed ? "" : remedy_of(error));
    }

    Result<void> take_replica(const IngestRow& row) {
        const auto current = success_of(row.value("outcome"));
        if (!current) {
            reject(row,
                   fmt::format("UpToDate `{}` is neither True nor False", row.value("outcome")),
                   "export Get-CsManagementStoreReplicationStatus again");
            return {};
        }
        if (!options_.pool.empty()) {
            behind_ += *current ? 0 : 1;
            return {};
        }
        const auto at = server(row);
        if (!at) return {};
        return record(row, *at, replication_check, *current ? "PASS" : "FAIL",
                      fmt::format("{} last reported {}; {}", row.value("address"),
                                  row.value("reported"), digest_),
                      *current ? "" : std::string(behind_remedy));
    }

    /// One check of the pool says what all of its replicas said.
    Result<void> take_pool_of_replicas() {
        IngestRow all;
        all.spot = {1, 1};
        all.values["address"] = options_.pool;
        auto at = server(all);
        if (!at || file_.rows.empty()) return {};
        // Whichever of its names was given: replicas are those of the deployment that the pack asks
        // about, which is the new one where it does not say.
        const CheckRule* rule = sites_.pack(*at->pool.site).check_rule(replication_check);
        const auto side = rule ? rule->side : CheckRule::Side::any;
        if (side != CheckRule::Side::each) at->successor = side != CheckRule::Side::legacy;
        return record(all, *at, replication_check, behind_ == 0 ? "PASS" : "FAIL",
                      fmt::format("{} of {} replicas up to date; {}", file_.rows.size() - behind_,
                                  file_.rows.size(), digest_),
                      behind_ == 0 ? "" : std::string(behind_remedy));
    }

    static constexpr std::string_view behind_remedy =
        "a first False is normal: run Invoke-CsManagementStoreReplication and wait";

    Sites& sites_;
    const IngestFile& file_;
    std::string digest_;
    const IngestOptions& options_;
    std::size_t behind_ = 0;
    Ingested found_;
};

}  // namespace

Result<Ingested> ingest(Sites& sites, const IngestFile& file, const std::string& digest,
                        const IngestOptions& options) {
    return Ingesting(sites, file, digest, options).run();
}

}  // namespace ferry
