// `ferry check`: records what somebody or something looked at, and what came of it.
#include "cli/answer.hpp"
#include "cli/entity_argument.hpp"
#include "cli/import/letter_case.hpp"
#include "cli/input_file.hpp"
#include "cli/program.hpp"
#include "cli/unasked_check.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

struct CheckOptions {
    std::string entity;
    std::string check;
    std::string outcome;
    std::string evidence;
    std::string deployment;
};

/// The site whose log records it.
Result<std::string> site_of(Sites& sites, const std::string& entity) {
    constexpr std::string_view stream = "site:";
    if (!entity.starts_with(stream)) {
        const auto place = find_entity(sites, entity);
        if (!place) return std::unexpected(place.error());
        return place->site->name;
    }
    std::string name = entity.substr(stream.size());
    if (sites.named(name)) return name;
    std::string known;
    for (const Site& site : sites.all()) known += (known.empty() ? "" : ", ") + site.name;
    return fail(Errc::bad_input, fmt::format("there is no site `{}`; {}", name,
                                             known.empty() ? "begin with `ferry import`"
                                                           : "the sites are " + known));
}

ExitCode check(Session& session, const CheckOptions& options) {
    const auto evidence = evidence_of(options.evidence);
    if (!evidence) return session.report(evidence.error());
    auto sites = Sites::open(session, true);
    if (!sites) return session.report(sites.error());
    const std::string entity = entity_id(options.entity);
    const auto site = site_of(**sites, entity);
    if (!site) return session.report(site.error());
    v1::Command command = (*sites)->command(entity);
    auto& body = *command.mutable_record_check();
    body.set_check(intake::lower_case(options.check));
    for (const v1::CheckOutcome outcome :
         {v1::CHECK_OUTCOME_PASS, v1::CHECK_OUTCOME_FAIL, v1::CHECK_OUTCOME_INCONCLUSIVE})
        if (intake::equal_without_case(word(outcome), options.outcome))
            body.set_outcome(std::string(word(outcome)));
    body.set_evidence(*evidence);
    body.set_deployment(options.deployment);
    warn_where_unasked(session, (*sites)->pack(*(*sites)->named(*site)), body.check());
    return give_one(session, **sites, *site, command);
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
    const auto options = std::make_shared<CheckOptions>();
    Verb verb(
        app, "check",
        "Record the outcome of a check, with its evidence\n\n"
        "Examples:\n"
        "  ferry check pool:ocs01.contoso.com services-started pass --evidence @services.log\n"
        "  ferry check application:rgs-helpdesk application-compatible fail --evidence 'no "
        "queue'\n"
        "  ferry check site:paris site-administrable pass\n\n"
        "A check given for a site is recorded on each of its pools. The latest outcome counts; "
        "inconclusive is not a pass.");
    verb.add_option("ENTITY", options->entity, "What was looked at, or site:NAME").required();
    verb.add_option("CHECK", options->check, "Which check, such as services-started").required();
    verb.add_option("OUTCOME", options->outcome, "What came of it")
        .required()
        .one_of_in_any_case({"pass", "fail", "inconclusive"});
    verb.add_option("--evidence", options->evidence,
                    "What shows it: a text, or @FILE to record the file's SHA-256 and name");
    verb.add_option("--deployment", options->deployment, "Which side was looked at")
        .one_of({"legacy", "successor"});
    add_write_options(verb, session);
    add_read_options(verb, session);
    verb.callback([&session, options] { check(session, *options); });
}

}  // namespace ferry
