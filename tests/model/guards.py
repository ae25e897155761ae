"""One function per guard: does it hold for this entity and this command?"""

from model import tables


def successor_named(estate, entity, command):
    return bool(entity.successor)


def checks_passed(estate, entity, command):
    return entity.passes(tables.PACK.get((entity.kind, command.action), ()))


def coexistence_verified(estate, entity, command):
    pool = entity if entity.kind == "pool" else estate.pool_of(entity)
    return pool.coexistence == "verified" and pool.passes(tables.COEXISTENCE_CHECKS)


def pilot_ran(estate, entity, command):
    waiting = [m for m in estate.members(entity) if m.lifecycle in ("legacy", "coexist-test")]
    return entity.pilot_ran or not waiting


def members_moved(estate, entity, command):
    users = estate.members(entity, "user")
    applications = estate.members(entity, "application")
    return (
        all(user.lifecycle in ("production", "retired") for user in users)
        and all(application.lifecycle == "retired" for application in applications)
        and all(member.transfer != "moving" for member in users + applications)
    )


def approved(estate, entity, command):
    return any(actor != command.actor for actor in entity.approvals.get(command.action, ()))


def pool_in_coexistence(estate, entity, command):
    return estate.pool_of(entity).lifecycle in ("coexist-test", "pilot", "production")


def pool_in_pilot(estate, entity, command):
    return estate.pool_of(entity).lifecycle == "pilot"


def pool_in_production(estate, entity, command):
    return estate.pool_of(entity).lifecycle == "production"


def pool_retired(estate, entity, command):
    return estate.pool_of(entity).lifecycle == "retired"


def compatible(estate, entity, command):
    latest = entity.checks.get(tables.COMPATIBLE_CHECK)
    return entity.compatibility == "compatible" and latest == "PASS"


def order_respected(estate, entity, command):
    return True


def no_move_in_flight(estate, entity, command):
    return entity.transfer != "moving"


GUARDS = {
    "successor-named": successor_named,
    "checks-passed": checks_passed,
    "coexistence-verified": coexistence_verified,
    "pilot-ran": pilot_ran,
    "members-moved": members_moved,
    "approved": approved,
    "pool-in-coexistence": pool_in_coexistence,
    "pool-in-pilot": pool_in_pilot,
    "pool-in-production": pool_in_production,
    "pool-retired": pool_retired,
    "compatible": compatible,
    "order-respected": order_respected,
    "no-move-in-flight": no_move_in_flight,
}

# Refusals that no transition row carries: they belong to register and mark.
OTHER_REFUSALS = ("already-registered", "pool-not-retired", "label-unused")
