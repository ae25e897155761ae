// What a verification found, in words: what, where, why, and what to do next.
#include "projections/verification.hpp"

#include <fmt/format.h>

namespace ferry {

namespace {

std::string_view next_step(Integrity integrity) {
    switch (integrity) {
        case Integrity::intact: return "";
        case Integrity::damaged:
        case Integrity::commits_missing:
            return "Restore the log from a copy, or set the rest aside with `ferry repair`.";
        case Integrity::end_missing:
            return "Restore the log from a copy; `ferry repair` goes on from here without the "
                   "missing end.";
        case Integrity::rewritten:
            return "Compare with a copy or a checkpoint kept elsewhere before anything is "
                   "appended.";
        case Integrity::inconsistent:
            return "The chain is whole, so this was written so: report it with the ferry that "
                   "wrote "
                   "it.";
    }
    return "";
}

}  // namespace

std::string_view name_of(Integrity integrity) {
    switch (integrity) {
        case Integrity::intact: return "intact";
        case Integrity::damaged: return "damaged";
        case Integrity::commits_missing: return "commits-missing";
        case Integrity::end_missing: return "end-missing";
        case Integrity::rewritten: return "rewritten";
        case Integrity::inconsistent: return "inconsistent";
    }
    return "unknown";
}

std::string explained(VoidReason reason) {
    const auto say = [&](std::string_view words) {
        return fmt::format("{} ({})", words, name_of(reason));
    };
    switch (reason) {
        case VoidReason::wrong_hash: return say("its hash is not that of its bytes");
        case VoidReason::wrong_previous:
            return say("it does not link to the commit before it: one of the two is not the "
                       "original");
        case VoidReason::not_a_record: return say("it is no commit");
        case VoidReason::other_log: return say("it belongs to another log");
        case VoidReason::duplicate: return say("its positions are already taken");
        case VoidReason::sealed: return say("the log was sealed before it");
        case VoidReason::late_reservation:
            return say("a copy's reservation stands before everything else");
        default: return say("it does not count where it stands");
    }
}

std::string to_text(const Verification& verification) {
    if (verification.verdict == Integrity::rewritten) {
        const std::string proved =
            verification.end_proved_to
                ? fmt::format("only up to {} it is proved by {}", verification.end_proved_to->value,
                              verification.end_proved_by)
                : "nothing before is proved";
        return fmt::format(
            "rewritten at {}: {}; the chain links to {}, and is not the one that was written: {}. "
            "{}",
            verification.where, verification.reason, verification.read_to.value, proved,
            next_step(verification.verdict));
    }
    std::string text = fmt::format("intact to {}", verification.intact_to.value);
    if (verification.end_proved_to)
        text += fmt::format(", end proved to {} by {}{}", verification.end_proved_to->value,
                            verification.end_proved_by,
                            verification.proved_elsewhere ? "" : ", not proved elsewhere");
    else text += ", its end not proved by any head file or checkpoint";
    if (verification.rollback_digests > 0)
        text += fmt::format(", {} digests of rollbacks recomputed", verification.rollback_digests);
    if (verification.verdict != Integrity::intact)
        text += fmt::format("; {} at {}: {}. {}", name_of(verification.verdict), verification.where,
                            verification.reason, next_step(verification.verdict));
    return text;
}

}  // namespace ferry
