#include "cli/move_script.hpp"

#include "cli/powershell.hpp"
#include "engine/words.hpp"
#include "projections/checklist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace ferry {

namespace {

// A refused statement must not end the script, whether it moves or looks, and what failed must be
// told: each is run by a function that writes one row for `ferry ingest`. A policy is no move: what
// becomes of it is told, and stands in no row.
constexpr std::string_view prologue = R"(Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
if (-not (Get-Variable -Name Report -Scope Script -ErrorAction SilentlyContinue)) {
    $Report = Join-Path (Get-Location) $ReportName
}
$Rows = New-Object System.Collections.ArrayList
$script:NotGranted = 0
function Invoke-Step([string]$Entity, [scriptblock]$Step) {
    $Outcome = 'SUCCEEDED'
    $Cause = ''
    try { & $Step } catch {
        $Outcome = 'FAILED'
        $Cause = $_.Exception.Message
    }
    Write-Host ('{0} {1} {2}' -f $Outcome, $Entity, $Cause)
    $Row = New-Object PSObject -Property @{ Entity = $Entity; Outcome = $Outcome; Error = $Cause }
    [void]$Rows.Add(($Row | Select-Object Entity, Outcome, Error))
}
function Invoke-Grant([string]$Entity, [scriptblock]$Step) {
    try { & $Step } catch {
        $script:NotGranted += 1
        Write-Warning ('{0}: {1}' -f $Entity, $_.Exception.Message)
    }
}
function Test-Pool([string]$Entity, [scriptblock]$Look, [string]$Wanted) {
    Invoke-Step $Entity {
        $Actual = & $Look
        if ([string]$Actual -ne $Wanted) {
            throw ('the pool is {0}, not {1}' -f $Actual, $Wanted)
        }
    }
}
)";
constexpr std::string_view epilogue =
    "$Rows | Export-Csv -Path $Report -NoTypeInformation -Encoding UTF8\n"
    "if (@($Rows | Where-Object { $_.Outcome -ne 'SUCCEEDED' }).Count -gt 0) { exit 1 }\n"
    "if ($script:NotGranted -gt 0) { exit 1 }\n";

struct ClassMove {
    std::string_view name;
    std::string_view move;  ///< {0} identity, {1} legacy pool, {2} successor
    std::string_view check;
    std::string_view rollback;  ///< empty: there is no way back
};

// The cmdlets with their parameters as Microsoft's pages of them give them.
constexpr ClassMove class_moves[] = {
    {"dial-in-number", "Move-CsApplicationEndpoint -Identity {0} -TargetApplicationPool {2}",
     "(Get-CsDialInConferencingAccessNumber -Identity {0}).Pool",
     "Move-CsApplicationEndpoint -Identity {0} -TargetApplicationPool {1}"},
    {"trusted-application", "Move-CsApplicationEndpoint -Identity {0} -TargetApplicationPool {2}",
     "(Get-CsTrustedApplicationEndpoint -Identity {0}).RegistrarPool",
     "Move-CsApplicationEndpoint -Identity {0} -TargetApplicationPool {1}"},
    {"um-contact", "Move-CsExUmContact -Identity {0} -Target {2}",
     "(Get-CsExUmContact -Identity {0}).RegistrarPool",
     "Move-CsExUmContact -Identity {0} -Target {1}"},
    {"common-area-phone", "Move-CsCommonAreaPhone -Identity {0} -Target {2}",
     "(Get-CsCommonAreaPhone -Identity {0}).RegistrarPool",
     "Move-CsCommonAreaPhone -Identity {0} -Target {1}"},
    {"analog-device", "Move-CsAnalogDevice -Identity {0} -Target {2}",
     "(Get-CsAnalogDevice -Identity {0}).RegistrarPool",
     "Move-CsAnalogDevice -Identity {0} -Target {1}"},
};

