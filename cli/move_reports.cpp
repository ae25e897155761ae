#include "cli/move_reports.hpp"

#include "events/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

/// Neither done nor to be given up: its member is in the scope of an open rollback, or no answer
/// came.
bool comes_later(const v1::CommandResult& result) {
    return result.outcome() == "REFUSED" || result.outcome() == "UNKNOWN";
}

std::string derived_id(std::string_view verb, const std::string& move, std::string_view end) {
    constexpr std::size_t move_bytes_max = 90;
    const std::string name =
        move.size() <= move_bytes_max ? move : to_hex(sha256(bytes_of(move))).substr(0, 40);
    return fmt::format("{}-{}{}", verb, name, end);
}

}  // namespace

std::string report_id(const std::string& move, bool succeeded) {
    return derived_id("moved", move, succeeded ? "-succeeded" : "-failed");
}

v1::Command report_command(const MoveReport& report, const std::string& actor,
                           const std::string& reason) {
    v1::Command command;
    command.set_command_id(report_id(report.order.move, report.outcome.succeeded));
    command.set_entity(report.order.entity);
    command.set_actor(actor);
    command.set_reason(reason);
    auto& body = *command.mutable_report_move();
    body.set_move(report.order.move);
    body.set_outcome(report.outcome.succeeded ? "SUCCEEDED" : "FAILED");
    body.set_cause(report.outcome.cause);
    if (!report.outcome.reversible) body.set_reversible("false");
    return command;
}

bool MoveReports::holds(const std::string& entity) const {
    return std::ranges::any_of(
        waiting_, [&](const MoveReport& report) { return report.order.entity == entity; });
}

Result<std::vector<v1::CommandResult>> MoveReports::execute(std::span<const v1::Command> commands) {
    auto sites = Sites::open(session_, true);
    if (!sites) return std::unexpected(sites.error());
    auto results = (*sites)->execute(commands);
    if (auto closed = (*sites)->close(); results && !closed) return std::unexpected(closed.error());
    return results;
}

Result<std::vector<ReportAnswer>> MoveReports::give() {
    std::vector<v1::Command> commands;
    commands.reserve(waiting_.size());
    for (const MoveReport& report : waiting_)
        commands.push_back(report_command(report, session_.actor, session_.reason));
    auto results = execute(commands);
    std::vector<ReportAnswer> answers;
    if (!results) {
        if (!may_pass(results.error().code)) return std::unexpected(results.error());
        if (trouble_ != results.error().message)
            session_.warn(fmt::format("{}; {} reports wait and are given again until they are "
                                      "answered",
                                      results.error().message, waiting_.size()));
        trouble_ = results.error().message;
        return answers;
    }
    trouble_.clear();
    std::deque<MoveReport> waiting;
    waiting.swap(waiting_);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (comes_later((*results)[i])) waiting_.push_back(std::move(waiting[i]));
        else answers.push_back({std::move(waiting[i]), std::move((*results)[i])});
    }
    return answers;
}

Result<void> MoveReports::retry(const std::vector<MoveOrder>& failed) {
    std::vector<v1::Command> commands;
    for (const MoveOrder& order : failed) {
        v1::Command& command = commands.emplace_back();
        command.set_command_id(derived_id("retry", order.move, ""));
        command.set_entity(order.entity);
        command.set_actor(session_.actor);
        command.set_reason(session_.reason);
        command.mutable_retry_move()->set_move(order.move);
    }
    if (commands.empty()) return {};
    const auto results = execute(commands);
    if (!results) return std::unexpected(results.error());
    for (std::size_t i = 0; i < results->size(); ++i)
        if ((*results)[i].outcome() != "DONE")
            session_.warn(fmt::format("{} of {} is not opened again: {}", failed[i].move,
                                      failed[i].entity, (*results)[i].outcome()));
    return {};
}

}  // namespace ferry
