#include "engine/reign.hpp"

#include "engine/evolve.hpp"

namespace ferry {

namespace {

v1::StoredEvent next_of_site(const Fleet& fleet) {
    v1::StoredEvent event;
    event.set_version(fleet.at({0}).version + 1);
    event.set_previous_position(fleet.at({0}).last_position.value);
    return event;
}

}  // namespace

v1::StoredEvent log_created(const LogId& id, const std::string& site) {
    v1::StoredEvent event;
    event.set_version(1);
    auto& body = *event.mutable_log_created();
    body.set_log_id(id.bytes.data(), id.bytes.size());
    body.set_site(site);
    body.set_fold_version(fold_version);
    return event;
}

v1::StoredEvent owner_taken(const Fleet& fleet, Term term, const WriterId& writer,
                            const std::string& cause) {
    v1::StoredEvent event = next_of_site(fleet);
    auto& body = *event.mutable_owner_taken();
    body.set_term(term.value);
    body.set_writer_id(writer.bytes.data(), writer.bytes.size());
    body.set_cause(cause);
    return event;
}

v1::StoredEvent log_sealed(const Fleet& fleet, const WriterId& successor,
                           const std::string& destination) {
    v1::StoredEvent event = next_of_site(fleet);
    auto& body = *event.mutable_sealed();
    body.set_destination(destination);
    body.set_writer_id(successor.bytes.data(), successor.bytes.size());
    return event;
}

}  // namespace ferry
