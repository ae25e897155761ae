"""Scenario tests as text: what is asked and what is answered, readable without the code."""

import json
from pathlib import Path

FILE = Path(__file__).with_name("scenarios.txt")


def scenarios():
    """(title, rows) of every scenario in the file."""
    found = []
    for block in FILE.read_text().split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            found.append((lines[0], lines[1:]))
    return found


def as_line(row, number):
    """The command line of one row; actions without fields get an empty object."""
    actor, entity, action, *rest = row.split(" => ")[0].split()
    message = {"commandId": f"s{number}", "entity": entity, "actor": actor}
    body = dict(word.split("=", 1) for word in rest if not word.startswith("@"))
    for word in rest:
        if word.startswith("@"):
            message["expectedVersion"] = word[1:]
    return json.dumps(message | {action: body})


def judge_row(row, answer):
    outcome, *names = row.split(" => ")[1].split()
    given = [entry.get("guard") for entry in answer.get("failedGuards", [])]
    given += answer.get("possible", [])
    if answer.get("outcome") == outcome and sorted(given) == sorted(names):
        return []
    return [f"answers {answer.get('outcome')} {' '.join(map(str, sorted(given)))}"]


def run_scenario(title, rows, program, tally):
    """Gives the first half and the second half to two processes, and compares every row."""
    lines = [as_line(row, number) for number, row in enumerate(rows)]
    middle = len(lines) // 2
    answers = program.apply(lines[:middle])[0] + program.apply(lines[middle:])[0]
    for row, answer in zip(rows, answers):
        tally.check(judge_row(row, answer), f"scenario {title!r}: {row}")
