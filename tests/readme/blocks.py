"""The commands in a document, with the output it promises for each."""

import dataclasses
import re

FENCE = re.compile(r"^```(?P<kind>\w*)[^\n]*\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"\s#.*\bexit (\d+)")


@dataclasses.dataclass
class Command:
    line: int
    text: str
    output: list[str] | None = None  # None: whatever it prints is fine

    @property
    def exit_code(self):
        found = EXIT.search(self.text)
        return int(found.group(1)) if found else 0


def commands_in(document):
    for fence in FENCE.finditer(document):
        first_line = document[: fence.start()].count("\n") + 2
        lines = fence.group("body").splitlines()
        if fence.group("kind") in ("sh", "bash"):
            yield from plain(lines, first_line)
        elif fence.group("kind") == "console":
            yield from dialogue(lines, first_line)


def joined(lines, first_line):
    """Lines that end in a backslash go on in the next."""
    text, start = "", 0
    for number, line in enumerate(lines, first_line):
        start = start or number
        text += line
        if not line.endswith("\\"):
            yield start, text
            text, start = "", 0
        else:
            text += "\n"


def plain(lines, first_line):
    for number, text in joined(lines, first_line):
        if text.strip() and not text.lstrip().startswith("#"):
            yield Command(number, text.strip())


def dialogue(lines, first_line):
    command = None
    for number, text in joined(lines, first_line):
        if text.startswith("$ "):
            if command:
                yield command
            command = Command(number, text[2:])
        elif command:
            command.output = (command.output or []) + [text.rstrip()]
    if command:
        yield command


def pattern_of(line):
    """`…` stands for anything in its line; runs of blanks are one blank."""
    parts = (r"[ \t]+".join(map(re.escape, re.split(r"[ \t]+", part))) for part in line.split("…"))
    return ".*".join(parts) + r"[ \t]*"


def matches(promised, printed):
    """A promised line that is `…` alone stands for any number of lines."""
    pattern = ""
    for line in promised:
        pattern += r"(?:.*\n)*" if line.strip() == "…" else pattern_of(line) + r"\n"
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in printed)) is not None
