#include "engine/public_event.hpp"

#include "engine/campaign_toml.hpp"
#include "engine/pack.hpp"
#include "engine/pack_toml.hpp"
#include "engine/words.hpp"
#include "events/clock.hpp"

#include <google/protobuf/util/time_util.h>

namespace ferry {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const FieldDescriptor* body_field(const v1::StoredEvent& stored) {
    static const auto* const oneof = v1::StoredEvent::descriptor()->FindOneofByName("body");
    return v1::StoredEvent::GetReflection()->GetOneofFieldDescriptor(stored, oneof);
}

std::string enum_word(const Message& body, const FieldDescriptor* field) {
    const int number = body.GetReflection()->GetEnumValue(body, field);
    const std::string& type = field->enum_type()->name();
    if (type == "State") return std::string(word(static_cast<v1::State>(number)));
    if (type == "Kind") return std::string(word(static_cast<v1::Kind>(number)));
    if (type == "Region") return std::string(word(static_cast<v1::Region>(number)));
    if (type == "Action") return std::string(json_name(static_cast<v1::Action>(number)));
    if (type == "CheckOutcome") return std::string(word(static_cast<v1::CheckOutcome>(number)));
    return std::string(word(static_cast<v1::Deployment>(number)));
}

std::string scalar_text(const Message& body, const FieldDescriptor* field) {
    const Reflection& reflection = *body.GetReflection();
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_ENUM: return enum_word(body, field);
        case FieldDescriptor::CPPTYPE_BOOL:
            return reflection.GetBool(body, field) ? "true" : "false";
        case FieldDescriptor::CPPTYPE_UINT64:
            return std::to_string(reflection.GetUInt64(body, field));
        case FieldDescriptor::CPPTYPE_UINT32:
            return std::to_string(reflection.GetUInt32(body, field));
        default: break;
    }
    std::string text = reflection.GetString(body, field);
    if (field->type() != FieldDescriptor::TYPE_BYTES) return text;
    // A pack is carried byte for byte, and one that can be read is a text.
    if (field->name() == "toml" && (read_pack(text).pack || read_campaign(text).plan)) return text;
    return to_hex(std::as_bytes(std::span(text)));
}

/// `paris:120, lyon:90` of what names places in logs, `pilot open` of gates, else how many.
std::string parts_text(const Message& body, const FieldDescriptor* field) {
    std::string text;
    const Reflection& reflection = *body.GetReflection();
    for (int i = 0; i < reflection.FieldSize(body, field); ++i) {
        const Message& part = reflection.GetRepeatedMessage(body, field, i);
        text += text.empty() ? "" : ", ";
        if (const auto* gate = dynamic_cast<const v1::SeenGate*>(&part)) {
            text += std::string(word(gate->phase())).append(" ").append(word(gate->state()));
            continue;
        }
        const auto* site = part.GetDescriptor()->FindFieldByName("site");
        const auto* position = part.GetDescriptor()->FindFieldByName("position");
        if (!site || !position)
            return std::to_string(reflection.FieldSize(body, field)) + " entities";
        text += scalar_text(part, site) + ":" + scalar_text(part, position);
    }
    return text;
}

std::string pool_text(const Fleet& fleet, std::uint64_t number) {
    const EntityNumber pool{number};
    return fleet.knows(pool) ? std::string(fleet.name(pool)) : std::to_string(number);
}

/// Numbers that only this log knows are replaced by the names they stand for.
std::string detail(const Fleet& fleet, const Message& body, const FieldDescriptor* field) {
    // Times in events are microseconds, which nobody reads.
    if (field->name() == "start" || field->name() == "complete_by")
        return to_rfc3339(Time(std::chrono::microseconds(
            static_cast<std::int64_t>(body.GetReflection()->GetUInt64(body, field)))));
    if (field->name() == "pool" && field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64)
        return pool_text(fleet, body.GetReflection()->GetUInt64(body, field));
    return scalar_text(body, field);
}

void add_carried(const v1::CarriedState& state, v1::Event& event) {
    auto& details = *event.mutable_details();
    details["lifecycle"] = word(state.lifecycle());
    details["history"] = std::to_string(state.history_position());
    details["commandsDone"] = std::to_string(state.done_size());
}

