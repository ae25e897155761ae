"""One site's embedded log in a directory of its own, a script of 200 commands, and who judges."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FERRY = os.environ.get("FERRY", str(ROOT / "build/release/ferry"))
POOL = "pool:ocs01.contoso.com"
CHECKS = (
    "services-started", "site-administrable", "clients-reach-current-users",
    "clients-reach-legacy-users",
)
COMMANDS = 200


def script():
    """Registrations, checks and steps, all of which are done, the first one first."""
    site = {"site": "paris", "successor": "lync01.contoso.com"}
    asked = [(POOL, {"register": site})]
    users = [f"user:u{number:03}@contoso.com" for number in range(90)]
    member = {"site": "paris", "pool": POOL.removeprefix("pool:")}
    asked += [(user, {"register": member}) for user in users]
    asked += [(POOL, {"recordCheck": {"check": check, "outcome": "PASS"}}) for check in CHECKS]
    asked += [(POOL, {"enterCoexistence": {}}), (POOL, {"startPilot": {}})]
    asked += [(user, {"enterCoexistence": {}}) for user in users[:60]]
    asked += [(user, {"startPilot": {}}) for user in users[: COMMANDS - len(asked)]]
    return [
        json.dumps({"commandId": f"c{number}", "entity": entity, "actor": "dana", **action})
        for number, (entity, action) in enumerate(asked)
    ]


def groups(rng):
    """The script in groups of a few lines, each of which becomes one commit."""
    lines, found = script(), []
    while lines:
        size = rng.randint(1, 8)
        found.append(lines[:size])
        lines = lines[size:]
    return found


class Home:
    def __init__(self, directory):
        self.directory = Path(directory)

    def command(self, *arguments):
        return [FERRY, "--log", f"sqlite:{self.directory}", *arguments]

    def run(self, *arguments, under=(), stdin="", **more):
        return subprocess.run(
            [*under, *self.command(*arguments)], input=stdin, capture_output=True, text=True, **more
        )

    def apply_in_groups(self, given, under=(), env=None):
        """Asks group by group, waiting for the answers; those that came, the exit code, stderr."""
        errors = self.directory.parent / "stderr"
        answers = []
        with errors.open("w") as stderr, subprocess.Popen(
            [*under, *self.command("apply", "-")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=stderr, env=env,
        ) as ferry:
            try:
                for group in given:
                    # One write below a pipe's atomic size: it is read, and decided, as one.
                    os.write(ferry.stdin.fileno(), "".join(f"{line}\n" for line in group).encode())
                    for _ in group:
                        line = ferry.stdout.readline()
                        if not line.endswith(b"\n"):
                            raise BrokenPipeError
                        answers.append(json.loads(line))
            except BrokenPipeError:
                pass
            try:
                ferry.stdin.close()
            except BrokenPipeError:
                pass
            ferry.wait(60)
        return answers, ferry.returncode, errors.read_text()

    def apply_all(self):
        said = self.run("apply", "-", stdin="".join(f"{line}\n" for line in script()))
        return [json.loads(line) for line in said.stdout.splitlines()], said

    def is_there(self):
        return (self.directory / "paris.db").exists()

    def found(self):
        """How many events each command brought, by its id, in the order of the log."""
        counts = {}
        for event in self.events():
            command = event.get("commandId")
            if command:
                counts[command] = counts.get(command, 0) + 1
        return counts

    def events(self):
        return [json.loads(line) for line in self.run("events", "--json").stdout.splitlines()]

    def entities(self):
        return self.run("show", "--all", "--json").stdout


def done(answers):
    return {a["commandId"]: a for a in answers if a["outcome"] == "DONE"}
