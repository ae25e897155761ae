#include "tests/fuzz/exports.hpp"

#include "cli/import/resolution.hpp"
#include "cli/ingest_file.hpp"
#include "tests/fuzz/small_fleet.hpp"

namespace ferry::fuzz {

namespace {

constexpr const char* pools = "PoolFQDN,Site,SuccessorPoolFqdn\n"
                              "ocs01.contoso.com,paris,lync01.contoso.com\n"
                              "ocs02.contoso.com,lyon,lync02.contoso.com\n";

void say(const std::vector<intake::Finding>& findings) {
    for (const auto& finding : findings) {
        expect(finding.place.spot.line > 0 && finding.place.spot.column > 0,
               "lines and columns are counted from 1");
        expect(!to_text(finding).empty(), "a finding says something");
    }
}

/// One user as a log knows it, so that drift is looked for too.
std::optional<intake::KnownMember> known_member(intake::Kind kind, std::string_view name) {
    if (kind != intake::Kind::user || name != "a@contoso.com") return std::nullopt;
    return intake::KnownMember{"paris", "ocs01.contoso.com", "", false, true, false};
}

}  // namespace

void import_export(std::string file, std::string bytes) {
    auto reading = intake::read_export(std::move(file), std::move(bytes));
    if (!reading) {
        expect(reading.error().code == Errc::bad_input, "a file that is refused is bad input");
        return;
    }
    say(reading->rejects);
    say(reading->warnings);
    const intake::Reading files[] = {*intake::read_export("pools.csv", pools), std::move(*reading)};
    const intake::Known known{{{"ocs01.contoso.com", "paris", "lync01.contoso.com"}}, known_member};
    const auto resolution = intake::resolve(files, known, {});
    say(resolution.rejects);
    say(resolution.ambiguous);
    say(resolution.moving);
    say(resolution.unassigned);
    say(resolution.warnings);
}

void ingest_results(std::string file, std::string bytes) {
    const auto results = read_results(std::move(file), std::move(bytes), std::nullopt);
    if (results) say(results->rejects);
    else expect(results.error().code == Errc::bad_input, "a file that is refused is bad input");
}

}  // namespace ferry::fuzz
