#include "engine/machine_table.hpp"

namespace ferry::machine {

namespace {

using Legacy = In<v1::STATE_LEGACY>;
using CoexistTest = In<v1::STATE_COEXIST_TEST>;
using Pilot = In<v1::STATE_PILOT>;
using Production = In<v1::STATE_PRODUCTION>;
using Retired = In<v1::STATE_RETIRED>;
using Unverified = In<v1::STATE_COMPATIBILITY_UNVERIFIED>;
using Compatible = In<v1::STATE_COMPATIBLE>;
using Incompatible = In<v1::STATE_INCOMPATIBLE>;
using Settled = In<v1::STATE_SETTLED>;
using Moving = In<v1::STATE_MOVING>;
using Failed = In<v1::STATE_FAILED>;
using Present = In<v1::STATE_PRESENT>;

struct ApplicationTable : Definition<ApplicationTable> {
    using regions = mp11::mp_list<Legacy, Unverified, Settled, Present>;
    using initial_state = boost::mpl::vector4<Legacy, Unverified, Settled, Present>;

    using Entering = Asks<Guard::pool_in_coexistence>;
    using Piloting =
        Asks<Guard::pool_in_pilot, Guard::coexistence_verified, Guard::no_move_in_flight>;
    using Promoting = Asks<Guard::pool_in_production, Guard::compatible, Guard::order_respected,
                           Guard::no_move_in_flight>;
    using Retiring = Asks<Guard::checks_passed, Guard::no_move_in_flight>;
    // clang-format off
    using transition_table = mp11::mp_list<
        //   from          trigger                      to            guards
        Row< Legacy,       Trigger::enter_coexistence,  CoexistTest,  Entering  >,
        Row< CoexistTest,  Trigger::start_pilot,        Pilot,        Piloting  >,
        Row< Pilot,        Trigger::promote,            Production,   Promoting >,
        Row< Legacy,       Trigger::promote,            Production,   Promoting >,
        Row< CoexistTest,  Trigger::promote,            Production,   Promoting >,
        Row< Production,   Trigger::retire,             Retired,      Retiring  >,
        Row< Unverified,   Trigger::compatible_found,   Compatible    >,
        Row< Incompatible, Trigger::compatible_found,   Compatible    >,
        Row< Unverified,   Trigger::incompatible_found, Incompatible  >,
        Row< Compatible,   Trigger::incompatible_found, Incompatible  >,
        Row< Settled,      Trigger::move_opened,        Moving        >,
        Row< Failed,       Trigger::move_opened,        Moving        >,
        Row< Moving,       Trigger::move_succeeded,     Settled       >,
        Row< Moving,       Trigger::move_failed,        Failed        >,
        Row< Present,      Trigger::withdraw,           Withdrawn,    BeforeProduction >,
        Row< Withdrawn,    Trigger::come_back,          Present       > >;
    // clang-format on
};

using States = mp11::mp_list<Legacy, CoexistTest, Pilot, Production, Retired, Unverified,
                             Compatible, Incompatible, Settled, Moving, Failed, Present, Withdrawn>;
static_assert(laws_hold<ApplicationTable, States>());

}  // namespace

Step step_application(Trigger trigger, const GuardContext& context) {
    const Entity& application = context.entity();
    return run<ApplicationTable, States, 4>(
        {application.lifecycle, application.knowledge, application.transfer, application.presence},
        trigger, context);
}

const std::vector<TableRow>& application_table() {
    static const std::vector<TableRow> rows = rows_of<ApplicationTable>();
    return rows;
}

}  // namespace ferry::machine
