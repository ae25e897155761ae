"""What the model knows: plain values, one `Estate` for a whole directory of logs."""

from dataclasses import dataclass, field

from model import tables


@dataclass
class Entity:
    """One pool, user or application. `exact` says whether `version` is known or a lower bound."""

    id: str
    site: str
    pool: str = ""
    successor: str = ""
    application_class: str = ""
    lifecycle: str = "legacy"
    present: bool = True
    found: bool = False
    transfer: str = "settled"
    coexistence: str = "unverified"
    compatibility: str = "unverified"
    pilot_ran: bool = False
    clients: set = field(default_factory=set)
    checks: dict = field(default_factory=dict)
    approvals: dict = field(default_factory=dict)
    version: int = 0
    position: int = 0
    exact: bool = True

    @property
    def kind(self):
        return self.id.split(":", 1)[0]

    @property
    def name(self):
        return self.id.split(":", 1)[1]

    @property
    def client(self):
        known_newer = any(tables.newer(client) for client in self.clients)
        return "upgraded-client" if known_newer else "legacy-client"

    def passes(self, checks):
        return all(self.checks.get(check) == "PASS" for check in checks)


@dataclass
class Site:
    """One log: its labels, the commands it remembers, and the end of it as far as it was seen."""

    name: str
    labels: set = field(default_factory=set)
    done: dict = field(default_factory=dict)
    head: int = 0
    marks: int = 0
    site_checks: int = 0
    last_events: int = 0


@dataclass
class Done:
    """A command that was done, and the answer that its id gets for ever."""

    content: str
    position: int
    version: int


@dataclass
class Estate:
    entities: dict = field(default_factory=dict)
    sites: dict = field(default_factory=dict)

    def pool_of(self, entity):
        return self.entities[entity.pool]

    def members(self, pool, kind=None):
        """The present members of a pool."""
        return [
            entity
            for entity in self.entities.values()
            if entity.pool == pool.id and entity.present and kind in (None, entity.kind)
        ]

    def pools(self, site=None):
        return [
            entity
            for entity in self.entities.values()
            if entity.kind == "pool" and site in (None, entity.site)
        ]

    def home(self, entity):
        pool = self.pool_of(entity)
        return pool.successor if entity.lifecycle in tables.NEW_SIDE else pool.name

    def log_of(self, command):
        """The site whose log remembers this command; None where no log can be named."""
        if command.kind == "site":
            return self.sites.get(command.name)
        known = self.entities.get(command.entity)
        if known is not None:
            return self.sites[known.site]
        if command.action == "register":
            return self.sites.get(command.body.get("site"))
        return None