void add_details(const Fleet& fleet, const Message& body, v1::Event& event) {
    std::vector<const FieldDescriptor*> fields;
    body.GetReflection()->ListFields(body, &fields);
    for (const FieldDescriptor* field : fields) {
        if (field->is_repeated() && field->name() == "members") {
            // Runs: every second number says how many are in.
            std::uint64_t members = 0;
            for (int i = 1; i < body.GetReflection()->FieldSize(body, field); i += 2)
                members += body.GetReflection()->GetRepeatedUInt64(body, field, i);
            (*event.mutable_details())["members"] = std::to_string(members) + " entities";
            continue;
        }
        if (field->is_repeated()) {
            const int size = body.GetReflection()->FieldSize(body, field);
            const bool several = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
            (*event.mutable_details())[field->json_name()] =
                several ? parts_text(body, field) : std::to_string(size) + " entities";
            continue;
        }
        // A recorded answer tells its outcome; the whole of it is published to who asked. Of what
        // is carried along it is told where it stands, and how much more there is.
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            const Message& inner = body.GetReflection()->GetMessage(body, field);
            if (const auto* state = dynamic_cast<const v1::CarriedState*>(&inner))
                add_carried(*state, event);
            else
                (*event.mutable_details())["outcome"] =
                    static_cast<const v1::CommandResult&>(inner).outcome();
            continue;
        }
        const std::string text = detail(fleet, body, field);
        const std::string& name = field->name();
        if (name == "region") event.set_region(text);
        else if (name == "from" || name == "lifecycle_before") event.set_from(text);
        else if (name == "to") event.set_to(text);
        else if (name == "command") event.set_command(text);
        else (*event.mutable_details())[field->json_name()] = text;
    }
}

/// As `add_details` would: what is not set is not told.
void add_registration(const Fleet& fleet, const v1::Registered& body, v1::Event& event) {
    auto& details = *event.mutable_details();
    const auto tell = [&](const char* name, bool told, std::string_view text) {
        if (told) details[name] = text;
    };
    tell("kind", body.kind() != v1::KIND_UNSPECIFIED, word(body.kind()));
    tell("name", !body.name().empty(), body.name());
    if (body.pool() != 0) details["pool"] = pool_text(fleet, body.pool());
    tell("successor", !body.successor().empty(), body.successor());
    tell("applicationClass", !body.application_class().empty(), body.application_class());
    tell("lifecycle", body.lifecycle() != v1::STATE_UNSPECIFIED, word(body.lifecycle()));
    tell("foundMoved", body.found_moved(), "true");
    tell("disabled", body.disabled(), "true");
    tell("enabledUnknown", body.enabled_unknown(), "true");
}

void set_transition(const v1::Transitioned& body, v1::Event& event) {
    if (body.region() != v1::REGION_UNSPECIFIED)
        event.mutable_region()->assign(word(body.region()));
    if (body.from() != v1::STATE_UNSPECIFIED) event.mutable_from()->assign(word(body.from()));
    if (body.to() != v1::STATE_UNSPECIFIED) event.mutable_to()->assign(word(body.to()));
    if (body.command() != v1::ACTION_UNSPECIFIED)
        event.mutable_command()->assign(json_name(body.command()));
}

/// The rules it was decided under; before any was adopted those that the program brings along.
void name_pack(const Fleet& fleet, Position position, v1::Event& event) {
    const Position adopted = pack_before(fleet, position);
    event.set_pack_position(adopted.value);
    event.set_pack(side_by_side().name);
    for (const auto& each : fleet.packs)
        if (each->position == adopted) event.set_pack(each->pack.name);
}

}  // namespace

std::string_view body_name(const v1::StoredEvent& stored) {
    const FieldDescriptor* field = body_field(stored);
    return field ? std::string_view(field->message_type()->name()) : "Unknown";
}

void write_public_event(const Fleet& fleet, Position position, Time recorded,
                        const v1::StoredEvent& stored, v1::Event& event) {
    event.Clear();
    event.set_site(fleet.site);
    event.set_position(position.value);
    const EntityNumber number{stored.entity()};
    if (fleet.knows(number)) event.mutable_entity()->assign(fleet.id(number));
    event.set_version(stored.version());
    event.mutable_type()->assign(body_name(stored));
    name_pack(fleet, position, event);
    event.set_command_id(stored.command_id());
    event.set_correlation_id(stored.correlation_id().empty() ? stored.command_id()
                                                             : stored.correlation_id());
    event.set_causation_id(stored.causation_id().empty() ? stored.command_id()
                                                         : stored.causation_id());
    event.set_actor(stored.actor());
    event.set_reason(stored.reason());
    *event.mutable_recorded_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        within_rfc3339(recorded).time_since_epoch().count());
    // Nearly all events are of these two, and asking protobuf for their fields by name took a third
    // of what publishing one takes.
    if (stored.has_transitioned()) set_transition(stored.transitioned(), event);
    else if (stored.has_registered()) add_registration(fleet, stored.registered(), event);
    else if (const FieldDescriptor* field = body_field(stored))
        add_details(fleet, stored.GetReflection()->GetMessage(stored, field), event);
    if (stored.has_restored()) event.mutable_to()->assign(word(stored.restored().lifecycle()));
}

v1::Event public_event(const Fleet& fleet, Position position, Time recorded,
                       const v1::StoredEvent& stored) {
    v1::Event event;
    write_public_event(fleet, position, recorded, stored, event);
    return event;
}

std::string event_id(const CommitId& commit, std::uint64_t index) {
    return to_hex(commit.bytes) + "-" + std::to_string(index);
}

}  // namespace ferry