constexpr std::pair<std::string_view, std::string_view> policy_cmdlets[] = {
    {"archiving", "Grant-CsArchivingPolicy"},
    {"client", "Grant-CsClientPolicy"},
    {"client-version", "Grant-CsClientVersionPolicy"},
    {"conferencing", "Grant-CsConferencingPolicy"},
    {"dial-plan", "Grant-CsDialPlan"},
    {"external-access", "Grant-CsExternalAccessPolicy"},
    {"location", "Grant-CsLocationPolicy"},
    {"mobility", "Grant-CsMobilityPolicy"},
    {"pin", "Grant-CsPinPolicy"},
    {"presence", "Grant-CsPresencePolicy"},
    {"voice", "Grant-CsVoicePolicy"},
};

/// The number that a conference directory is known by, at the end of its name.
std::string trailing_number(std::string_view name) {
    const auto last = name.find_last_not_of("0123456789");
    return std::string(last == name.npos ? name : name.substr(last + 1));
}

class Writing {
public:
    Writing(std::string_view title, std::span<const ScriptMember> members) {
        for (const ScriptMember& member : members) named_.emplace(member.fleet->id(member.number));
        head(scripts_.move, "Moves", title, "move-report.csv");
        head(scripts_.check, "Looks whether everybody was moved by", title, "check-report.csv");
        head(scripts_.rollback, "Takes back", title, "rollback-report.csv");
    }

    Result<void> add(const ScriptMember& member) {
        const Entity& entity = member.fleet->at(member.number);
        return entity.kind == v1::KIND_USER ? add_user(member) : add_application(member);
    }

    MoveScripts finish() {
        for (std::string* script : {&scripts_.move, &scripts_.check, &scripts_.rollback})
            *script += epilogue;
        return std::move(scripts_);
    }

private:
    struct Names {
        std::string entity;
        std::string identity;
        std::string legacy;
        std::string successor;
    };

    // Each has a report of its own: what one says of a failure is not written over by the next.
    static void head(std::string& script, std::string_view does, std::string_view title,
                     std::string_view report) {
        script = fmt::format("# {} {}\n# Written by `ferry script`; its report is read back with "
                             "`ferry ingest {}`.\n$ReportName = '{}'\n",
                             does, powershell_comment(title), report, report);
        script += prologue;
    }

    static void step(std::string& script, const Names& names, std::string_view command) {
        script += fmt::format("Invoke-Step {} {{ {} }}\n", names.entity, command);
    }

    void move(const ScriptMember& member, const Names& names, std::string_view command) {
        ++(member.moved ? scripts_.done : scripts_.moved);
        if (!member.moved) step(scripts_.move, names, command);
    }

    static void test(std::string& script, const Names& names, std::string_view actual) {
        script += fmt::format("Test-Pool {} {{ {} }} {}\n", names.entity, actual, names.successor);
    }

    static Result<Names> names_of(const ScriptMember& member, std::string_view prefix) {
        const Fleet& fleet = *member.fleet;
        const EntityNumber pool{fleet.at(member.number).pool};
        Names names;
        const std::pair<std::string*, std::string> wanted[] = {
            {&names.entity, std::string(fleet.id(member.number))},
            {&names.identity, fmt::format("{}{}", prefix, fleet.name(member.number))},
            {&names.legacy, std::string(fleet.name(pool))},
            {&names.successor, std::string(fleet.successor(pool))}};
        for (const auto& [to, value] : wanted) {
            auto quoted = powershell_quoted(value);
            if (!quoted)
                return fail(quoted.error().code,
                            fmt::format("{}: {}", fleet.id(member.number), quoted.error().message));
            *to = std::move(*quoted);
        }
        return names;
    }

    Result<void> add_user(const ScriptMember& member) {
        const auto names = names_of(member, "sip:");
        if (!names) return std::unexpected(names.error());
        move(member, *names,
             fmt::format("Move-CsLegacyUser -Identity {} -Target {} -Confirm:$false",
                         names->identity, names->successor));
        test(scripts_.check, *names,
             fmt::format("(Get-CsUser -Identity {}).RegistrarPool", names->identity));
        step(scripts_.rollback, *names,
             fmt::format("Move-CsUser -Identity {} -Target {} -Confirm:$false", names->identity,
                         names->legacy));
        return grant_policies(member, *names);
    }

