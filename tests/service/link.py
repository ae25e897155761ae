"""The link between an engine and the broker, in network namespaces, cut one way or both ways."""

import os
import shutil
import subprocess
import time

from .brokers import Brokers
from .faults import WAIT_SECONDS, spread
from .pair import Pair

TEST_NET_2 = "198.51.100"


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"ip {' '.join(arguments)}: {done.stderr.strip()}"


class Namespace:
    """One network namespace and its link to this one; gone at the end of the `with`."""

    def __init__(self, number, net=TEST_NET_2):
        # A network of its own for each process and namespace.
        network = (os.getpid() * 2 + number) % 60 * 4
        self.name = f"ferry-{os.getpid()}-{number}"
        self.outside, self.inside = f"{net}.{network + 1}", f"{net}.{network + 2}"
        self.link = f"fy{os.getpid()}n{number}"

    def make(self):
        """What went wrong; empty where nothing did."""
        inner = ("-n", self.name)
        for command in (
            ("netns", "add", self.name),
            ("link", "add", self.link, "type", "veth", "peer", "name", "engine",
             "netns", self.name),
            ("addr", "add", f"{self.outside}/30", "dev", self.link),
            ("link", "set", self.link, "up"),
            (*inner, "addr", "add", f"{self.inside}/30", "dev", "engine"),
            (*inner, "link", "set", "engine", "up"),
            (*inner, "link", "set", "lo", "up"),
            (*inner, "route", "add", "default", "via", self.outside),
        ):
            if trouble := ip(*command):
                return trouble
        return ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        ip("link", "delete", self.link)
        ip("netns", "delete", self.name)

    @property
    def command(self):
        return ("ip", "netns", "exec", self.name)

    def cut(self, way, broker):
        """`out`: nothing reaches the broker; `in`: nothing comes from it; `both`: no link."""
        return self._change(way, broker, "add", "down")

    def heal(self, way, broker):
        return self._change(way, broker, "delete", "up")

    def _change(self, way, broker, route, link):
        if way == "out":
            return ip("-n", self.name, "route", route, "blackhole", f"{broker}/32")
        if way == "in":
            return ip("route", route, "blackhole", f"{self.inside}/32")
        return ip("link", "set", self.link, link)


def link_cut(field):
    """5.6: the leader's link to the broker cut and healed, one way and both ways."""
    if not shutil.which("ip"):
        return field.suite.skip(field.name, "there is no `ip`: apt-get install iproute2")
    with Namespace(0) as first, Namespace(1) as second:
        trouble = first.make() or second.make()
        if trouble:
            return field.suite.skip(field.name, f"no network namespace can be made ({trouble})")
        # Both reach it there: the address is this end of the first link, and stays when that is cut
        # from within.
        broker = first.outside
        with Brokers(field.scratch / "linked", host=broker) as brokers:
            cut_and_heal(field, brokers, broker, (first, second))
    return None


def cut_and_heal(field, brokers, broker, namespaces):
    cuts, gaps = field.many(3, 20), []
    with Pair(field.url(brokers), inside=[each.command for each in namespaces]) as pair:
        pair.leader()
        with field.load(brokers, rate=500) as load:
            load.answered_after(0)
            for number in range(cuts):
                time.sleep(field.rng.uniform(0.2, 1))
                way = ("both", "out", "in")[number % 3]
                leader = pair.leader()
                space, other = namespaces[pair.both.index(leader)], pair.other(leader)
                moment = time.monotonic()
                field.check(f"the link is cut ({way})", not space.cut(way, broker))
                answered = other.leads(moment) and load.answered_after(moment)
                if field.check(f"the other takes over ({way})", answered, pair.said()):
                    gaps.append(answered - moment)
                time.sleep(field.rng.uniform(0, 3))
                healed = time.monotonic()
                field.check("the link is healed", not space.heal(way, broker))
                field.check(f"the one that was cut off says so and follows again ({way})",
                            leader.wait_for("steps down", moment)
                            and leader.wait_for("follows at", healed, WAIT_SECONDS), pair.said())
            field.end(load, pair, f"{cuts} cuts, taken over: {spread(gaps)}")
