#include "cli/move_outcome.hpp"

#include "cli/move_causes.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>

namespace ferry {

namespace {

namespace json = boost::json;

std::string_view last_line(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == text.npos) return {};
    text = text.substr(0, end + 1);
    const auto begin = text.rfind('\n');
    return begin == text.npos ? text : text.substr(begin + 1);
}

json::object own_word(const MoveEnd& end) {
    const std::string_view line = last_line(end.out);
    if (!line.starts_with('{')) return {};
    json::error_code error;
    json::value value = json::parse({line.data(), line.size()}, error);
    return !error && value.is_object() ? value.get_object() : json::object();
}

std::string text_field(const json::object& object, std::string_view key) {
    const auto* found = object.if_contains({key.data(), key.size()});
    return found && found->is_string() ? std::string(found->get_string()) : "";
}

/// Nothing where it is not said; people write true and "true".
std::optional<bool> truth_of(const json::object& object, std::string_view key) {
    const auto* found = object.if_contains({key.data(), key.size()});
    if (!found) return std::nullopt;
    if (found->is_bool()) return found->get_bool();
    if (found->is_string() && found->get_string() == "true") return true;
    if (found->is_string() && found->get_string() == "false") return false;
    return std::nullopt;
}

/// The line that shows a known cause, else the last that was complained.
std::string said(const MoveEnd& end) {
    for (const std::string* text : {&end.err, &end.out}) {
        std::string_view rest = *text;
        while (!rest.empty()) {
            const auto length = std::min(rest.find('\n'), rest.size());
            if (known_cause(rest.substr(0, length))) return std::string(rest.substr(0, length));
            rest.remove_prefix(std::min(length + 1, rest.size()));
        }
    }
    const std::string_view complained = last_line(end.err);
    return std::string(complained.empty() ? last_line(end.out) : complained);
}

}  // namespace

bool could_not_be_run(const MoveEnd& end) {
    constexpr int shell_may_not_run = 126, shell_finds_nothing = 127;
    const bool said_so = end.exit == shell_may_not_run || end.exit == shell_finds_nothing;
    return said_so && !end.timed_out && own_word(end).empty();
}

MoveOutcome outcome_of_run(const MoveEnd& end) {
    const json::object word = own_word(end);
    MoveOutcome outcome;
    const bool moved = end.exit == 0 || end.exit == exit_moved_for_good;
    outcome.succeeded = !end.timed_out && moved && text_field(word, "outcome") != "FAILED";
    outcome.reversible =
        end.exit != exit_moved_for_good && truth_of(word, "reversible").value_or(true);
    const std::string own = text_field(word, "cause");
    if (outcome.succeeded) {
        outcome.cause = cause_text(own);
        return outcome;
    }
    const std::string text = own.empty() && word.empty() ? said(end) : own;
    const MoveCause* known = known_cause(text);
    if (end.timed_out) outcome.cause = "timed-out: the command did not end in time";
    else if (text.empty())
        outcome.cause = fmt::format("the command ended with exit code {}", end.exit);
    else outcome.cause = cause_text(text);
    const bool may_pass = end.timed_out || end.exit == exit_may_pass || (known && known->may_pass);
    outcome.may_pass = truth_of(word, "retry").value_or(may_pass);
    return outcome;
}

}  // namespace ferry
