"""Programs around a right machine, each wrong in one way: restarts, lines, what is shown."""

from copy import deepcopy

from model import words
from model.imitation import Imitation


class ForgetsAtRestart(Imitation):
    """Loses the ids of done commands whenever a new process starts."""

    def apply(self, lines):
        for site in self.estate.sites.values():
            site.done = {}
        return super().apply(lines)


class LosesTheLastCommit(Imitation):
    """Answers done, then comes back without the last thing it did."""

    def apply(self, lines):
        given = super().apply(lines[:-1])
        kept = deepcopy(self.estate)
        last = self.answer(lines[-1], len(lines))
        self.estate = kept
        return given[0] + [last], 65 if "line" in last else given[1]


class LinesFromZero(Imitation):
    def answer(self, line, number):
        return super().answer(line, number - 1)


class NeverExits65(Imitation):
    def apply(self, lines):
        return super().apply(lines)[0], 0


class AcceptsUpperCase(Imitation):
    def answer(self, line, number):
        try:
            words.parse(line)
        except words.BadLine:
            if '"promote": {}' in line:
                return {"outcome": "NO_TRANSITION"}
        return super().answer(line, number)


class HomeStaysLegacy(Imitation):
    def row(self, entity):
        row = super().row(entity)
        return row if entity.kind == "pool" else row | {"home": row["pool"]}


class ShowsUnsorted(Imitation):
    def show(self):
        return super().show()[::-1]


class StatusCountsShort(Imitation):
    def status(self):
        return super().status()[1:]


class LeavesAGap(Imitation):
    def record(self, command):
        answer = super().record(command)
        self.estate.log_of(command).head += command.action == "promote"
        return answer


WRONG_PROGRAMS = (
    ForgetsAtRestart,
    LosesTheLastCommit,
    LinesFromZero,
    NeverExits65,
    AcceptsUpperCase,
    HomeStaysLegacy,
    ShowsUnsorted,
    StatusCountsShort,
    LeavesAGap,
)
