"""The machines as data. Every decision of the model is looked up here."""

LIFECYCLES = ("legacy", "coexist-test", "pilot", "production", "retired")
KINDS = ("pool", "user", "application")
MEMBERS = ("user", "application")
NEW_SIDE = ("pilot", "production", "retired")

# kind -> (state, command) -> (next state, guards)
ROWS = {
    "pool": {
        ("legacy", "enterCoexistence"): ("coexist-test", ("successor-named", "checks-passed")),
        ("coexist-test", "startPilot"): ("pilot", ("coexistence-verified", "checks-passed")),
        ("pilot", "promote"): (
            "production",
            ("coexistence-verified", "pilot-ran", "checks-passed"),
        ),
        ("production", "retire"): ("retired", ("members-moved", "checks-passed", "approved")),
    },
    "user": {
        ("legacy", "enterCoexistence"): ("coexist-test", ("pool-in-coexistence",)),
        ("coexist-test", "startPilot"): (
            "pilot",
            ("pool-in-pilot", "coexistence-verified", "no-move-in-flight"),
        ),
        ("pilot", "promote"): ("production", ("pool-in-production", "no-move-in-flight")),
        ("legacy", "promote"): ("production", ("pool-in-production", "no-move-in-flight")),
        ("coexist-test", "promote"): ("production", ("pool-in-production", "no-move-in-flight")),
        ("production", "retire"): ("retired", ("pool-retired", "no-move-in-flight")),
    },
}

_PROMOTE_APPLICATION = (
    "production",
    ("pool-in-production", "compatible", "order-respected", "no-move-in-flight"),
)
ROWS["application"] = {
    ("legacy", "enterCoexistence"): ROWS["user"]["legacy", "enterCoexistence"],
    ("coexist-test", "startPilot"): ROWS["user"]["coexist-test", "startPilot"],
    ("pilot", "promote"): _PROMOTE_APPLICATION,
    ("legacy", "promote"): _PROMOTE_APPLICATION,
    ("coexist-test", "promote"): _PROMOTE_APPLICATION,
    ("production", "retire"): ("retired", ("checks-passed", "no-move-in-flight")),
}

# What presence accepts: a member leaves from these states, and a leaver may only come back.
WITHDRAW_FROM = {
    "pool": (),
    "user": ("legacy", "coexist-test", "pilot"),
    "application": ("legacy", "coexist-test", "pilot"),
}
WITHDRAWN_ACCEPTS = ("register",)

# What the default pack asks.
COEXISTENCE_CHECKS = (
    "services-started",
    "site-administrable",
    "clients-reach-current-users",
    "clients-reach-legacy-users",
)
PROMOTE_CHECKS = ("legacy-operational", "successor-operational", "features-verified")
COMPATIBLE_CHECK = "application-compatible"
CHECKS = COEXISTENCE_CHECKS + PROMOTE_CHECKS + (COMPATIBLE_CHECK,)
OUTCOMES = ("PASS", "FAIL", "INCONCLUSIVE")
PACK = {
    ("pool", "startPilot"): COEXISTENCE_CHECKS,
    ("pool", "promote"): COEXISTENCE_CHECKS + PROMOTE_CHECKS,
}

# (what is known, all four checks pass) -> what is known then
COEXISTENCE = {
    ("unverified", True): "verified",
    ("unverified", False): "unverified",
    ("verified", True): "verified",
    ("verified", False): "degraded",
    ("degraded", True): "verified",
    ("degraded", False): "degraded",
}
COEXISTENCE_WATCHED_IN = ("coexist-test", "pilot")

# outcome of the compatibility check -> what is known then (absent: stays as it is)
COMPATIBILITY = {"PASS": "compatible", "FAIL": "incompatible"}

TRANSITIONS = ("enterCoexistence", "startPilot", "promote", "retire")
OBSERVATIONS = ("observeClient", "observeMeeting", "observePolicy")
NEWER_CLIENTS = ("lync-2010", "lync-2013", "lync-2016", "skype-for-business-2019", "teams-1.7")
LEGACY_CLIENTS = ("communicator-2007", "live-meeting-2007", "attendant-2007")

# Guards that the default pack and immediate transfers can never make fail.
NEVER_FAILING = ("order-respected", "no-move-in-flight")


def newer(client):
    """Whether this client is newer than the legacy system."""
    return client.startswith(("lync-", "skype-for-business-", "teams"))
