#pragma once
/// What the verbs that read look at: the sites at the log URL, now or as of a moment. Nothing is
/// ever written, and an absent log is an error, because an empty answer would hide a wrong --log.
/// One thread.
#include "cli/campaign_cut.hpp"
#include "cli/sites.hpp"

#include <deque>
#include <map>
#include <set>

namespace ferry {

/// One site as it is shown. Borrowed from the view.
struct SiteView {
    Site* site = nullptr;
    Fleet* fleet = nullptr;  ///< as of the moment; a copy in memory that may be tried things on
    Log& log() const { return *site->replica.log; }
};

/// One for each, in order, for what looks at several sites together.
std::vector<const Fleet*> fleets_of(const std::vector<SiteView>& sites);

struct EntityView {
    SiteView at;
    EntityNumber number;
    const Fleet& fleet() const { return *at.fleet; }
    const Entity& entity() const { return at.fleet->at(number); }
    std::string_view id() const { return at.fleet->id(number); }
};

class View {
public:
    /// `at` is a position, a time or a label; empty is now. Errc::unavailable where there is no log
    /// at all.
    static Result<std::unique_ptr<View>> open(Session& session, std::string at = {});

    /// The sites that the moment concerns, or the one named. A site whose log does not have the
    /// moment is left out with a warning, unless that leaves none.
    Result<std::vector<SiteView>> sites(std::string_view only = {});

    /// The entity with that id, as people type it, at its site. Errc::bad_input where it is unknown
    /// or was at the moment. As of a moment the fleet of a member holds that and its pools alone.
    Result<EntityView> find(std::string_view typed);

    /// The sites as they are now.
    Sites& all() { return *sites_; }

    /// Names damage and unknown contents on stderr: the exit code of the verb.
    ExitCode finish() { return sites_->warn_about_logs(); }

private:
    View(Session& session, std::string at, std::unique_ptr<Sites> sites)
        : session_(session), at_(std::move(at)), sites_(std::move(sites)), cuts_(sites_->url()) {}
    Result<SiteView> view(Site& site);
    Result<EntityView> find_member(const Sites::Place& place);
    std::optional<EntityView> find_at_home(const std::string& id);
    void announce(const Site& site, std::string_view shown, Time recorded);
    bool concerns(const Site& site) const;

    Session& session_;
    std::string at_;
    std::unique_ptr<Sites> sites_;
    CutMoments cuts_;
    std::map<std::string, Fleet> past_;  ///< whole sites
    std::deque<Fleet> past_members_;     ///< each with one member and its pools
    std::set<std::string> announced_;
};

/// Errc::unavailable, with how to begin.
Error no_log_at(const Session& session);

/// A bare position is of one log: Errc::usage where it is asked of several.
Result<void> check_moment(Sites& sites, std::string_view moment, std::size_t logs);

/// `--at POSITION|TIME|LABEL|CAMPAIGN/LABEL`.
void add_moment_option(Verb& verb, std::string& at);

}  // namespace ferry
