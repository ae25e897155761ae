"""Users whose home moves between two sites, whose services are killed half-way."""

import json
import signal
import time

from service.judge import Accepted
from service.rdkafka import read_all
from service.suite import wait_until

from .programs import Program
from .published import Published
from .world import World, pool

USERS = 60
PAIR = ("paris", "lyon")
WAIT_SECONDS = 300


def owners(events):
    """What the two sites have published, as complaints: each transfer is accepted once, by whom
    the release names, and nobody is at home in two sites or in none."""
    released, accepted = {}, {}
    for site, each in events.items():
        for event in each:
            if event.type == "Released":
                place = f"{site}:{event.position}"
                released[place] = (event.entity, event.details["toSite"])
            elif event.type == "Accepted":
                place = f"{event.details['fromSite']}:{event.details['releasePosition']}"
                accepted.setdefault(place, []).append((event.entity, site))
    for place, arrivals in accepted.items():
        if len(arrivals) != 1:
            yield f"{place} was accepted {len(arrivals)} times"
        if released.get(place) != arrivals[0]:
            yield f"{place} was accepted by {arrivals[0]}, and released as {released.get(place)}"
    if left := set(released) - set(accepted):
        yield f"released and never accepted: {sorted(left)[:5]}"


def versions(events):
    """Versions go on through all homes, without a gap and without one twice."""
    found = {}
    for site, each in events.items():
        for event in each:
            if event.entity.startswith("user:"):
                found.setdefault(event.entity, []).append(event)
    for user, each in found.items():
        ordered = sorted(each, key=lambda event: event.version)
        if [event.version for event in ordered] != list(range(1, len(ordered) + 1)):
            yield f"the versions of {user} are {[event.version for event in ordered]}"


def release_and_kill(world, rng, listed, to):
    """Released by one command, while services and that command are killed; then finished."""
    arguments = ("release", f"@{listed}", "--to", to, "--pool", pool(to).removeprefix("pool:"),
                 "--via", "kafka", "--wait", "20")
    half_way = 0
    with Program(*arguments, "--log", world.url) as release:
        time.sleep(rng.uniform(0, 1.5))
        for site in rng.sample(PAIR, rng.randint(1, 2)):
            half_way += release.runs()
            world.check(f"the service of {site} is killed",
                        world.serves[site].end(signal.SIGKILL) == -signal.SIGKILL)
            world.serves[site].__exit__()
            time.sleep(rng.uniform(0, 0.5))
            world.serve(site)
        if rng.random() < 0.5:
            release.end(signal.SIGKILL)
        else:
            wait_until(lambda: not release.runs(), 60)
    world.eventually(f"the same command finishes the release to {to}", *arguments,
                     seconds=WAIT_SECONDS)
    return half_way > 0


def check_homes(world, listed, home):
    shown = [json.loads(line) for line in world.must("show", "--all", "--json").splitlines()]
    where = {}
    for each in shown:
        if each["kind"] == "user":
            where.setdefault(each["entity"], []).append((each["site"], each["presence"]))
    wrong = [user for user in listed if where.get(user) != [(home[user], "present")]]
    world.check("everybody is present in one site, the one they were moved to",
                not wrong and len(where) == 2 * USERS, f"{wrong[:5]} {len(where)}")
    code, printed, said = world.ferry("verify", "--json")
    world.check("ferry verify finds no two owners", code == 0 and "two owners" not in printed,
                f"{printed}{said}")


def homes_move(field, rng):
    """Homes moved between two sites on Kafka, the services killed with -9 in between."""
    rounds, killed = (40 if field.long else 3), 0
    with World(field, "homes_move", USERS) as world:
        world.found(PAIR)
        users = [f"user:user{number:04}@{site}.example" for site in PAIR for number in range(USERS)]
        home = {user: user.partition("@")[2].removesuffix(".example") for user in users}
        for number in range(rounds):
            to = rng.choice(PAIR)
            away = [user for user in users if home[user] != to] or users
            leaving = rng.sample(away, min(20, len(away)))
            listed = world.folder / f"release-{number}"
            listed.write_text("\n".join(leaving) + "\n")
            killed += release_and_kill(world, rng, listed, to)
            home.update((user, to) for user in leaving)
            check_homes(world, leaving, home)
        events = {}
        for site in PAIR:
            with Published(world.brokers, world.topic(site, "events")) as published:
                accepted = Accepted(read_all(world.brokers, world.topic(site, "log")))
                wait_until(lambda: len(published.read() and published.events)
                           >= len(accepted.events), 60)
                events[site] = published.events
                world.check(f"published = accepted of {site}",
                            [event.event_id for event in published.events] == accepted.ids)
        complaints = [*owners(events), *versions(events)]
        world.check("each transfer accepted once, versions go on", not complaints, complaints[:10])
        arrived = [event for each in events.values() for event in each if event.type == "Accepted"]
        twice = events | {arrived[0].site: [*events[arrived[0].site], arrived[0]]}
        world.check("a transfer accepted twice is found", [*owners(twice)])
        world.check("and in its versions", [*versions(twice)])
        field.suite.say(f"homes_move: {rounds} releases of 20, {len(arrived)} arrivals, {killed} "
                        "of them with a service killed while the command ran")
