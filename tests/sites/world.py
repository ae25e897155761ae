"""Three sites, their users, a campaign over them, and the programs that make it go on."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from service.serve import Serve, ferry
from service.suite import wait_until

from .people import People
from .programs import Program
from .published import Published

SITES = ("paris", "lyon", "nice")
COORDINATOR = "coordinator"
LEASE_SECONDS = 1.0
# On a machine that does other things, too; nothing here is about how long it takes.
GENEROUS_SECONDS = 120
AS_LONG = ("--via", "kafka", "--wait", GENEROUS_SECONDS)
CHECKS = (
    "services-started", "site-administrable", "clients-reach-current-users",
    "clients-reach-legacy-users", "legacy-operational", "successor-operational",
    "features-verified",
)
PLAN = """name = "emea"
about = "Paris, Lyon and Nice in step"
at_most = 2
[budget]
failed = 60
[sites.paris]
waves = ["paris-first", "paris-last"]
[sites.lyon]
waves = ["lyon-first", "lyon-last"]
[sites.nice]
waves = ["nice-first", "nice-last"]
[[barrier]]
name = "pilots-done"
before = "production"
after = "pilot"
"""
# The account is moved once its line stands in the register. One in 25 is told to come again, and
# some of Lyon cannot be moved the first time.
MOVE = """#!/bin/sh
first() { [ ! -e "$ACCOUNTS/$1" ] && : >"$ACCOUNTS/$1"; }
case $FERRY_MOVE_NAME in
    *[05]7@*) first "$FERRY_MOVE_NAME.$FERRY_MOVE_TO" && exit 75 ;;
    *09@lyon*) [ "$FERRY_MOVE_TO" = production ] && first "$FERRY_MOVE_NAME" && exit 1 ;;
