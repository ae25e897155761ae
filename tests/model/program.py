"""Runs the real program, each time as a new process, so that every batch is also a restart."""

import json
import subprocess
from pathlib import Path


class ProgramFailed(Exception):
    """The program answered something that cannot be compared at all."""


class Program:
    def __init__(self, binary, directory):
        self.binary = binary
        self.directory = Path(directory)
        self.log = f"sqlite:{self.directory / 'log'}"
        self.batches = 0

    def run(self, arguments, text=""):
        command = [self.binary, *arguments, "--log", self.log]
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=300)
        output = done.stdout.decode("utf-8", errors="replace")
        return output, done.returncode, done.stderr.decode("utf-8", errors="replace")

    def apply(self, lines):
        self.batches += 1
        text = "".join(line + "\n" for line in lines)
        (self.directory / f"batch-{self.batches}.jsonl").write_text(text)
        output, code, errors = self.run(["apply", "-"], text)
        answers = self.objects(output, "apply", errors)
        if len(answers) != len(lines):
            raise ProgramFailed(
                f"apply answered {len(answers)} of {len(lines)} lines, exit {code}: {errors[-800:]}"
            )
        return answers, code

    def show(self):
        return self.read(["show", "--all", "--json"])

    def show_one(self, entity):
        return self.read(["show", entity, "--json"])[0]

    def status(self):
        output, code, errors = self.run(["status", "--json"])
        if code != 0:
            raise ProgramFailed(f"status exits {code}: {errors[-800:]}")
        try:
            return json.loads(output)
        except ValueError:
            return self.objects(output, "status", errors)

    def read(self, arguments):
        output, code, errors = self.run(arguments)
        if code != 0:
            raise ProgramFailed(f"{' '.join(arguments)} exits {code}: {errors[-800:]}")
        return self.objects(output, arguments[0], errors)

    def objects(self, output, verb, errors):
        try:
            return [json.loads(line) for line in output.splitlines()]
        except ValueError as error:
            raise ProgramFailed(f"{verb}: not JSON lines: {error}: {errors[-800:]}") from error
