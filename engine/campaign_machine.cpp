#include "engine/campaign_machine.hpp"

#include "engine/machine_table.hpp"

namespace ferry::machine {

namespace {

using Planned = In<v1::STATE_CAMPAIGN_PLANNED>;
using Running = In<v1::STATE_CAMPAIGN_RUNNING>;
using Held = In<v1::STATE_CAMPAIGN_HELD>;
using Completed = In<v1::STATE_CAMPAIGN_COMPLETED>;
using Cancelled = In<v1::STATE_CAMPAIGN_CANCELLED>;
using Waiting = In<v1::STATE_BARRIER_WAITING>;
using Gathering = In<v1::STATE_BARRIER_GATHERING>;
using Passed = In<v1::STATE_BARRIER_PASSED>;
using Closed = In<v1::STATE_GATE_CLOSED>;
using Open = In<v1::STATE_GATE_OPEN>;

struct CampaignTable : Definition<CampaignTable> {
    using regions = mp11::mp_list<Planned, Waiting, Closed>;
    using initial_state = boost::mpl::vector3<Planned, Waiting, Closed>;

    // clang-format off
    using transition_table = mp11::mp_list<
        //   from       trigger                       to
        Row< Planned,   Trigger::start_campaign,      Running   >,
        Row< Planned,   Trigger::cancel_campaign,     Cancelled >,
        Row< Running,   Trigger::hold_campaign,       Held      >,
        Row< Running,   Trigger::all_sites_finished,  Completed >,
        Row< Running,   Trigger::cancel_campaign,     Cancelled >,
        Row< Held,      Trigger::resume_campaign,     Running   >,
        Row< Held,      Trigger::cancel_campaign,     Cancelled >,
        Row< Completed, Trigger::completion_undercut, Held      >,
        Row< Waiting,   Trigger::first_site_arrived,  Gathering >,
        Row< Gathering, Trigger::enough_arrived,      Passed    >,
        Row< Gathering, Trigger::all_sites_left,      Waiting   >,
        Row< Passed,    Trigger::barrier_undercut,    Waiting   >,
        Row< Closed,    Trigger::barriers_passed,     Open      >,
        Row< Open,      Trigger::barrier_closed,      Closed    > >;
    // clang-format on
};

using States = mp11::mp_list<Planned, Running, Held, Completed, Cancelled, Waiting, Gathering,
                             Passed, Closed, Open>;
static_assert(laws_hold<CampaignTable, States>());

using Sources = mp11::mp_transform<source_of, CampaignTable::transition_table>;
static_assert(!mp11::mp_contains<Sources, Cancelled>::value, "cancelled is terminal");

template <class From, class To>
struct Leads {
    template <class R>
    using to =
        mp11::mp_bool<std::is_same_v<source_of<R>, From> && std::is_same_v<target_of<R>, To>>;
    static constexpr bool value = mp11::mp_any_of<CampaignTable::transition_table, to>::value;
};
static_assert(!Leads<Waiting, Passed>::value, "nobody passes a barrier that no site has reached");
static_assert(!Leads<Planned, Completed>::value && !Leads<Held, Completed>::value,
              "only what runs completes");

}  // namespace

Step step_campaign(Trigger trigger, v1::State from) {
    static const Fleet none;
    const GuardContext context{none, side_by_side(), {}, v1::ACTION_UNSPECIFIED, {}};
    std::array<v1::State, 3> states{v1::STATE_CAMPAIGN_PLANNED, v1::STATE_BARRIER_WAITING,
                                    v1::STATE_GATE_CLOSED};
    const v1::Region region = region_of(from);
    states[static_cast<std::size_t>(region - v1::REGION_CAMPAIGN)] = from;
    Step step = run<CampaignTable, States, 3>(states, trigger, context);
    // The other two regions stand in for those of other machines, which were not asked.
    const auto others = std::ranges::remove_if(
        step.transitions, [&](const Transition& each) { return each.region != region; });
    step.transitions.erase(others.begin(), others.end());
    if (step.transitions.empty()) step.verdict = Verdict::no_transition;
    return step;
}

const std::vector<TableRow>& campaign_table() {
    static const std::vector<TableRow> rows = rows_of<CampaignTable>();
    return rows;
}

}  // namespace ferry::machine
