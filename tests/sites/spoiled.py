"""Evidence with one thing in it made wrong, to see that the judgement finds each."""

from .judgement import Evidence


def _first(events, kind, **fields):
    return next(index for index, event in enumerate(events) if event.type == kind
                and all(getattr(event, name) == value for name, value in fields.items()))


def _with_events(evidence, site, change):
    events = list(evidence.events[site])
    change(events)
    return evidence._replace(events=evidence.events | {site: events})


def _with_history(evidence, kind, change, **fields):
    history = [dict(event, details=dict(event.get("details", {}))) for event in evidence.history]
    index = next(
        number for number, event in enumerate(history) if event["type"] == kind
        and all(event["details"].get(name, event.get(name)) == value
                for name, value in fields.items()))
    change(history, index)
    return evidence._replace(history=history)


def reported_twice(evidence):
    def change(events):
        events.append(events[_first(events, "MoveSucceeded")])
    return _with_events(evidence, "paris", change)


def report_lost(evidence):
    return _with_events(evidence, "lyon",
                        lambda events: events.pop(_first(events, "MoveSucceeded")))


def account_not_moved(evidence):
    move = next(event.details["move"] for event in evidence.events["paris"]
                if event.type == "MoveSucceeded")
    return evidence._replace(register=[line for line in evidence.register if line[0] != move])


def account_elsewhere(evidence):
    move, entity, _ = next(line for line in reversed(evidence.register) if "paris" in line[1])
    return evidence._replace(register=[*evidence.register, (move, entity, "nowhere.example")])


def barrier_early(evidence):
    def change(history, index):
        history[index]["details"]["premises"] = "paris:20, lyon:20, nice:20"
    return _with_history(evidence, "BarrierMoved", change, to="passed")


def gate_twice(evidence):
    return _with_history(evidence, "GateMoved", lambda history, index: history.insert(
        index, history[index]), to="open")


def gate_before_barrier(evidence):
    return _with_history(evidence, "GateMoved", lambda history, index: history.insert(
        3, history.pop(index)), to="open", phase="production")


def gate_forgotten(evidence):
    return _with_history(evidence, "GateMoved", lambda history, index: history.pop(index),
                         to="open", site="nice", phase="pilot")


def user_left_behind(evidence):
    def change(events):
        last = max(index for index, event in enumerate(events)
                   if event.entity.startswith("user:") and event.type in
                   ("Restored", "Transitioned"))
        events.pop(last)
    return _with_events(evidence, "nice", change)


SPOILED = {
    "no gate was passed early, none twice": (barrier_early, gate_twice, gate_before_barrier),
    "no pool went through a closed gate": (gate_forgotten,),
    "each move is opened and reported once": (reported_twice, report_lost, account_not_moved),
    "each account is where the log says": (account_elsewhere,),
    "everybody is where their site has to end": (user_left_behind,),
}


def not_found(evidence, judge):
    """Names of what was made wrong and not complained about where it belongs."""
    return [spoil.__name__ for what, spoils in SPOILED.items() for spoil in spoils
            if not judge(Evidence(*spoil(evidence)))[what]]
