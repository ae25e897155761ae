"""One reader of docs/consumers, in one language, as a process that is watched."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READ = ROOT / "docs" / "consumers" / "read"
LANGUAGES = ("python", "java", "node")
WAIT_SECONDS_MAX = 120


def prepare(language):
    """Installs what the reader needs; returns what was said where that failed."""
    done = subprocess.run([READ, language, "--prepare"], capture_output=True, text=True)
    return None if done.returncode == 0 else done.stdout + done.stderr


def seen_of(event_line):
    """The three values that a reader prints, of a line of `ferry events --json`."""
    event = json.loads(event_line)
    return {name: event[name] for name in ("position", "entity", "type")}


class Reader:
    """Prints into files in `folder` until it is stopped."""

    def __init__(self, language, folder, brokers, topic, after=None):
        self.language = language
        self.out = Path(folder) / f"{language}-{topic}-{after or 0}.out"
        self.errors = self.out.with_suffix(".err")
        arguments = [READ, language, brokers, topic] + ([str(after)] if after else [])
        with open(self.out, "wb") as out, open(self.errors, "wb") as errors:
            # In a group of its own, so that stopping it stops what the script has started too.
            self.process = subprocess.Popen(
                arguments, stdout=out, stderr=errors, start_new_session=True
            )

    def seen(self):
        """What it has printed so far; a line that is not complete yet is left out."""
        lines = self.out.read_text().split("\n")[:-1]
        return [json.loads(line) for line in lines]

    def wait_for(self, position):
        """Until it has printed that position; False where it ended or took too long."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            running = self.process.poll() is None
            if any(line["position"] == str(position) for line in self.seen()[-1:]):
                return True
            if not running:
                return False
            time.sleep(0.1)
        return False

    def wait_until_ended(self):
        """Its exit code, or None where it goes on."""
        try:
            return self.process.wait(WAIT_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            return None

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def complaint(self, expected):
        """How what it saw differs from what it should have seen; None where it does not."""
        seen = self.seen()
        if seen == expected:
            return None
        place = next((n for n, (a, b) in enumerate(zip(seen, expected)) if a != b), None)
        what = f"{len(seen)} events instead of {len(expected)}"
        if place is not None:
            what += f"; number {place + 1} is {seen[place]} instead of {expected[place]}"
        return f"{what}\n{self.errors.read_text()[-2000:]}"
