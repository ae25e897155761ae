#pragma once
/// What a fold reads of an event: entity, version, link back and body, on the wire. Whoever
/// compares two ways of reading an event compares that.
#include "ferry/v1/stored_event.pb.h"

#include <string>

namespace ferry::test {

inline std::string what_a_fold_sees(v1::StoredEvent event) {
    for (const int field :
         {v1::StoredEvent::kCommandIdFieldNumber, v1::StoredEvent::kCommandDigestFieldNumber,
          v1::StoredEvent::kCorrelationIdFieldNumber, v1::StoredEvent::kCausationIdFieldNumber,
          v1::StoredEvent::kActorFieldNumber, v1::StoredEvent::kReasonFieldNumber})
        v1::StoredEvent::GetReflection()->ClearField(
            &event, v1::StoredEvent::descriptor()->FindFieldByNumber(field));
    return event.SerializePartialAsString();
}

}  // namespace ferry::test
