#pragma once
/// Reports of real moves on their way into the logs. Each is given until it is answered, under an
/// id that follows from its move and its outcome: given twice, it is answered twice and stands in
/// the log once. One thread.
/// Errors: those of the log that waiting does not mend; the others keep the reports for later.
#include "cli/move_order.hpp"
#include "cli/move_outcome.hpp"
#include "cli/sites.hpp"

#include <deque>

namespace ferry {

struct MoveReport {
    MoveOrder order;
    MoveOutcome outcome;
};

/// `moved-paris:120-succeeded`: of the command that reports it.
std::string report_id(const std::string& move, bool succeeded);

v1::Command report_command(const MoveReport& report, const std::string& actor,
                           const std::string& reason);

/// What became of a report.
struct ReportAnswer {
    MoveReport report;
    v1::CommandResult result;
};

class MoveReports {
public:
    explicit MoveReports(Session& session) : session_(session) {}

    void add(MoveReport report) { waiting_.push_back(std::move(report)); }
    bool empty() const { return waiting_.empty(); }
    bool holds(const std::string& entity) const;

    /// Opens the logs, gives what is waiting, and closes them again. What could not be given, or
    /// was refused for now, goes on waiting; the rest is answered.
    Result<std::vector<ReportAnswer>> give();

    /// Opens failed moves back again.
    Result<void> retry(const std::vector<MoveOrder>& failed);

private:
    Result<std::vector<v1::CommandResult>> execute(std::span<const v1::Command> commands);

    Session& session_;
    std::deque<MoveReport> waiting_;
    std::string trouble_;  ///< what keeps the logs closed, so that it is said once
};

}  // namespace ferry
