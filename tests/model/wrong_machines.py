"""Machines that are each wrong in one way that somebody could really write."""

from copy import deepcopy

from model import tables
from model.machine import Machine, Verdict


class StopsAtFirstGuard(Machine):
    def failed_guards(self, estate, entity, command):
        return super().failed_guards(estate, entity, command)[:1]


class PossibleWithoutWithdraw(Machine):
    def possible(self, entity):
        return super().possible(entity) - {"withdraw"}


class GuardsBeforeRows(Machine):
    def decide_known(self, estate, entity, command):
        verdicts = super().decide_known(estate, entity, command)
        mistaken = verdicts[0].outcome == "NO_TRANSITION" and command.action == "retire"
        return [Verdict("REFUSED", frozenset({"pool-retired"}))] if mistaken else verdicts


class LeaverStillActs(Machine):
    def decide_known(self, estate, entity, command):
        if command.action in ("approve", "recordCheck"):
            return [Verdict("DONE")]
        return super().decide_known(estate, entity, command)


class NoneIsAny(Machine):
    def with_version(self, entity, command, verdicts):
        return verdicts if command.expected == "none" else super().with_version(
            entity, command, verdicts
        )


class ConflictOffByOne(Machine):
    def with_version(self, entity, command, verdicts):
        given = super().with_version(entity, command, verdicts)
        if given[0].outcome != "CONFLICT" or not entity:
            return given
        return [Verdict("CONFLICT", version=entity.version + 1)]


class ForgetsIds(Machine):
    def remembered(self, estate, command):
        return None


class AnyContentRepeats(Machine):
    def again(self, done, command):
        return Verdict("DONE", repeats=done)


class ReusedIdDecidedAnew(Machine):
    def remembered(self, estate, command):
        done = super().remembered(estate, command)
        return done if done and done.content == command.content else None


class RegistersTwice(Machine):
    def decide_register(self, estate, command):
        verdicts = super().decide_register(estate, command)
        twice = verdicts[0].guards == {"already-registered"} and command.kind == "user"
        return [Verdict("DONE")] if twice else verdicts


class RetiredPoolTakesMembers(Machine):
    def register_objections(self, pool, body):
        return [name for name in super().register_objections(pool, body) if "retired" not in name]


class FoundLeavesPilotUntold(Machine):
    def find(self, estate, entity, touched):
        ran = estate.pool_of(entity).pilot_ran
        super().find(estate, entity, touched)
        estate.pool_of(entity).pilot_ran = ran


class FoundAsSaid(Machine):
    def evolve_register(self, estate, command):
        touched = super().evolve_register(estate, command)
        found = command.body.get("lifecycle", "legacy")
        estate.entities[command.entity].lifecycle = found
        return touched


class InconclusiveKeepsVerified(Machine):
    def review_coexistence(self, pool):
        if "INCONCLUSIVE" in (pool.checks.get(check) for check in tables.COEXISTENCE_CHECKS):
            return 0
        return super().review_coexistence(pool)


class FailureWhileUnverifiedDegrades(Machine):
    def review_coexistence(self, pool):
        events = super().review_coexistence(pool)
        failed = "FAIL" in (pool.checks.get(check) for check in tables.COEXISTENCE_CHECKS)
        if pool.coexistence == "unverified" and failed:
            pool.coexistence = "degraded"
        return events


class CoexistenceWatchedForEver(Machine):
    def record_check(self, entity, body):
        events = super().record_check(entity, body)
        if entity.kind == "pool" and entity.lifecycle == "production" and body["outcome"] == "FAIL":
            entity.coexistence = "degraded"
        return events


class EnteringLooksAtNothing(Machine):
    def transition(self, estate, entity, command, touched):
        super().transition(estate, entity, command, touched)
        if command.action == "enterCoexistence" and entity.kind == "pool":
            entity.coexistence = "unverified"


class InconclusiveIsIncompatible(Machine):
    def record_check(self, entity, body):
        events = super().record_check(entity, body)
        if entity.compatibility == "compatible" and body["outcome"] == "INCONCLUSIVE":
            entity.compatibility = "incompatible"
        return events


class SiteCheckOnOnePool(Machine):
    def evolve_site(self, estate, command):
        before = deepcopy(estate.entities)
        touched = super().evolve_site(estate, command)
        for name in list(touched)[1:]:
            estate.entities[name] = before[name]
            del touched[name]
        return touched


class LabelsRepeat(Machine):
    def decide_site(self, estate, command):
        verdict = super().decide_site(estate, command)
        return Verdict("DONE") if verdict.outcome == "REFUSED" else verdict


WRONG_MACHINES = (
    StopsAtFirstGuard,
    PossibleWithoutWithdraw,
    GuardsBeforeRows,
    LeaverStillActs,
    NoneIsAny,
    ConflictOffByOne,
    ForgetsIds,
    AnyContentRepeats,
    ReusedIdDecidedAnew,
    RegistersTwice,
    RetiredPoolTakesMembers,
    FoundLeavesPilotUntold,
    FoundAsSaid,
    InconclusiveKeepsVerified,
    FailureWhileUnverifiedDegrades,
    CoexistenceWatchedForEver,
    EnteringLooksAtNothing,
    InconclusiveIsIncompatible,
    SiteCheckOnOnePool,
    LabelsRepeat,
)
