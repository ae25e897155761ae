"""Where each C++ function begins and ends, read from braces alone: enough for formatted code."""

import dataclasses
import re

SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
NOT_CODE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


@dataclasses.dataclass
class Brace:
    kind: str  # scope, function or block
    text: str  # the statement it belongs to
    line: int  # where that statement starts


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    line: int
    length: int


def kind_of(statement, enclosing):
    if any(brace.kind != "scope" for brace in enclosing):
        return "block"
    head = re.sub(r"<[^<>]*>", "", statement)
    if "(" in head and not re.match(r"\s*(class|struct|enum|union|namespace)\b", head):
        return "function"
    return "scope" if SCOPE.search(head) else "block"


def name_of(statement):
    found = re.search(r"([~\w:]+|operator\S+)\s*\(", statement)
    return found.group(1) if found else statement.strip()


def functions_in(code):
    """`code` comes without comments and strings (File.code)."""
    code = NOT_CODE.sub(lambda m: "\n" * m.group().count("\n"), code)
    found, open_braces = [], []
    text, text_line, line = "", 1, 1
    for index, char in enumerate(code):
        if char == "{":
            open_braces.append(Brace(kind_of(text, open_braces), text, text_line))
            text = ""
        elif char == "}" and open_braces:
            brace = open_braces.pop()
            if brace.kind == "function":
                length = line - brace.line + 1
                found.append(Function(name_of(brace.text), brace.line, length))
            # `a_{x}` in a list of initialisers ends no statement: the body is still to come.
            goes_on = re.match(r"\s*[{,);.]", code[index + 1 : index + 80])
            text, text_line = (brace.text, brace.line) if goes_on else ("", line)
        elif char == ";" and text.count("(") <= text.count(")"):
            text = ""
        elif char == "\n":
            line += 1
            text += " "
        else:
            if not text.strip():
                text_line = line
            text += char
    return found
