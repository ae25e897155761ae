#include "cli/entity_json.hpp"

#include "engine/home_evidence.hpp"
#include "engine/words.hpp"

namespace ferry {

namespace {

boost::json::string_view text(std::string_view view) { return {view.data(), view.size()}; }
boost::json::string_view text(v1::State state) { return text(word(state)); }

void add_own_keys(boost::json::object& json, const Fleet& fleet, EntityNumber number) {
    const Entity& entity = fleet.at(number);
    switch (entity.kind) {
        case v1::KIND_POOL:
            json["successor"] = text(fleet.successor(number));
            json["coexistence"] = text(entity.knowledge);
            json["pilotRan"] = entity.pilot_ran;
            return;
        case v1::KIND_USER:
            json["home"] = text(fleet.home(number));
            json["client"] = text(entity.knowledge);
            json["transfer"] = text(entity.transfer);
            if (entity.enabled_unknown) json["enabled"] = nullptr;
            else json["enabled"] = !entity.disabled;
            return;
        case v1::KIND_APPLICATION:
            json["applicationClass"] = text(fleet.texts.text(entity.text));
            json["compatibility"] = text(entity.knowledge);
            json["home"] = text(fleet.home(number));
            json["transfer"] = text(entity.transfer);
            return;
        default: return;
    }
}

/// Where it went, of who is another site's or on the way there.
void add_next_home(boost::json::object& json, const Fleet& fleet, EntityNumber number) {
    const auto release = fleet.releases.find(static_cast<std::uint32_t>(number.value));
    if (release == fleet.releases.end()) return;
    json["releasedTo"] = text(release->second.to_site);
    json["release"] = transfer_name(fleet.site, release->second.position);
}

}  // namespace

boost::json::object entity_json(const Fleet& fleet, EntityNumber number,
                                boost::json::storage_ptr storage) {
    const Entity& entity = fleet.at(number);
    boost::json::object json(std::move(storage));
    json.reserve(16);
    json["entity"] = text(fleet.id(number));
    json["kind"] = number.value == 0 ? "site" : text(word(v1::Kind(entity.kind)));
    json["site"] = text(fleet.site);
    if (number.value != 0) {
        const EntityNumber pool = entity.is_member() ? EntityNumber{entity.pool} : number;
        if (entity.kind != v1::KIND_WAVE) json["pool"] = text(fleet.name(pool));
        json["lifecycle"] = text(entity.lifecycle);
    }
    json["version"] = std::uint64_t{entity.version};
    json["position"] = entity.last_position.value;
    add_own_keys(json, fleet, number);
    // Only where one is owed, so that nobody has to know of it who has no confirmed transfers.
    if (const MoveBack* back = move_back_of(fleet, number))
        json["moveBack"] = back->failed ? "failed" : "open";
    if (number.value != 0) {
        json["presence"] = text(presence_word(entity));
        add_next_home(json, fleet, number);
    }
    return json;
}

}  // namespace ferry
