"""decide: command x state -> the answers the contract allows; evolve: what a done command changes.

Nearly always one answer is allowed. There are several where the contract leaves the order of two
objections open, or where the version of an entity is only known as a lower bound.
"""

from dataclasses import dataclass

from model import tables
from model.estate import Done, Entity, Site
from model.guards import GUARDS


@dataclass(frozen=True)
class Verdict:
    """One allowed answer. `at_least` and `other_than` bound the version a conflict names."""

    outcome: str
    guards: frozenset = frozenset()
    possible: frozenset = frozenset()
    repeats: Done | None = None
    version: int | None = None
    at_least: int = 0
    other_than: int | None = None


DONE = Verdict("DONE")
INVALID = Verdict("INVALID")


def refused(*guards):
    return Verdict("REFUSED", guards=frozenset(guards))


class Machine:
    """The tables put to work. A wrong machine for the self-test overrides one of these methods."""

    rows = tables.ROWS
    guards = GUARDS
    withdraw_from = tables.WITHDRAW_FROM

    def decide(self, estate, command):
        remembered = self.remembered(estate, command)
        if remembered is not None:
            return [self.again(remembered, command)]
        if command.kind == "site":
            return [self.decide_site(estate, command)]
        if command.action == "register":
            return self.decide_register(estate, command)
        entity = estate.entities.get(command.entity)
        if entity is None:
            return [INVALID]
        verdicts = self.with_version(entity, command, self.decide_known(estate, entity, command))
        if command.action in tables.OBSERVATIONS and entity.kind != "user":
            return [INVALID] + [verdict for verdict in verdicts if verdict != DONE]
        return verdicts

    def remembered(self, estate, command):
        log = estate.log_of(command)
        return log.done.get(command.id) if log else None

    def again(self, done, command):
        return Verdict("DONE", repeats=done) if done.content == command.content else INVALID

    def decide_site(self, estate, command):
        site = estate.sites.get(command.name)
        if site is None:
            return INVALID
        if command.action == "mark" and command.body["label"] in site.labels:
            return refused("label-unused")
        return DONE

    def with_version(self, entity, command, verdicts):
        """What is left of these verdicts once the expected version has been looked at."""
        known = entity.version if entity else 0
        expected = command.expected
        if expected == "any" or (expected == "exists" and entity):
            return verdicts
        if expected == "none" and not entity:
            return verdicts
        if not entity or entity.exact:
            matches = entity and expected == str(known)
            return verdicts if matches else [Verdict("CONFLICT", version=known, at_least=known)]
        if expected == "none" or int(expected) < known:
            return [Verdict("CONFLICT", at_least=known)]
        conflict = Verdict("CONFLICT", at_least=known, other_than=int(expected))
        return verdicts + [conflict]

    def decide_register(self, estate, command):
        body, entity = command.body, estate.entities.get(command.entity)
        pool = None
        if command.kind != "pool":
            pool = estate.entities.get("pool:" + body["pool"])
            if pool is None or pool.site != body["site"]:
                return [INVALID]
        if entity and not entity.present and entity.site != body["site"]:
            return [INVALID]
        objections = self.register_objections(pool, body)
        if entity and entity.present:
            verdicts = [refused("already-registered")]
            verdicts += [refused("already-registered", *objections)] if objections else []
        else:
            verdicts = [refused(*objections)] if objections else [DONE]
        return self.with_version(entity, command, verdicts)

    def register_objections(self, pool, body):
        if pool is None:
            return []
        if body.get("lifecycle", "legacy") == "legacy":
            return ["pool-not-retired"] if pool.lifecycle == "retired" else []
        return [] if pool.successor else ["successor-named"]

    def decide_known(self, estate, entity, command):
        if not entity.present:
            possible = frozenset(tables.WITHDRAWN_ACCEPTS)
            return [Verdict("NO_TRANSITION", possible=possible)]
        if command.action in ("approve", "recordCheck", *tables.OBSERVATIONS):
            return [DONE]
        if command.action not in self.possible(entity):
            return [Verdict("NO_TRANSITION", possible=self.possible(entity))]
        failed = self.failed_guards(estate, entity, command)
        return [refused(*failed)] if failed else [DONE]

    def possible(self, entity):
        rows = self.rows[entity.kind]
        accepted = {action for state, action in rows if state == entity.lifecycle}
        if entity.lifecycle in self.withdraw_from[entity.kind]:
            accepted.add("withdraw")
        return frozenset(accepted)

    def failed_guards(self, estate, entity, command):
        row = self.rows[entity.kind].get((entity.lifecycle, command.action))
        names = row[1] if row else ()
        return [name for name in names if not self.guards[name](estate, entity, command)]

    def evolve(self, estate, command):
        """Applies a done command; returns how many events each touched entity is expected to get.

        A touched entity with 0 events may have got some: the contract does not say.
        """
        if command.kind == "site":
            return self.evolve_site(estate, command)
        if command.action == "register":
            return self.evolve_register(estate, command)
        entity = estate.entities[command.entity]
        touched = {entity.id: 1}
        if command.action in tables.TRANSITIONS:
            self.transition(estate, entity, command, touched)
        elif command.action == "withdraw":
            entity.present = False
        elif command.action == "approve":
            entity.approvals.setdefault(command.body["action"], set()).add(command.actor)
        elif command.action == "recordCheck":
            touched[entity.id] += self.record_check(entity, command.body)
        elif command.action == "observeClient":
            entity.clients.add(command.body["client"])
        return touched

    def evolve_site(self, estate, command):
        site = estate.sites[command.name]
        if command.action == "mark":
            site.labels.add(command.body["label"])
            site.marks += 1
            return {}
        site.site_checks += 1
        pools = estate.pools(site.name)
        return {pool.id: 1 + self.record_check(pool, command.body) for pool in pools}

    def evolve_register(self, estate, command):
        body = command.body
        estate.sites.setdefault(body["site"], Site(body["site"]))
        entity = estate.entities.get(command.entity)
        if entity is None:
            entity = estate.entities[command.entity] = Entity(command.entity, body["site"])
        touched = {entity.id: 1}
        entity.present, entity.lifecycle, entity.found = True, "legacy", False
        if entity.kind == "pool":
            entity.successor = body.get("successor", "")
            return touched
        entity.pool = "pool:" + body["pool"]
        entity.application_class = body.get("applicationClass", "")
        if body.get("lifecycle", "legacy") != "legacy":
            self.find(estate, entity, touched)
        return touched

    def find(self, estate, entity, touched):
        """An import found this member on the new side already."""
        pool = estate.pool_of(entity)
        in_production = pool.lifecycle in ("production", "retired")
        entity.lifecycle = "production" if in_production else "pilot"
        entity.found = True
        self.note_pilot(pool, touched)

    def note_pilot(self, pool, touched):
        touched[pool.id] = 0
        pool.pilot_ran = True

    def transition(self, estate, entity, command, touched):
        entity.lifecycle = self.rows[entity.kind][entity.lifecycle, command.action][0]
        entity.found = False
        if entity.kind == "pool":
            if command.action == "enterCoexistence":
                touched[entity.id] += self.review_coexistence(entity)
            if command.action == "retire":
                entity.approvals.pop("retire", None)
        elif entity.lifecycle == "pilot":
            self.note_pilot(estate.pool_of(entity), touched)

    def record_check(self, entity, body):
        """Keeps the latest outcome; returns how many more events what we know now causes."""
        check, outcome = body["check"], body["outcome"]
        entity.checks[check] = outcome
        if entity.kind == "pool" and check in tables.COEXISTENCE_CHECKS:
            return self.review_coexistence(entity)
        if entity.kind == "application" and check == tables.COMPATIBLE_CHECK:
            before = entity.compatibility
            entity.compatibility = tables.COMPATIBILITY.get(outcome, before)
            return int(entity.compatibility != before)
        return 0

    def review_coexistence(self, pool):
        if pool.lifecycle not in tables.COEXISTENCE_WATCHED_IN:
            return 0
        before = pool.coexistence
        passed = pool.passes(tables.COEXISTENCE_CHECKS)
        pool.coexistence = tables.COEXISTENCE[before, passed]
        return int(pool.coexistence != before)
