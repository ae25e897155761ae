#include "events/error.hpp"
#include "events/kafka_topic.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ferry {

namespace {

constexpr const char* one_day_ms = "86400000";
constexpr const char* seven_days_ms = "604800000";

const std::map<std::string, std::string> kept_for_ever{
    {"cleanup.policy", "delete"},
    {"retention.ms", "-1"},
    {"retention.bytes", "-1"},
    {"unclean.leader.election.enable", "false"},
    {"message.timestamp.type", "CreateTime"},
};

const std::map<std::string, std::string> kept_a_week{
    {"cleanup.policy", "delete"},
    {"retention.ms", seven_days_ms},
    {"retention.bytes", "-1"},
};

}  // namespace

const std::vector<TopicSpec>& topic_specs() {
    static const std::vector<TopicSpec> specs{
        {"log", kept_for_ever, true},
        {"lease", {{"cleanup.policy", "delete"}, {"retention.ms", one_day_ms}}, false},
        {"events", kept_for_ever, true},
        {"state",
         {{"cleanup.policy", "compact"},
          {"min.cleanable.dirty.ratio", "0.1"},
          {"delete.retention.ms", seven_days_ms},
          {"unclean.leader.election.enable", "false"}},
         true},
        {"commands", kept_a_week, true},
        {"results", kept_a_week, true},
    };
    return specs;
}

const TopicSpec& topic_spec(std::string_view what) {
    const auto& specs = topic_specs();
    const auto found = std::find_if(specs.begin(), specs.end(),
                                    [&](const TopicSpec& spec) { return spec.what == what; });
    FERRY_ASSERT(found != specs.end(), "a topic was asked for that no site has");
    return *found;
}

int in_sync_of(const TopicFacts& facts) {
    const auto found = facts.settings.find("min.insync.replicas");
    return found == facts.settings.end() ? 0 : std::atoi(found->second.c_str());
}

std::vector<TopicDrift> drift_of(const std::string& topic, const TopicSpec& spec,
                                 const TopicFacts& facts) {
    std::vector<TopicDrift> drift;
    if (facts.partitions != 1)
        drift.push_back({topic, "partitions", std::to_string(facts.partitions), "1"});
    for (const auto& [name, ought] : spec.settings) {
        const auto is = facts.settings.find(name);
        const std::string value = is == facts.settings.end() ? "unknown" : is->second;
        if (value != ought) drift.push_back({topic, name, value, ought});
    }
    // One broker cannot hold a copy elsewhere; from two on, a lost broker must lose nothing.
    if (!spec.keeps_truth || facts.brokers < 2) return drift;
    const int replicas = std::min(replicas_wanted, facts.brokers);
    if (facts.replicas < replicas)
        drift.push_back({topic, "replicas", std::to_string(facts.replicas),
                         fmt::format("{} or more", replicas)});
    const int synced = in_sync_of(facts);
    if (synced < 2)
        drift.push_back({topic, "min.insync.replicas", std::to_string(synced), "2 or more"});
    return drift;
}

bool is_for_people(const TopicDrift& drift) {
    return drift.setting == "partitions" || drift.setting == "replicas";
}

std::string remedy(const TopicDrift& drift, const TopicSpec& spec) {
    if (!is_for_people(drift)) return "`ferry topics --apply` sets it";
    if (drift.setting == "replicas") return "kafka-reassign-partitions.sh adds them";
    if (spec.what == "log")
        return "no topic gets fewer: `ferry copy --move` takes the log to another place";
    if (spec.what == "events" || spec.what == "state")
        return "no topic gets fewer: delete it, and it is made anew from the log";
    return "no topic gets fewer: delete it, which loses no history, and it is made anew";
}

std::string to_text(const std::vector<TopicDrift>& drift) {
    std::string text;
    for (const TopicDrift& one : drift)
        text += fmt::format("{}{}: {} is {} and ought to be {}", text.empty() ? "" : "; ",
                            one.topic, one.setting, one.is, one.ought);
    return text;
}

}  // namespace ferry
