// `ferry rollback`: the plan first, with what is lost; then, once somebody has agreed to it,
// exactly that plan; at the end the proof.
#include "cli/rollback.hpp"

#include "cli/entity_argument.hpp"
#include "cli/program.hpp"
#include "cli/rollback_report.hpp"
#include "cli/view.hpp"
#include "engine/words.hpp"
#include "events/hash.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace ferry {

namespace {

std::size_t items_of(const std::vector<SiteRollback>& parts) {
    std::size_t count = 0;
    for (const SiteRollback& part : parts) count += part.plan.items.size();
    return count;
}

bool executable(const std::vector<SiteRollback>& parts) {
    for (const SiteRollback& part : parts)
        if (!part.plan.executable()) return false;
    return true;
}

/// Asks for the number of entities, which nobody types by accident.
Result<void> confirm(Session& session, std::size_t count) {
    if (!session.err_is_terminal)
        return fail(Errc::usage, "a rollback asks before it runs and there is no terminal to ask "
                                 "on; say --yes, or --plan FILE --expect HASH");
    session.err << fmt::format("Set {} back? Type the number to go on: ",
                               counted(count, "entity", "entities"));
    session.err.flush();
    std::string typed;
    std::getline(session.in, typed);
    if (typed == std::to_string(count)) return {};
    return fail(Errc::not_allowed, "not confirmed; nothing was written");
}

/// How many moves back the rollback has opened in one site.
std::size_t owed_by(const Fleet& fleet, const std::string& id) {
    const OpenSettlement* settlement = settlement_of(fleet, id);
    return settlement ? settlement->open : 0;
}

std::size_t owed_in(const std::vector<SiteRollback>& parts, const std::string& id) {
    std::size_t owed = 0;
    for (const SiteRollback& part : parts) owed += owed_by(part.site->replica.fleet, id);
    return owed;
}

ExitCode print_done(Session& session, const std::vector<SiteRollback>& parts,
                    const std::string& id) {
    for (const SiteRollback& part : parts) {
        const Fleet& fleet = part.site->replica.fleet;
        if (session.json) {
            session.out << boost::json::serialize(
                               boost::json::object{{"rollback", id},
                                                   {"site", part.site->name},
                                                   {"position", fleet.position.value},
                                                   {"restored", part.plan.items.size()},
                                                   {"digest", to_hex(part.plan.digest)},
                                                   {"movesBack", owed_by(fleet, id)},
                                                   {"exact", true}})
                        << '\n';
            continue;
        }
        session.out << fmt::format(
            "{}: {} set back to {}, at position {}\n"
            "  proof: the decided state of the scope has digest {} now, as it had then\n",
            part.site->name, counted(part.plan.items.size(), "entity", "entities"), part.shown,
            fleet.position.value, to_hex(part.plan.digest));
    }
    if (std::size_t owed = owed_in(parts, id); owed > 0 && !session.json)
        session.out << fmt::format(
            "{} accounts are owed a move back; `ferry mover` makes them, and "
            "then the rollback is settled\n",
            owed);
    std::size_t open = 0;
    for (const SiteRollback& part : parts) open += part.site->replica.fleet.remediations.size();
    if (open > 0 && !session.json)
        session.out << fmt::format("{} remediations are open; `ferry remediations` lists them\n",
                                   open);
    return session.exit;
}

bool is_open(const std::vector<SiteRollback>& parts, const std::string& id) {
    for (const SiteRollback& part : parts)
        for (const OpenRollback& open : part.site->replica.fleet.rollbacks)
            if (open.id == id) return true;
    return false;
}

ExitCode execute(Session& session, Sites& sites, std::vector<SiteRollback>& parts,
                 const RollbackStamp& stamp) {
    if (auto ran = run_rollback(sites, parts, stamp); !ran) {
        session.report(ran.error());
        if (ran.error().code == Errc::not_allowed) session.exit = ExitCode::refused;
        if (!is_open(parts, stamp.id)) return session.exit;
        session.err << "`ferry status` says how far it came; `ferry rollback --resume " << stamp.id
                    << "` goes on, `--abandon " << stamp.id << "` leaves it there\n";
        return session.exit;
    }
    print_done(session, parts, stamp.id);
    if (auto closed = sites.close(); !closed) return session.report(closed.error());
    return session.exit;
}

ExitCode refuse(Session& session, const std::vector<SiteRollback>& parts) {
    std::size_t left_behind = 0;
    for (const SiteRollback& part : parts) left_behind += part.plan.left_behind.size();
    session.err << "ferry: refused: the plan holds what cannot be set back (see above); narrow the "
                   "scope to what can"
                << (left_behind == 0 ? "" : ", or add --with-members") << '\n';
    return session.exit = ExitCode::refused;
}

std::size_t users_of(const std::vector<SiteRollback>& parts) {
    std::size_t users = 0;
    for (const SiteRollback& part : parts) users += part.plan.users();
    return users;
}

/// What keeps the plan from running until a second person has agreed to it; nothing where the pack
/// does not ask for that, or somebody has.
std::optional<std::string> missing_approval(const Session& session, const Sites& sites,
                                            const std::vector<SiteRollback>& parts,
                                            const Hash& hash) {
    // A plan over several sites is one plan: the most careful of their packs decides.
    const Pack* strictest = nullptr;
    for (const SiteRollback& part : parts) {
        const Pack& pack = sites.pack(*part.site);
        if (pack.approval_above &&
            (!strictest || *pack.approval_above < *strictest->approval_above))
            strictest = &pack;
    }
    const std::size_t users = users_of(parts);
    if (!strictest || users <= *strictest->approval_above) return std::nullopt;
    std::string commands;
    for (const SiteRollback& part : parts)
        if (part.plan.users() > 0 &&
            !approved_by_another(part.site->replica.fleet, hash, session.actor))
            commands += fmt::format("\n  ferry approve site:{} rollback --plan {}", part.site->name,
                                    to_hex(hash));
    if (commands.empty()) return std::nullopt;
    return fmt::format("approved: {} more than {}, so pack {} asks for a second person's "
                       "approval of exactly this plan; somebody other than {} gives it by{}",
                       counted(users, "user is", "users are"), *strictest->approval_above,
                       strictest->name, session.actor, commands);
}

void show_plan(Session& session, const std::vector<SiteRollback>& parts,
               const RollbackQuestion& question, bool whole, bool refused) {
    if (!session.json) print_plan(session.out, parts, whole);
    else if (session.dry_run || refused)
        session.out << boost::json::serialize(plan_json(parts, question)) << '\n';
}

}  // namespace

