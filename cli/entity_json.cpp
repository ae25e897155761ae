#include "cli/entity_json.hpp"

#include "engine/home_evidence.hpp"
#include "engine/words.hpp"

namespace ferry {

namespace {

boost::json::string_view json_state(v1::State state) { return json_text(word(state)); }

void add_own_keys(boost::json::object& json, const Fleet& fleet, EntityNumber number) {
    const Entity& entity = fleet.at(number);
    switch (entity.kind) {
        case v1::KIND_POOL:
            json["successor"] = json_text(fleet.successor(number));
            json["coexistence"] = json_state(entity.knowledge);
            json["pilotRan"] = entity.pilot_ran;
            return;
        case v1::KIND_USER:
            json["home"] = json_text(fleet.home(number));
            json["client"] = json_state(entity.knowledge);
            json["transfer"] = json_state(entity.transfer);
            if (entity.enabled_unknown) json["enabled"] = nullptr;
            else json["enabled"] = !entity.disabled;
            return;
        case v1::KIND_APPLICATION:
            json["applicationClass"] = json_text(fleet.texts.text(entity.text));
            json["compatibility"] = json_state(entity.knowledge);
            json["home"] = json_text(fleet.home(number));
            json["transfer"] = json_state(entity.transfer);
            return;
        default: return;
    }
}

/// Where it went, of who is another site's or on the way there.
void add_next_home(boost::json::object& json, const Fleet& fleet, EntityNumber number) {
    const auto release = fleet.releases.find(static_cast<std::uint32_t>(number.value));
    if (release == fleet.releases.end()) return;
    json["releasedTo"] = json_text(release->second.to_site);
    json["release"] = transfer_name(fleet.site, release->second.position);
}

}  // namespace

boost::json::object entity_json(const Fleet& fleet, EntityNumber number,
                                boost::json::storage_ptr storage) {
    const Entity& entity = fleet.at(number);
    boost::json::object json(std::move(storage));
    json.reserve(16);
    json["entity"] = json_text(fleet.id(number));
    json["kind"] = number.value == 0 ? "site" : json_text(word(v1::Kind(entity.kind)));
    json["site"] = json_text(fleet.site);
    if (number.value != 0) {
        const EntityNumber pool = entity.is_member() ? EntityNumber{entity.pool} : number;
        if (entity.kind != v1::KIND_WAVE) json["pool"] = json_text(fleet.name(pool));
        json["lifecycle"] = json_state(entity.lifecycle);
    }
    json["version"] = std::uint64_t{entity.version};
    json["position"] = entity.last_position.value;
    add_own_keys(json, fleet, number);
    // Only where one is owed, so that nobody has to know of it who has no confirmed transfers.
    if (const MoveBack* back = move_back_of(fleet, number))
        json["moveBack"] = back->failed ? "failed" : "open";
    if (number.value != 0) {
        json["presence"] = json_text(presence_word(entity));
        add_next_home(json, fleet, number);
    }
    return json;
}

}  // namespace ferry
