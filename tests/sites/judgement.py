"""What holds of several sites at the end, from published events, the campaign's history and the
register of accounts. Each yields what does not hold; `Evidence` is plain data, so that it can be
spoiled to see that it is found."""

import re
from collections import Counter
from datetime import datetime
from typing import NamedTuple

from .published import ORDER, Fold

COUNTED = ("pilot", "production")
AT_MOST = 2
PREMISE = re.compile(r"([\w-]+):(\d+)")


class Evidence(NamedTuple):
    events: dict  # of each site, as published
    history: list  # of the campaign: what `ferry campaign history --json` prints
    register: list  # of accounts: move, entity, pool


def finished(site, phase, fold):
    """Whether the site had finished that phase: its pool is there, its wave is done."""
    pools = [name for name in fold.lifecycles if name.startswith("pool:")]
    reached = all(ORDER.index(fold.lifecycles[name]) >= ORDER.index(phase) for name in pools)
    wave = f"wave:{site}-{'first' if phase == 'pilot' else 'last'}"
    done = fold.waves.get(wave) == "completed"
    if phase == "production":
        return reached and done and fold.count("production") == len(fold.users())
    return reached and (done or fold.count("production") > 0)


class Standings:
    """The folds of the sites at the positions that premises name."""

    def __init__(self, events):
        self.events, self.known = events, {}

    def at(self, site, position):
        key = (site, position)
        if key not in self.known:
            self.known[key] = Fold(self.events[site][:position])
        return self.known[key]

    def finished(self, phase, premises):
        return {site for site, position in PREMISE.findall(premises)
                if finished(site, phase, self.at(site, int(position)))}


def gates(evidence):
    """No gate and no barrier moved early, twice, or from where it was not."""
    standings = Standings(evidence.events)
    states, ids, passed = {}, set(), False
    for event in evidence.history:
        details = event.get("details", {})
        if event["type"] not in ("BarrierMoved", "GateMoved"):
            continue
        gate = event["type"] == "GateMoved"
        key = (details["site"], details["phase"]) if gate else details["barrier"]
        if states.get(key, "closed" if gate else "waiting") != event["from"]:
            yield f"{key} moved from {event['from']}, and was {states.get(key)}"
        if event["commandId"] in ids:
            yield f"{key} moved twice: {event['commandId']}"
        ids.add(event["commandId"])
        states[key] = event["to"]
        premises = details.get("premises", "")
        if not gate:
            passed = event["to"] == "passed"
            missing = set(evidence.events) - standings.finished("pilot", premises)
            if passed and missing:
                yield f"{key} was passed early at {premises}: {sorted(missing)}"
            continue
        if event["to"] == "open":
            if key[1] == "production" and not passed:
                yield f"the gate {key} was opened before the barrier was passed"
            under_way = {
                site for (site, phase), state in ((k, s) for k, s in states.items()
                                                  if isinstance(k, tuple))
                if state == "open" and phase in COUNTED
                and site not in standings.finished(phase, premises)
            }
            if len(under_way) > AT_MOST:
                yield f"{sorted(under_way)} were under way at once when {key} was opened"


def entries(evidence):
    """No pool entered a phase before its gate was opened."""
    opened = {}
    for event in evidence.history:
        if event["type"] == "GateMoved" and event["to"] == "open":
            key = (event["details"]["site"], event["details"]["phase"])
            opened.setdefault(key, datetime.fromisoformat(event["recordedTime"]).timestamp())
    for site, events in evidence.events.items():
        for event in events:
            enters = (event.type == "Transitioned" and event.region == "lifecycle"
                      and event.entity.startswith("pool:") and event.to in COUNTED)
            if enters and event.recorded < opened.get((site, event.to), float("inf")):
                yield f"{site}:{event.position}: {event.entity} entered {event.to} too early"


def reports(evidence):
    """Each move was opened once and reported once, by a run that the register knows of."""
    run = Counter(move for move, _, _ in evidence.register)
    known = set()
    for site, events in evidence.events.items():
        fold = Fold(events)
        known |= set(fold.opened)
        for move, openings in fold.opened.items():
            answers = fold.reported.get(move, [])
            if len(openings) != 1 or len(answers) != 1:
                yield f"{site}: move {move} was opened {len(openings)} times, reported " \
                      f"{len(answers)} times"
            elif answers[0].type == "MoveSucceeded" and run[move] == 0:
                yield f"{site}: move {move} is reported as made, and no account was moved by it"
            elif answers[0].type == "MoveFailed" and run[move] > 0:
                yield f"{site}: move {move} is reported as failed, and was made"
    if strange := set(run) - known:
        yield f"accounts were moved that nobody asked for: {sorted(strange)[:5]}"


def accounts(evidence):
    """Each account is where the log says."""
    there = {entity: pool for _, entity, pool in evidence.register}
    for site, events in evidence.events.items():
        fold = Fold(events)
        for user in fold.users():
            if there.get(user, fold.pools[user]) != fold.home(user):
                yield f"{site}: {user} is at home in {fold.home(user)}, and its account in " \
                      f"{there.get(user, 'its old pool')}"


def ends(evidence, lifecycles):
    """Everybody is in the state that their site has to end in."""
    for site, events in evidence.events.items():
        fold = Fold(events)
        wrong = [user for user in fold.users() if fold.lifecycles[user] != lifecycles[site]]
        if wrong or not fold.users():
            yield f"{site}: {len(wrong)} of {len(fold.users())} are not in {lifecycles[site]}: " \
                  f"{wrong[:5]}"


def exactly_as(site, then, now):
    """Entities as `ferry show --all --json` prints them, at a moment and now."""
    observed = ("version", "position")
    before = {each["entity"]: each for each in then if each["site"] == site}
    after = {each["entity"]: each for each in now if each["site"] == site}
    if before.keys() != after.keys() or not before:
        yield f"{site}: {len(before)} entities then, {len(after)} now"
    for entity in before.keys() & after.keys():
        differing = [key for key in before[entity]
                     if key not in observed and before[entity][key] != after[entity].get(key)]
        if differing:
            yield f"{entity} differs in {differing}"


def judge(evidence, lifecycles):
    """Every complaint, by what it is about."""
    return {
        "no gate was passed early, none twice": [*gates(evidence)],
        "no pool went through a closed gate": [*entries(evidence)],
        "each move is opened and reported once": [*reports(evidence)],
        "each account is where the log says": [*accounts(evidence)],
        "everybody is where their site has to end": [*ends(evidence, lifecycles)],
    }
