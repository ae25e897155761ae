#include "cli/import_commands.hpp"

#include "cli/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ferry {

namespace {

using intake::Drift;
using intake::DriftField;
using intake::KnownMember;
using intake::Registration;

std::string id_of(intake::Kind kind, std::string_view name) {
    return fmt::format("{}:{}", name_of(kind), name);
}

std::string reason_of(const v1::CommandResult& result) {
    std::string reason = result.message();
    for (const auto& failed : result.failed_guards())
        reason +=
            fmt::format("{}{}: {}", reason.empty() ? "" : "; ", failed.guard(), failed.reason());
    return reason;
}

std::optional<KnownMember> member_known(Sites& sites, bool take_back, const std::string& id) {
    const auto place = sites.find(id);
    if (!place) return std::nullopt;
    const Fleet& fleet = place->site->replica.fleet;
    const Entity& entity = fleet.at(place->number);
    if (take_back && !entity.present()) return std::nullopt;
    KnownMember known;
    known.site = place->site->name;
    known.pool = fleet.name({entity.pool});
    known.on_new_side = entity.on_new_side;
    known.withdrawn = !entity.present();
    if (entity.kind == v1::KIND_USER && !entity.enabled_unknown) known.enabled = !entity.disabled;
    if (entity.kind != v1::KIND_USER) known.application_class = fleet.texts.text(entity.text);
    return known;
}

}  // namespace

intake::Known known_to(Sites& sites, bool take_back) {
    intake::Known known;
    for (const Site& site : sites.all()) {
        const Fleet& fleet = site.replica.fleet;
        for (std::size_t number = 1; number <= fleet.size(); ++number)
            if (fleet.at({number}).kind == v1::KIND_POOL && !fleet.at({number}).away)
                known.pools.push_back({std::string(fleet.name({number})), site.name,
                                       std::string(fleet.successor({number}))});
    }
    if (sites.all().empty()) return known;
    known.member = [&sites, take_back](intake::Kind kind, std::string_view name) {
        return member_known(sites, take_back, id_of(kind, name));
    };
    return known;
}

v1::Command ImportGiving::registration(const Registration& found) {
    v1::Command command = sites_.command(id_of(found.kind, found.name));
    auto& body = *command.mutable_register_();
    body.set_site(found.site);
    body.set_pool(found.pool);
    body.set_successor(found.successor);
    body.set_application_class(found.application_class);
    if (found.found_on_new_side) body.set_lifecycle("pilot");
    body.set_disabled(found.enabled == false);
    body.set_enabled_unknown(found.kind == intake::Kind::user && !found.enabled);
    return command;
}

void ImportGiving::note(const Registration& found, const v1::CommandResult& result) {
    if (result.outcome() != "DONE") {
        report_.rejects.push_back({found.place,
                                   fmt::format("{} cannot be registered: {}",
                                               id_of(found.kind, found.name), reason_of(result)),
                                   "correct the record or the estate and import again"});
        return;
    }
    // Only who was withdrawn has a history before it is registered.
    if (result.version() > 1) {
        report_.drifts.push_back(
            {{found.kind, found.name, DriftField::presence, "withdrawn", "present", found.place},
             true,
             {}});
        return;
    }
    ++report_.registered[static_cast<std::size_t>(found.kind)];
    if (found.found_on_new_side) ++report_.already_moved;
    if (found.enabled == false) ++report_.disabled;
    if (found.kind == intake::Kind::user && !found.enabled) ++report_.enabled_unknown;
}

Result<void> ImportGiving::register_all(const std::vector<Registration>& registrations) {
    ProgressLine progress(session_, "registering", registrations.size());
    std::vector<v1::Command> commands;
    for (std::size_t from = 0; from < registrations.size(); from += commands.size()) {
        commands.clear();
        const std::size_t to = std::min(registrations.size(), from + commit_events_max);
        for (std::size_t i = from; i < to; ++i) commands.push_back(registration(registrations[i]));
        const auto results = sites_.execute(commands);
        if (!results) return std::unexpected(results.error());
        for (std::size_t i = from; i < to; ++i) note(registrations[i], (*results)[i - from]);
        progress.show(to);
    }
    return {};
}

void ImportGiving::give_up_what_spans_sites() {
    std::set<std::string> elsewhere;
    for (const ListedDrift& listed : report_.drifts)
        if (listed.drift.field == DriftField::site)
            elsewhere.insert(id_of(listed.drift.kind, listed.drift.name));
    for (ListedDrift& listed : report_.drifts) {
        const DriftField field = listed.drift.field;
        const bool placed =
            field == DriftField::site || field == DriftField::pool || field == DriftField::side;
        if (placed && elsewhere.contains(id_of(listed.drift.kind, listed.drift.name)))
            listed.why_not = "an entity stays with its site; if it moved to another, withdraw it "
                             "here and register it there under another name";
    }
}

Result<void> ImportGiving::correct_all(const Evidence& evidence) {
    give_up_what_spans_sites();
    std::vector<ListedDrift*> asked;
    for (ListedDrift& listed : report_.drifts)
        if (listed.why_not.empty() && !listed.accepted) asked.push_back(&listed);
    ProgressLine progress(session_, "correcting", asked.size());
    std::vector<v1::Command> commands;
    for (std::size_t from = 0; from < asked.size(); from += commands.size()) {
        commands.clear();
        const std::size_t to = std::min(asked.size(), from + commit_events_max);
        for (std::size_t i = from; i < to; ++i) {
            const Drift& drift = asked[i]->drift;
            commands.push_back(sites_.command(id_of(drift.kind, drift.name)));
            auto& body = *commands.back().mutable_correct();
            body.set_field(std::string(name_of(drift.field)));
            body.set_value(drift.found);
            if (const auto digest = evidence.find(drift.place.file); digest != evidence.end())
                body.set_evidence(digest->second);
        }
        const auto results = sites_.execute(commands);
        if (!results) return std::unexpected(results.error());
        for (std::size_t i = from; i < to; ++i) {
            const v1::CommandResult& result = (*results)[i - from];
            asked[i]->accepted = result.outcome() == "DONE";
            if (!asked[i]->accepted) asked[i]->why_not = reason_of(result);
        }
        progress.show(to);
    }
    return {};
}

}  // namespace ferry
