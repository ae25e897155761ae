"""The faults of tests/faults that run inside one process, with a disk of the tests' own:
build/release/ferry_fault_tests, or what FERRY_FAULT_TESTS names, plays them and counts."""

import os
import re
import subprocess

from .embedded_home import ROOT


def program():
    return os.environ.get("FERRY_FAULT_TESTS", str(ROOT / "build/release/ferry_fault_tests"))


def play(field, cases):
    """Runs the test cases whose names begin so; each is one check, and says what it counted."""
    said = subprocess.run(
        [program(), "--no-colors", f"--test-case={cases}:*"], capture_output=True, text=True,
        env={**os.environ, "FERRY_TEST_SEED": str(field.rng.randrange(10**9)),
             # Nothing has to outlive this machine: no real disk needs to turn for it.
             **({"TMPDIR": "/dev/shm"} if os.path.isdir("/dev/shm") else {}),
             **({"FERRY_LONG": "1"} if field.long else {})},
    )
    sums = re.search(r"test cases: +(\d+) \| +(\d+) passed \| +(\d+) failed", said.stdout)
    count, passed = (int(sums[1]), int(sums[2])) if sums else (0, 0)
    for number in range(max(count, 1)):
        field.check(f"case {number + 1} of {count}", number < passed, said.stdout + said.stderr)
    field.check("it ends in order", said.returncode == 0, f"exit {said.returncode}")
    field.figures = "; ".join(re.findall(r"^figures: (.*)$", said.stdout, re.MULTILINE))


def power_cut(field):
    """7.2.2: the power cut at any call: unsynced sectors kept, dropped, torn and reordered."""
    play(field, "power cut")


def disk_failure(field):
    """7.2.3: each write ends half-way on a full disk, each sync fails and leaves clean pages."""
    play(field, "disk failure")


def damage(field):
    """7.2.4: flipped bits, zeroed sectors, swapped pages, cut ends, old copies."""
    play(field, "damage")


def concurrent_callers(field):
    """7.2.9: 64 threads against one engine, and a checker of what they were told."""
    play(field, "concurrent callers")
