#include "engine/machine_table.hpp"

namespace ferry::machine {

namespace {

using Legacy = In<v1::STATE_LEGACY>;
using CoexistTest = In<v1::STATE_COEXIST_TEST>;
using Pilot = In<v1::STATE_PILOT>;
using Production = In<v1::STATE_PRODUCTION>;
using Retired = In<v1::STATE_RETIRED>;
using Unverified = In<v1::STATE_COEXISTENCE_UNVERIFIED>;
using Verified = In<v1::STATE_COEXISTENCE_VERIFIED>;
using Degraded = In<v1::STATE_COEXISTENCE_DEGRADED>;

struct PoolTable : Definition<PoolTable> {
    using regions = mp11::mp_list<Legacy, Unverified>;
    using initial_state = boost::mpl::vector2<Legacy, Unverified>;

    using Entering = Asks<Guard::successor_named, Guard::checks_passed>;
    using Piloting = Asks<Guard::coexistence_verified, Guard::checks_passed>;
    using Promoting = Asks<Guard::coexistence_verified, Guard::pilot_ran, Guard::checks_passed>;
    using Retiring = Asks<Guard::members_moved, Guard::checks_passed, Guard::approved>;
    // clang-format off
    using transition_table = mp11::mp_list<
        //   from         trigger                      to           guards
        Row< Legacy,      Trigger::enter_coexistence,  CoexistTest, Entering  >,
        Row< CoexistTest, Trigger::start_pilot,        Pilot,       Piloting  >,
        Row< Pilot,       Trigger::promote,            Production,  Promoting >,
        Row< Production,  Trigger::retire,             Retired,     Retiring  >,
        Row< Unverified,  Trigger::coexistence_holds,  Verified     >,
        Row< Verified,    Trigger::coexistence_broken, Degraded     >,
        Row< Degraded,    Trigger::coexistence_holds,  Verified     > >;
    // clang-format on
};

using States =
    mp11::mp_list<Legacy, CoexistTest, Pilot, Production, Retired, Unverified, Verified, Degraded>;
static_assert(laws_hold<PoolTable, States>());

}  // namespace

Step step_pool(Trigger trigger, const GuardContext& context) {
    const Entity& pool = context.entity();
    return run<PoolTable, States, 2>({pool.lifecycle, pool.knowledge}, trigger, context);
}

const std::vector<TableRow>& pool_table() {
    static const std::vector<TableRow> rows = rows_of<PoolTable>();
    return rows;
}

}  // namespace ferry::machine