    /// A policy belongs to the side it was granted on, so the way back grants it again.
    Result<void> grant_policies(const ScriptMember& member, const Names& names) {
        const Fleet& fleet = *member.fleet;
        const auto found = fleet.policies.find(static_cast<std::uint32_t>(member.number.value));
        if (found == fleet.policies.end()) return {};
        for (const PolicyState& state : found->second) {
            const std::string_view sort = fleet.texts.text(state.policy);
            const auto cmdlet = std::ranges::find(
                policy_cmdlets, sort, &std::pair<std::string_view, std::string_view>::first);
            const std::string_view name = fleet.texts.text(state.name);
            if (cmdlet == std::end(policy_cmdlets)) {
                scripts_.by_hand.push_back(fmt::format("{}: policy {}", names.entity, sort));
                continue;
            }
            std::string granted = "$null";
            if (!name.empty()) {
                auto quoted = powershell_quoted(name);
                if (!quoted) return std::unexpected(quoted.error());
                granted = std::move(*quoted);
            }
            scripts_.rollback +=
                fmt::format("Invoke-Grant {} {{ {} -Identity {} -PolicyName {} }}\n", names.entity,
                            cmdlet->second, names.identity, granted);
        }
        return {};
    }

    Result<void> add_application(const ScriptMember& member) {
        const Fleet& fleet = *member.fleet;
        const Entity& entity = fleet.at(member.number);
        const std::string_view kind = fleet.texts.text(entity.text);
        // An endpoint that is known by its address is named with the scheme, as a user is.
        const bool address = fleet.name(member.number).find('@') != std::string_view::npos;
        const auto names = names_of(member, address ? "sip:" : "");
        if (!names) return std::unexpected(names.error());
        if (kind == "response-groups") return add_response_groups(member, *names);
        if (kind == "conference-directory") return add_directory(member, *names);
        const auto known = std::ranges::find(class_moves, kind, &ClassMove::name);
        if (known == std::end(class_moves)) {
            scripts_.by_hand.push_back(fmt::format("{}: no cmdlet moves an application of class {}",
                                                   fleet.id(member.number), kind));
            return {};
        }
        const auto with = [&](std::string_view form) {
            return fmt::format(fmt::runtime(form), names->identity, names->legacy,
                               names->successor);
        };
        move(member, *names, with(known->move));
        test(scripts_.check, *names, with(known->check));
        step(scripts_.rollback, *names, with(known->rollback));
        if (kind == "um-contact")
            scripts_.by_hand.push_back(fmt::format(
                "{}: run ExchUCUtil.ps1 and restart rtcsrv after the move, else it is not seen",
                fleet.id(member.number)));
        return {};
    }

    /// The whole pool at once; nothing in it can be chosen.
    Result<void> add_response_groups(const ScriptMember& member, const Names& names) {
        const std::string pool(member.fleet->name({member.fleet->at(member.number).pool}));
        const bool first = pools_with_groups_.insert(pool).second;
        if (first && !member.moved) note_other_groups(member);
        const std::string source = fmt::format("'service:ApplicationServer:{}'",
                                               names.legacy.substr(1, names.legacy.size() - 2));
        const std::string destination =
            fmt::format("'service:ApplicationServer:{}'",
                        names.successor.substr(1, names.successor.size() - 2));
        move(member, names,
             first ? fmt::format("Move-CsRgsConfiguration -Source {} -Destination {}", names.legacy,
                                 names.successor)
                   : std::string("$null = 'moved with the others of its pool'"));
        step(scripts_.check, names,
             fmt::format("if (@(Get-CsRgsWorkflow -Identity {0}).Count -lt "
                         "@(Get-CsRgsWorkflow -Identity {1}).Count) "
                         "{{ throw 'workflows are missing on the new pool' }}",
                         destination, source));
        step(scripts_.rollback, names,
             fmt::format("Get-CsRgsWorkflow -Identity {} | ForEach-Object {{ "
                         "Move-CsApplicationEndpoint -Identity $_.PrimaryUri "
                         "-TargetApplicationPool {} }}",
                         source, names.legacy));
        return {};
    }

