"""A steady load of commands, and the memory and files of the process that answers it."""

import collections
import json
import os
import random
import statistics
import subprocess
import threading
import time

from .serve import FERRY, environment

POOL = "ocs01.contoso.com"
# Few enough that the preparation has touched them all: what is known of them only changes.
OBSERVED = 500
NEW_SHARE, REFUSED_SHARE = 0.06, 0.04
REMEMBERED = 2000
# Asked at once, before the steady load: the caches that may fill up to their bound do so first, and
# the allocator has met the largest batches, of new commands and then of the mixture of all kinds,
# which a busy machine would make it meet sometime.
LEAD_IN_NEW, LEAD_IN = 20_000, 320_000
WARM_UP_SECONDS = 120


def user(number):
    return f"user:u{number}@contoso.com"


def command(command_id, entity, **action):
    return json.dumps({"commandId": command_id, "entity": entity, "actor": "dana", **action},
                      separators=(",", ":"))


def register(command_id, entity, **what):
    return command(command_id, entity, register={"site": "paris", **what})


def registrations(entities):
    """One pool, its users, and what is observed of some of them."""
    lines = [register("e0", f"pool:{POOL}", successor="lync01.contoso.com")]
    lines += [register(f"e{i}", user(i), pool=POOL) for i in range(1, entities)]
    lines += [observe(f"p{i}", i, "gold") for i in range(1, OBSERVED + 1)]
    return "\n".join(lines) + "\n"


def observe(command_id, number, name):
    return command(command_id, user(number), observePolicy={"policy": "voice", "name": name})


class Asker:
    """`ferry apply -`, given so many commands a second until it is stopped; reads each answer."""

    def __init__(self, url, rate, via_kafka=False, leak=False):
        self.rate, self.leak = rate, leak
        self.random = random.Random(1)
        self.asked = self.answered = self.repeated = self.different = 0
        self.outcomes = collections.Counter()
        self.trouble = None
        self.first = collections.OrderedDict()  # the answers to the latest ids, by id
        self.lines = collections.OrderedDict()  # the commands that may be asked again, by id
        self.stopping = threading.Event()
        self.process = subprocess.Popen(
            [FERRY, "apply", "-", "--log", url, *(["--via", "kafka"] if via_kafka else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(),
        )
        self.threads = [threading.Thread(target=run, daemon=True)
                        for run in (self._ask, self._listen)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.process.kill()
        self.process.wait()

    def stop(self):
        """No more commands; waits until all are answered."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def told(self):
        by_outcome = ", ".join(f"{count} {word}" for word, count in sorted(self.outcomes.items()))
        return f"{self.answered} answered ({by_outcome}), {self.repeated} of them again"

    def _ask(self):
        begun = time.monotonic()
        try:
            while not self.stopping.is_set():
                due = LEAD_IN + int((time.monotonic() - begun) * self.rate) - self.asked
                for _ in range(due):
                    self.process.stdin.write(self._next() + "\n")
                self.process.stdin.flush()
                time.sleep(0.05)
            self.process.stdin.close()
        except (BrokenPipeError, ValueError) as error:
            self.trouble = self.trouble or f"it takes no more commands: {error}"

    def _next(self):
        self.asked += 1
        command_id = f"s{self.asked}"
        drawn = self.random.random() if self.asked > LEAD_IN_NEW else 0
        if drawn >= NEW_SHARE + REFUSED_SHARE and self.first and not self.leak:
            return self.lines[self.random.choice(tuple(self.lines))]
        if self.leak:
            return register(command_id, f"user:leak{self.asked}@contoso.com", pool=POOL)
        number = self.random.randint(1, OBSERVED)
        if drawn < NEW_SHARE:
            line = observe(command_id, number, self.random.choice(("gold", "silver")))
        else:
            line = command(command_id, user(number), retire={})
        self.lines[command_id] = line
        if len(self.lines) > REMEMBERED // 2:
            self.lines.popitem(last=False)
        return line

    def _listen(self):
        for line in self.process.stdout:
            self.answered += 1
            answer = json.loads(line)
            self.outcomes[answer["outcome"]] += 1
            command_id = answer["commandId"]
            if (known := self.first.get(command_id)) is not None:
                self.repeated += 1
                self.different += known != line
                continue
            self.first[command_id] = line
            if len(self.first) > REMEMBERED:
                self.first.popitem(last=False)
        if not self.stopping.is_set():
            self.trouble = self.process.stderr.read() or "it ended"


Sample = collections.namedtuple("Sample", "seconds kib files")
Growth = collections.namedtuple("Growth", "before after percent")


class Watch:
    """Samples of one process, from outside."""

    def __init__(self, pid):
        self.pid, self.begun, self.samples = pid, time.monotonic(), []

    def sample(self, wait):
        """After `wait` seconds; None where the process is gone."""
        time.sleep(wait)
        try:
            with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
                kib = next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
            files = len(os.listdir(f"/proc/{self.pid}/fd"))
        except (OSError, StopIteration):
            return None
        self.samples.append(Sample(time.monotonic() - self.begun, kib, files))
        return self.samples[-1]

    def warm(self):
        """Without the first tenth, and without the first two minutes where that leaves half."""
        whole = self.samples[-1].seconds
        cold = min(max(whole / 10, WARM_UP_SECONDS), whole / 2)
        return [sample for sample in self.samples if sample.seconds >= cold]

    def growth(self):
        """Between the medians of the first and the last tenth after the warm-up."""
        kib = [sample.kib for sample in self.warm()]
        tenth = max(1, len(kib) // 10)
        before, after = statistics.median(kib[:tenth]), statistics.median(kib[-tenth:])
        return Growth(round(before), round(after), 100.0 * (after - before) / before)

    def files(self):
        return sorted(sample.files for sample in self.warm())
