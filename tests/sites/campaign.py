"""The scenes of a campaign over three sites: its links cut and healed, its programs killed."""

import json
import signal
import time

from service.judge import Accepted
from service.rdkafka import read_all
from service.suite import wait_until

from .judgement import Evidence, exactly_as, judge
from .network import WAYS
from .published import Published
from .spoiled import not_found
from .world import COORDINATOR, SITES, World

WAIT_SECONDS = 600


def cut_and_heal(world, place, way, seconds):
    trouble = world.network.cut(place, way)
    world.check(f"the link of {place} is cut ({way})", not trouble, trouble)
    time.sleep(seconds)
    trouble = world.network.heal(place, way)
    world.check(f"the link of {place} is healed ({way})", not trouble, trouble)


def moved(folds, site):
    return folds[site].count("pilot") + folds[site].count("production")


def cut_links(world, rng):
    """Lyon while its people move, the coordinator while gates wait for it, Nice at the end."""
    some = max(1, world.users_each // 40)
    world.wait("Lyon moves", lambda folds: moved(folds, "lyon") >= some, WAIT_SECONDS)
    cut_and_heal(world, "lyon", "both", rng.uniform(2, 5))
    way = rng.choice(WAYS)
    at = "wave:paris-first", "wave:lyon-first"
    trouble = world.network.cut(COORDINATOR, way)
    world.check(f"the coordinator is cut off ({way})", not trouble, trouble)
    world.wait("the first waves are done without the coordinator", lambda folds: all(
        any(fold.waves.get(wave) == "completed" for fold in folds.values()) for wave in at),
        WAIT_SECONDS)
    held = world.campaign()
    time.sleep(rng.uniform(1, 3))
    nice = world.look()["nice"]
    gates = [site["gates"] for site in held.get("sites", ()) if site["site"] == "nice"]
    entered = nice.lifecycles["pool:ocs.nice.example"] != "coexist-test"
    world.check("who waits at a gate waits on while the coordinator is cut off",
                gates == [{"pilot": "closed", "production": "closed"}] and not entered
                or gates and gates[0]["pilot"] == "open", f"{gates} {nice.lifecycles}")
    world.check("the coordinator's link is healed", not world.network.heal(COORDINATOR, way))
    world.wait("Nice moves once a place is free", lambda folds: moved(folds, "nice") >= some,
               WAIT_SECONDS)
    world.wait("Nice is in its last wave", lambda folds: folds["nice"].count("production") >= some,
               WAIT_SECONDS)
    cut_and_heal(world, "nice", rng.choice(WAYS), rng.uniform(2, 5))


def kill_programs(world, rng, kills):
    """Coordinators, movers and services with -9, each started anew after a while."""
    count = 0
    while count < kills and not world.everybody_in_production(world.look()):
        time.sleep(rng.uniform(0.1, 1))
        victim = rng.choice(("coordinator", "mover", "mover", "service"))
        site = rng.choice(SITES)
        program = {"coordinator": world.coordinator, "mover": world.movers[site],
                   "service": world.serves[site]}[victim]
        code = program.end(signal.SIGKILL)
        world.check(f"{victim} is killed", code == -signal.SIGKILL, code)
        program.__exit__()
        time.sleep(rng.uniform(0, 0.5))
        if victim == "coordinator":
            world.coordinate()
        elif victim == "mover":
            world.mover(site)
        else:
            world.serve(site)
        count += 1
    return count


def roll_back(world, site):
    """The whole site, to the cut before anybody moved, under its own service's nose."""
    plan = json.loads(world.must("rollback", "--to", "emea/begin", f"site:{site}/*", "--dry-run",
                                 "--json"))
    done = json.loads(world.eventually(
        f"{site} is rolled back", "rollback", "--to", "emea/begin", f"site:{site}/*", "--yes",
        "--take-over", "--json").splitlines()[-1])
    world.check("all of it is set back, and every account is owed its way back",
                done["restored"] == world.users_each + 1
                and done["movesBack"] == world.users_each, f"{done} {plan}")
    world.wait("the service leads again, and the movers settle the rollback", lambda folds: any(
        event.type == "RollbackSettled" for event in world.watched[site].events[-50:]),
        WAIT_SECONDS)
    held = wait_until(lambda: world.campaign().get("state") == "held", 60, 0.3)
    world.check("a campaign that was completed is held", held, world.campaign())
    return done


def evidence_of(world):
    """What stands at the end, read anew; with it what only this machine's run can say."""
    events = {}
    for site in SITES:
        with Published(world.brokers, world.topic(site, "events")) as published:
            accepted = Accepted(read_all(world.brokers, world.topic(site, "log")))
            wait_until(lambda: len(published.read() and published.events) >= len(accepted.events),
                       60)
            events[site] = published.events
            ids = [event.event_id for event in published.events]
            world.check(f"published = accepted of {site}",
                        ids == accepted.ids and not published.gap,
                        f"{len(ids)} of {len(accepted.ids)}; {published.gap}")
            world.check(f"order per entity kept in {site}", not accepted.broken_streams())
    history = world.must("campaign", "history", "emea", "--json").splitlines()
    register = world.register()
    return Evidence(events, [json.loads(line) for line in history], register)


def check_logs(world):
    """`ferry verify` against the independent fold of each log's records."""
    verified = {}
    for line in world.must("verify", "--json").splitlines():
        found = json.loads(line)
        if "site" in found:
            verified[found["site"]] = found
    for name in (*SITES, "campaign_emea"):
        fold = Accepted(read_all(world.brokers, world.topic(name, "log"))).fold
        said = verified.get(name, {})
        same = (said.get("intactTo"), said.get("head")) == (fold.position, fold.head.hex())
        world.check(f"{name} is verified, to the hash of the independent fold",
                    said.get("intact") and same, f"{said} {fold.position}")
    return verified


def check_answers(world):
    """What a mover printed as answered is in the log, at the place that it was told."""
    wrong, count = [], 0
    for site, mover in [*world.movers.items(), *world.gone]:
        events = world.watched[site].events
        for line in filter(None, mover.printed):
            told = json.loads(line)
            count += 1
            wanted = f"moved-{told['move']}-{told['outcome'].lower()}"
            found = events[told["position"] - 1] if told["position"] else None
            if told["answer"] != "DONE" or found is None or found.command_id != wanted:
                wrong.append(line)
    world.check("what movers were answered is in the log, where they were told", not wrong,
                "\n".join(wrong[:5]))
    return count


def check_status(world, lifecycles):
    """`ferry status` counts what the events say."""
    for line in world.must("status", "--json").splitlines():
        counts = json.loads(line)
        if counts["kind"] == "user":
            state = lifecycles[counts["site"]]
            world.check(f"ferry status counts {counts['site']}",
                        counts[state] == world.users_each and "unsettledRollbacks" not in counts
                        and "openRollbacks" not in counts, line)


def check_everything(world, lifecycles):
    evidence = evidence_of(world)
    for what, complaints in judge(evidence, lifecycles).items():
        world.check(what, not complaints, "\n".join(complaints[:10]))
    missed = not_found(evidence, lambda spoiled: judge(spoiled, lifecycles))
    world.check("each thing made wrong in this evidence is found", not missed, missed)
    world.look()
    check_answers(world)
    check_logs(world)
    check_status(world, lifecycles)
    left = world.commands_left()
    world.check("no command of a mover is left", not left, left)
    return evidence


def in_step(field, rng):
    """Links cut and healed while three sites move everybody in step; one is rolled back."""
    each = 1100 if field.long else 110
    began = time.monotonic()
    with World(field, "in_step", each) as world:
        world.begin()
        world.go()
        if field.network.missing:
            field.suite.skip("the links cut and healed", field.network.missing)
        else:
            cut_links(world, rng)
        world.wait("everybody is in production", world.everybody_in_production, WAIT_SECONDS)
        took = time.monotonic() - began
        world.check("nobody of the sites broke off",
                    not any(people.trouble for people in world.people.values()),
                    [people.trouble for people in world.people.values()])
        done = wait_until(lambda: world.campaign().get("state") == "completed", 60, 0.3)
        world.check("the campaign is completed", done, world.campaign())
        roll_back(world, "nice")
        world.stop()
        evidence = check_everything(world, {
            "paris": "production", "lyon": "production", "nice": "legacy"})
        then = world.must("show", "--all", "--json", "--at", "emea/begin")
        now = world.must("show", "--all", "--json")
        differing = [*exactly_as("nice", *(map(json.loads, text.splitlines())
                                           for text in (then, now)))]
        world.check("Nice is exactly as it was at the cut", not differing, differing[:10])
        world.check("and Paris is not", [*exactly_as("paris", *(
            map(json.loads, text.splitlines()) for text in (then, now)))])
        events = sum(map(len, evidence.events.values()))
        field.suite.say(
            f"in_step: {3 * each} users in production after {took:.0f} s, 3 links cut; Nice rolled "
            f"back and settled; {events} events, {len(evidence.register)} accounts moved, "
            f"{len(evidence.history)} events of the campaign; {time.monotonic() - began:.0f} s")


def killed(field, rng):
    """Coordinators, movers and services killed with -9 while three sites move in step."""
    each, kills = (120, 60) if field.long else (15, 8)
    with World(field, "killed", each, afterwards="0.5") as world:
        world.begin()
        world.go()
        count = kill_programs(world, rng, kills)
        world.wait("everybody is in production", world.everybody_in_production, WAIT_SECONDS)
        done = wait_until(lambda: world.campaign().get("state") == "completed", 60, 0.3)
        world.check("the campaign is completed", done, world.campaign())
        world.stop()
        evidence = check_everything(world, dict.fromkeys(SITES, "production"))
        again = len(evidence.register) - len({move for move, _, _ in evidence.register})
        field.suite.say(f"killed: {count} programs killed with -9, {3 * each} users moved twice, "
                        f"{len(evidence.register)} runs of the command, {again} of them again")
