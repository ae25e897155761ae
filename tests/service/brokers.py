"""Brokers of a test's own, by the scripts in deploy/kafka."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KAFKA = ROOT / "deploy" / "kafka"


def run(*command):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout.strip()


class Brokers:
    """One or three, stopped at the end of the `with`."""

    def __init__(self, folder, count=1, host=None, secure=False):
        self.folder = Path(folder)
        more = (["--host", host] if host else []) + (["--secure"] if secure else [])
        self.address = run(KAFKA / "start", "--brokers", count, "--dir", self.folder, *more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        run(KAFKA / "stop", self.folder)

    def tell(self, verb, number=1):
        """kill, stop, start, pause or continue."""
        return run(KAFKA / "broker", verb, self.folder, number)

    def leader(self, topic):
        return int(run(KAFKA / "broker", "leader", self.folder, topic))

    def segments(self, topic):
        """Files of partition 0's log, oldest first."""
        return sorted((self.folder / "broker-1" / "data" / f"{topic}-0").glob("*.log"))
