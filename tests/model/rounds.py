"""One round: random commands in several batches, each batch a new process on the same logs."""

import random

from model.comparison import Comparison
from model.estate import Estate
from model.fleet import judge_rules, judge_show, judge_status
from model.generator import Generator
from model.machine import Machine

BATCHES = 7
FAILURES_MAX = 10


class Round:
    def __init__(self, seed, program, tally):
        self.name = seed
        self.rng = random.Random(seed)
        self.program = program
        self.tally = tally
        self.estate = Estate()
        self.comparison = Comparison(Machine(), self.estate, tally)
        self.generator = Generator(self.rng, "c")

    def run(self, commands):
        """Stops early once the two have drifted apart: what follows would only repeat it."""
        failed_before = self.tally.failed
        left = commands
        while left > 0 and self.tally.failed - failed_before < FAILURES_MAX:
            size = min(left, max(1, self.rng.randint(1, 2 * commands // BATCHES)))
            self.run_batch(size)
            left -= size

    def run_batch(self, size):
        lines = self.generator.batch(self.estate, size)
        answers, code = self.program.apply(lines)
        bad = False
        for number, (line, answer) in enumerate(zip(lines, answers), 1):
            before = self.tally.reached["outcome bad line"]
            complaints = self.comparison.judge(line, number, answer)
            bad |= self.tally.reached["outcome bad line"] > before
            self.tally.check(complaints, f"{self.name} line {number}: {line}\n    gave {answer}")
        expected = 65 if bad else 0
        wrong = [f"exit code {code}, expected {expected}"] if code != expected else []
        self.tally.check(wrong, f"{self.name} after {size} lines")
        self.look()

    def look(self):
        """Compares what the program shows after the batch."""
        rows = self.program.show()
        for entity, wrong in judge_show(self.estate, rows).items():
            self.tally.check(wrong, f"{self.name} show: {entity}")
        self.tally.check(judge_rules(self.estate, rows), f"{self.name} standing rules")
        if rows:
            self.look_at_one(self.rng.choice(rows))
        status = judge_status(self.estate, self.program.status())
        self.tally.check(status, f"{self.name} status")

    def look_at_one(self, row):
        """One entity asked for by its id is shown as it is among all."""
        alone = self.program.show_one(row.get("entity"))
        wrong = [f"{key} is {alone.get(key)!r}, in --all {row[key]!r}" for key in row
                 if alone.get(key) != row[key]]
        self.tally.check(wrong, f"{self.name} show {row.get('entity')}")
