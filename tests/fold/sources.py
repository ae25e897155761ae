"""Where records come from: a file of records, an SQLite log, or what kcat prints."""

import sqlite3
import struct
import sys
from urllib.parse import quote

# In a file of records, this length stands for no record: a new log begins after it.
NEW_LOG = 0xFFFFFFFF


class Unreadable(Exception):
    """The source cannot be read, or ends within a record."""


def _exactly(stream, size, what):
    data = stream.read(size)
    if len(data) != size:
        raise Unreadable(f"the input ends within {what}")
    return data


def _lengths(stream, form):
    """Yields the four-byte lengths that stand before records, until the input ends."""
    while first := stream.read(1):
        yield struct.unpack(form, first + _exactly(stream, 3, "a length"))[0]


def from_records(stream):
    """Logs, each a list of records: length in 4 bytes, little-endian, then the record."""
    log = []
    for length in _lengths(stream, "<I"):
        if length == NEW_LOG:
            yield log
            log = []
        else:
            log.append(_exactly(stream, length, "a record"))
    yield log


def to_records(logs):
    """The bytes that `from_records` reads; `logs` has at least one."""
    separator = struct.pack("<I", NEW_LOG)
    return separator.join(
        b"".join(struct.pack("<I", len(record)) + record for record in log) for log in logs
    )


def from_kcat(stream):
    """One log, as `kcat -C -e -q -X isolation.level=read_uncommitted -f '%R%s'` prints a topic."""
    # A record without a value has the length -1; it is as empty as one of length 0.
    yield (
        _exactly(stream, length, "a record") if length > 0 else b""
        for length in _lengths(stream, ">i")
    )


def from_sqlite(path):
    """One log, the rows of a `<site>.db` in the order of their positions."""
    try:
        database = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True)
        rows = database.execute("SELECT bytes FROM commits ORDER BY position")
    except sqlite3.Error as error:
        raise Unreadable(f"{path}: {error}") from error
    yield (bytes(row[0]) for row in rows)


def open_source(name):
    """Logs from a name as the command line takes it."""
    kind, colon, rest = name.partition(":")
    if name == "kcat":
        return from_kcat(sys.stdin.buffer)
    if name == "-":
        return from_records(sys.stdin.buffer)
    if colon and kind == "records":
        return from_records(open(rest, "rb"))
    if colon and kind == "sqlite":
        return from_sqlite(rest)
    raise Unreadable(f"{name}: no source; see --help")
