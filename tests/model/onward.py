"""What would help a pool and its members along: steps that are likely to be accepted now."""

from zlib import crc32

from model import tables


def onward(estate, pool, rng):
    """Steps (entity, action, body) for this pool or its members; empty once all is retired."""
    members = [step for m in estate.members(pool) for step in member_steps(estate, pool, m)]
    # A pool that runs ahead of its members would leave most of their states unseen.
    # The exception is a pilot that nobody has joined yet: it has to be refused its promotion.
    hasty = pool.lifecycle == "pilot" and not pool.pilot_ran
    if rng.random() < (0.2 if hasty else 0.7):
        return members
    return STEPS[pool.lifecycle](estate, pool) or members


def missing_checks(entity, checks):
    return [
        (entity, "recordCheck", {"check": check, "outcome": "PASS"})
        for check in checks
        if entity.checks.get(check) != "PASS"
    ]


def from_legacy(estate, pool):
    """Every third pool is checked before it enters, so that entering finds what was recorded."""
    if not pool.successor:
        return []
    prepared = crc32(pool.id.encode()) % 3 == 0
    missing = missing_checks(pool, tables.COEXISTENCE_CHECKS) if prepared else []
    return missing or [(pool, "enterCoexistence", {})]


def from_coexistence(estate, pool):
    missing = missing_checks(pool, tables.COEXISTENCE_CHECKS)
    return missing or [(pool, "startPilot", {})]


def from_pilot(estate, pool):
    missing = missing_checks(pool, tables.COEXISTENCE_CHECKS + tables.PROMOTE_CHECKS)
    return missing or [(pool, "promote", {})]


def from_production(estate, pool):
    if len(pool.approvals.get("retire", ())) < 1:
        return [(pool, "approve", {"action": "retire"})]
    return [(pool, "retire", {})]


def from_retired(estate, pool):
    return []


def lonely(pool):
    """Every fifth pool waits for its members until it is in production: a pilot of nobody."""
    chosen = crc32(pool.id.encode()) % 5 == 1
    return chosen and pool.lifecycle in ("legacy", "coexist-test", "pilot")


STEPS = {
    "legacy": from_legacy,
    "coexist-test": from_coexistence,
    "pilot": from_pilot,
    "production": from_production,
    "retired": from_retired,
}


def member_steps(estate, pool, member):
    checks = (tables.COMPATIBLE_CHECK,) if member.kind == "application" else ()
    return missing_checks(member, checks) + moves(pool, member)


def moves(pool, member):
    """Transitions worth trying; an application may try before its check has passed."""
    if member.lifecycle == "legacy" and pool.lifecycle in ("coexist-test", "pilot"):
        return [(member, "enterCoexistence", {})]
    if member.lifecycle == "coexist-test" and pool.lifecycle == "pilot":
        return [(member, "startPilot", {})]
    if member.lifecycle in ("legacy", "coexist-test", "pilot") and pool.lifecycle == "production":
        aside = [(member, "enterCoexistence", {})] if member.lifecycle == "legacy" else []
        return aside + [(member, "promote", {})]
    if member.lifecycle == "production":
        if member.kind == "application" or pool.lifecycle == "retired":
            return [(member, "retire", {})]
    return []
