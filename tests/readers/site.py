"""The site paris on an embedded log, imported from the sample."""

import os
from pathlib import Path

from .publisher import run
from .reader import ROOT

SAMPLE = [ROOT / "deploy/sample" / name for name in ("pools.csv", "paris-users.csv")]


class Site:
    def __init__(self, folder):
        self.program = os.environ.get("FERRY", str(ROOT / "build" / "release" / "ferry"))
        self.log = ["--log", f"sqlite:{Path(folder) / 'log'}"]
        imported = run(self.program, "import", *self.log, *SAMPLE)
        # 65 says that some rows were not understood, which the sample has on purpose.
        if imported.returncode not in (0, 65):
            raise RuntimeError(f"ferry import ended with {imported.returncode}: {imported.stderr}")

    def events(self):
        """Lines of `ferry events --json`."""
        listed = run(self.program, "events", *self.log, "--site", "paris", "--json", check=True)
        return listed.stdout.splitlines()
