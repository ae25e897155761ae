#include "cli/passage.hpp"

#include "cli/progress_line.hpp"

namespace ferry {

void set_action(v1::Command& command, v1::Action action) {
    switch (action) {
        case v1::ACTION_ENTER_COEXISTENCE: command.mutable_enter_coexistence(); return;
        case v1::ACTION_START_PILOT: command.mutable_start_pilot(); return;
        case v1::ACTION_PROMOTE: command.mutable_promote(); return;
        case v1::ACTION_RETIRE: command.mutable_retire(); return;
        case v1::ACTION_WITHDRAW: command.mutable_withdraw(); return;
        default: FERRY_ASSERT(false, "only steps of the machines are planned");
    }
}

namespace {

class Passage {
public:
    Passage(Sites& sites, const AdvancePlan& plan, Tally& tally)
        : sites_(sites), plan_(plan), tally_(tally), travellers_(plan.travellers.size()) {
        for (const AdvanceStep& step : plan.steps) ++travellers_[step.traveller].steps_left;
    }

    Result<void> run(ProgressLine& progress) {
        for (std::size_t next = 0; next < plan_.steps.size();) {
            next = fill_batch(next);
            const auto results = sites_.execute(commands_);
            if (!results) return std::unexpected(results.error());
            for (std::size_t i = 0; i < given_.size(); ++i) note(given_[i], (*results)[i]);
            progress.show(next);
        }
        return {};
    }

    std::vector<bool> arrived() const {
        std::vector<bool> all;
        all.reserve(travellers_.size());
        for (const Traveller& each : travellers_) all.push_back(!each.refused);
        return all;
    }

private:
    struct Traveller {
        std::size_t steps_left = 0;
        bool refused = false;
    };

    /// Whole chains may stand in one batch: after a refusal no machine has a row for what follows.
    std::size_t fill_batch(std::size_t next) {
        commands_.clear();
        given_.clear();
        for (; next < plan_.steps.size() && commands_.size() < commit_events_max; ++next) {
            const AdvanceStep& step = plan_.steps[next];
            if (travellers_[step.traveller].refused) continue;
            commands_.push_back(sites_.command(plan_.travellers[step.traveller]));
            set_action(commands_.back(), step.action);
            given_.push_back(step.traveller);
        }
        return next;
    }

    void note(std::size_t number, const v1::CommandResult& result) {
        Traveller& traveller = travellers_[number];
        if (traveller.refused) return;
        --traveller.steps_left;
        if (result.outcome() != "DONE") {
            traveller.refused = true;
            tally_.refuse(plan_.travellers[number], result);
        } else if (traveller.steps_left == 0) {
            ++tally_.moved;
        }
    }

    Sites& sites_;
    const AdvancePlan& plan_;
    Tally& tally_;
    std::vector<Traveller> travellers_;
    std::vector<v1::Command> commands_;
    std::vector<std::size_t> given_;
};

}  // namespace

Result<std::vector<bool>> run_passage(Session& session, Sites& sites, const AdvancePlan& plan,
                                      const std::string& what, Tally& tally) {
    tally.already += plan.already;
    ProgressLine progress(session, what, plan.steps.size());
    Passage passage(sites, plan, tally);
    if (auto ran = passage.run(progress); !ran) return std::unexpected(ran.error());
    return passage.arrived();
}

}  // namespace ferry