    /// Who is not asked for and goes along all the same.
    void note_other_groups(const ScriptMember& member) {
        const Fleet& fleet = *member.fleet;
        const Entity& entity = fleet.at(member.number);
        for (std::uint32_t other = 1; other <= fleet.size(); ++other) {
            const Entity& each = fleet.at({other});
            const bool goes_along = each.kind == v1::KIND_APPLICATION && each.present() &&
                                    !each.on_new_side && each.pool == entity.pool &&
                                    each.text == entity.text &&
                                    !named_.contains(std::string(fleet.id({other})));
            if (goes_along)
                scripts_.by_hand.push_back(
                    fmt::format("{}: is moved with the response groups of its pool, of which none "
                                "can be chosen; take it into the same wave",
                                fleet.id({other})));
        }
    }

    Result<void> add_directory(const ScriptMember& member, const Names& names) {
        const std::string_view id = member.fleet->id(member.number);
        const std::string number = trailing_number(member.fleet->name(member.number));
        if (number.empty() || number.size() > 6) {
            scripts_.by_hand.push_back(
                fmt::format("{}: its name does not end with the directory's number", id));
            return {};
        }
        move(member, names,
             fmt::format("Move-CsConferenceDirectory -Identity {} -TargetPool {} -Confirm:$false",
                         number, names.successor));
        step(scripts_.check, names,
             fmt::format("if (-not ((Get-CsConferenceDirectory -Identity {}).ServiceId -like "
                         "('*' + {}))) {{ throw 'it is not on the new pool' }}",
                         number, names.successor));
        scripts_.no_return.emplace_back(id);
        return {};
    }

    MoveScripts scripts_;
    std::set<std::string> pools_with_groups_;
    std::set<std::string> named_;
};

/// Sorted as the pack in force wants them moved; those of one rank stay in the order given.
std::vector<ScriptMember> ranked(std::span<const ScriptMember> members, const Pack& pack) {
    const auto whose = [](const ScriptMember& member) {
        const Entity& entity = member.fleet->at(member.number);
        return entity.kind == v1::KIND_USER ? std::string(order_users)
                                            : std::string(member.fleet->texts.text(entity.text));
    };
    std::set<std::string> present{std::string(order_users)};
    for (const ScriptMember& member : members)
        if (member.fleet->at(member.number).is_member()) present.insert(whose(member));
    std::vector<std::string> waiting{std::string(order_users)};
    present.erase(waiting.front());
    waiting.insert(waiting.end(), present.begin(), present.end());
    std::map<const Fleet*, std::map<std::string, std::size_t>> ranks;
    for (const ScriptMember& member : members) {
        auto& of_fleet = ranks[member.fleet];
        if (!of_fleet.empty()) continue;
        for (const std::string& each : in_order(pack_in_force(*member.fleet, pack), waiting))
            of_fleet.emplace(each, of_fleet.size());
    }
    std::vector<ScriptMember> sorted(members.begin(), members.end());
    std::ranges::stable_sort(sorted, {}, [&](const ScriptMember& member) {
        const auto& of_fleet = ranks.at(member.fleet);
        const auto found = of_fleet.find(whose(member));
        return found == of_fleet.end() ? of_fleet.size() : found->second;
    });
    return sorted;
}

}  // namespace

Result<MoveScripts> move_scripts(std::span<const ScriptMember> members, const Pack& pack,
                                 v1::State to, std::string_view title) {
    Writing writing(title, members);
    for (const ScriptMember& member : ranked(members, pack)) {
        const Entity& entity = member.fleet->at(member.number);
        // Who is on the new side already has nothing to move, whatever is decided next.
        if (!entity.is_member() || !entity.present() || entity.on_new_side ||
            entity.lifecycle >= to)
            continue;
        if (auto added = writing.add(member); !added) return std::unexpected(added.error());
    }
    return writing.finish();
}

}  // namespace ferry
