"""The faults of tests/faults that come to processes: engines and brokers killed or stopped."""

import signal
import time

from .brokers import Brokers
from .judge import judge
from .load import Load
from .pair import Pair
from .suite import wait_until

WAIT_SECONDS = 90


class Field:
    """What a fault happens in: brokers, a prefix, a seed, and how many times."""

    def __init__(self, suite, brokers, scratch, name, rng, long):
        self.suite, self.brokers, self.scratch = suite, brokers, scratch
        self.name, self.rng, self.long = name, rng, long
        self.figures = "not run to its end"

    def many(self, tenth, long):
        return long if self.long else tenth

    def prefix(self):
        return self.name.replace("_", "-")

    def url(self, brokers=None):
        return f"kafka://{(brokers or self.brokers).address}/{self.prefix()}"

    def load(self, brokers=None, **more):
        return Load((brokers or self.brokers).address, self.prefix(), "paris", self.rng, **more)

    def check(self, what, fine, said=""):
        return self.suite.check(f"{self.name}: {what}", fine, said)

    def end(self, load, pair, what):
        """Everything answered, and what stands is what was answered."""
        self.check("all is answered in the end", load.wait_for_answers(WAIT_SECONDS), pair.said())
        self.figures = f"{what}; {judge(self.suite, load, self.name)}"


def spread(times):
    if not times:
        return "none"
    ordered = sorted(times)
    return f"median {ordered[len(ordered) // 2]:.2f} s, longest {ordered[-1]:.2f} s"


def engine_killed(field):
    """5.1: the leading engine killed with -9 at random moments under load."""
    kills, wanted = field.many(10, 100), field.many(20_000, 200_000)
    gaps = []
    with Pair(field.url()) as pair:
        pair.leader()
        with field.load(rate=3000, window=600) as load:
            load.answered_after(0)
            for _ in range(kills):
                time.sleep(field.rng.uniform(0.05, 1.5))
                moment = pair.kill(pair.leader())
                answered = load.answered_after(moment)
                if field.check("answers go on after a kill", answered, pair.said()):
                    gaps.append(answered - moment)
            enough = wait_until(lambda: len(load.asked) >= wanted, field.many(60, 600))
            field.check(f"{wanted} commands are asked", enough, len(load.asked))
            field.end(load, pair, f"{kills} kills, a lease of {pair.lease:g} s, answered again: "
                      f"{spread(gaps)}")


def broker_killed(field):
    """5.2: the only broker killed with -9 and started again under load."""
    kills, gaps = field.many(2, 20), []
    with Pair(field.url()) as pair:
        pair.leader()
        with field.load(rate=800) as load:
            load.answered_after(0)
            for _ in range(kills):
                time.sleep(field.rng.uniform(0.2, 2))
                field.brokers.tell("kill")
                time.sleep(field.rng.uniform(0, 3))
                field.brokers.tell("start")
                back = time.monotonic()
                answered = load.answered_after(back)
                if field.check("answers go on once it is back", answered, pair.said()):
                    gaps.append(answered - back)
            field.end(load, pair, f"{kills} kills, answered again once it was back: "
                      f"{spread(gaps)}")


def broker_of_three_killed(field):
    """5.2: of three brokers the one that leads the log's partition killed with -9 under load."""
    kills, gaps = field.many(1, 10), []
    with Brokers(field.scratch / "three", 3) as brokers, Pair(field.url(brokers)) as pair:
        pair.leader()
        with field.load(brokers, rate=500) as load:
            load.answered_after(0)
            for _ in range(kills):
                time.sleep(field.rng.uniform(0.2, 2))
                leader = brokers.leader(load.topic("log"))
                moment = time.monotonic()
                brokers.tell("kill", leader)
                answered = load.answered_after(moment)
                if field.check("answers go on with two of three", answered, pair.said()):
                    gaps.append(answered - moment)
                brokers.tell("start", leader)
            field.end(load, pair, f"{kills} kills of the partition's leader, answered again: "
                      f"{spread(gaps)}")


def zombie(field):
    """5.3: the leader stopped past its lease, replaced, and continued."""
    rounds, gaps, stepped = field.many(5, 50), [], []
    with Pair(field.url()) as pair:
        pair.leader()
        with field.load(rate=1000) as load:
            load.answered_after(0)
            for _ in range(rounds):
                time.sleep(field.rng.uniform(0.1, 1))
                leader = pair.leader()
                other, moment = pair.other(leader), time.monotonic()
                leader.send(signal.SIGSTOP)
                answered = other.leads(moment) and load.answered_after(moment)
                if field.check("the other takes over", answered, pair.said()):
                    gaps.append(answered - moment)
                time.sleep(field.rng.uniform(0, 0.5))
                moment = time.monotonic()
                leader.send(signal.SIGCONT)
                said = leader.wait_for("steps down", moment, 20)
                if field.check("it steps down by itself and says so", said, pair.said()):
                    stepped.append(said - moment)
                field.check("it follows again", leader.wait_for("follows at", moment),
                            pair.said())
            field.end(load, pair, f"{rounds} rounds, taken over: {spread(gaps)}; stepped down: "
                      f"{spread(stepped)}")
