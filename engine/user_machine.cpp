#include "engine/machine_table.hpp"

namespace ferry::machine {

namespace {

using Legacy = In<v1::STATE_LEGACY>;
using CoexistTest = In<v1::STATE_COEXIST_TEST>;
using Pilot = In<v1::STATE_PILOT>;
using Production = In<v1::STATE_PRODUCTION>;
using Retired = In<v1::STATE_RETIRED>;
using LegacyClient = In<v1::STATE_LEGACY_CLIENT>;
using Upgraded = In<v1::STATE_UPGRADED_CLIENT>;
using Settled = In<v1::STATE_SETTLED>;
using Moving = In<v1::STATE_MOVING>;
using Failed = In<v1::STATE_FAILED>;
using Present = In<v1::STATE_PRESENT>;

struct UserTable : Definition<UserTable> {
    using regions = mp11::mp_list<Legacy, LegacyClient, Settled, Present>;
    using initial_state = boost::mpl::vector4<Legacy, LegacyClient, Settled, Present>;

    using Entering = Asks<Guard::pool_in_coexistence>;
    using Piloting =
        Asks<Guard::pool_in_pilot, Guard::coexistence_verified, Guard::no_move_in_flight>;
    using Promoting = Asks<Guard::pool_in_production, Guard::no_move_in_flight>;
    using Retiring = Asks<Guard::pool_retired, Guard::no_move_in_flight>;
    // clang-format off
    using transition_table = mp11::mp_list<
        //   from          trigger                      to            guards
        Row< Legacy,       Trigger::enter_coexistence,  CoexistTest,  Entering  >,
        Row< CoexistTest,  Trigger::start_pilot,        Pilot,        Piloting  >,
        Row< Pilot,        Trigger::promote,            Production,   Promoting >,
        Row< Legacy,       Trigger::promote,            Production,   Promoting >,
        Row< CoexistTest,  Trigger::promote,            Production,   Promoting >,
        Row< Production,   Trigger::retire,             Retired,      Retiring  >,
        Row< LegacyClient, Trigger::newer_client_seen,  Upgraded      >,
        Row< Upgraded,     Trigger::newer_client_gone,  LegacyClient  >,
        Row< Settled,      Trigger::move_opened,        Moving        >,
        Row< Failed,       Trigger::move_opened,        Moving        >,
        Row< Moving,       Trigger::move_succeeded,     Settled       >,
        Row< Moving,       Trigger::move_failed,        Failed        >,
        Row< Present,      Trigger::withdraw,           Withdrawn,    BeforeProduction >,
        Row< Withdrawn,    Trigger::come_back,          Present       > >;
    // clang-format on
};

using States = mp11::mp_list<Legacy, CoexistTest, Pilot, Production, Retired, LegacyClient,
                             Upgraded, Settled, Moving, Failed, Present, Withdrawn>;
static_assert(laws_hold<UserTable, States>());

}  // namespace

Step step_user(Trigger trigger, const GuardContext& context) {
    const Entity& user = context.entity();
    return run<UserTable, States, 4>({user.lifecycle, user.knowledge, user.transfer, user.presence},
                                     trigger, context);
}

const std::vector<TableRow>& user_table() {
    static const std::vector<TableRow> rows = rows_of<UserTable>();
    return rows;
}

}  // namespace ferry::machine
