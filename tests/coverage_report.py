#!/usr/bin/env python3
"""Prints what gcovr counted, by room: usage: tests/coverage_report.py SUMMARY.json"""

import json
import pathlib
import sys

ROOMS = ("engine", "events")
GOAL = 95.0


def percent(covered, total):
    return 100.0 * covered / total if total else 0.0


def main(summary):
    files = json.loads(pathlib.Path(summary).read_text(encoding="utf-8"))["files"]
    shares = []
    for room in ROOMS:
        mine = [file for file in files if file["filename"].startswith(f"{room}/")]
        covered = sum(file["line_covered"] for file in mine)
        total = sum(file["line_total"] for file in mine)
        shares.append(percent(covered, total))
        print(f"{room}/: {covered} of {total} lines in {len(mine)} files")
        ranked = sorted((percent(file["line_covered"], file["line_total"]), file["filename"],
                         file["line_total"] - file["line_covered"]) for file in mine)
        for share, name, left in ranked:
            if share < GOAL:
                print(f"  {share:5.1f} %  {left:4} lines not run  {name}")
    print(", ".join(f"{room} {share:.1f} %" for room, share in zip(ROOMS, shares)))
    return 0 if all(share >= GOAL for share in shares) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
