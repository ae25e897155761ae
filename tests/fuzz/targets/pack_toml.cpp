// TOML: packs, and definitions of campaigns.
#include "engine/pack_toml.hpp"
#include "engine/campaign_toml.hpp"
#include "tests/fuzz/small_fleet.hpp"

namespace ferry::fuzz {
namespace {

void say(const std::vector<PackFinding>& findings, bool understood) {
    expect(findings.empty() == understood, "what is wrong is said, and only then");
    for (const PackFinding& finding : findings)
        expect(!to_text(finding, "p.toml").empty(), "a finding says something");
}

}  // namespace
}  // namespace ferry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view toml(reinterpret_cast<const char*>(data), size);
    const auto pack = ferry::read_pack(toml);
    ferry::fuzz::say(pack.findings, pack.pack.has_value());
    const auto campaign = ferry::read_campaign(toml);
    ferry::fuzz::say(campaign.findings, campaign.plan.has_value());
    return 0;
}
