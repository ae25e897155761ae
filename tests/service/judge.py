"""What stands in the topics at the end, read by none of Ferry's code, against what was answered."""

import json
import time

from fold import layout
from fold.acceptance import Fold

from . import wire
from .rdkafka import read_all
from .serve import ferry


class Accepted:
    """The commits of a log topic that count, and the events in them."""

    def __init__(self, records):
        self.fold = Fold()
        self.events, self.ids = [], []
        for record in records:
            if self.fold.judge(record.value) != "commit":
                continue
            commit = layout.read_commit(record.value)
            found = [*wire.delimited(record.value[layout.COMMIT.size :])]
            if len(found) != commit.count:
                raise wire.Malformed(f"{len(found)} events where the header says {commit.count}")
            self.events += map(wire.fields, found)
            self.ids += [f"{commit.commit_id.hex()}-{index}" for index in range(commit.count)]

    def command_ids(self):
        """Each id of a command with the positions of its events, in order."""
        found = {}
        for position, event in enumerate(self.events, 1):
            if command_id := event.get(4, b"").decode():
                found.setdefault(command_id, []).append(position)
        return found

    def broken_streams(self):
        """Entities whose versions are not dense or whose events do not link back."""
        last, broken = {}, set()
        for position, event in enumerate(self.events, 1):
            entity = event.get(1, 0)
            version, before = last.get(entity, (0, 0))
            if (event.get(2, 0), event.get(3, 0)) != (version + 1, before):
                broken.add(entity)
            last[entity] = (event.get(2, 0), position)
        return broken


def contradiction(answer, accepted, positions):
    """How an answer is not what the log holds; None where it is."""
    where = positions.get(answer.command_id)
    if not where:
        return "answered, and not in the log"
    if where[-1] - where[0] != len(where) - 1:
        return f"in the log twice: at {where}"
    event = accepted.events[where[-1] - 1]
    if answer.outcome == "DONE":
        if wire.ANSWERED in event or answer.position != where[-1]:
            return f"done at {answer.position}, and in the log at {where}"
        if answer.version != event.get(2, 0):
            return f"version {answer.version}, in the log {event.get(2, 0)}"
        return None
    if wire.ANSWERED not in event:
        return f"{answer.outcome}, and in the log as done at {where}"
    recorded = wire.answer(wire.fields(event[wire.ANSWERED])[1])
    return None if recorded == answer else f"{answer} and in the log {recorded}"


def _published(brokers, topic, wanted, seconds):
    """Ids of events by a consumer's one rule, once as many positions are there."""
    until = time.monotonic() + seconds
    while True:
        ids = []
        for record in read_all(brokers, topic):
            event = wire.fields(record.value)
            if event[3] == len(ids) + 1:
                ids.append(event[1].decode())
            elif event[3] > len(ids):
                return ids, f"a gap before position {event[3]}"
        if len(ids) >= wanted or time.monotonic() > until:
            return ids, ""
        time.sleep(0.5)


def _at_rest(brokers, topic, seconds=60):
    """The records of a log that grows no more: a command that was asked again may be taken after
    its answer was seen, and that it was taken is recorded."""
    until = time.monotonic() + seconds
    records = read_all(brokers, topic)
    while time.monotonic() < until:
        time.sleep(2)
        before, records = len(records), read_all(brokers, topic)
        if len(records) == before:
            break
    return records


def judge(suite, load, what, publishing_seconds=60):
    """One check a promise; returns the counts as words. Needs a service that leads."""
    accepted = Accepted(_at_rest(load.brokers, load.topic("log")))
    positions = accepted.command_ids()
    answers = {key: wire.answer(value) for key, value in load.answers.items()}
    wrong = [
        f"{key}: {said}" for key, answer in answers.items()
        if (said := contradiction(answer, accepted, positions))
    ]
    open_still = [key for key in load.asked if key not in load.answers]
    suite.check(f"{what}: every command is answered", not open_still and not load.trouble,
                f"{len(open_still)} of {len(load.asked)} are not: {open_still[:5]}; {load.trouble}")
    suite.check(f"{what}: acknowledged = found, duplicates 0", not wrong, "\n".join(wrong[:20]))
    suite.check(f"{what}: one id has one answer", not load.different,
                "\n".join(map(str, load.different[:10])))
    order = [load.asked[key].number for key in positions if key in load.asked]
    late = sum(before > after for before, after in zip(order, order[1:]))
    broken = accepted.broken_streams()
    suite.check(f"{what}: order per entity kept", not broken and (not late or load.producers > 1),
                f"streams of entities {sorted(broken)[:9]}; {late} commands before earlier ones")
    url = f"kafka://{load.brokers}/{load.prefix}"
    code, said, told = ferry("verify", "--log", url, "--site", load.site, "--json")
    verified = json.loads(said) if said.startswith("{") else {}
    same = (verified.get("intactTo"), verified.get("head")) == (
        accepted.fold.position, accepted.fold.head.hex()
    )
    suite.check(f"{what}: chain verified, to the hash of the independent fold",
                code == 0 and verified.get("intact") and same, f"exit {code}\n{said}{told}")
    ids, gap = _published(
        load.brokers, load.topic("events"), accepted.fold.position, publishing_seconds
    )
    suite.check(f"{what}: published = accepted", ids == accepted.ids and not gap,
                f"{len(ids)} published of {len(accepted.ids)}; {gap}")
    outcomes = {}
    for answer in answers.values():
        outcomes[answer.outcome] = outcomes.get(answer.outcome, 0) + 1
    voids = sum(accepted.fold.voids.values())
    return (
        f"{len(load.asked)} commands"
        f" ({', '.join(f'{count} {outcome}' for outcome, count in sorted(outcomes.items()))}),"
        f" {load.repeats} answered again, {load.retried} asked again, {accepted.fold.position}"
        f" events, term {accepted.fold.term}, {voids} void records"
    )
