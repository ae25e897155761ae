// `ferry checkpoint`: signs how far a log reached, to be kept where the log's writer cannot reach
// it.
#include "events/checkpoint.hpp"
#include "cli/key_file.hpp"
#include "cli/program.hpp"
#include "cli/site_names.hpp"
#include "projections/derived_file.hpp"
#include "projections/verification.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ferry {

namespace {

struct CheckpointOptions {
    std::string site;
    std::string key;
    std::string new_key;
    std::string out;
};

ExitCode make_key(Session& session, const CheckpointOptions& options) {
    const auto key = SigningKey::create(options.new_key);
    if (!key) return session.report(key.error());
    if (auto written = write_signing_key(options.key, *key); !written)
        return session.report(written.error());
    session.err << fmt::format("The signing key stands in {}; keep it away from whoever writes the "
                               "logs. The verifier key may be given to everybody:\n",
                               options.key);
    session.out << to_text(key->verifier()) << '\n';
    return session.exit;
}

/// Only what has just been proved is signed.
Result<Checkpoint> checkpoint_of(Log& log, const std::string& site) {
    const auto found = verify_log(log);
    if (!found) return std::unexpected(found.error());
    if (found->verdict != Integrity::intact)
        return fail(Errc::damaged,
                    fmt::format("{}: {} Nothing was signed.", site, to_text(*found)));
    if (found->read_to.value == 0)
        return fail(Errc::unavailable, fmt::format("the log of {} is empty; there is nothing to "
                                                   "sign yet",
                                                   site));
    return Checkpoint{site, found->log_id, found->read_to, found->head, {}};
}

Result<void> put(Session& session, const CheckpointOptions& options, const std::string& note) {
    if (!options.out.empty())
        return write_derived_file(options.out, std::as_bytes(std::span(note)));
    session.out << note;
    return {};
}

ExitCode checkpoint(Session& session, const CheckpointOptions& options) {
    if (!options.new_key.empty()) return make_key(session, options);
    const auto sites = log_names(session, options.site);
    if (!sites) return session.report(sites.error());
    if (sites->names.size() > 1)
        return session.report({Errc::usage, fmt::format("a checkpoint is of one log; say which "
                                                        "with --site: {}",
                                                        fmt::join(sites->names, ", "))});
    const auto key = read_signing_key(options.key);
    if (!key) return session.report(key.error());
    const std::string& site = sites->names.front();
    const auto log = open_log(sites->url, site, "ferry checkpoint");
    const auto made = checkpoint_of(*log, site);
    if (!made) return session.report(made.error());
    if (auto written = put(session, options, signed_checkpoint(*made, *key)); !written)
        return session.report(written.error());
    session.err << fmt::format("signed by {}: {} to position {}\n", key->verifier().name, site,
                               made->position.value);
    return session.exit;
}

}  // namespace

void add_checkpoint(CLI::App& app, Session& session) {
    const auto options = std::make_shared<CheckpointOptions>();
    Verb verb(
        app, "checkpoint",
        "Sign how far a log reached, to be kept elsewhere\n\n"
        "Examples:\n"
        "  ferry checkpoint --new-key audit.contoso.com --key audit.key > audit.pub\n"
        "  ferry checkpoint --site paris --key audit.key --out paris-1240.note\n"
        "  ferry verify --key audit.pub --checkpoint paris-1240.note\n\n"
        "The log is verified first. Whoever keeps the checkpoint can tell later, offline and "
        "without this machine, that nothing before it was cut off, changed or computed again.");
    verb.add_option("--site", options->site, "The log of this site");
    verb.add_option("--key", options->key, "File of the signing key").required().takes("FILE");
    verb.add_option("--new-key", options->new_key,
                    "Make a signing key of this name in --key's file, and print its verifier key")
        .takes("NAME");
    verb.add_option("--out", options->out, "Write the checkpoint to this file, not to stdout")
        .takes("FILE");
    verb.callback([&session, options] { checkpoint(session, *options); });
}

}  // namespace ferry
