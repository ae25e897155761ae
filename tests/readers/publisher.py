"""Who publishes a site's events: one that surely repeats."""

import os
import subprocess
from pathlib import Path

from .reader import READ, ROOT


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def complaint_of(done):
    """Empty where it ended well."""
    return "" if done.returncode == 0 else f"exit {done.returncode}\n{done.stdout}{done.stderr}"


class Repeater:
    """Publishes any stretch of lines of `ferry events --json`, again if asked, by produce.py."""

    def __init__(self, brokers, topic):
        self.brokers, self.topic = brokers, topic
        # The environment of the Python reader has the client, the SDK and the schema.
        self.prepared = Path(run(READ, "python", "--where", check=True).stdout.strip())

    def publish(self, lines, *content_type):
        return complaint_of(run(
            self.prepared / "environment/bin/python", ROOT / "tests/readers/produce.py",
            self.brokers, self.topic, *content_type, input="\n".join(lines) + "\n",
            env={**os.environ, "PYTHONPATH": str(self.prepared)},
        ))
