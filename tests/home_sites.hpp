#pragma once
/// Three sites on logs in memory, each opened and killed like a process of its own, for tests of
/// homes that move between them. A kill befalls an append, before or after it stands. One thread.
#include "projections/release_evidence.hpp"
#include "tests/answers.hpp"
#include "tests/estate.hpp"
#include "tests/hooked_log.hpp"

#include <map>
#include <memory>

namespace ferry::test {

/// What ends a process in the middle of an append.
struct Killed {};

enum class Kill { none, before_append, after_append };

class HomeSites {
public:
    /// Each with one pool of its name, `pool:paris-ocs`, in `pools_in`.
    explicit HomeSites(v1::State pools_in = v1::STATE_LEGACY);
    ~HomeSites();
    HomeSites(const HomeSites&) = delete;
    HomeSites& operator=(const HomeSites&) = delete;

    /// Given to one site, whoever the entity belongs to. Throws Killed where the site was to die.
    v1::CommandResult give(const std::string& site, v1::Command command);
    /// The next append of whichever site dies so.
    void kill_next(Kill how) { kill_ = how; }
    /// The process of the site is gone; the next command starts another.
    void end(const std::string& site);

    /// As a reader sees it that has just come.
    std::unique_ptr<Replica> read(const std::string& site) const;
    /// The sites that would go on with the entity.
    std::vector<std::string> owners(const std::string& entity) const;

    static inline const std::vector<std::string> names{"lyon", "montreal", "paris"};

private:
    struct Process;
    Process& process(const std::string& site);
    Result<FoundRelease> find(const ReleaseQuestion& question) const;

    std::map<std::string, std::shared_ptr<MemoryStore>> stores_;
    std::map<std::string, std::unique_ptr<Process>> open_;
    Kill kill_ = Kill::none;
    std::uint64_t seed_ = 1;
    int ids_ = 0;
};

v1::Command release_to(const std::string& entity, const std::string& site);
v1::Command accept_at(const std::string& entity, const std::string& site,
                      const std::string& transfer);
v1::Command decline_at(const std::string& entity, const std::string& site,
                       const std::string& transfer);

}  // namespace ferry::test
