#include "projections/snapshot_bytes.hpp"

#include "engine/evolve.hpp"
#include "engine/machine.hpp"
#include "events/hash.hpp"
#include "projections/byte_reader.hpp"
#include "projections/byte_writer.hpp"
#include "projections/fleet_bytes.hpp"

#include <limits>

namespace ferry {

namespace {

constexpr std::string_view snapshot_magic = "FRYSNAP1";
constexpr std::string_view index_magic = "FRYCIDS1";

// magic 8 | layout 4 | fold 4 | size of an entity 4 | byte order 4 | machine digest 32 | log id 16
// | position 8 | head 32 | writer id of the reservation 16
void write_header(ByteWriter& to, std::string_view magic, const SnapshotHeader& header) {
    to.bytes(bytes_of(magic));
    to.number(snapshot_layout_version);
    to.number(fold_version);
    to.number(static_cast<std::uint32_t>(sizeof(Entity)));
    // As this machine keeps numbers, so that a file carried to another kind is seen to be foreign.
    const std::uint32_t order = 0x01020304;
    to.bytes(std::as_bytes(std::span(&order, 1)));
    to.bytes(machine_digest());
    to.bytes(header.log_id.bytes);
    to.number(header.position);
    to.bytes(header.head);
    to.bytes(header.reservation.bytes);
}

Result<SnapshotHeader> read_header(Bytes stored, std::string_view magic) {
    if (stored.size() < snapshot_header_bytes)
        return fail(Errc::damaged, "it is too short to be one");
    ByteReader from(stored.first(snapshot_header_bytes));
    if (text_of(from.bytes(magic.size())) != magic)
        return fail(Errc::damaged, "it does not begin as one");
    if (from.number<std::uint32_t>() != snapshot_layout_version)
        return fail(Errc::configuration, "it has the layout of another version of ferry");
    if (from.number<std::uint32_t>() != fold_version)
        return fail(Errc::configuration, "it was folded by another version of ferry");
    std::uint32_t order = 0;
    const auto entity_bytes = from.number<std::uint32_t>();
    const Bytes stored_order = from.bytes(sizeof(order));
    std::memcpy(&order, stored_order.data(), sizeof(order));
    if (entity_bytes != sizeof(Entity) || order != 0x01020304)
        return fail(Errc::configuration, "it was written by another kind of machine");
    Hash machine{};
    from.array(machine);
    if (machine != machine_digest())
        return fail(Errc::configuration, "it was made with other transition tables");
    SnapshotHeader header;
    from.array(header.log_id.bytes);
    header.position = from.position();
    from.array(header.head);
    from.array(header.reservation.bytes);
    return header;
}

/// The body between header and hash, once both are right.
Result<Bytes> body_of(Bytes stored) {
    if (stored.size() < snapshot_header_bytes + sizeof(Hash))
        return fail(Errc::damaged, "it is cut short");
    const Bytes hashed = stored.first(stored.size() - sizeof(Hash));
    Hash hash{};
    std::memcpy(hash.data(), stored.data() + hashed.size(), hash.size());
    if (sha256(hashed) != hash) return fail(Errc::damaged, "its hash is not that of its bytes");
    return hashed.subspan(snapshot_header_bytes);
}

std::vector<Byte> closed(ByteWriter& writer) {
    const Hash hash = sha256(writer.written());
    writer.bytes(hash);
    return writer.take();
}

SnapshotHeader header_of(const Replica& replica, const WriterId& reservation) {
    return {replica.acceptance.log_id, replica.acceptance.position, replica.acceptance.head,
            reservation};
}

void write_acceptance(ByteWriter& to, const AcceptanceState& state) {
    to.number(state.term.value);
    to.bytes(state.writer.bytes);
    to.time(state.recorded);
    to.number(std::uint8_t{state.fence.has_value()});
    const Fence fence = state.fence.value_or(Fence{});
    to.bytes(fence.log_id.bytes);
    to.number(fence.term.value);
    to.bytes(fence.writer.bytes);
    to.number(std::uint8_t{state.sealed_for.has_value()});
    to.bytes(state.sealed_for.value_or(WriterId{}).bytes);
    to.number(std::uint8_t{state.reserved_for.has_value()});
    to.bytes(state.reserved_for.value_or(WriterId{}).bytes);
}

AcceptanceState read_acceptance(ByteReader& from, const SnapshotHeader& header) {
    AcceptanceState state;
    state.log_id = header.log_id;
    state.position = header.position;
    state.head = header.head;
    state.term = {from.number<std::uint64_t>()};
    from.array(state.writer.bytes);
    state.recorded = from.time();
    const bool fenced = from.number<std::uint8_t>() != 0;
    Fence fence;
    from.array(fence.log_id.bytes);
    fence.term = {from.number<std::uint64_t>()};
    from.array(fence.writer.bytes);
    if (fenced) state.fence = fence;
    const bool sealed = from.number<std::uint8_t>() != 0;
    WriterId next;
    from.array(next.bytes);
    if (sealed) state.sealed_for = next;
    const bool reserved = from.number<std::uint8_t>() != 0;
    from.array(next.bytes);
    if (reserved) state.reserved_for = next;
    return state;
}

}  // namespace

std::vector<Byte> snapshot_bytes(const Replica& replica, const WriterId& reservation) {
    ByteWriter to;
    to.reserve(replica.fleet.entities.size() * (sizeof(Entity) + 32) + (1 << 16));
    write_header(to, snapshot_magic, header_of(replica, reservation));
    write_acceptance(to, replica.acceptance);
    to.number(replica.next.value);
    to.number(static_cast<std::uint32_t>(replica.voids.size()));
    for (const auto& [reason, count] : replica.voids) {
        to.number(static_cast<std::uint32_t>(reason));
        to.number(count);
    }
    write_fleet(to, replica.fleet);
    return closed(to);
}

Result<SnapshotHeader> read_snapshot_header(Bytes stored) {
    return read_header(stored, snapshot_magic);
}

Result<SnapshotState> read_snapshot(Bytes stored) {
    const auto header = read_snapshot_header(stored);
    if (!header) return std::unexpected(header.error());
    const auto body = body_of(stored);
    if (!body) return std::unexpected(body.error());
    ByteReader from(*body);
    SnapshotState state;
    state.acceptance = read_acceptance(from, *header);
    state.next = {from.number<std::uint64_t>()};
    for (std::uint32_t left = from.count(); left > 0; --left) {
        const auto reason = static_cast<VoidReason>(from.number<std::uint32_t>());
        state.voids[reason] = from.number<std::uint64_t>();
    }
    state.fleet = read_fleet(from);
    if (!from.whole() || !from.at_end()) return fail(Errc::damaged, "its fields do not fill it");
    return state;
}

std::vector<Byte> index_bytes(const Replica& replica) {
    std::vector<std::uint64_t> columns;
    std::vector<std::string> collisions;
    replica.index.store(columns, collisions);
    ByteWriter to;
    to.reserve(columns.size() * 8 + (1 << 12));
    write_header(to, index_magic, header_of(replica, {}));
    to.raw(columns);
    to.number(static_cast<std::uint32_t>(collisions.size()));
    for (const std::string& line : collisions) to.text(line);
    return closed(to);
}

Result<CommandIndex> read_index(Bytes stored, const SnapshotHeader& of) {
    const auto header = read_header(stored, index_magic);
    if (!header) return std::unexpected(header.error());
    if (header->position != of.position || header->head != of.head)
        return fail(Errc::damaged, "it was not made with the snapshot");
    const auto body = body_of(stored);
    if (!body) return std::unexpected(body.error());
    ByteReader from(*body);
    const auto columns = from.raw<std::vector<std::uint64_t>>();
    std::vector<std::string> collisions;
    for (std::uint32_t left = from.count(); left > 0; --left) collisions.push_back(from.text());
    if (!from.whole() || !from.at_end()) return fail(Errc::damaged, "its fields do not fill it");
    CommandIndex index;
    index.load(columns, collisions);
    return index;
}

}  // namespace ferry
