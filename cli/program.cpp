#include "cli/program.hpp"

#include "cli/help.hpp"
#include "cli/kafka_verbs.hpp"
#include "cli/move_verbs.hpp"
#include "engine/spelling.hpp"

#include <CLI/CLI.hpp>

namespace ferry {

namespace {

constexpr const char* about =
    "Ferry takes users, pools and applications from a legacy system to its successor, and back.\n"
    "Every change of state is decided by an explicit state machine and kept as an event.\n\n"
    "Examples:\n"
    "  ferry import pools.csv users.csv applications.csv\n"
    "  ferry status\n"
    "  ferry advance pool:ocs01.contoso.com --to coexist-test\n"
    "  ferry why user:alice@contoso.com promote";

std::string nearest_verb(const CLI::App& app, std::string_view word) {
    NearestWord nearest(word);
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
        nearest.offer(verb->get_name());
    return nearest.found();
}

/// What stands where a verb should: the first argument that is no option and no option's value.
std::string verb_typed(int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (!argument.starts_with('-')) return std::string(argument);
        if (argument == "--log" || argument == "--kafka-config") ++i;
    }
    return "";
}

int report_usage(const CLI::App& app, const CLI::ParseError& error, int argc,
                 const char* const* argv, Session& session) {
    const bool parsed_verb = !app.get_subcommands().empty();
    std::string typed = parsed_verb ? "" : verb_typed(argc, argv);
    if (nearest_verb(app, typed) == typed) typed.clear();
    if (typed.empty()) session.err << "ferry: " << error.what() << '\n';
    else session.err << "ferry: there is no verb `" << typed << "`\n";
    if (const std::string verb = nearest_verb(app, typed); !typed.empty() && !verb.empty())
        session.err << "Did you mean `ferry " << verb << "`?\n";
    const CLI::App& where = parsed_verb ? *app.get_subcommands().front() : app;
    session.err << "Run `ferry " << (parsed_verb ? where.get_name() + " " : "")
                << "--help` for what can be given.\n";
    return static_cast<int>(ExitCode::usage);
}

/// As a shell shows a program that SIGPIPE has ended: who reads no more has what they wanted.
constexpr int reader_gone_exit = 141;

/// Everything that writes has a dry run.
bool only_reads(const CLI::App& app) {
    const auto parsed = app.get_subcommands();
    return !parsed.empty() && !parsed.front()->get_option_no_throw("--dry-run");
}

}  // namespace

std::unique_ptr<CLI::App> build_program(Session& session) {
    auto app = std::make_unique<CLI::App>(about, "ferry");
    app->formatter(std::make_shared<HelpFormatter>());
    app->require_subcommand(1);
    app->fallthrough();
    app->set_version_flag("--version", "ferry " FERRY_BUILD_VERSION);
    app->add_option("--log", session.log_url,
                    "Which logs: sqlite:DIRECTORY, kafka://BROKERS/PREFIX or memory:")
        ->envname("FERRY_LOG")
        ->capture_default_str();
    app->add_option("--kafka-config", session.kafka_config,
                    "A TOML file of librdkafka's properties (TLS, SASL); secrets stand here")
        ->envname("FERRY_KAFKA_CONFIG");
    app->add_flag_callback(
        "--no-color", [&session] { session.colour = false; }, "No colour even on a terminal");
    for (const auto add :
         {add_import,     add_apply,    add_advance,    add_check,        add_approve,
          add_withdraw,   add_mark,     add_release,    add_take_over,    add_status,
          add_show,       add_why,      add_history,    add_events,       add_diff,
          add_trace,      add_export,   add_rollback,   add_remediations, add_verify,
          add_checkpoint, add_conform,  add_repair,     add_copy,         add_serve,
          add_publish,    add_topics,   add_decode,     add_diagram,      add_pack,
          add_plan,       add_mover,    add_script,     add_ingest,       add_wave,
          add_simulate,   add_campaign, add_coordinate, add_man,          add_completion})
        add(*app, session);
    return app;
}

int run_program(int argc, const char* const* argv, Session& session) {
    session.actor = default_actor();
    const auto app = build_program(session);
    try {
        if (argc == 1) {
            session.out << app->help();
            return static_cast<int>(ExitCode::done);
        }
        app->parse(argc, argv);
    } catch (const CLI::Success& asked) {
        return app->exit(asked, session.out, session.err);
    } catch (const CLI::ParseError& error) {
        return report_usage(*app, error, argc, argv, session);
    }
    session.out.flush();
    if (!session.out && only_reads(*app) && session.reader_is_gone && session.reader_is_gone())
        return reader_gone_exit;
    if (!session.out && session.exit == ExitCode::done)
        return static_cast<int>(session.report({Errc::io, "stdout cannot be written"}));
    return static_cast<int>(session.exit);
}

}  // namespace ferry
