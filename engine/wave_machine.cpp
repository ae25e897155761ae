#include "engine/machine_table.hpp"

namespace ferry::machine {

namespace {

using Planned = In<v1::STATE_WAVE_PLANNED>;
using Running = In<v1::STATE_WAVE_RUNNING>;
using Paused = In<v1::STATE_WAVE_PAUSED>;
using Held = In<v1::STATE_WAVE_HELD>;
using Completed = In<v1::STATE_WAVE_COMPLETED>;
using WithFailures = In<v1::STATE_WAVE_COMPLETED_WITH_FAILURES>;
using RolledBack = In<v1::STATE_WAVE_ROLLED_BACK>;

struct WaveTable : Definition<WaveTable> {
    using regions = mp11::mp_list<Planned>;
    using initial_state = boost::mpl::vector1<Planned>;

    using Starting =
        Asks<Guard::window_open, Guard::waves_before_completed, Guard::pilot_wave_completed>;
    using Resuming = Asks<Guard::window_open>;
    using Retrying = Asks<Guard::window_open, Guard::members_free>;
    using SetBack = Asks<Guard::members_set_back>;
    // clang-format off
    using transition_table = mp11::mp_list<
        //   from          trigger                           to            guards
        Row< Planned,      Trigger::start_wave,              Running,      Starting >,
        Row< Running,      Trigger::pause_wave,              Paused       >,
        Row< Paused,       Trigger::resume_wave,             Running,      Resuming >,
        Row< Held,         Trigger::resume_wave,             Running,      Resuming >,
        Row< Running,      Trigger::retry_failed,            Running      >,
        Row< Paused,       Trigger::retry_failed,            Running,      Resuming >,
        Row< Held,         Trigger::retry_failed,            Running,      Resuming >,
        Row< WithFailures, Trigger::retry_failed,            Running,      Retrying >,
        Row< Running,      Trigger::wave_held,               Held         >,
        Row< Running,      Trigger::wave_done,               Completed    >,
        Row< Running,      Trigger::wave_done_with_failures, WithFailures >,
        Row< Planned,      Trigger::stop_wave,               WithFailures >,
        Row< Running,      Trigger::stop_wave,               WithFailures >,
        Row< Paused,       Trigger::stop_wave,               WithFailures >,
        Row< Held,         Trigger::stop_wave,               WithFailures >,
        Row< Running,      Trigger::wave_rolled_back,        RolledBack,   SetBack  >,
        Row< Paused,       Trigger::wave_rolled_back,        RolledBack,   SetBack  >,
        Row< Held,         Trigger::wave_rolled_back,        RolledBack,   SetBack  >,
        Row< Completed,    Trigger::wave_rolled_back,        RolledBack,   SetBack  >,
        Row< WithFailures, Trigger::wave_rolled_back,        RolledBack,   SetBack  > >;
    // clang-format on
};

using States = mp11::mp_list<Planned, Running, Paused, Held, Completed, WithFailures, RolledBack>;
static_assert(laws_hold<WaveTable, States>());
static_assert(!mp11::mp_contains<mp11::mp_transform<source_of, WaveTable::transition_table>,
                                 RolledBack>::value,
              "a wave that was rolled back is over");

}  // namespace

Step step_wave(Trigger trigger, const GuardContext& context) {
    return run<WaveTable, States, 1>({context.entity().lifecycle}, trigger, context);
}

const std::vector<TableRow>& wave_table() {
    static const std::vector<TableRow> rows = rows_of<WaveTable>();
    return rows;
}

}  // namespace ferry::machine
