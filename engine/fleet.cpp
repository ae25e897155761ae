#include "engine/fleet.hpp"

#include "events/error.hpp"

#include <algorithm>

namespace ferry {

std::uint32_t Texts::number(std::string_view text) {
    if (const auto known = index_.find(text); known != index_.end()) return known->second;
    const auto number = static_cast<std::uint32_t>(texts_.size());
    index_.emplace(texts_.emplace_back(text), number);
    return number;
}

std::optional<std::uint32_t> Texts::find(std::string_view text) const {
    const auto known = index_.find(text);
    return known == index_.end() ? std::nullopt : std::optional(known->second);
}

std::uint32_t PoolCounts::sum(std::span<const std::uint32_t, 6> counts, v1::State from,
                              v1::State to) {
    std::uint32_t total = 0;
    for (int state = from; state <= to; ++state) total += counts[static_cast<std::size_t>(state)];
    return total;
}

void PoolCounts::add(const Entity& member, int by) {
    auto& lifecycles = member.kind == v1::KIND_USER ? users : applications;
    lifecycles[std::min<std::size_t>(member.lifecycle.raw, 5)] += static_cast<std::uint32_t>(by);
    if (member.kind == v1::KIND_APPLICATION)
        classes[member.text][std::min<std::size_t>(member.lifecycle.raw, 5)] +=
            static_cast<std::uint32_t>(by);
    if (member.transfer == v1::STATE_MOVING) moving += static_cast<std::uint32_t>(by);
}

Fleet::Fleet() { entities.emplace_back(); }
Fleet::Fleet(Fleet&&) noexcept = default;
Fleet& Fleet::operator=(Fleet&&) noexcept = default;
Fleet::~Fleet() = default;

std::string_view Fleet::id(EntityNumber number) const {
    if (number.value != 0) return Names{entities, names}[static_cast<std::uint32_t>(number.value)];
    return site_id_;
}

std::string_view Fleet::name(EntityNumber number) const {
    const std::string_view full = id(number);
    return full.substr(full.find(':') + 1);
}

std::optional<EntityNumber> Fleet::find(std::string_view id) const {
    if (const auto number = index_.find({entities, names}, id)) return EntityNumber{*number};
    return std::nullopt;
}

void Fleet::name_site(std::string_view name) {
    site = name;
    site_id_ = is_campaign_log(name) ? "campaign:" + site.substr(campaign_log_prefix.size())
                                     : "site:" + site;
}

EntityNumber Fleet::add(std::string_view id, Entity entity) {
    FERRY_ASSERT(names.size() + id.size() <= UINT32_MAX, "more than 4 GiB of names in one site");
    const auto number = static_cast<std::uint32_t>(entities.size());
    entity.name_at = static_cast<std::uint32_t>(names.size());
    entity.name_length = static_cast<std::uint16_t>(id.size());
    names.append(id);
    entities.push_back(entity);
    return {number};
}

void Fleet::load(LargeVector<Entity> all, std::string_view all_names) {
    entities = std::move(all);
    names = all_names;
    index_.clear();
    counts.clear();
    for (std::uint32_t number = 1; number < entities.size(); ++number) {
        const Entity& entity = entities[number];
        if (entity.is_member() && entity.present()) counts[entity.pool].add(entity, +1);
    }
}

std::string_view Fleet::home(EntityNumber number) const {
    const Entity& entity = at(number);
    if (!entity.is_member()) return name(number);
    const EntityNumber pool{entity.pool};
    return entity.on_new_side ? successor(pool) : name(pool);
}

const PoolCounts& Fleet::members(EntityNumber pool) const {
    static const PoolCounts none;
    const auto found = counts.find(static_cast<std::uint32_t>(pool.value));
    return found == counts.end() ? none : found->second;
}

std::optional<Position> Fleet::label(std::string_view wanted) const {
    for (const Label& mark : labels)
        if (mark.label == wanted) return mark.position;
    return std::nullopt;
}

const CheckState* Fleet::check(EntityNumber number, std::string_view wanted,
                               v1::Deployment deployment) const {
    const auto found = checks.find(static_cast<std::uint32_t>(number.value));
    if (found == checks.end()) return nullptr;
    const CheckState* latest = nullptr;
    for (const CheckState& state : found->second) {
        if (texts.text(state.check) != wanted) continue;
        if (deployment != v1::DEPLOYMENT_UNSPECIFIED && state.deployment != deployment) continue;
        if (!latest || state.position > latest->position) latest = &state;
    }
    return latest;
}

}  // namespace ferry
