#include "projections/campaign_bytes.hpp"

namespace ferry {

void write_campaigns(ByteWriter& to, const Fleet& fleet) {
    to.number(fleet.restores);
    to.number(static_cast<std::uint32_t>(fleet.campaigns.size()));
    for (const SeenCampaign& seen : fleet.campaigns) {
        to.text(seen.name);
        to.text(seen.log_id);
        to.number(seen.position);
        to.text(seen.head);
        to.number(seen.state.raw);
        to.text(seen.cause);
        to.number(static_cast<std::uint32_t>(seen.gates.size()));
        for (const SeenGate& gate : seen.gates) {
            to.number(gate.phase.raw);
            to.number(gate.state.raw);
            to.text(gate.waits_for);
        }
    }
}

void read_campaigns(ByteReader& from, Fleet& fleet) {
    fleet.restores = from.number<std::uint64_t>();
    for (std::uint32_t left = from.count(); left > 0 && from.whole(); --left) {
        SeenCampaign& seen = fleet.campaigns.emplace_back();
        seen.name = from.text();
        seen.log_id = from.text();
        seen.position = from.position();
        seen.head = from.text();
        seen.state.raw = from.number<std::uint8_t>();
        seen.cause = from.text();
        for (std::uint32_t gates = from.count(); gates > 0 && from.whole(); --gates) {
            SeenGate& gate = seen.gates.emplace_back();
            gate.phase.raw = from.number<std::uint8_t>();
            gate.state.raw = from.number<std::uint8_t>();
            gate.waits_for = from.text();
        }
    }
}

}  // namespace ferry