ExitCode plan_and_run(Session& session, Sites& sites, RollbackOptions& options) {
    auto parts = plan_request(sites, options.request, options.expect);
    if (!parts) {
        session.report(parts.error());
        // A plan that is stale was refused, not misread.
        if (parts.error().code == Errc::not_allowed) session.exit = ExitCode::refused;
        return session.exit;
    }
    const RollbackQuestion question{options.request.selectors, options.request.with_members};
    show_plan(session, *parts, question, options.whole, !executable(*parts));
    if (!executable(*parts)) return refuse(session, *parts);
    const Hash whole = whole_hash(*parts);
    const auto unapproved = missing_approval(session, sites, *parts, whole);
    std::erase_if(*parts, [](const SiteRollback& part) { return part.plan.items.empty(); });
    if (parts->empty()) {
        session.err << "Nothing in scope differs from then; there is nothing to set back.\n";
        return session.exit;
    }
    if (unapproved)
        session.err << "ferry: " << (session.dry_run ? "not yet " : "refused: not ") << *unapproved
                    << '\n';
    if (session.dry_run) return session.exit;
    if (unapproved) return session.exit = ExitCode::refused;
    if (!options.yes && options.expect.empty())
        if (auto agreed = confirm(session, items_of(*parts)); !agreed)
            return session.report(agreed.error());
    RollbackStamp stamp{
        sites.command("").command_id(), session.actor, session.reason, {}, {}, false};
    stamp.selectors = question.selectors;
    stamp.with_members = question.with_members;
    if (whole != parts->front().plan.hash) stamp.whole_plan_hash = text_of(whole);
    if (parts->size() > 1)
        for (const SiteRollback& part : *parts)
            stamp.cut.emplace_back(part.site->name, part.plan.target);
    return execute(session, sites, *parts, stamp);
}