esac
echo "$FERRY_MOVE_ID $FERRY_MOVE_ENTITY $FERRY_MOVE_TARGET" >>"$ACCOUNTS/register"
[ -z "$AFTERWARDS" ] || sleep "$AFTERWARDS"
"""


def pool(site):
    return f"pool:ocs.{site}.example"


def successor(site):
    return f"lync.{site}.example"


def users(site, count):
    return [f"user:user{number:04}@{site}.example" for number in range(count)]


def estate(site, count):
    """The commands that a site begins with."""
    home = {"site": site, "pool": pool(site)[5:]}
    yield pool(site), {"register": {"site": site, "successor": successor(site)}}
    for user in users(site, count):
        yield user, {"register": home}
    for check in CHECKS:
        yield pool(site), {"recordCheck": {"check": check, "outcome": "PASS"}}
    yield pool(site), {"enterCoexistence": {}}


class Broken(Exception):
    """A scene that cannot go on."""


class World:
    """All programs are gone at the end of the `with`."""

    def __init__(self, field, name, users_each, afterwards=""):
        """`afterwards`: how many seconds the command that moved an account goes on."""
        self.suite, self.network = field.suite, field.network
        self.brokers, self.name = field.brokers.address, name
        self.prefix, self.users_each = name.replace("_", "-"), users_each
        self.afterwards = afterwards
        self.url = f"kafka://{self.brokers}/{self.prefix}"
        self.folder = Path(field.folder) / name
        self.accounts = self.folder / "accounts"
        self.accounts.mkdir(parents=True)
        self.command = self.folder / "move.sh"
        self.command.write_text(MOVE, encoding="utf-8")
        self.serves, self.movers, self.people, self.watched = {}, {}, {}, {}
        self.coordinator, self.gone, self.starts = None, [], 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for people in self.people.values():
            people.stop()
        programs = [*self.movers.values(), self.coordinator, *self.serves.values()]
        for each in [*programs, *self.watched.values()]:
            if each is not None:
                each.__exit__()

    def check(self, what, fine, said=""):
        return self.suite.check(f"{self.name}: {what}", fine, said)

    def topic(self, site, what):
        return f"{self.prefix}.{site}.{what}"

    def ferry(self, *arguments, place=None, given=None):
        inside = self.network.inside(place) if place else ()
        return ferry(*arguments, "--log", self.url, given=given, inside=inside)

    def must(self, *arguments, **more):
        code, printed, said = self.ferry(*arguments, **more)
        if code != 0:
            raise Broken(f"ferry {' '.join(map(str, arguments))[:120]}: exit {code}\n"
                         f"{printed[-1000:]}{said[-1000:]}")
        return printed

    def eventually(self, what, *arguments, seconds=GENEROUS_SECONDS, **more):
        """Asked again until it is done: others may hold what it needs."""
        last = []

        def done():
            last[:] = self.ferry(*arguments, **more)
            return last[0] == 0

        if not wait_until(done, seconds, 0.2):
            raise Broken(f"never came: {what}: {last}")
        return last[1]

    def serve(self, site):
        self.starts += 1
        self.serves[site] = Serve(self.url, site, name=f"{site}-{self.starts}",
                                  lease=LEASE_SECONDS, inside=self.network.inside(site))
        return self.serves[site]

    def mover(self, site):
        self.movers[site] = Program(
            "mover", "--log", self.url, "--site", site, "--via", "kafka", "--json", "--wait", "30",
            "--exec", f"exec sh '{self.command}'", "--concurrency", "24", "--retries", "20",
            "--back-off", "200ms", "--run-dir", self.folder / f"runs-{site}",
            inside=self.network.inside(site),
            more={"ACCOUNTS": str(self.accounts), "AFTERWARDS": self.afterwards},
        )

    def coordinate(self):
        self.coordinator = Program(
            "coordinate", "emea", "--log", self.url, "--interval", "0.3",
            inside=self.network.inside(COORDINATOR))

    def found(self, sites):
        """Each with a service of its own that leads it, and its estate."""
        for site in sites:
            self.serve(site)
        with ThreadPoolExecutor() as at_once:
            # Whoever breaks off is heard of by asking for what came of it.
            list(at_once.map(self._apply_estate, sites))

    def _apply_estate(self, site):
        self.check(f"{site} is led", self.serves[site].leads(), self.serves[site].said())
        commands = [
            json.dumps({"commandId": f"{site}-{number}", "entity": entity, **action})
            for number, (entity, action) in enumerate(estate(site, self.users_each))
        ]
        answers = self.must("apply", "-", *AS_LONG, given="\n".join(commands) + "\n", place=site)
        self.check(f"the estate of {site} stands", answers.count('"DONE"') == len(commands),
                   answers[-500:])

    def begin(self):
        """Services, estates, the pack, the campaign and its coordinator; nobody moves yet."""
        self.found(SITES)
        rules = self.must("pack", "show", "side-by-side", "--toml")
        pack = self.folder / "confirmed.toml"
        pack.write_text(rules.replace('transfer = "immediate"', 'transfer = "confirmed"')
                        .replace('name = "side-by-side"', 'name = "confirmed"'))
        self.must("pack", "adopt", pack, *AS_LONG)
        self.suite.say(f"{self.name}: three estates stand")
        plan = self.folder / "emea.toml"
        plan.write_text(PLAN)
        self.must("campaign", "create", plan, place=COORDINATOR)
        self.must("campaign", "start", "emea", place=COORDINATOR)
        self.coordinate()
        self.eventually("a cut before anybody moves", "campaign", "cut", "emea", "begin")
        self.suite.say(f"{self.name}: the campaign has begun, and all have seen it")
        for site in SITES:
            self.watched[site] = Published(self.brokers, self.topic(site, "events"))

    def go(self):
        """Movers, and the people of each site."""
        for site in SITES:
            self.mover(site)
            self.people[site] = People(self, site)
            self.people[site].start()

    def look(self):
        """Each site's fold, as published by now."""
        return {site: watched.read(0.02) for site, watched in self.watched.items()}

    def wait(self, what, true, seconds):
        """Until it holds of the folds of all sites."""
        if not wait_until(lambda: true(self.look()), seconds, 0.1):
            raise Broken(f"never came: {what}\n{self.state()}")
        self.check(what, True)
        self.suite.say(f"{self.name}: {what}")

    def state(self):
        """For who wonders why nothing goes on."""
        said = [f"{site}: {people.last}" for site, people in self.people.items()]
        said += [f"{site}: {serve.lines[-3:]}" for site, serve in self.serves.items()]
        said += [f"mover of {site}: {mover.said[-3:]}" for site, mover in self.movers.items()]
        if self.coordinator:
            said.append(f"coordinator: {self.coordinator.said[-3:]}")
        return "\n".join([*said, self.ferry("campaign", "status", "emea")[1]])

    def campaign(self):
        code, printed, _ = self.ferry("campaign", "status", "emea", "--json")
        return json.loads(printed) if code == 0 and printed else {}

    def everybody_in_production(self, folds):
        return all(folds[site].count("production") == self.users_each
                   and folds[site].waves.get(f"wave:{site}-last") == "completed"
                   for site in SITES)

    def stop(self):
        """In order, as for the night. What was published is read once more at the end."""
        for site, mover in self.movers.items():
            code = mover.end()
            self.check(f"the mover of {site} ends in order", code == 0, f"{code} {mover.said}")
        code = self.coordinator.end()
        self.check("the coordinator ends in order", code == 0,
                   f"{code} {self.coordinator.said[-5:]}")
        for site, serve in self.serves.items():
            code = serve.end(signal.SIGTERM)
            self.check(f"the service of {site} ends in order", code == 0, serve.said())

    def register(self):
        """The lines of the fake accounts: move, entity, pool."""
        text = (self.accounts / "register").read_text(encoding="utf-8")
        return [tuple(line.split()) for line in text.splitlines()]

    def commands_left(self):
        """Processes of the command that makes moves, by the folder they were given."""
        left = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                given = (process / "environ").read_bytes()
            except OSError:
                continue
            mine = f"ACCOUNTS={self.accounts}".encode() in given and b"FERRY_MOVE_ID=" in given
            if mine and int(process.name) != os.getpid():
                left.append(process.name)
        return left
