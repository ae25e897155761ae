#pragma once
/// A row of figures: an operation and, beside it, a reference measured in the same minutes, run in
/// turns so that whatever else the machine does falls on both. One thread.
#include <functional>
#include <string>
#include <vector>

namespace ferry::bench {

/// What one run took, in the row's unit.
using Run = std::function<double()>;

enum class Unit { seconds, milliseconds, microseconds, nanoseconds, bytes };

struct Row {
    std::string operation;
    std::string goal = {};  ///< as printed; empty where the row only informs
    Unit unit = Unit::seconds;
    Run ferry;
    Run reference = {};        ///< nothing where there is none
    double at_most = 0;        ///< the median, in `unit`; 0 = not asked
    double ratio_at_most = 0;  ///< median over the reference's median; 0 = not asked
    double ratio_at_least = 0;
};

struct Spread {
    double min = 0;
    double median = 0;
    double max = 0;
};
Spread spread_of(std::vector<double> runs);
/// The value that `share` of the runs do not exceed.
double quantile_of(std::vector<double> runs, double share);

/// Prints each row as it is done, as Markdown.
class Table {
public:
    explicit Table(int runs) : runs_(runs) {}
    void begin();
    void add(const Row& row);
    int runs() const { return runs_; }
    /// `N met, N missed`.
    void end() const;

private:
    int runs_;
    int met_ = 0;
    int missed_ = 0;
};

/// Runs `work` and says how many seconds passed.
double seconds_of(const std::function<void()>& work);

}  // namespace ferry::bench
