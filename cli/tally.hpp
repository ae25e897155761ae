#pragma once
/// What became of many entities: how many moved, were there already or were refused, and the
/// refusals by guard, each with one example. Plain values; one thread.
#include "cli/session.hpp"
#include "ferry/v1/command.pb.h"
#include "projections/move_impact.hpp"

#include <map>
#include <string>
#include <string_view>

namespace ferry {

class Tally {
public:
    /// Words for what is counted: `moved` and `would move`, say.
    Tally(std::string_view past, std::string_view would) : past_(past), would_(would) {}

    std::size_t moved = 0;
    std::size_t already = 0;
    std::size_t refused = 0;
    std::vector<StaysBehind> stays_behind;  ///< of who would move; filled in dry runs

    /// Counts one entity whose command was not done, under each guard that failed.
    void refuse(std::string_view entity, const v1::CommandResult& result);

    /// The counts and the reasons on stdout, as text or with --json as one object. The exit code
    /// says whether all was done.
    ExitCode print(Session& session) const;

private:
    struct Group {
        std::size_t count = 0;
        std::string entity;  ///< the first one that was refused so
        std::string reason;
    };
    void count(const std::string& guard, std::string_view entity, const std::string& reason);
    std::vector<std::pair<std::string, Group>> groups_by_count() const;
    void print_text(Session& session) const;
    void print_stays_behind(Session& session) const;
    void print_json(Session& session) const;

    std::string past_;
    std::string would_;
    std::map<std::string, Group> groups_;
};

}  // namespace ferry
