#include "engine/request.hpp"

#include "engine/pack_toml.hpp"
#include "engine/request_home.hpp"
#include "engine/request_wave.hpp"
#include "engine/words.hpp"
#include "events/ascii.hpp"
#include "events/clock.hpp"
#include "events/hash.hpp"
#include "events/whole_number.hpp"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

namespace ferry {

namespace {

constexpr std::size_t text_bytes_max = 4096;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// Whether there is nothing wrong with any letter of a name, seen in one pass over it.
bool has_plain_letters(std::string_view name) {
    bool plain = true;
    for (const char c : name) plain &= !(is_control(c) || is_upper(c));
    return plain && !name.empty() && name.front() != ' ' && name.back() != ' ';
}

/// Names of entities, pools and sites: what is wrong with one, or nothing.
Result<void> check_name(std::string_view field, std::string_view name) {
    if (has_plain_letters(name) && name.size() <= name_bytes_max) return {};
    if (name.empty()) return bad_request(fmt::format("{} is empty; name one", field));
    if (name.size() > name_bytes_max)
        return bad_request(fmt::format("{} is longer than {} bytes", field, name_bytes_max));
    if (std::any_of(name.begin(), name.end(), is_control) || name.front() == ' ' ||
        name.back() == ' ')
        return bad_request(
            fmt::format("{} `{}` holds a control character, or a space at its edge", field, name));
    if (std::any_of(name.begin(), name.end(), is_upper))
        return bad_request(
            fmt::format("{} `{}` must be lower case: `{}`", field, name, lower(name)));
    return {};
}

Result<void> check_text(std::string_view field, std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return {};
    return bad_request(
        fmt::format("{} is longer than {} bytes; put the rest into a file and give its digest",
                    field, bytes_max));
}

Result<Expected> parse_expected(std::string_view text) {
    if (text.empty() || text == "any") return Expected{};
    if (text == "none") return Expected{Expected::Kind::none, {}};
    if (text == "exists") return Expected{Expected::Kind::exists, {}};
    const auto number = whole_number<std::uint64_t>(text).value_or(0);
    if (number == 0)
        return bad_request(
            fmt::format("expectedVersion `{}` is none of any, none, exists or a number", text));
    return Expected{Expected::Kind::exactly, {number}};
}

v1::Action action_of(const v1::Command& command) {
    using Case = v1::Command::ActionCase;
    switch (command.action_case()) {
        case Case::kRegister: return v1::ACTION_REGISTER;
        case Case::kEnterCoexistence: return v1::ACTION_ENTER_COEXISTENCE;
        case Case::kStartPilot: return v1::ACTION_START_PILOT;
        case Case::kPromote: return v1::ACTION_PROMOTE;
        case Case::kRetire: return v1::ACTION_RETIRE;
        case Case::kWithdraw: return v1::ACTION_WITHDRAW;
        case Case::kApprove: return v1::ACTION_APPROVE;
        case Case::kRecordCheck: return v1::ACTION_RECORD_CHECK;
        case Case::kObserveClient: return v1::ACTION_OBSERVE_CLIENT;
        case Case::kObserveMeeting: return v1::ACTION_OBSERVE_MEETING;
        case Case::kReportMove: return v1::ACTION_REPORT_MOVE;
        case Case::kMark: return v1::ACTION_MARK;
        case Case::kCorrect: return v1::ACTION_CORRECT;
        case Case::kObservePolicy: return v1::ACTION_OBSERVE_POLICY;
        case Case::kAdoptPack: return v1::ACTION_ADOPT_PACK;
        case Case::kRelease: return v1::ACTION_RELEASE;
        case Case::kAccept: return v1::ACTION_ACCEPT;
        case Case::kDecline: return v1::ACTION_DECLINE;
        case Case::kTakeOverSite: return v1::ACTION_TAKE_OVER_SITE;
        case Case::kRetryMove: return v1::ACTION_RETRY_MOVE;
        case Case::kPlanWave: return v1::ACTION_PLAN_WAVE;
        case Case::kStartWave: return v1::ACTION_START_WAVE;
        case Case::kPauseWave: return v1::ACTION_PAUSE_WAVE;
        case Case::kResumeWave: return v1::ACTION_RESUME_WAVE;
        case Case::kStopWave: return v1::ACTION_STOP_WAVE;
        case Case::kStepWave: return v1::ACTION_STEP_WAVE;
        case Case::ACTION_NOT_SET: return v1::ACTION_UNSPECIFIED;
    }
    return v1::ACTION_UNSPECIFIED;
}

Result<void> check_register(const v1::Register& body, v1::Kind kind) {
    if (auto ok = check_name("site", body.site()); !ok) return ok;
    const bool pool = kind == v1::KIND_POOL;
    if (!pool)
        if (auto ok = check_name("pool", body.pool()); !ok) return ok;
    if (pool && !body.pool().empty())
        return bad_request(
            "a pool belongs to no pool; `pool` names the pool of a user or application");
    if (!body.successor().empty()) {
        if (!pool) return bad_request("only a pool has a successor");
        if (auto ok = check_name("successor", body.successor()); !ok) return ok;
    }
    if (!body.application_class().empty()) {
        if (kind != v1::KIND_APPLICATION)
            return bad_request("only an application has an applicationClass");
        if (auto ok = check_name("applicationClass", body.application_class()); !ok) return ok;
    }
    const std::string_view found = body.lifecycle();
    const bool moved = found == "pilot" || found == "production";
    if (!found.empty() && found != "legacy" && (!moved || pool))
        return bad_request(
            fmt::format("lifecycle `{}` cannot be registered: {}", found,
                        pool ? "a pool starts in legacy"
                             : "an import finds legacy, or pilot or production (moved)"));
    return {};
}

Result<void> check_correct(const v1::Correct& body) {
    const std::string_view fields[] = {"pool", "successor", "side", "enabled", "class"};
    if (std::find(std::begin(fields), std::end(fields), body.field()) == std::end(fields))
        return bad_request(fmt::format(
            "field `{}` is not one of pool, successor, side, enabled, class", body.field()));
    if (auto ok = check_name(body.field(), body.value()); !ok) return ok;
    return check_text("evidence", body.evidence(), text_bytes_max);
}

/// An entity's next step is agreed to by its name, a site's rollback by the hash of its plan.
Result<void> check_approve(const v1::Approve& body, v1::Kind kind) {
    const auto action = action_of_json(body.action());
    if (kind == v1::KIND_UNSPECIFIED) {
        if (action != v1::ACTION_RESTORE && action != v1::ACTION_ADOPT_PACK &&
            action != v1::ACTION_TAKE_OVER_SITE)
            return bad_request(
                fmt::format("action `{}` is not one that a site takes an approval for: "
                            "restore, adoptPack, takeOverSite",
                            body.action()));
        if (hash_from_hex(body.plan())) return {};
        return bad_request(
            fmt::format("plan `{}` is not the hash of a plan: 64 hexadecimal digits, as "
                        "the --dry-run of what is agreed to prints it",
                        body.plan()));
    }
    const bool known =
        action && *action >= v1::ACTION_ENTER_COEXISTENCE && *action <= v1::ACTION_RETIRE;
    if (!known)
        return bad_request(
            fmt::format("action `{}` is not one of enterCoexistence, startPilot, promote, "
                        "retire",
                        body.action()));
    if (body.plan().empty()) return {};
    return bad_request("a plan is of a rollback, which is approved on `site:NAME`");
}

/// What is wrong with a pack is wrong whatever the site's state.
Result<void> check_pack(const v1::AdoptPack& body) {
    const PackReading reading = read_pack(body.toml());
    if (reading.pack) return {};
    return bad_request(fmt::format(
        "{}{}", to_text(reading.findings.front(), "toml"),
        reading.findings.size() == 1 ? std::string()
                                     : fmt::format(" (and {} more)", reading.findings.size() - 1)));
}

Result<void> check_body(const v1::Command& command, v1::Kind kind) {
    const auto word_is = [](bool known, std::string_view field, std::string_view word,
                            std::string_view right) -> Result<void> {
        if (known) return {};
        return bad_request(fmt::format("{} `{}` is not one of {}", field, word, right));
    };
    switch (command.action_case()) {
        case v1::Command::kRegister: return check_register(command.register_(), kind);
        case v1::Command::kApprove: return check_approve(command.approve(), kind);
        case v1::Command::kRecordCheck: {
            const auto& body = command.record_check();
            if (auto ok = check_name("check", body.check()); !ok) return ok;
            if (auto ok = word_is(outcome_of(body.outcome()).has_value(), "outcome", body.outcome(),
                                  "PASS, FAIL, INCONCLUSIVE");
                !ok)
                return ok;
            if (auto ok = check_text("evidence", body.evidence(), text_bytes_max); !ok) return ok;
            return word_is(deployment_of(body.deployment()).has_value(), "deployment",
                           body.deployment(), "legacy, successor");
        }
        case v1::Command::kObserveClient:
            return check_name("client", command.observe_client().client());
        case v1::Command::kObserveMeeting:
            if (command.observe_meeting().meeting().empty())
                return bad_request("meeting is empty; name one");
            if (auto ok = check_name("client", command.observe_meeting().client()); !ok) return ok;
            return check_text("meeting", command.observe_meeting().meeting(), name_bytes_max);
        case v1::Command::kObservePolicy:
            if (auto ok = check_name("policy", command.observe_policy().policy()); !ok) return ok;
            return check_text("name", command.observe_policy().name(), name_bytes_max);
        case v1::Command::kReportMove: {
            const auto& body = command.report_move();
            if (body.move().empty())
                return bad_request("move is empty; name the move that is reported");
            if (auto ok = check_text("cause", body.cause(), text_bytes_max); !ok) return ok;
            if (!body.reversible().empty() && body.reversible() != "true" &&
                body.reversible() != "false")
                return word_is(false, "reversible", body.reversible(), "true, false");
            return word_is(body.outcome() == "SUCCEEDED" || body.outcome() == "FAILED", "outcome",
                           body.outcome(), "SUCCEEDED, FAILED");
        }
        case v1::Command::kRetryMove:
            if (command.retry_move().move().empty())
                return bad_request("move is empty; name the move back that failed");
            return check_text("move", command.retry_move().move(), text_bytes_max);
        case v1::Command::kAdoptPack: return check_pack(command.adopt_pack());
        case v1::Command::kMark: return check_label(command.mark().label());
        case v1::Command::kCorrect: return check_correct(command.correct());
        case v1::Command::kPlanWave:
            if (auto ok = check_name("site", command.plan_wave().site()); !ok) return ok;
            return check_wave(command);
        default: return check_home_command(command, kind);
    }
}

/// Marks, packs, checks and approvals may be given to a site; all else is done to an entity.
Result<void> check_target(const Request& request) {
    const bool site_only =
        request.action == v1::ACTION_MARK || request.action == v1::ACTION_ADOPT_PACK;
    const bool either =
        request.action == v1::ACTION_RECORD_CHECK || request.action == v1::ACTION_APPROVE;
    const bool home =
        request.action >= v1::ACTION_RELEASE && request.action <= v1::ACTION_TAKE_OVER_SITE;
    if (home) return {};
    if (request.is_site() && !site_only && !either)
        return bad_request(fmt::format("`{}` is a stream of the log, not an entity: it takes mark, "
                                       "adoptPack, recordCheck and approve (of a rollback) only",
                                       request.command->entity()));
    if (!request.is_site() && site_only)
        return bad_request(request.action == v1::ACTION_MARK ? "a mark is given to `site:NAME`"
                                                             : "a pack is adopted by `site:NAME`");
    const bool of_wave =
        request.action >= v1::ACTION_PLAN_WAVE && request.action <= v1::ACTION_STEP_WAVE;
    if (of_wave != (request.kind == v1::KIND_WAVE))
        return bad_request(
            of_wave ? fmt::format("`{}` is no wave; {} is asked of `wave:NAME`",
                                  request.command->entity(), word(request.action))
                    : fmt::format("`{}` is a wave: it takes planWave, startWave, pauseWave, "
                                  "resumeWave, stopWave and stepWave only",
                                  request.command->entity()));
    return {};
}

/// Whether a command on the wire holds nothing but ASCII, where lengths and tags mostly are ASCII
/// too. The tag of the action, the first that takes two bytes, is left out: its first byte never
/// is. A text whose length takes two bytes leads astray, and that length is not ASCII itself.
bool is_ascii_but_action(std::string_view stored) {
    std::size_t tag = 0;
    while (tag + 1 < stored.size() && (stored[tag] & 0x80) == 0)
        tag += 2 + static_cast<unsigned char>(stored[tag + 1]);
    if (tag >= stored.size()) return is_ascii(stored);
    return is_ascii(stored.substr(0, tag)) && is_ascii(stored.substr(tag + 1));
}

/// What cannot be read back must not be stored: a text that is not UTF-8 would make the log's end
/// unreadable for ever. Most commands are seen to be readable at a glance; the others are read.
Result<void> check_readable(std::string_view stored) {
    if (is_ascii_but_action(stored)) return {};
    if (v1::Command read; read.ParseFromArray(stored.data(), static_cast<int>(stored.size())))
        return {};
    return bad_request("a text of the command is not UTF-8; convert what it was read from");
}

/// The id itself is left out: the digest says what is asked, the id who asks. It is the first field
/// of the stored command, behind a tag and a length of one byte each or two.
std::uint64_t digest_of(std::string_view stored, const std::string& command_id) {
    using google::protobuf::io::CodedOutputStream;
    const auto id_bytes = static_cast<std::uint32_t>(command_id.size());
    stored.remove_prefix(1 + CodedOutputStream::VarintSize32(id_bytes) + id_bytes);
    const Hash hash = sha256(bytes_of(stored));
    std::uint64_t digest = 0;
    for (std::size_t i = 0; i < 8; ++i)
        digest = digest << 8 | std::to_integer<std::uint64_t>(hash[i]);
    return digest;
}

}  // namespace

bool Expected::met_by(Version actual) const {
    switch (kind) {
        case Kind::any: return true;
        case Kind::none: return actual.value == 0;
        case Kind::exists: return actual.value != 0;
        case Kind::exactly: return actual == version;
    }
    return false;
}

void Request::borrow_from(const v1::Command& moved) {
    command = &moved;
    const std::string_view entity = moved.entity();
    name = entity.substr(entity.size() - name.size());
}

Result<EntityName> parse_entity(std::string_view id) {
    const auto colon = id.find(':');
    const std::string_view kind = id.substr(0, colon);
    const auto known = kind_of(kind);
    if (colon == std::string_view::npos || (!known && kind != "site"))
        return bad_request(
            fmt::format("entity `{}` is none of pool:NAME, user:ADDRESS, application:NAME, "
                        "wave:NAME, site:NAME",
                        id));
    const std::string_view name = id.substr(colon + 1);
    if (auto ok = check_name("entity", name); !ok) return std::unexpected(ok.error());
    if (known != v1::KIND_APPLICATION && name.contains(' '))
        return bad_request(fmt::format("entity `{}` holds a space", id));
    if (name.starts_with("sip:"))
        return bad_request(fmt::format("entity `{}` must be given without `sip:`", id));
    return EntityName{known.value_or(v1::KIND_UNSPECIFIED), name};
}

Result<void> check_label(std::string_view label) {
    if (label.empty()) return bad_request("label is empty; name one");
    if (label.size() > id_bytes_max || std::any_of(label.begin(), label.end(), is_control))
        return bad_request(
            fmt::format("label is longer than {} bytes or holds control characters", id_bytes_max));
    const std::string_view tail =
        label.substr(label.find(':') == std::string_view::npos ? 0 : label.rfind(':') + 1);
    if (is_number(tail) || from_rfc3339(label))
        return bad_request(
            fmt::format("label `{}` looks like a position or a time; add a word to it", label));
    return {};
}

Result<Request> understand(const v1::Command& command) {
    if (command.command_id().empty())
        return bad_request(
            "commandId is missing; without it a repeated command would be done twice");
    if (auto ok = check_text("commandId", command.command_id(), id_bytes_max); !ok)
        return std::unexpected(ok.error());
    Request request{&command, action_of(command), {}, {}, {}, 0};
    if (request.action == v1::ACTION_UNSPECIFIED)
        return bad_request("no action is given; name one, such as \"promote\":{}");
    const auto entity = parse_entity(command.entity());
    if (!entity) return std::unexpected(entity.error());
    request.kind = entity->kind;
    request.name = entity->name;
    const auto expected = parse_expected(command.expected_version());
    if (!expected) return std::unexpected(expected.error());
    request.expected = *expected;
    Result<void> ok = check_target(request);
    if (ok) ok = check_text("actor", command.actor(), name_bytes_max);
    if (ok) ok = check_text("reason", command.reason(), text_bytes_max);
    if (ok) ok = check_text("correlationId", command.correlation_id(), id_bytes_max);
    if (ok) ok = check_text("causationId", command.causation_id(), id_bytes_max);
    if (ok) ok = check_body(command, request.kind);
    thread_local std::string stored;  // its room is used again
    command.SerializeToString(&stored);
    if (ok) ok = check_readable(stored);
    if (!ok) return std::unexpected(ok.error());
    request.digest = digest_of(stored, command.command_id());
    return request;
}

}  // namespace ferry
