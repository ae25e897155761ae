"""The messages of proto/ferry/v1 as one text, since AsyncAPI's tools follow no import of ours."""

import re
from pathlib import Path

DECLARATION = re.compile(r"^(?:message|enum) (\w+) \{(?:\}$|.*?^\}$)", re.MULTILINE | re.DOTALL)
WORD = re.compile(r"\b[A-Z]\w*\b")
COMMENT = re.compile(r"//[^\n]*")
MARKER = re.compile(r"^( *)# message: (\w+)$")
HEAD = 'syntax = "proto3";\nimport "google/protobuf/timestamp.proto";\n'


def declarations(folder):
    """Every message and enum by name, with the comment above it."""
    found = {}
    for path in sorted(Path(folder).glob("*.proto")):
        text = path.read_text()
        for match in DECLARATION.finditer(text):
            above = text[: match.start()].split("\n")[:-1]
            comment = []
            while above and above[-1].startswith("//"):
                comment.insert(0, above.pop())
            found[match.group(1)] = "\n".join([*comment, match.group(0)])
    return found


def schema_of(name, known):
    """The message and all that it is made of, in the order in which they are met."""
    names = [name]
    for met in names:
        words = WORD.findall(COMMENT.sub("", known[met]))
        names += [word for word in dict.fromkeys(words) if word in known and word not in names]
    body = "\n\n".join(known[met] for met in names)
    needs_time = "google.protobuf.Timestamp" in body
    return (HEAD if needs_time else HEAD.split("\n")[0] + "\n") + "\n" + body + "\n"


def embed(document, known):
    """The document with the schema of each `# message: NAME` put under it as it is today."""
    lines, out = iter(document.split("\n")), []
    line = next(lines, None)
    while line is not None:
        out.append(line)
        marker = MARKER.match(line)
        line = next(lines, None)
        if not marker:
            continue
        indent = marker.group(1)
        out.append(f"{indent}schema: |")
        text = schema_of(marker.group(2), known).rstrip("\n").split("\n")
        out += [f"{indent}  {each}".rstrip() for each in text]
        line = next(lines, None)
        # What stood there before, up to the next line that is not deeper; blank lines end it last.
        blank = 0
        while line is not None and (not line.strip() or line.startswith(indent + "  ")):
            blank = blank + 1 if not line.strip() else 0
            line = next(lines, None)
        out += [""] * min(blank, 1)
    return "\n".join(out)
