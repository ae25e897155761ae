// What the writer looks up before a change of home is decided: the history of who leaves, and the
// other site's log for who arrives.
#include "engine/done_commands.hpp"
#include "engine/writer.hpp"
#include "events/hash.hpp"

#include <algorithm>

namespace ferry {

namespace {

bool asks_other_log(v1::Action action) {
    return action == v1::ACTION_ACCEPT || action == v1::ACTION_DECLINE;
}

}  // namespace

Result<void> Writer::land_draft() {
    if (auto flushed = flush(); !flushed) return flushed;
    const auto landed = land(handed_over_);
    if (!landed) return std::unexpected(landed.error());
    came_late_ = !*landed;
    draft_.events.clear();
    draft_.next = replica_.fleet.position.next();
    boundaries_.clear();
    return {};
}

Result<void> Writer::gather(Request& request, HomeEvidence& evidence) {
    const v1::Command& command = *request.command;
    if (asks_other_log(request.action)) {
        request.evidence = &evidence;
        if (!options_.find_release) return {};
        const bool accepts = request.action == v1::ACTION_ACCEPT;
        const std::string& text =
            accepts ? command.accept().transfer() : command.decline().transfer();
        ReleaseQuestion question{command.entity(),
                                 replica_.fleet.site,
                                 *parse_transfer(text),
                                 accepts && command.accept().taken_over(),
                                 {}};
        const auto number = replica_.fleet.find(command.entity());
        const auto release =
            number ? replica_.fleet.releases.find(static_cast<std::uint32_t>(number->value))
                   : replica_.fleet.releases.end();
        if (release != replica_.fleet.releases.end())
            question.released_to = release->second.to_site;
        auto found = options_.find_release(question);
        if (found) evidence.release = std::move(*found);
        else evidence.refusal = found.error().message;
        return {};
    }
    if (request.action != v1::ACTION_RELEASE) return {};
    const auto number = replica_.fleet.find(command.entity());
    if (!number || replica_.fleet.at(*number).away) return {};
    // Its history is read back from the log, so what was done to it has to stand there.
    if (!rehearsing_ && replica_.fleet.at(*number).last_position > replica_.acceptance.position)
        if (auto landed = land_draft(); !landed || came_late_) return landed;
    auto found = history_carried(replica_, replica_.fleet.at(*number).last_position);
    if (!found) return std::unexpected(found.error());
    evidence = std::move(*found);
    request.evidence = &evidence;
    return {};
}

}  // namespace ferry
