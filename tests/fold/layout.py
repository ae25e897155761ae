"""Which bytes stand where in a commit, a fence and a reservation (docs/log-format.md)."""

import hashlib
import struct
from typing import NamedTuple

FORMAT_VERSION = 1
COMMIT_MAGIC, FENCE_MAGIC, RESERVATION_MAGIC = b"FRYC", b"FRYF", b"FRYR"
MAGIC_AT, VERSION_AT, VERSION_END = 32, 36, 38
EVENTS_MAX, BYTES_MAX = 1000, 900_000
FIRST, PLAIN, TAKEOVER, SEAL = 1, 2, 3, 4
KINDS = {FIRST: "first", PLAIN: "plain", TAKEOVER: "takeover", SEAL: "seal"}

COMMIT = struct.Struct("<32s 4s H B B 16s 16s Q I Q 16s 16s 32s Q q 32s Q")
FENCE = struct.Struct("<4s H 2s 16s Q 16s 32s")
RESERVATION = struct.Struct("<4s H 2s 16s 16s 32s")
NO_ID = bytes(16)


class Commit(NamedTuple):
    """The fixed-width part, in the order in which it is stored."""

    hash: bytes
    magic: bytes
    version: int
    kind: int
    zero: int
    log_id: bytes
    commit_id: bytes
    first: int
    count: int
    term: int
    writer: bytes
    next_writer: bytes
    previous: bytes
    read_back: int
    recorded: int
    machine_digest: bytes
    pack: int

    @property
    def last(self):
        return self.first + self.count - 1


class Fence(NamedTuple):
    magic: bytes
    version: int
    zero: bytes
    log_id: bytes
    term: int
    writer: bytes
    hash: bytes


class Reservation(NamedTuple):
    magic: bytes
    version: int
    zero: bytes
    log_id: bytes
    writer: bytes
    hash: bytes


def sha256(data):
    return hashlib.sha256(data).digest()


def is_fence(record):
    return len(record) == FENCE.size and record.startswith(FENCE_MAGIC)


def is_reservation(record):
    return len(record) == RESERVATION.size and record.startswith(RESERVATION_MAGIC)


def read_commit(record):
    return Commit._make(COMMIT.unpack_from(record))


def read_fence(record):
    return Fence._make(FENCE.unpack(record))


def read_reservation(record):
    return Reservation._make(RESERVATION.unpack(record))


def hashed(record):
    """The record with its hash made right: what somebody would write who knows the format."""
    if is_fence(record) or is_reservation(record):
        return record[:-32] + sha256(record[:-32])
    return sha256(record[32:]) + record[32:]


def stored_commit(fields, events):
    """The stored form of a commit; `fields` need not hold the hash."""
    header = fields._replace(hash=bytes(32), magic=COMMIT_MAGIC)
    return hashed(COMMIT.pack(*header) + events)


def stored_fence(log_id, term, writer):
    fields = Fence(FENCE_MAGIC, FORMAT_VERSION, bytes(2), log_id, term, writer, hash=bytes(32))
    return hashed(FENCE.pack(*fields))


def stored_reservation(log_id, writer):
    fields = Reservation(
        RESERVATION_MAGIC, FORMAT_VERSION, bytes(2), log_id, writer, hash=bytes(32)
    )
    return hashed(RESERVATION.pack(*fields))
