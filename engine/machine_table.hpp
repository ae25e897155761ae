#pragma once
/// What the machines share: how a row is written, how a machine is restored and stepped, and
/// the laws every table keeps. Included by the machines' own .cpp files only, because Boost.MSM is
/// costly to compile. Form of the table: functor front-end, `msm::back`, rows in an mp_list.
#include "engine/machine_kinds.hpp"
#include "engine/words.hpp"
#include "events/error.hpp"

#include <boost/mp11.hpp>
#include <boost/mp11/mpl.hpp>
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>

#include <array>

namespace ferry::machine {

namespace msm = boost::msm;
namespace mp11 = boost::mp11;

/// A trigger on its way through a machine, with what the guards look at and where the answer goes.
template <Trigger T>
struct Asked {
    static constexpr Trigger trigger = T;
    const GuardContext& context;
    Step& step;
};

/// Each state carries its protobuf value: MSM's own ids move when rows do and are never stored.
template <v1::State S>
struct In : msm::front::state<> {
    static constexpr v1::State value = S;
};

/// Withdrawn, nothing is accepted but coming back.
struct Withdrawn : msm::front::interrupt_state<Asked<Trigger::come_back>> {
    static constexpr v1::State value = v1::STATE_WITHDRAWN;
};

/// All guards of a row in one functor, because `And_` stops at the first that fails and a refusal
/// names every one.
template <Guard... guards>
struct Asks {
    template <class Event, class Machine, class From, class To>
    bool operator()(const Event& asked, Machine&, From&, To&) const {
        const std::size_t before = asked.step.failures.size();
        (ask(guards, asked.context, asked.step), ...);
        return asked.step.failures.size() == before;
    }
    static void ask(Guard guard, const GuardContext& context, Step& step) {
        if (auto reason = failure(guard, context)) step.failures.push_back({guard, *reason});
    }
    static std::vector<Guard> list() { return {guards...}; }
    static constexpr bool before_production = false;
};

/// Not a guard with a name: where it does not hold the row is not there at all.
struct BeforeProduction : Asks<> {
    template <class Event, class Machine, class From, class To>
    bool operator()(const Event& asked, Machine&, From&, To&) const {
        return asked.context.entity().lifecycle < v1::STATE_PRODUCTION;
    }
    static constexpr bool before_production = true;
};

struct Record {
    template <class Event, class Machine, class From, class To>
    void operator()(const Event& asked, Machine&, From&, To&) const;
};

template <class From, Trigger T, class To, class Guards = Asks<>>
using Row = msm::front::Row<From, Asked<T>, To, Record, Guards>;

template <class Event, class Machine, class From, class To>
void Record::operator()(const Event& asked, Machine&, From&, To&) const {
    asked.step.transitions.push_back({region_of(From::value), From::value, To::value});
}

/// The table's own definition adds `regions` (initial states) and `transition_table`.
template <class Derived>
struct Definition : msm::front::state_machine_def<Derived> {
    using no_exception_thrown = int;
    using no_message_queue = int;
    template <class Machine, class Event>
    void no_transition(const Event&, Machine&, int) {}
};

template <class R>
using source_of = typename R::Source;
template <class R>
using target_of = typename R::Target;
template <class R>
using cause_of = mp11::mp_list<typename R::Source, typename R::Evt>;

template <class Seen, class Rows>
struct Grown {
    template <class R>
    using leaves = mp11::mp_contains<Seen, source_of<R>>;
    using type = mp11::mp_unique<
        mp11::mp_append<Seen, mp11::mp_transform<target_of, mp11::mp_copy_if<Rows, leaves>>>>;
};
template <class Seen, class Rows, std::size_t N>
struct Reached : Reached<typename Grown<Seen, Rows>::type, Rows, N - 1> {};
template <class Seen, class Rows>
struct Reached<Seen, Rows, 0> {
    using type = Seen;
};

/// The laws of every table. MSM itself takes the last of two rows for one state and trigger without
/// a word, and knows nothing of a state that cannot be reached.
template <class Table, class Declared>
constexpr bool laws_hold() {
    using rows = typename Table::transition_table;
    static_assert(mp11::mp_is_set<mp11::mp_transform<cause_of, rows>>::value,
                  "two rows for one state and trigger");
    static_assert(
        !mp11::mp_contains<mp11::mp_transform<source_of, rows>, In<v1::STATE_RETIRED>>::value,
        "retired is terminal but for a restore");
    using reached =
        typename Reached<typename Table::regions, rows, mp11::mp_size<Declared>::value>::type;
    static_assert(mp11::mp_empty<mp11::mp_set_difference<Declared, reached>>::value,
                  "a state that cannot be reached");
    static_assert(mp11::mp_empty<mp11::mp_set_difference<reached, Declared>>::value,
                  "a state that is not declared");
    return true;
}

/// The archive that `serialize` writes the active states from. Everything else keeps its default,
/// and no entry, exit or action runs.
template <std::size_t N>
struct ActiveStates {
    std::array<int, N> ids;
    void operator&(int (&active)[N]) const { std::copy(ids.begin(), ids.end(), active); }
    void operator&(const auto&) const {}
};

/// From a protobuf value to MSM's id, made by the compiler. A value of another machine has none
/// (-1).
template <class Machine, class Declared>
constexpr auto state_ids() {
    std::array<int, 128> ids{};
    ids.fill(-1);
    mp11::mp_for_each<mp11::mp_transform<mp11::mp_identity, Declared>>([&]<class S>(S) {
        using type = typename S::type;
        ids[type::value] = msm::back::get_state_id<typename Machine::stt, type>::value;
    });
    return ids;
}

/// Restores a machine of `Table` to `states` (one per region, in their order) and gives it
/// `trigger`.
template <class Table, class Declared, std::size_t N>
Step run(const std::array<v1::State, N>& states, Trigger trigger, const GuardContext& context) {
    using Machine = msm::back::state_machine<Table>;
    static constexpr auto ids = state_ids<Machine, Declared>();
    Machine machine;
    ActiveStates<N> archive{};
    for (std::size_t i = 0; i < N; ++i) {
        archive.ids[i] = ids[static_cast<std::size_t>(states[i])];
        FERRY_ASSERT(archive.ids[i] >= 0, "an entity is in a state its machine does not have");
    }
    machine.serialize(archive, 0);
    Step step;
    mp11::mp_with_index<trigger_count>(static_cast<std::size_t>(trigger), [&](auto index) {
        machine.process_event(Asked<static_cast<Trigger>(index())>{context, step});
    });
    // A guard that failed refuses the whole command, also where another region had a row for it.
    // MSM calls an interrupted event handled, so it is the transitions that tell.
    if (!step.failures.empty()) step.transitions.clear();
    if (!step.failures.empty()) step.verdict = Verdict::refused;
    else if (!step.transitions.empty()) step.verdict = Verdict::accepted;
    return step;
}

template <class Table>
std::vector<TableRow> rows_of() {
    std::vector<TableRow> rows;
    mp11::mp_for_each<mp11::mp_transform<mp11::mp_identity, typename Table::transition_table>>(
        [&]<class R>(R) {
            using row = typename R::type;
            rows.push_back({row::Source::value, row::Evt::trigger, row::Target::value,
                            row::Guard::list(), row::Guard::before_production});
        });
    return rows;
}

}  // namespace ferry::machine
