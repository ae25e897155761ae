#include "engine/log_move.hpp"

namespace ferry {

Result<LogMoveReport> move_log(const MoveParties& parties, const Pack& pack, const Clock& clock,
                               Randomness& randomness, const MoveOptions& options) {
    LogCopy& copy = parties.copy;
    LogMoveReport report;
    // Nobody else may write between the comparison and what is written on the strength of it.
    if (auto led = parties.destination.log->lead(); !led) return std::unexpected(led.error());
    if (auto surveyed = copy.survey(); !surveyed) return std::unexpected(surveyed.error());
    if (copy.gone_on()) {
        report.sealed_at = copy.origin().position;
        report.done_before = true;
        return report;
    }
    // The long part, while the origin is still written to.
    if (auto copied = copy.run(); !copied) return std::unexpected(copied.error());
    report.sealed_before = copy.origin().sealed_for.has_value();
    WriterOptions writer_options;
    writer_options.clock_confirmed = options.clock_confirmed;
    if (!report.sealed_before) {
        Writer writer(parties.origin, pack, clock, randomness, writer_options);
        if (auto opened = writer.open(); !opened) return std::unexpected(opened.error());
        const Handover handover{options.destination, *copy.destination().reserved_for,
                                options.actor, options.reason};
        if (auto sealed = writer.seal(handover); !sealed) return std::unexpected(sealed.error());
        if (auto stopped = parties.origin.log->stop(); !stopped)
            return std::unexpected(stopped.error());
        if (auto copied = copy.run(); !copied) return std::unexpected(copied.error());
    }
    report.sealed_at = copy.destination().position;
    Writer successor(parties.destination, pack, clock, randomness, writer_options);
    if (auto taken = successor.succeed(options.actor, options.reason); !taken)
        return std::unexpected(taken.error());
    return report;
}

}  // namespace ferry
