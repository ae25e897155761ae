"""Commands and answers as bytes, by the field numbers in proto/ferry/v1 alone."""

from typing import NamedTuple

LENGTH_DELIMITED = 2
# Of ferry.v1.Command.
ACTIONS = {
    "register": 16, "enter_coexistence": 17, "start_pilot": 18, "withdraw": 21,
    "record_check": 23, "observe_client": 24, "mark": 27,
}
ANSWERED, COMMANDS_CONSUMED = 39, 40


class Malformed(Exception):
    """These bytes are no such message."""


def _varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _text(number, value):
    data = value if isinstance(value, bytes) else value.encode()
    return _varint(number << 3 | LENGTH_DELIMITED) + _varint(len(data)) + data


def command(command_id, entity, action, *texts, expected="", actor="test"):
    """`texts` are the action's fields from 1 on; an empty one is left out. True is a flag."""
    body = b"".join(
        _varint(number << 3) + b"\x01" if text is True else _text(number, text)
        for number, text in enumerate(texts, 1) if text
    )
    known = [_text(1, command_id), _text(2, entity), _text(4, actor)]
    if expected:
        known.append(_text(3, expected))
    return b"".join(known) + _text(ACTIONS[action], body)


def _read_varint(data, at):
    number = shift = 0
    while True:
        if at >= len(data):
            raise Malformed("the bytes end within a number")
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def pairs(data):
    """Field numbers and values, in order: an int, or the bytes of a string or message."""
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = _read_varint(data, at)
            yield number, value
            continue
        if kind == LENGTH_DELIMITED:
            size, at = _read_varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise Malformed(f"wire type {kind}")
        if at + size > len(data):
            raise Malformed("the bytes end within a field")
        yield number, data[at : at + size]
        at += size


def fields(data):
    """Each field's last value."""
    return dict(pairs(data))


def delimited(data):
    """The messages that stand one after the other, each behind its length."""
    at = 0
    while at < len(data):
        size, at = _read_varint(data, at)
        if at + size > len(data):
            raise Malformed("the bytes end within a message")
        yield data[at : at + size]
        at += size


class Answer(NamedTuple):
    """What of ferry.v1.CommandResult is judged."""

    command_id: str
    outcome: str
    position: int
    version: int
    message: str


def answer(data):
    found = fields(data)
    text = {number: found.get(number, b"").decode() for number in (1, 2, 8)}
    return Answer(text[1], text[2], found.get(3, 0), found.get(4, 0), text[8])