namespace {

ExitCode rollback(Session& session, RollbackOptions& options) {
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    if (const ExitCode damaged = (*sites)->warn_about_logs(); damaged != ExitCode::done)
        return damaged;
    // Where nothing was ever recorded nothing differs from then, which a wrong --log would hide.
    const auto begun = [](const Site& site) { return site.replica.acceptance.started(); };
    if (std::ranges::none_of((*sites)->all(), begun)) return session.report(no_log_at(session));
    RollbackStamp stamp{"", session.actor, session.reason, {}, {}, false};
    if (!options.resume.empty()) {
        auto parts = open_parts(**sites, options.resume, stamp);
        if (!parts) return session.report(parts.error());
        const RollbackQuestion question{stamp.selectors, stamp.with_members};
        if (session.dry_run || !executable(*parts))
            show_plan(session, *parts, question, options.whole, !executable(*parts));
        if (!executable(*parts)) return refuse(session, *parts);
        if (session.dry_run) return session.exit;
        return execute(session, **sites, *parts, stamp);
    }
    if (options.abandon.empty()) return plan_and_run(session, **sites, options);
    stamp.id = (*sites)->command("").command_id();
    const auto count = abandon_rollback(**sites, options.abandon, stamp);
    if (!count) return session.report(count.error());
    if (*count == 0)
        return session.report({Errc::bad_input, fmt::format("no rollback `{}` is open; `ferry "
                                                            "status` names those that are",
                                                            options.abandon)});
    session.out << fmt::format("abandoned in {}; what was set back stays so\n",
                               counted(*count, "site"));
    if (auto closed = (*sites)->close(); !closed) return session.report(closed.error());
    return session.exit;
}

}  // namespace

void add_rollback(CLI::App& app, Session& session) {
    const auto options = std::make_shared<RollbackOptions>();
    Verb verb(app, "rollback",
              "Set entities back to exactly what they were, and prove it\n\n"
              "Examples:\n"
              "  ferry rollback --to before-pilot 'pool:ocs01.contoso.com/*' --dry-run\n"
              "  ferry rollback --last user:alice@contoso.com --yes\n\n"
              "The plan comes first: what is reversible, what is lost, what forbids it.");
    RollbackRequest& request = options->request;
    VerbOption to = verb.add_option("--to", request.to,
                                    "A position, a time, a label or a cut (CAMPAIGN/LABEL)");
    verb.add_option("SELECTOR", request.selectors,
                    "What to set back (default: everything): an entity, pool:NAME/*, site:NAME/*, "
                    "@FILE");
    VerbOption last =
        verb.add_option("--last", request.last, "Undo this entity's latest transition");
    verb.add_flag("--with-members", request.with_members,
                  "Take the members of pools in scope along");
    VerbOption plan = verb.add_option("--plan", request.plan_file,
                                      "Run exactly the plan in this file (from --dry-run --json)");
    verb.add_option("--expect", options->expect, "The hash of the plan that was agreed to");
    VerbOption resume =
        verb.add_option("--resume", options->resume, "Go on with an interrupted rollback");
    VerbOption abandon =
        verb.add_option("--abandon", options->abandon, "Leave an interrupted rollback where it is");
    for (VerbOption option : {to, last, plan, resume, abandon})
        for (VerbOption other : {to, last, plan, resume, abandon})
            if (option != other) option.excludes(other);
    verb.add_flag("--yes", options->yes, "Do not ask");
    verb.add_flag("--all", options->whole, "List every entity of the plan");
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { rollback(session, *options); });
}

}  // namespace ferry
