"""The program as processes: `ferry serve`, which may be killed or stopped, and verbs."""

import os
import signal
import subprocess
import threading
import time

from .brokers import ROOT
from .suite import wait_until

FERRY = os.environ.get("FERRY", str(ROOT / "build" / "release" / "ferry"))


def environment():
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FERRY_")}
    return clean | {"FERRY_ACTOR": "dana"}


def ferry(*arguments, given=None, seconds=120, inside=()):
    """A verb: its exit code, what it printed, what it said."""
    done = subprocess.run(
        [*inside, FERRY, *map(str, arguments)], input=given, capture_output=True, text=True,
        timeout=seconds, env=environment(), check=False,
    )
    return done.returncode, done.stdout, done.stderr


class Serve:
    """One `ferry serve`; gone at the end of the `with`, whatever it is doing."""

    def __init__(self, url, *sites, name="serve", lease=3.0, inside=(), more=()):
        self.name, self.lines = name, []
        more = [*more, *(part for site in sites for part in ("--site", site))]
        self.process = subprocess.Popen(
            [*inside, FERRY, "serve", "--log", url, "--lease", str(lease), *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, env=environment(),
        )
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self):
        for line in self.process.stderr:
            self.lines.append((time.monotonic(), line.rstrip("\n")))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.send(signal.SIGKILL)
        self.process.wait()
        self.listener.join(5)
        self.process.stderr.close()

    def send(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def end(self, number, seconds=60):
        """Its exit code, or minus the signal that ended it; None where it goes on."""
        self.send(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def when_said(self, words, since=0.0):
        """When it first said so after `since`; None where it did not."""
        return next((at for at, line in self.lines if at >= since and words in line), None)

    def wait_for(self, words, since=0.0, seconds=60):
        return wait_until(lambda: self.when_said(words, since), seconds)

    def count(self, words):
        return sum(words in line for _, line in self.lines)

    def said(self):
        return "\n".join(line for _, line in self.lines)

    def leads(self, since=0.0, seconds=60):
        return self.wait_for("leads in term", since, seconds)
