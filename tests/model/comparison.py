"""Compares one answer of `ferry apply` with what the model allows; then the model follows it."""

from model import tables, words
from model.estate import Done

ANSWER_KEYS = {
    "commandId",
    "outcome",
    "position",
    "version",
    "failedGuards",
    "possible",
    "line",
    "message",
}
# How many events more than the model expects a command may append to logs without being wrong.
EVENTS_SPARE = 2


def number(answer, key):
    """A 64-bit number as protobuf's JSON mapping writes it: a string, absent when 0."""
    value = answer.get(key, "0")
    return int(value) if isinstance(value, str) and value.isdigit() else -1


class Comparison:
    def __init__(self, machine, estate, tally):
        self.machine = machine
        self.estate = estate
        self.tally = tally

    def judge(self, line, line_number, answer):
        """The complaints about this answer; none where the contract allows it."""
        try:
            command = words.parse(line)
        except words.BadLine:
            return self.judge_bad(line_number, answer)
        verdicts = self.machine.decide(self.estate, command)
        complaints = [self.differs(verdict, answer) for verdict in verdicts]
        agreed = next((v for v, wrong in zip(verdicts, complaints) if not wrong), None)
        self.note(command, agreed, answer)
        wrong = [] if agreed else complaints[0]
        wrong += self.judge_form(command, answer)
        if answer.get("outcome") == "DONE" and not (agreed and agreed.repeats):
            wrong += self.follow(command, answer)
        elif not agreed or answer.get("outcome") != "CONFLICT":
            return wrong
        else:
            self.learn_version(command, answer)
        return wrong

    def judge_bad(self, line_number, answer):
        self.tally.reach("outcome bad line")
        wrong = []
        if answer.get("outcome") != "INVALID":
            wrong.append(f"a bad line is INVALID, not {answer.get('outcome')}")
        if str(answer.get("line")) != str(line_number):
            wrong.append(f"line is {answer.get('line')}, expected {line_number}")
        return wrong

    def differs(self, verdict, answer):
        outcome = answer.get("outcome")
        if outcome != verdict.outcome:
            return [f"outcome {outcome}, expected {self.describe(verdict)}"]
        if verdict.repeats:
            return self.differs_again(verdict.repeats, answer)
        wrong = []
        if outcome == "REFUSED":
            names = [entry.get("guard") for entry in answer.get("failedGuards", [])]
            if sorted(map(str, names)) != sorted(verdict.guards):
                wrong.append(f"failed guards {names}, expected {sorted(verdict.guards)}")
            if not all(entry.get("reason") for entry in answer.get("failedGuards", [])):
                wrong.append("a failed guard without a reason")
        if outcome == "NO_TRANSITION":
            possible = answer.get("possible", [])
            if sorted(possible) != sorted(verdict.possible):
                wrong.append(f"possible {possible}, expected {sorted(verdict.possible)}")
        if outcome == "CONFLICT":
            wrong += self.differs_version(verdict, number(answer, "version"))
        return wrong

    def differs_again(self, done, answer):
        wrong = []
        for key, expected in (("position", done.position), ("version", done.version)):
            if number(answer, key) != expected:
                wrong.append(f"repeated with {key} {number(answer, key)}, first it was {expected}")
        return wrong

    def differs_version(self, verdict, version):
        if verdict.version is not None and version != verdict.version:
            return [f"conflict names version {version}, actual is {verdict.version}"]
        if version < verdict.at_least or version == verdict.other_than:
            return [f"conflict names version {version}, which cannot be the actual one"]
        return []

    def describe(self, verdict):
        details = sorted(verdict.guards or verdict.possible)
        again = " again (the same id was done before)" if verdict.repeats else ""
        return f"{verdict.outcome}{again} {', '.join(details)}".strip()

    def judge_form(self, command, answer):
        wrong = []
        if answer.get("commandId") != command.id:
            wrong.append(f"commandId {answer.get('commandId')}, expected {command.id}")
        if "line" in answer:
            wrong.append("a line number on a line that was understood")
        outcome = answer.get("outcome")
        if outcome != "CONFLICT" and not set(answer) <= ANSWER_KEYS:
            wrong.append(f"unknown keys {sorted(set(answer) - ANSWER_KEYS)}")
        if outcome == "INVALID" and not answer.get("message"):
            wrong.append("INVALID without a message")
        return wrong

    def follow(self, command, answer):
        """Applies what Ferry says it has done, and checks the numbers it gave to it."""
        if not self.can_follow(command):
            return ["done, but the model cannot even follow it"]
        touched = self.machine.evolve(self.estate, command)
        site = self.estate.log_of(command)
        position, version = number(answer, "position"), number(answer, "version")
        wrong = self.judge_position(site, touched, position)
        site.done[command.id] = Done(command.content, position, version)
        for name in touched:
            self.estate.entities[name].exact = False
            self.note_state(self.estate.entities[name])
        entity = self.estate.entities.get(command.entity)
        if entity:
            wrong += self.judge_version(entity, touched[entity.id], version)
            entity.version, entity.exact, entity.position = version, True, position
        return wrong

    def can_follow(self, command):
        if command.kind == "site":
            return command.name in self.estate.sites
        if command.action == "register":
            body = command.body
            return command.kind == "pool" or f"pool:{body['pool']}" in self.estate.entities
        entity = self.estate.entities.get(command.entity)
        if entity is None or command.action not in tables.TRANSITIONS:
            return entity is not None
        return (entity.lifecycle, command.action) in self.machine.rows[entity.kind]

    def judge_position(self, site, touched, position):
        events = sum(touched.values()) + 1
        before, site.head = site.head, max(site.head, position)
        reach = before + site.last_events + events + EVENTS_SPARE
        site.last_events = events
        if position <= before:
            return [f"position {position} is not above {before}, the last one of the site"]
        if position > reach + (2 if before == 0 else 0):
            return [f"position {position} leaves a gap after {before}"]
        return []

    def judge_version(self, entity, events, version):
        if version <= entity.version:
            return [f"version {version} is not above {entity.version}, the last one"]
        if entity.exact and version > entity.version + events + EVENTS_SPARE:
            return [f"version {version} leaves a gap after {entity.version}"]
        return []

    def learn_version(self, command, answer):
        entity = self.estate.entities.get(command.entity)
        if entity:
            entity.version, entity.exact = number(answer, "version"), True

    def note(self, command, agreed, answer):
        """Marks what this answer reached, before the model follows it."""
        if agreed is None:
            return
        reach = self.tally.reach
        reach(f"outcome {agreed.outcome}", *(f"refusal {name}" for name in agreed.guards))
        if agreed.repeats:
            reach("outcome repeated")
        log = self.estate.log_of(command)
        if agreed.outcome == "INVALID" and log and command.id in log.done:
            reach("id of another command")
        entity = self.estate.entities.get(command.entity)
        if agreed.outcome != "DONE" or agreed.repeats:
            return
        if command.body.get("lifecycle", "legacy") != "legacy":
            reach("found on the new side")
        if entity:
            reach(f"{entity.kind} {command.action} from {entity.lifecycle}")
            if command.action == "register":
                reach("registered again")

    def note_state(self, entity):
        reach = self.tally.reach
        reach(f"{entity.kind} {entity.lifecycle}")
        if not entity.present:
            reach("withdrawn")
        if entity.kind == "pool":
            reach(f"coexistence {entity.coexistence}")
        elif entity.kind == "user":
            reach(f"client {entity.client}")
        else:
            reach(f"compatibility {entity.compatibility}")
