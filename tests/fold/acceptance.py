"""The acceptance rule, in the words and the order of docs/log-format.md."""

from collections import Counter

from . import layout
from .layout import FIRST, KINDS, NO_ID, SEAL, TAKEOVER

REASONS = (
    "not-a-record", "wrong-hash", "before-first", "second-first", "wrong-first", "other-log",
    "unknown-kind", "wrong-count", "too-large", "sealed", "fenced", "older-term", "newer-term",
    "other-writer", "duplicate", "gap", "wrong-previous", "fence-of-other-log",
    "fence-of-seen-term", "fence-skips-terms", "late-reservation",
)


class UnknownFormat(Exception):
    """A newer Ferry wrote this record: who meets it stops, and calls nothing void."""


class Fold:
    """What a reader keeps of one log. `judge` takes the records one after another."""

    def __init__(self):
        self.records = self.commits = self.fences = self.reservations = 0
        self.voids = Counter()
        self.log_id = NO_ID
        self.position = self.term = self.recorded = 0
        self.head = bytes(32)
        self.writer = NO_ID
        self.fence = None
        self.successor = None
        self.reserved = None

    def judge(self, record):
        """Says what the record is, or why it is void; a void record changes nothing."""
        self.records += 1
        if layout.is_fence(record):
            what, reason = "fence", self._judge_fence(record)
            self.fences += reason is None
        elif layout.is_reservation(record):
            what, reason = "reservation", self._judge_reservation(record)
            self.reservations += reason is None
        else:
            what, reason = "commit", self._judge_commit(record)
            self.commits += reason is None
        if reason is not None:
            self.voids[reason] += 1
            return reason
        return what

    def _judge_fence(self, record):
        fence = layout.read_fence(record)
        if fence.hash != layout.sha256(record[:-32]):
            return "wrong-hash"
        if fence.version != layout.FORMAT_VERSION:
            raise UnknownFormat(f"fence of format version {fence.version}")
        if self.position == 0:
            return "before-first"
        if fence.log_id != self.log_id:
            return "fence-of-other-log"
        highest = max(self.term, self.fence.term if self.fence else 0)
        if fence.term <= highest:
            return "fence-of-seen-term"
        if fence.term > highest + 1:
            return "fence-skips-terms"
        self.fence = fence
        return None

    def _judge_reservation(self, record):
        reservation = layout.read_reservation(record)
        if reservation.hash != layout.sha256(record[:-32]):
            return "wrong-hash"
        if reservation.version != layout.FORMAT_VERSION:
            raise UnknownFormat(f"reservation of format version {reservation.version}")
        if self.position != 0 or self.reserved is not None:
            return "late-reservation"
        self.log_id, self.reserved = reservation.log_id, reservation.writer
        return None

    def _judge_commit(self, record):
        magic = record[layout.MAGIC_AT : layout.VERSION_AT]
        if len(record) < layout.VERSION_END or magic != layout.COMMIT_MAGIC:
            return "not-a-record"
        if record[:32] != layout.sha256(record[32:]):
            return "wrong-hash"
        version = int.from_bytes(record[layout.VERSION_AT : layout.VERSION_END], "little")
        if version != layout.FORMAT_VERSION:
            raise UnknownFormat(f"commit of format version {version}")
        if len(record) < layout.COMMIT.size:
            return "not-a-record"
        commit = layout.read_commit(record)
        reason = self._judge_shape(commit, len(record)) or self._judge_claim(commit)
        if reason is None:
            self._advance(commit)
        return reason

    @staticmethod
    def _judge_shape(commit, size):
        if commit.kind not in KINDS:
            return "unknown-kind"
        if not 1 <= commit.count <= layout.EVENTS_MAX:
            return "wrong-count"
        return "too-large" if size > layout.BYTES_MAX else None

    def _judge_claim(self, commit):
        if commit.kind == FIRST:
            if self.position != 0:
                return "second-first"
            if self.reserved is not None and commit.log_id != self.log_id:
                return "other-log"
            genesis = layout.sha256(commit.log_id)
            right = (commit.first, commit.term, commit.previous) == (1, 1, genesis)
            return None if right else "wrong-first"
        if self.position == 0:
            return "before-first"
        if commit.log_id != self.log_id:
            return "other-log"
        return self._judge_writer(commit) or self._judge_place(commit)

    def _judge_writer(self, commit):
        takeover = commit.kind == TAKEOVER
        if self.successor is not None:
            goes_on = takeover and commit.term > self.term and commit.writer == self.successor
            if not goes_on:
                return "sealed"
        if self.fence is not None:
            rival = commit.term == self.fence.term and commit.writer != self.fence.writer
            if commit.term < self.fence.term or rival:
                return "fenced"
        if (commit.term, commit.writer) == (self.term, self.writer):
            return None
        if commit.term < self.term:
            return "older-term"
        if commit.term == self.term:
            return "other-writer"
        return None if takeover else "newer-term"

    def _judge_place(self, commit):
        if commit.first <= self.position:
            return "duplicate"
        if commit.first > self.position + 1:
            return "gap"
        return None if commit.previous == self.head else "wrong-previous"

    def _advance(self, commit):
        self.log_id, self.position, self.head = commit.log_id, commit.last, commit.hash
        self.term, self.writer, self.recorded = commit.term, commit.writer, commit.recorded
        if self.reserved is not None and self.successor == self.reserved:
            self.reserved = None
        self.successor = commit.next_writer if commit.kind == SEAL else None
        if self.fence is not None and self.fence.term <= self.term:
            self.fence = None
