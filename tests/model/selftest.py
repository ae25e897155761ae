"""Tests the model without the program: its tables, its runs, and that wrong programs are caught."""

import random

from model import guards, spoiling, tables, words
from model.fleet import judge_rules
from model.generator import Generator
from model.imitation import Imitation
from model.mutants import wrong_programs
from model.rounds import Round
from model.scenario import run_scenario, scenarios
from model.tally import Tally

ROUNDS_TO_CATCH = 60
COMMANDS = 1000


def test_tables(tally):
    for kind, rows in tables.ROWS.items():
        for (state, action), (target, names) in rows.items():
            order = tables.LIFECYCLES.index
            wrong = [name for name in names if name not in guards.GUARDS]
            wrong += ["goes backwards"] if order(target) <= order(state) else []
            wrong += ["retired is not terminal"] if state == "retired" else []
            tally.check(wrong, f"{kind} {action} from {state}")
        targets = {target for target, _ in rows.values()} | {"legacy"}
        missing = [f"{state} is not reached" for state in tables.LIFECYCLES if state not in targets]
        tally.check(missing, f"{kind}: states")
    unused = set(guards.GUARDS) - {
        name for rows in tables.ROWS.values() for _, names in rows.values() for name in names
    }
    tally.check(sorted(unused), "guards in no row")


def test_spoiling(tally):
    message = {"commandId": "c", "entity": "user:u@example", "actor": "ana", "promote": {}}
    for number, spoil in enumerate(spoiling.SPOILINGS):
        try:
            words.parse(spoil(message))
            tally.check(["is still understood"], f"spoiled line {number}")
        except words.BadLine:
            tally.check([], f"spoiled line {number}")


def test_rules(seed, tally):
    """The standing rules hold after every single command of a random run."""
    generator = Generator(random.Random(seed), "c")
    imitation = Imitation()
    for number, line in enumerate(generator.batch(imitation.estate, COMMANDS), 1):
        imitation.answer(line, number)
        tally.check(judge_rules(imitation.estate, imitation.show()), f"rules after {line}")


def test_rounds(seed, tally):
    """The comparison agrees with the model's own answers, and reaches everything."""
    for number in range(ROUNDS_TO_CATCH):
        Round(f"{seed}/{number}", Imitation(), tally).run(COMMANDS)
        if not tally.missing():
            break
    tally.check([f"never reached: {name}" for name in tally.missing()], "what is reached")


def test_mutants(seed, tally):
    for name in wrong_programs():
        rounds = rounds_until_caught(seed, name)
        wrong = ["is not caught"] if rounds is None else []
        tally.check(wrong, f"wrong program: {name}")
        if rounds:
            print(f"caught in round {rounds}: {name}")


def rounds_until_caught(seed, name):
    for number in range(1, ROUNDS_TO_CATCH + 1):
        caught = Tally(quiet=True)
        try:
            Round(f"{seed}/{number}", wrong_programs()[name], caught).run(COMMANDS)
        except (KeyError, ValueError, IndexError):
            return number
        if caught.failed:
            return number
    return None


def run(seed, tally):
    test_tables(tally)
    test_spoiling(tally)
    for title, rows in scenarios():
        run_scenario(title, rows, Imitation(), tally)
    test_rules(seed, tally)
    test_rounds(seed, tally)
    test_mutants(seed, tally)
