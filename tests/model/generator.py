"""Random but plausible commands: it looks ahead at the estate and mostly does what helps."""

import json
from copy import deepcopy

from model import tables, words
from model.imitation import Imitation
from model.onward import lonely, onward
from model.spoiling import SPOILINGS

SITES = ("paris", "lyon", "montreal")
ACTORS = ("dana", "robin", "noor")
CLASSES = ("response-groups", "conferencing", "dial-plan")
NOISE = ("enterCoexistence", "startPilot", "promote", "retire", "withdraw", "reportMove")
MEMBERS_MIN = 4
MEMBERS_MAX = 8
POOLS_MAX = 5


class Generator:
    def __init__(self, rng, prefix):
        self.rng = rng
        self.prefix = prefix
        self.counter = 0
        self.sent = []
        self.ahead = None
        self.focus = None
        self.choices = (
            (44, self.onward),
            (28, self.noise),
            (9, self.shake),
            (7, self.observe),
            (6, self.register_member),
            (2, self.register_pool),
            (2, self.register_again),
            (2, self.register_wrongly),
            (4, self.send_again),
            (3, self.reuse_id),
            (2, self.unknown_entity),
            (2, self.check_site),
            (1, self.mark),
            (3, self.spoil),
        )

    def batch(self, estate, size):
        """The next lines, for an estate that stands as given when they arrive."""
        self.ahead = Imitation(estate=deepcopy(estate))
        lines = []
        while len(lines) < size:
            weights = [weight for weight, _ in self.choices]
            choice = self.rng.choices(self.choices, weights)[0][1]
            line = choice() if self.pools() else self.register_pool()
            if line is not None:
                self.ahead.answer(line, len(lines) + 1)
                self.sent.append(line)
                lines.append(line)
        return lines

    def pools(self):
        return self.ahead.estate.pools()

    def entities(self, *kinds):
        known = self.ahead.estate.entities.values()
        return [entity for entity in known if not kinds or entity.kind in kinds]

    def fresh(self, stem):
        self.counter += 1
        return f"{stem}{self.counter}"

    def line(self, entity, action, body=None, **more):
        message = {"commandId": self.fresh(self.prefix), "entity": entity}
        message |= {"actor": self.rng.choice(ACTORS)} | more
        if self.rng.random() < 0.2:
            message["reason"] = f"wave {self.rng.randint(1, 9)}"
        return json.dumps(message | {action: body or {}})

    def versioned(self, entity):
        """Mostly no expectation, else one that is right or wrong."""
        if self.rng.random() < 0.8:
            return {}
        right, wrong = str(entity.version), str(max(1, entity.version + self.rng.choice((-1, 1))))
        return {"expectedVersion": self.rng.choice(("any", "none", "exists", right, right, wrong))}

    def onward(self):
        """The next step of the pool in focus, or of one of its members."""
        estate = self.ahead.estate
        pool = estate.entities.get(self.focus)
        if pool is None or self.rng.random() < 0.03:
            open_pools = [pool for pool in self.pools() if pool.lifecycle != "retired"]
            pool = self.rng.choice(open_pools or self.pools())
            self.focus = pool.id
        few = len(estate.members(pool)) < MEMBERS_MIN
        if pool.lifecycle == "legacy" and few and not lonely(pool):
            return self.register_member()
        if pool.lifecycle == "retired" and self.rng.random() < 0.2:
            self.focus = None
        steps = onward(estate, pool, self.rng)
        if not steps:
            return None
        entity, action, body = self.rng.choice(steps)
        return self.line(entity.id, action, body, **self.versioned(entity))

    def noise(self):
        entity = self.rng.choice(self.near_focus() or self.entities())
        action = self.rng.choice(NOISE + ("approve", "recordCheck", "recordCheck", "recordCheck"))
        body = {}
        if action == "approve":
            body = {"action": self.rng.choice(tables.TRANSITIONS)}
        elif action == "recordCheck":
            body = self.check_body()
            if entity.kind == "application" and self.rng.random() < 0.7:
                body["check"] = tables.COMPATIBLE_CHECK
        elif action == "reportMove":
            body = {"move": "17", "outcome": self.rng.choice(("SUCCEEDED", "FAILED"))}
        return self.line(entity.id, action, body, **self.versioned(entity))

    def shake(self):
        """A pool under test gets another outcome, or is asked to go on too early."""
        shaken = tables.COEXISTENCE_WATCHED_IN + ("production",)
        pools = [pool for pool in self.pools() if pool.lifecycle in shaken]
        if not pools:
            return None
        pool = self.rng.choice(pools)
        action = self.rng.choice(("startPilot", "promote", "recordCheck", "recordCheck", "member"))
        if action != "member":
            body = self.check_body() if action == "recordCheck" else {}
            return self.line(pool.id, action, body, **self.versioned(pool))
        members = self.ahead.estate.members(pool)
        waiting = [member for member in members if member.lifecycle == "coexist-test"]
        if not members:
            return None
        if waiting and self.rng.random() < 0.6:
            return self.line(self.rng.choice(waiting).id, "startPilot")
        return self.line(self.rng.choice(members).id, self.rng.choice(tables.TRANSITIONS))

    def near_focus(self):
        """The pool in focus and its members, most of the time: there the states change."""
        pool = self.ahead.estate.entities.get(self.focus)
        if pool is None or self.rng.random() < 0.3:
            return []
        return [pool] + [e for e in self.entities(*tables.MEMBERS) if e.pool == pool.id]

    def check_body(self):
        body = {"check": self.rng.choice(tables.CHECKS)}
        body["outcome"] = self.rng.choice(tables.OUTCOMES)
        if self.rng.random() < 0.3:
            body["evidence"] = f"probe run {self.rng.randint(1, 999)}"
        if self.rng.random() < 0.3:
            body["deployment"] = self.rng.choice(("legacy", "successor"))
        return body

    def observe(self):
        users = self.entities("user")
        if not users or self.rng.random() < 0.05:
            entity = self.rng.choice(self.entities())
        else:
            entity = self.rng.choice(users)
        if self.rng.random() < 0.5:
            pick = self.rng.choice((tables.NEWER_CLIENTS, tables.LEGACY_CLIENTS))
            return self.line(entity.id, "observeClient", {"client": self.rng.choice(pick)})
        if self.rng.random() < 0.3:
            sort = self.rng.choice(("voice", "client"))
            body = {"policy": sort, "name": f"{sort}-{self.rng.randint(0, 9)}"}
            return self.line(entity.id, "observePolicy", body)
        # Whether a meeting alone tells that its client is in use is left open: it never does here.
        clients = tables.LEGACY_CLIENTS
        if entity.client == "upgraded-client":
            clients += tables.NEWER_CLIENTS
        body = {"meeting": f"m-{self.rng.randint(1, 99)}", "client": self.rng.choice(clients)}
        return self.line(entity.id, "observeMeeting", body)

    def register_pool(self):
        open_pools = [pool for pool in self.pools() if pool.lifecycle != "retired"]
        if len(open_pools) >= POOLS_MAX:
            return None
        site = self.rng.choice(SITES)
        body = {"site": site}
        name = self.fresh("ocs")
        if self.rng.random() < 0.85:
            body["successor"] = name.replace("ocs", "lync") + f".{site}.example"
        more = self.rng.choice(({}, {}, {}, {"expectedVersion": "none"}))
        more = {"expectedVersion": "exists"} if self.rng.random() < 0.05 else more
        return self.line(f"pool:{name}.{site}.example", "register", body, **more)

    def member_body(self, pool, kind, application_class=None):
        body = {"site": pool.site, "pool": pool.name}
        if kind == "application":
            body["applicationClass"] = application_class or self.rng.choice(CLASSES)
        if self.rng.random() < 0.12:
            body["lifecycle"] = self.rng.choice(("pilot", "production"))
        elif self.rng.random() < 0.1:
            body["lifecycle"] = "legacy"
        return body

    def register_member(self):
        pool = self.ahead.estate.entities.get(self.focus)
        if pool is None or self.rng.random() < 0.5:
            pool = self.rng.choice(self.pools())
        if len(self.ahead.estate.members(pool)) >= MEMBERS_MAX or lonely(pool):
            return None
        kind = self.rng.choice(tables.MEMBERS)
        name = self.fresh("user:u") + "@example" if kind == "user" else self.fresh("application:a")
        more = self.rng.choice(({}, {}, {}, {"expectedVersion": "none"}))
        more = {"expectedVersion": "3"} if self.rng.random() < 0.05 else more
        return self.line(name, "register", self.member_body(pool, kind), **more)

    def register_again(self):
        """A leaver comes back, now and then by way of another pool; or somebody never left."""
        gone = [entity for entity in self.entities(*tables.MEMBERS) if not entity.present]
        entity = self.rng.choice(gone if gone and self.rng.random() < 0.8 else self.entities())
        if entity.kind == "pool":
            site = self.rng.choice(tuple(self.ahead.estate.sites))
            body = {"site": site, "successor": "lync.example"}
            return self.line(entity.id, "register", body, **self.versioned(entity))
        site = entity.site if not entity.present or self.rng.random() < 0.8 else None
        pools = self.ahead.estate.pools(site)
        pool = self.rng.choice(pools + [self.ahead.estate.pool_of(entity)])
        body = self.member_body(pool, entity.kind, entity.application_class)
        return self.line(entity.id, "register", body, **self.versioned(entity))

    def register_wrongly(self):
        pool = self.rng.choice(self.pools())
        body = {"site": pool.site, "pool": "nowhere.example"}
        if self.rng.random() < 0.5:
            others = [site for site in SITES + ("berlin",) if site != pool.site]
            body = {"site": self.rng.choice(others), "pool": pool.name}
        return self.line(self.fresh("user:u") + "@example", "register", body)

    def send_again(self):
        """The same command, perhaps spelled in another order; done or not the first time."""
        line = self.rng.choice(self.sent[-400:] if self.rng.random() < 0.7 else self.sent)
        try:
            words.parse(line)
        except words.BadLine:
            return None
        pairs = list(json.loads(line).items())
        if self.rng.random() < 0.5:
            self.rng.shuffle(pairs)
        return json.dumps(dict(pairs))

    def reuse_id(self):
        """A known id for another command on the same log (each log remembers its own ids)."""
        site = self.rng.choice(list(self.ahead.estate.sites.values()))
        if not site.done:
            return None
        entity = self.rng.choice([e for e in self.entities() if e.site == site.name])
        action = self.rng.choice(("promote", "withdraw", "recordCheck"))
        body = self.check_body() if action == "recordCheck" else {}
        message = json.loads(self.line(entity.id, action, body))
        known = self.rng.choice(list(site.done))
        if site.done[known].content.find(f'"{action}"') >= 0:
            return None
        return json.dumps(message | {"commandId": known})

    def unknown_entity(self):
        name = self.rng.choice(("user:nobody@example", "pool:none.example", "application:none"))
        action = self.rng.choice(NOISE + ("approve", "recordCheck"))
        body = {"action": "retire"} if action == "approve" else {}
        body = self.check_body() if action == "recordCheck" else body
        if action == "reportMove":
            body = {"move": "17", "outcome": "FAILED"}
        more = self.rng.choice(({}, {}, {"expectedVersion": "none"}, {"expectedVersion": "2"}))
        return self.line(name, action, body, **more)

    def check_site(self):
        body = self.check_body()
        if self.rng.random() < 0.6:
            body["outcome"] = "PASS"
        return self.line(f"site:{self.some_site()}", "recordCheck", body)

    def mark(self):
        if self.rng.random() < 0.4:
            return self.mark_again()
        return self.line(f"site:{self.some_site()}", "mark", {"label": self.fresh("label-")})

    def mark_again(self):
        site = self.rng.choice(list(self.ahead.estate.sites.values()))
        labels = sorted(site.labels) or ["first-label"]
        return self.line(f"site:{site.name}", "mark", {"label": self.rng.choice(labels)})

    def some_site(self):
        known = tuple(self.ahead.estate.sites)
        return self.rng.choice(known) if self.rng.random() < 0.9 else "berlin"

    def spoil(self):
        entity = self.rng.choice(self.entities())
        message = json.loads(self.line(entity.id, "promote"))
        return self.rng.choice(SPOILINGS)(message)
