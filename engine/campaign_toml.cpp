#include "engine/campaign_toml.hpp"

#include "engine/pack_reader.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ferry {

namespace {

using pack::Placed;
using pack::Words;

const Words phases{"coexist-test", "pilot", "production", "retired"};

v1::State phase_of(std::size_t chosen) {
    return static_cast<v1::State>(v1::STATE_COEXIST_TEST + static_cast<int>(chosen));
}

class CampaignReader : private pack::Reader {
public:
    CampaignReading read(std::string_view written);

private:
    void top(const toml::table& root);
    void site(const Placed& named, const toml::table& row);
    void barrier(const toml::table& row);
    void check_times(const toml::table& row, BarrierRule& rule);
    FailureBudget budget(const toml::table& row);
    std::optional<v1::State> phase(const toml::table& row, std::string_view key);
    /// Those that the key names; all where it is not there.
    std::vector<std::string> sites(const toml::table& row, std::string_view key);
    void check_no_circle(const toml::table& root);
    bool waits_for_itself(const std::string& site, v1::State phase,
                          std::map<std::pair<std::string, int>, int>& seen) const;

    CampaignPlan plan_;
    FailureBudget budget_;
};

std::optional<v1::State> CampaignReader::phase(const toml::table& row, std::string_view key) {
    if (!wanted(row, "[[barrier]]", key)) return std::nullopt;
    const auto chosen = choice(row, key, phases);
    return chosen ? std::optional(phase_of(*chosen)) : std::nullopt;
}

std::vector<std::string> CampaignReader::sites(const toml::table& row, std::string_view key) {
    Words words;
    for (const CampaignSite& each : plan_.sites) words.push_back(each.name);
    std::vector<std::string> found;
    if (!row.contains(key)) {
        for (const CampaignSite& each : plan_.sites) found.push_back(each.name);
        return found;
    }
    for (Placed& word : texts(row, key)) {
        if (std::find(words.begin(), words.end(), word.text) == words.end())
            complain_of_word(word, "site", words);
        else found.push_back(std::move(word.text));
    }
    if (found.empty() && findings_.empty())
        complain(row.get(key)->source().begin, fmt::format("`{}` names no site", key),
                 "name at least one, or leave the key out for all");
    return found;
}

FailureBudget CampaignReader::budget(const toml::table& row) {
    return {count(row, "failed", 0), count(row, "percent", 0)};
}

void CampaignReader::site(const Placed& named, const toml::table& row) {
    allow(row, "a site", {"failed", "percent", "waves"});
    if (!is_name(named, "site")) return;
    CampaignSite site{named.text, budget(row), {}};
    if (!site.budget.failed && !site.budget.percent) site.budget = budget_;
    for (Placed& wave : texts(row, "waves")) site.waves.push_back(std::move(wave.text));
    plan_.sites.push_back(std::move(site));
}

void CampaignReader::check_times(const toml::table& row, BarrierRule& rule) {
    rule.quorum = count(row, "quorum", 1);
    if (rule.quorum && *rule.quorum > rule.of.size())
        complain(row.get("quorum")->source().begin,
                 fmt::format("the quorum is {} of {} sites", *rule.quorum, rule.of.size()),
                 "ask for at most as many as `of` names");
    const auto hours_given = count(row, "timeout_hours", 1);
    const auto minutes_given = count(row, "timeout_minutes", 1);
    if (hours_given && minutes_given)
        complain(row.get("timeout_minutes")->source().begin, "two time-outs of one barrier",
                 "leave out timeout_hours or timeout_minutes");
    rule.timeout = std::chrono::hours(hours_given.value_or(0)) +
                   std::chrono::minutes(minutes_given.value_or(0));
}

void CampaignReader::barrier(const toml::table& row) {
    allow(row, "[[barrier]]",
          {"name", "sites", "before", "of", "after", "quorum", "timeout_hours", "timeout_minutes"});
    const auto named = name(row, "[[barrier]]", "name");
    const auto before = phase(row, "before");
    const auto after = phase(row, "after");
    BarrierRule rule;
    rule.holds = sites(row, "sites");
    rule.of = sites(row, "of");
    check_times(row, rule);
    if (!named || !before || !after) return;
    if (plan_.barrier(named->text))
        return complain(named->at, fmt::format("two barriers are called `{}`", named->text),
                        "give each a name of its own");
    rule.name = named->text;
    rule.before = *before;
    rule.after = *after;
    plan_.barriers.push_back(std::move(rule));
}

/// Entering a phase waits for the site's own phase before it and, at a barrier, for others that
/// finish theirs, for which they have to enter it.
bool CampaignReader::waits_for_itself(const std::string& site, v1::State phase,
                                      std::map<std::pair<std::string, int>, int>& seen) const {
    if (phase < v1::STATE_COEXIST_TEST) return false;
    int& state = seen[{site, phase}];
    if (state != 0) return state == 1;
    state = 1;
    bool circle = waits_for_itself(site, static_cast<v1::State>(phase - 1), seen);
    for (const BarrierRule& rule : plan_.barriers) {
        const bool held = rule.before == phase &&
                          std::find(rule.holds.begin(), rule.holds.end(), site) != rule.holds.end();
        if (!held || circle) continue;
        // With a quorum those that come first are enough, unless all of them wait.
        std::size_t waiting = 0;
        for (const std::string& other : rule.of)
            waiting += waits_for_itself(other, rule.after, seen);
        circle = waiting > 0 && rule.of.size() - waiting < rule.quorum.value_or(rule.of.size());
    }
    seen[{site, phase}] = circle ? 1 : 2;
    return circle;
}

void CampaignReader::check_no_circle(const toml::table& root) {
    for (const CampaignSite& each : plan_.sites) {
        std::map<std::pair<std::string, int>, int> seen;
        if (waits_for_itself(each.name, v1::STATE_RETIRED, seen))
            return complain(root.get("barrier")->source().begin,
                            fmt::format("the barriers make {} wait for itself, so nobody could "
                                        "ever go on",
                                        each.name),
                            "leave one of them out, or let it wait for fewer sites");
    }
}

void CampaignReader::top(const toml::table& root) {
    allow(root, "the campaign",
          {"name", "about", "at_most", "until", "sites", "barrier", "budget"});
    if (auto named = name(root, "the campaign", "name")) plan_.name = std::move(named->text);
    if (plan_.name.size() > 48)
        complain(root.get("name")->source().begin, "the name has more than 48 letters",
                 "it is part of a file's and a topic's name: choose a shorter one");
    plan_.about = text_or_none(root, "about");
    plan_.at_most = count(root, "at_most", 1);
    if (const auto chosen = choice(root, "until", {"production", "retired"}))
        plan_.until = *chosen == 1 ? v1::STATE_RETIRED : v1::STATE_PRODUCTION;
    if (const toml::table* const row = table(root, "budget")) {
        allow(*row, "[budget]", {"failed", "percent", "over"});
        budget_ = budget(*row);
        if (const auto chosen = choice(*row, "over", {"hold", "propose-rollback"}))
            plan_.over_budget = *chosen == 1 ? OverBudget::propose_rollback : OverBudget::hold;
    }
    each_named(root, "sites",
               [&](const Placed& named, const toml::table& row) { site(named, row); });
    if (plan_.sites.empty() && findings_.empty())
        complain(root.source().begin, "the campaign has no sites",
                 "add [sites.NAME] for each, in the order they are to go");
    each(root, "barrier", [&](const toml::table& row) { barrier(row); });
    if (findings_.empty()) check_no_circle(root);
}

CampaignReading CampaignReader::read(std::string_view written) {
    if (written.size() > pack_bytes_max) {
        complain({1, 1}, fmt::format("the campaign has {} bytes", written.size()),
                 fmt::format("{} is the most that is read", pack_bytes_max));
        return {std::nullopt, take_findings()};
    }
    if (const auto table = parse_toml(written)) top(*table);
    else
        complain(table.error().at, fmt::format("not TOML: {}", table.error().what),
                 "text stands in quotes, a table's name in brackets, each key once");
    if (!findings_.empty()) return {std::nullopt, take_findings()};
    return {std::move(plan_), {}};
}

}  // namespace

CampaignReading read_campaign(std::string_view toml) { return CampaignReader().read(toml); }

}  // namespace ferry
