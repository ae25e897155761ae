"""Reads a command line the way the contract says, so that the model knows bad lines by itself."""

import json
import re
from dataclasses import dataclass, field

from model import tables

LIFECYCLE_ON_REGISTER = {
    "pool": ("legacy",),
    "user": ("legacy", "pilot", "production"),
    "application": ("legacy", "pilot", "production"),
}
FIELDS = {
    "register": ("site", "pool", "successor", "applicationClass", "lifecycle"),
    "enterCoexistence": (),
    "startPilot": (),
    "promote": (),
    "retire": (),
    "withdraw": (),
    "approve": ("action",),
    "recordCheck": ("check", "outcome", "evidence", "deployment"),
    "observeClient": ("client",),
    "observeMeeting": ("meeting", "client"),
    "observePolicy": ("policy", "name"),
    "reportMove": ("move", "outcome", "cause", "reversible"),
    "mark": ("label",),
}
ENVELOPE = ("commandId", "entity", "expectedVersion", "actor", "reason")
ENTITY = re.compile(r"(pool|user|application|site):(?!sip:)[^A-Z\s]+")
EXPECTED = re.compile(r"any|none|exists|[1-9][0-9]*")
ON_A_SITE = ("mark", "recordCheck")


class BadLine(ValueError):
    """A line that is not a command: its result carries the line's number."""


@dataclass(frozen=True)
class Command:
    """One understood command; `content` is equal for equal commands, however they were spelled."""

    id: str
    entity: str
    action: str
    body: dict = field(hash=False)
    actor: str
    expected: str
    content: str

    @property
    def kind(self):
        return self.entity.split(":", 1)[0]

    @property
    def name(self):
        return self.entity.split(":", 1)[1]


def demand(condition, why):
    if not condition:
        raise BadLine(why)


def fold_pairs(pairs):
    demand(len({key for key, _ in pairs}) == len(pairs), "a key given twice")
    return dict(pairs)


def load(line):
    try:
        message = json.loads(line, object_pairs_hook=fold_pairs)
    except ValueError as error:
        raise BadLine(str(error)) from error
    demand(isinstance(message, dict), "not an object")
    return message


def judge_body(kind, action, body):
    demand(isinstance(body, dict), "the action is not an object")
    demand(set(body) <= set(FIELDS[action]), "an unknown field")
    if action == "register":
        demand(body.get("lifecycle", "legacy") in LIFECYCLE_ON_REGISTER[kind], "lifecycle")
    elif action == "recordCheck":
        demand(body.get("outcome") in tables.OUTCOMES, "outcome")
        demand(body.get("deployment", "legacy") in ("legacy", "successor"), "deployment")
    elif action == "approve":
        demand(body.get("action") in tables.TRANSITIONS, "action to approve")
    elif action == "reportMove":
        demand(body.get("outcome") in ("SUCCEEDED", "FAILED"), "outcome")


def parse(line):
    """The command of a line; BadLine where the contract does not know such a line."""
    message = load(line)
    demand(message.get("commandId"), "no command id")
    entity = message.get("entity", "")
    demand(isinstance(entity, str) and ENTITY.fullmatch(entity), "entity")
    actions = [key for key in message if key not in ENVELOPE]
    demand(len(actions) == 1 and actions[0] in FIELDS, "one known action")
    action, kind = actions[0], entity.split(":", 1)[0]
    demand((kind != "site") or action in ON_A_SITE, "not an action on a site")
    demand((action != "mark") or kind == "site", "only a site is marked")
    expected = message.get("expectedVersion", "any")
    demand(isinstance(expected, str) and EXPECTED.fullmatch(expected), "expected version")
    judge_body(kind, action, message[action])
    return Command(
        id=message["commandId"],
        entity=entity,
        action=action,
        body=message[action],
        actor=message.get("actor", ""),
        expected=expected,
        content=json.dumps(message, sort_keys=True),
    )
