// What the world reads of the events that nearly all events are: each field that is set, in its
// place, and nothing of those that are not.
#include "engine/public_event.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>

namespace ferry::test {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// Any value but the one that stands for "not set".
void set_somehow(Message& body, const FieldDescriptor* field) {
    const auto& reflection = *body.GetReflection();
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_ENUM: return reflection.SetEnumValue(&body, field, 1);
        case FieldDescriptor::CPPTYPE_BOOL: return reflection.SetBool(&body, field, true);
        case FieldDescriptor::CPPTYPE_UINT64: return reflection.SetUInt64(&body, field, 77);
        default: return reflection.SetString(&body, field, "some text");
    }
}

v1::Event shown(const v1::StoredEvent& stored) {
    Fleet fleet;
    fleet.name_site("paris");
    return public_event(fleet, {1}, {}, stored);
}

}  // namespace

TEST_CASE("every field of a registration is told under its name in JSON") {
    const Descriptor* const fields = v1::Registered::descriptor();
    for (int i = 0; i < fields->field_count(); ++i) {
        v1::StoredEvent stored;
        set_somehow(*stored.mutable_registered(), fields->field(i));
        const v1::Event event = shown(stored);
        CAPTURE(fields->field(i)->name());
        REQUIRE(event.details_size() == 1);
        CHECK(event.details().contains(fields->field(i)->json_name()));
        CHECK(event.type() == "Registered");
    }
    v1::StoredEvent empty;
    empty.mutable_registered();
    CHECK(shown(empty).details_size() == 0);
}

TEST_CASE("a registration's words and names are those that people read") {
    Fleet fleet;
    fleet.name_site("paris");
    fleet.add("pool:ocs01.contoso.com", {});
    v1::StoredEvent stored;
    v1::Registered& body = *stored.mutable_registered();
    body.set_kind(v1::KIND_APPLICATION);
    body.set_pool(1);
    body.set_lifecycle(v1::STATE_COEXIST_TEST);
    body.set_application_class("response-groups");
    body.set_enabled_unknown(true);
    const v1::Event event = public_event(fleet, {2}, {}, stored);
    CHECK(event.details().at("kind") == "application");
    CHECK(event.details().at("pool") == "ocs01.contoso.com");
    CHECK(event.details().at("lifecycle") == "coexist-test");
    CHECK(event.details().at("applicationClass") == "response-groups");
    CHECK(event.details().at("enabledUnknown") == "true");
    body.set_pool(9);
    CHECK(public_event(fleet, {2}, {}, stored).details().at("pool") == "9");
}

TEST_CASE("every field of a transition has a place of its own") {
    const Descriptor* const fields = v1::Transitioned::descriptor();
    for (int i = 0; i < fields->field_count(); ++i) {
        v1::StoredEvent stored;
        set_somehow(*stored.mutable_transitioned(), fields->field(i));
        const v1::Event event = shown(stored);
        CAPTURE(fields->field(i)->name());
        CHECK(event.details_size() == 0);
        const bool told[] = {!event.region().empty(), !event.from().empty(), !event.to().empty(),
                             !event.command().empty()};
        for (int place = 0; place < 4; ++place) CHECK(told[place] == (place == i));
    }
}

TEST_CASE("an event that is written over another holds nothing of it") {
    v1::StoredEvent registered;
    registered.mutable_registered()->set_name("alice@contoso.com");
    registered.set_reason("wave 1");
    v1::StoredEvent transitioned;
    transitioned.mutable_transitioned()->set_to(v1::STATE_PILOT);
    Fleet fleet;
    fleet.name_site("paris");
    v1::Event event;
    write_public_event(fleet, {1}, {}, registered, event);
    write_public_event(fleet, {2}, {}, transitioned, event);
    CHECK(event.SerializeAsString() ==
          public_event(fleet, {2}, {}, transitioned).SerializeAsString());
}

}  // namespace ferry::test
