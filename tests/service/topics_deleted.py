"""The scene of topics that somebody deletes while services use them."""

import itertools
import json
import signal
import time

from .load import REGISTER
from .rdkafka import delete_topic
from .suite import wait_until

DAMAGED = 74
ANSWERED_SECONDS = 60
LABELS = itertools.count(1)


def is_answered(stage):
    """Whether a command is done; asked again with a new id where no answer came."""
    label = f"mark {next(LABELS)}"
    return stage.apply({"commandId": label, "entity": "site:paris", "mark": {"label": label}},
                       more=("--via", "kafka", "--wait", "3"))[0] == 0


def is_published(stage):
    code, printed, _ = stage.ferry("publish", "--check", "--json")
    return code == 0 and json.loads(printed)["lag"] == 0


def topics_deleted(stage, rng):
    """What carries no history is made anew and the services go on; a lost log ends them."""
    check = stage.suite.check
    with stage.serve(name="a") as a, stage.serve(name="b") as b:
        def said():
            return f"{a.said()}\n{b.said()}"

        def anybody_said(*words, since=0.0):
            return wait_until(lambda: any(
                serve.when_said(each, since) for serve in (a, b) for each in words), 60)

        anybody_said("leads in term")
        stage.apply(REGISTER | {"commandId": "pool-1"})
        check("two services answer", is_answered(stage), said())
        for what in rng.sample(("lease", "commands"), 2):
            topic = stage.topic(what)
            check(f"{topic} is deleted", delete_topic(stage.brokers.address, topic))
            check("which is said", anybody_said(
                f"{topic} is gone", f"the lease in {topic} is lost"), said())
            check("and a service answers again",
                  wait_until(lambda: is_answered(stage), ANSWERED_SECONDS), said())
        for what in ("events", "state"):
            topic, since = stage.topic(what), time.monotonic()
            delete_topic(stage.brokers.address, topic)
            is_answered(stage)
            check(f"that {topic} is missing is said",
                  anybody_said("publishing fails", since=since), said())
            check("and all of it is published again",
                  wait_until(lambda: is_published(stage)), said())
        delete_topic(stage.brokers.address, stage.topic("results"))
        mark = {"commandId": "no results", "entity": "site:paris", "mark": {"label": "no results"}}
        check("without results --via kafka names what makes them", wait_until(
            lambda: "ferry topics --apply" in stage.apply(mark, more=("--via", "kafka"))[2], 60))
        check("which does", stage.ferry("topics", "--apply", "--site", "paris")[0] == 0)
        check("and a service answers into it",
              wait_until(lambda: is_answered(stage), ANSWERED_SECONDS), said())
        # Made anew by another before those who read it have missed it, and empty.
        delete_topic(stage.brokers.address, stage.topic("commands"))
        with stage.serve(name="c") as c:
            check("another service makes it anew", c.wait_for("follows at"), c.said())
            check("and one of them answers",
                  wait_until(lambda: is_answered(stage), ANSWERED_SECONDS), f"{said()}\n{c.said()}")
            check("it is stopped in order", c.end(signal.SIGTERM) == 0, c.said())
        check("nobody ended by it", a.process.poll() is None and b.process.poll() is None, said())
        wait_until(lambda: is_answered(stage), ANSWERED_SECONDS)
        delete_topic(stage.brokers.address, stage.topic("log"))
        ended = [serve.end(0, ANSWERED_SECONDS) for serve in (a, b)]
        check("without their log both end", ended == [DAMAGED] * 2, f"{ended} {said()}")
        check("and say what was lost", a.wait_for("log truncated after")
              and b.wait_for("log truncated after"), said())
