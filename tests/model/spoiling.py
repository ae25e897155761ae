"""Ways to make a bad line out of a good command; each is a line that is not understood."""

import json


def broken_off(message):
    text = json.dumps(message)
    return text[: len(text) - 3]


def no_json(message):
    return "promote everything please"


def a_list(message):
    return json.dumps([message])


def without_id(message):
    return json.dumps({key: value for key, value in message.items() if key != "commandId"})


def without_action(message):
    words = ("commandId", "entity", "actor")
    return json.dumps({key: value for key, value in message.items() if key in words})


def without_entity(message):
    return json.dumps({key: value for key, value in message.items() if key != "entity"})


def with_entity(change):
    def spoil(message):
        kind, name = message["entity"].split(":", 1)
        return json.dumps(message | {"entity": change(kind, name)})

    return spoil


def with_action(action, body):
    def spoil(message):
        words = ("commandId", "entity", "actor")
        kept = {key: value for key, value in message.items() if key in words}
        return json.dumps(kept | {action: body})

    return spoil


def with_expected(version):
    def spoil(message):
        return json.dumps(message | {"expectedVersion": version})

    return spoil


def two_actions(message):
    return json.dumps(message | {"withdraw": {}, "retire": {}})


def unknown_field(message):
    return json.dumps(message | {"urgency": "high"})


CHECK = {"check": "services-started"}
SPOILINGS = (
    broken_off,
    no_json,
    a_list,
    without_id,
    without_action,
    without_entity,
    with_entity(lambda kind, name: f"{kind}:{name.upper()}"),
    with_entity(lambda kind, name: f"{kind.upper()}:{name}"),
    with_entity(lambda kind, name: f"user:sip:{name}"),
    with_entity(lambda kind, name: f"group:{name}"),
    with_entity(lambda kind, name: name.replace(":", "-")),
    with_entity(lambda kind, name: f"{kind}:"),
    with_action("teleport", {}),
    with_action("recordCheck", CHECK | {"outcome": "MAYBE"}),
    with_action("recordCheck", CHECK | {"outcome": "pass"}),
    with_action("recordCheck", CHECK | {"outcome": "PASS", "deployment": "third"}),
    with_action("approve", {"action": "withdraw"}),
    with_action("approve", {"action": "Retire"}),
    with_action("register", {"site": "paris", "pool": "p", "lifecycle": "coexist-test"}),
    with_action("register", {"site": "paris", "pool": "p", "lifecycle": "retired"}),
    with_action("register", {"site": "paris", "pool": "p", "lifecycle": "PILOT"}),
    with_action("promote", {"force": True}),
    with_expected("soon"),
    with_expected("-1"),
    two_actions,
    unknown_field,
)
