"""All wrong programs, each wrong in one way; the comparison must catch every one of them."""

from copy import deepcopy

from model import guards, tables
from model.imitation import Imitation
from model.machine import Machine
from model.wrong_guards import WRONG_GUARDS
from model.wrong_machines import WRONG_MACHINES
from model.wrong_programs import WRONG_PROGRAMS


def with_guard(name, function):
    changed = guards.GUARDS | {name: function}
    return type("Mutant", (Machine,), {"guards": changed})()


def with_row(kind, row, target_and_guards):
    rows = deepcopy(tables.ROWS)
    rows[kind][row] = target_and_guards
    return type("Mutant", (Machine,), {"rows": rows})()


def wrong_rows():
    """Name -> a machine with one wrong row."""
    asked_of_users = tables.ROWS["user"]["legacy", "promote"][1]
    asked_of_pools = tables.ROWS["pool"]["coexist-test", "startPilot"][1]
    leave = tables.WITHDRAW_FROM | {"user": tables.LIFECYCLES}
    return {
        "a pool skips coexistence": with_row(
            "pool", ("legacy", "startPilot"), ("pilot", asked_of_pools)
        ),
        "retired users start again": with_row(
            "user", ("retired", "enterCoexistence"), ("legacy", ())
        ),
        "applications need no check": with_row(
            "application", ("legacy", "promote"), ("production", asked_of_users)
        ),
        "production users withdraw": type("Mutant", (Machine,), {"withdraw_from": leave})(),
    }


def wrong_programs():
    """Name -> a fresh wrong program."""
    machines = {name: with_guard(*change) for name, change in WRONG_GUARDS.items()}
    machines |= wrong_rows() | {kind.__name__: kind() for kind in WRONG_MACHINES}
    programs = {name: Imitation(machine) for name, machine in machines.items()}
    return programs | {kind.__name__: kind() for kind in WRONG_PROGRAMS}
