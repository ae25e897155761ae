#include "bench/reference.hpp"
#include "bench/rows.hpp"

#include <fmt/format.h>
#include <fmt/os.h>

namespace ferry::bench {

namespace {

constexpr int users = 100'000;

/// Everything `Get-CsUser | Export-Csv` writes of a user, in its columns.
constexpr std::string_view header =
    R"("SamAccountName","UserPrincipalName","FirstName","LastName","WindowsEmailAddress","Sid",)"
    R"("LineServerURI","OriginatorSid","AudioVideoDisabled","IPPBXSoftPhoneRoutingEnabled",)"
    R"("RemoteCallControlTelephonyEnabled","PrivateLine","HostedVoiceMail","DisplayName",)"
    R"("HomeServer","TargetServerIfMoving","EnabledForFederation","EnabledForInternetAccess",)"
    R"("PublicNetworkEnabled","EnterpriseVoiceEnabled","EnabledForRichPresence","LineURI",)"
    R"("SipAddress","Enabled","TenantId","TargetRegistrarPool","VoicePolicy","MobilityPolicy",)"
    R"("ConferencingPolicy","PresencePolicy","RegistrarPool","DialPlan","LocationPolicy",)"
    R"("ClientPolicy","ClientVersionPolicy","ArchivingPolicy","PinPolicy","ExternalAccessPolicy",)"
    R"("HostedVoicemailPolicy","HostingProvider","Name","DistinguishedName","Identity","Guid",)"
    R"("ObjectCategory","WhenChanged","WhenCreated","OriginatingServer","IsValid","ObjectState")";

std::string user_line(int n) {
    const std::string name = fmt::format("user{:06}", n);
    const std::string dn = fmt::format("CN={},OU=Sales,DC=contoso,DC=com", name);
    return fmt::format(
        R"("{0}","{0}@contoso.com","First{1}","Last{1}","{0}@contoso.com",)"
        R"("S-1-5-21-3623811015-3361044348-30300820-{1}",,,"False","False","False",,,"{0}",)"
        R"("CN=LC Services,CN=Microsoft,CN=OCS0{2},CN=Pools,CN=RTC Service,CN=Microsoft,CN=System,)"
        R"(DC=contoso,DC=com",,"False","False","False","True","True","tel:+331425{1:05}",)"
        R"("sip:{0}@contoso.com","True",,,"Tag:Voice",,"Tag:Conf",,,"Tag:Paris",,"Tag:Standard",)"
        R"(,,,,,"SRV:","{0}","{3}","{3}","e600b495-a80a-40e3-a1bf-{1:012x}",)"
        R"("CN=Person,CN=Schema,CN=Configuration,DC=contoso,DC=com","03/04/2012 15:35:00",)"
        R"("03/09/2009 09:12:44","dc01.contoso.com","True","Unchanged")",
        name, n, 1 + n % 4, dn);
}

void write_exports(const std::filesystem::path& pools, const std::filesystem::path& export_file) {
    auto pool_list = fmt::output_file(pools.string());
    pool_list.print("\"PoolFQDN\",\"Identity\",\"Site\",\"PoolType\",\"SuccessorPoolFqdn\"\n");
    for (int pool = 1; pool <= 4; ++pool)
        pool_list.print("\"ocs0{0}.contoso.com\",\"ocs0{0}.contoso.com\",\"paris\",\"OCS2007R2\","
                        "\"lync0{0}.contoso.com\"\n",
                        pool);
    auto list = fmt::output_file(export_file.string());
    list.print("{}\n", header);
    for (int n = 0; n < users; ++n) list.print("{}\n", user_line(n));
}

}  // namespace

void add_import_rows(Bench& bench) {
    const std::filesystem::path files = fresh(bench, "import");
    const std::filesystem::path pools = files / "pools.csv";
    const std::filesystem::path export_file = files / "users.csv";
    write_exports(pools, export_file);
    const std::filesystem::path log = bench.scratch / "imported";
    std::vector<std::string> rows;
    const auto import = [&] {
        std::filesystem::remove_all(log);
        const double seconds = seconds_of([&] {
            run_ferry({"--log", "sqlite:" + log.string(), "import", pools.string(),
                       export_file.string(), "--actor", "dana"});
        });
        if (rows.empty()) rows = rows_after(log / "paris.db", 0);
        return seconds;
    };
    const auto reference = [&] {
        const std::filesystem::path bare = fresh(bench, "bare");
        return seconds_of([&] {
            read_whole(export_file);
            BareInserts inserts(bare / "bare.db");
            for (const std::string& row : rows) inserts.insert(row);
        });
    };
    bench.table.add({.operation = "`ferry import` of 100,000 users (reference: read the export, "
                                  "insert the same commits)",
                     .goal = "≤ 3 s",
                     .ferry = import,
                     .reference = reference,
                     .at_most = 3});
}

}  // namespace ferry::bench
