"""The events that a site has published, read by none of Ferry's code: as they come, and folded."""

from typing import NamedTuple

from service import wire
from service.rdkafka import Reader

TEXTS = {
    "event_id": 1, "site": 2, "entity": 4, "type": 6, "region": 7, "from_": 8, "to": 9,
    "command_id": 11,
}
POSITION, VERSION, RECORDED, DETAILS = 3, 5, 16, 17
NEW_SIDE = ("pilot", "production", "retired")
ORDER = ("legacy", "coexist-test", "pilot", "production", "retired")


class Event(NamedTuple):
    """What of ferry.v1.Event is judged."""

    position: int
    version: int
    recorded: float
    event_id: str
    site: str
    entity: str
    type: str
    region: str
    from_: str
    to: str
    command_id: str
    details: dict


def read_event(data):
    values, details = {}, {}
    for number, value in wire.pairs(data):
        if number == DETAILS:
            entry = wire.fields(value)
            details[entry.get(1, b"").decode()] = entry.get(2, b"").decode()
        else:
            values[number] = value
    texts = {name: values.get(number, b"").decode() for name, number in TEXTS.items()}
    time = wire.fields(values.get(RECORDED, b""))
    recorded = time.get(1, 0) + time.get(2, 0) / 1e9
    return Event(position=values.get(POSITION, 0), version=values.get(VERSION, 0),
                 recorded=recorded, details=details, **texts)


class Fold:
    """Where everybody is, from events in order."""

    def __init__(self, events=()):
        self.lifecycles, self.pools, self.successors, self.waves = {}, {}, {}, {}
        self.opened, self.reported = {}, {}
        for event in events:
            self.add(event)

    def add(self, event):
        entity, details = event.entity, event.details
        if event.type == "WavePlanned":
            self.waves[entity] = "planned"
        elif event.type == "Registered" and not entity.startswith("wave:"):
            self.lifecycles[entity] = details.get("lifecycle") or "legacy"
            self.pools[entity] = details.get("pool", "")
            self.successors[entity] = details.get("successor", "")
        elif event.type == "Accepted":
            self.lifecycles[entity] = details.get("lifecycle") or "legacy"
            self.pools[entity] = details.get("pool", "")
        elif event.type == "Transitioned" and event.region == "lifecycle":
            self.lifecycles[entity] = event.to
        elif event.type == "Transitioned" and event.region == "wave":
            self.waves[entity] = event.to
        elif event.type == "Restored":
            self.lifecycles[entity] = details["lifecycle"]
        elif event.type == "MoveOpened":
            self.opened.setdefault(details["move"], []).append(event)
        elif event.type in ("MoveSucceeded", "MoveFailed", "MoveReportedLate"):
            self.reported.setdefault(details["move"], []).append(event)

    def home(self, user):
        pool = self.pools[user]
        if self.lifecycles[user] in NEW_SIDE:
            return self.successors[f"pool:{pool}"]
        return pool

    def users(self):
        return [entity for entity in self.lifecycles if entity.startswith("user:")]

    def count(self, state):
        return sum(self.lifecycles[user] == state for user in self.users())

    def unreported(self):
        return len(self.opened) - len(self.reported)


class Published:
    """One site's topic of events, followed by a consumer's one rule."""

    def __init__(self, brokers, topic):
        self.reader = Reader(brokers, topic)
        self.events, self.fold, self.gap = [], Fold(), ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.reader.close()

    def read(self, seconds=0.1):
        """What is there now."""
        record = self.reader.read(seconds)
        while record is not None:
            event = read_event(record.value)
            if event.position == len(self.events) + 1:
                self.events.append(event)
                self.fold.add(event)
            elif event.position > len(self.events):
                self.gap = f"position {event.position} follows {len(self.events)}"
            record = self.reader.read(0.005)
        return self.fold
