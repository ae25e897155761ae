"""What passed, what failed, and the figures seen on the way."""

import time


class Suite:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.started = time.monotonic()

    def check(self, what, fine, said=""):
        """`said` is shown where it is not fine."""
        self.passed, self.failed = self.passed + bool(fine), self.failed + (not fine)
        if not fine:
            print(f"failed: {what}")
            print("".join(f"    {line}\n" for line in str(said).splitlines()[-40:]), end="")
        return bool(fine)

    def say(self, what):
        print(f"{time.monotonic() - self.started:6.1f} s  {what}", flush=True)

    def skip(self, what, why):
        self.skipped += 1
        self.say(f"skipped: {what}: {why}")

    def sum(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed else 0


def wait_until(true, seconds=30, step=0.02):
    """What `true` says at last; falsy where it never became true."""
    until = time.monotonic() + seconds
    while not (said := true()) and time.monotonic() < until:
        time.sleep(step)
    return said
