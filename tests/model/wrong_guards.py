"""Guards that are each wrong in one way, by what is wrong with them."""

from model import guards, tables


def in_later_pool(estate, entity, command):
    return estate.pool_of(entity).lifecycle in ("pilot", "production")


def users_moved(estate, entity, command):
    users = estate.members(entity, "user")
    return all(user.lifecycle in ("production", "retired") for user in users)


def leavers_count(estate, entity, command):
    everyone = [e for e in estate.entities.values() if e.pool == entity.id]
    moved = all(e.lifecycle in ("production", "retired") for e in everyone)
    return moved and guards.members_moved(estate, entity, command)


def self_approved(estate, entity, command):
    return bool(entity.approvals.get("retire"))


def any_approval(estate, entity, command):
    return any(actor != command.actor for given in entity.approvals.values() for actor in given)


def holds(estate, entity, command):
    return True


def pilot_by_bit_only(estate, entity, command):
    return entity.pilot_ran


def four_checks(estate, entity, command):
    checks = tables.PACK.get((entity.kind, command.action), ())[:4]
    return entity.passes(checks)


def fail_only(estate, entity, command):
    checks = tables.PACK.get((entity.kind, command.action), ())
    return all(entity.checks.get(check) in ("PASS", "INCONCLUSIVE") for check in checks)


def region_only(estate, entity, command):
    pool = entity if entity.kind == "pool" else estate.pool_of(entity)
    return pool.coexistence == "verified"


def compatible_once(estate, entity, command):
    return entity.compatibility == "compatible"


WRONG_GUARDS = {
    "pool-in-pilot holds in production": ("pool-in-pilot", in_later_pool),
    "pool-in-production holds in pilot": ("pool-in-production", in_later_pool),
    "pool-in-coexistence is not asked": ("pool-in-coexistence", holds),
    "pool-retired is not asked": ("pool-retired", holds),
    "successor-named is not asked": ("successor-named", holds),
    "members-moved looks at users only": ("members-moved", users_moved),
    "members-moved counts leavers": ("members-moved", leavers_count),
    "one may approve for oneself": ("approved", self_approved),
    "any approval will do": ("approved", any_approval),
    "pilot-ran is not asked": ("pilot-ran", holds),
    "pilot-ran is a bit only": ("pilot-ran", pilot_by_bit_only),
    "promote of a pool asks four checks": ("checks-passed", four_checks),
    "an inconclusive check passes": ("checks-passed", fail_only),
    "coexistence-verified trusts the region": ("coexistence-verified", region_only),
    "compatible trusts the region": ("compatible", compatible_once),
}
