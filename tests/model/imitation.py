"""A program made of the model: it looks ahead for the generator and, mutated, tests the test."""

from collections import Counter

from model import words
from model.estate import Done, Estate
from model.machine import Machine


class Imitation:
    """Answers like `ferry apply`, `ferry show --all` and `ferry status` would."""

    def __init__(self, machine=None, estate=None):
        self.machine = machine or Machine()
        self.estate = estate or Estate()

    def apply(self, lines):
        answers = [self.answer(line, number) for number, line in enumerate(lines, 1)]
        return answers, 65 if any("line" in answer for answer in answers) else 0

    def answer(self, line, number):
        try:
            command = words.parse(line)
        except words.BadLine as error:
            return {"outcome": "INVALID", "line": number, "message": str(error)}
        answer = {"commandId": command.id}
        return answer | self.carry_out(command)

    def carry_out(self, command):
        verdict = self.machine.decide(self.estate, command)[0]
        if verdict.repeats:
            return self.done(verdict.repeats.position, verdict.repeats.version)
        if verdict.outcome == "DONE":
            return self.record(command)
        answer = {"outcome": verdict.outcome, "message": "as the model says"}
        if verdict.guards:
            reasons = sorted(verdict.guards)
            answer["failedGuards"] = [{"guard": name, "reason": "model"} for name in reasons]
        if verdict.possible:
            answer["possible"] = sorted(verdict.possible)
        if verdict.version:
            answer["version"] = str(verdict.version)
        return answer

    def done(self, position, version):
        answer = {"outcome": "DONE", "position": str(position)}
        return answer | ({"version": str(version)} if version else {})

    def record(self, command):
        touched = self.machine.evolve(self.estate, command)
        site = self.estate.log_of(command)
        site.head = site.head or 2
        for name, events in touched.items():
            entity = self.estate.entities[name]
            site.head += events
            entity.version += events
            entity.position = site.head if events else entity.position
        site.head += command.action == "mark"
        entity = self.estate.entities.get(command.entity)
        version = entity.version if entity else 0
        site.done[command.id] = Done(command.content, site.head, version)
        return self.done(site.head, version)

    def show(self):
        return [self.row(entity) for _, entity in sorted(self.estate.entities.items())]

    def show_one(self, name):
        return self.row(self.estate.entities[name])

    def row(self, entity):
        row = {
            "entity": entity.id,
            "kind": entity.kind,
            "site": entity.site,
            "lifecycle": entity.lifecycle,
            "version": entity.version,
            "position": entity.position,
        }
        if entity.kind == "pool":
            return row | {"successor": entity.successor, "coexistence": entity.coexistence}
        row |= {"pool": self.estate.pool_of(entity).name, "home": self.estate.home(entity)}
        row |= {"transfer": entity.transfer}
        if entity.kind == "user":
            return row | {"client": entity.client}
        known = {"applicationClass": entity.application_class}
        return row | known | {"compatibility": entity.compatibility}

    def status(self):
        present = [entity for entity in self.estate.entities.values() if entity.present]
        counts = Counter((entity.site, entity.kind, entity.lifecycle) for entity in present)
        words_of = ("site", "kind", "lifecycle", "count")
        return [dict(zip(words_of, (*key, count))) for key, count in sorted(counts.items())]
