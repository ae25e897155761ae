"""Random logs, right and wrong: what racing writers, rogues and damage put into one."""

from . import layout
from .acceptance import Fold, UnknownFormat
from .layout import FIRST, FORMAT_VERSION, NO_ID, PLAIN, SEAL, TAKEOVER, Commit

# Few of them, so that by chance the right one is met as often as a wrong one.
LOG_IDS = [bytes([number]) * 16 for number in (0xA0, 0xA1)]
WRITERS = [bytes([number]) * 16 for number in (0xC0, 0xC1, 0xC2)]
EDGES = [0, 1, 2, 999, 1000, 1001, 2**16 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1]
NUMBERS = {"version": 2, "kind": 1, "zero": 1, "first": 8, "count": 4, "term": 8, "read_back": 8}


class History:
    """One log in the making; `records` holds what was appended."""

    def __init__(self, rng):
        self.rng = rng
        self.records = []
        self.fold = Fold()
        self.log_id = rng.choice(LOG_IDS)

    def grow(self, size):
        for _ in range(size):
            # Damage before the first commit is all alike: mostly begin with a right one.
            begin = self.fold.position == 0 and self.rng.random() < 0.8
            copies = begin and not self.records and self.rng.random() < 0.2
            if copies:
                record = self.reservation()
            else:
                record = self.right(FIRST) if begin else self.any_record()
            self.records.append(record)
            try:
                self.fold.judge(record)
            except UnknownFormat:
                # Whatever stands behind it is there to be left unread.
                self.records.append(self.right(PLAIN))
                return self
        return self

    def any_record(self):
        makers, weights = zip(*MAKERS)
        return self.rng.choices(makers, weights)[0](self)

    def fields(self, kind):
        """A commit that would count now, but for its hash."""
        fold, first = self.fold, kind == FIRST
        term, writer = (1, self.rng.choice(WRITERS)) if first else (fold.term, fold.writer)
        if kind == TAKEOVER:
            fenced = fold.fence.term if fold.fence else 0
            term = max(fold.term + self.rng.choice([1, 1, 1, 2]), fenced) % 2**64
            fencer = fold.fence.writer if fold.fence else self.rng.choice(WRITERS)
            writer = fold.successor or fencer
        # Now and then somebody begins another log where a copy was begun.
        kept = fold.reserved is not None and self.rng.random() < 0.7
        known = fold.position != 0 or kept
        log_id = fold.log_id if known and not (first and fold.position) else self.log_id
        return Commit(
            hash=bytes(32), magic=layout.COMMIT_MAGIC, version=FORMAT_VERSION, kind=kind, zero=0,
            log_id=log_id, commit_id=self.rng.randbytes(16), first=fold.position + 1,
            count=self.rng.choice([1, 1, 2, 3, 1000]), term=term, writer=writer,
            next_writer=self.rng.choice(WRITERS) if kind == SEAL else NO_ID,
            previous=layout.sha256(log_id) if first else fold.head, read_back=fold.position,
            recorded=min(fold.recorded + self.rng.randrange(10**6), 2**63 - 1),
            machine_digest=self.rng.randbytes(32), pack=0,
        )

    def right(self, kind):
        # Acceptance reads no event, so any bytes will do for them.
        return layout.stored_commit(self.fields(kind), self.rng.randbytes(self.rng.randrange(40)))

    def any_kind(self):
        return self.rng.choices([FIRST, PLAIN, TAKEOVER, SEAL], [1, 6, 3, 1])[0]

    def right_plain(self):
        return self.right(PLAIN)

    def right_takeover(self):
        return self.right(TAKEOVER)

    def right_seal(self):
        return self.right(SEAL)

    def other_writer(self):
        fields = self.fields(self.any_kind())
        term = max(0, fields.term + self.rng.choice([-1, 0, 0, 1])) % 2**64
        fields = fields._replace(writer=self.rng.choice(WRITERS), term=term)
        return layout.stored_commit(fields, b"")

    def edited(self):
        """One field is something else, the hash is right."""
        fields = self.fields(self.any_kind())
        name = self.rng.choice([*NUMBERS, "log_id", "previous", "next_writer"])
        if name in NUMBERS:
            near = max(0, getattr(fields, name) + self.rng.choice([-1, 1, 2]))
            value = self.rng.choice([near, self.rng.choice(EDGES)]) % 2 ** (8 * NUMBERS[name])
            if name == "version" and self.rng.random() < 0.9:
                value = FORMAT_VERSION
        else:
            size = len(getattr(fields, name))
            value = self.rng.choice([bytes(size), LOG_IDS[0] * (size // 16)])
        return layout.stored_commit(fields._replace(**{name: value}), b"")

    def fence(self):
        fold = self.fold
        highest = max(fold.term, fold.fence.term if fold.fence else 0)
        term = max(0, highest + self.rng.choice([-1, 0, 1, 1, 1, 2])) % 2**64
        log_id = self.rng.choices([fold.log_id, *LOG_IDS], [6, 1, 1])[0]
        return layout.stored_fence(log_id, term, self.rng.choice(WRITERS))

    def reservation(self):
        return layout.stored_reservation(self.rng.choice(LOG_IDS), self.rng.choice(WRITERS))

    def sample(self):
        """What damage happens to: something new that is right, or something old."""
        fresh = [self.right(self.any_kind()), self.fence(), self.reservation()]
        return self.rng.choice(fresh + self.records[-3:])

    def repeated(self):
        return self.rng.choice(self.records) if self.records else b""

    def flipped(self):
        return flip(self.sample(), self.rng)

    def flipped_and_hashed(self):
        record = flip(self.sample(), self.rng)
        # One flip in 13 hits the version; more of them would end most logs early.
        while record[36:37] not in (b"\x01", b"") and self.rng.random() < 0.9:
            record = flip(self.sample(), self.rng)
        return layout.hashed(record)

    def cut(self):
        record = self.sample()
        record = record[: self.rng.randrange(len(record) + 1)]
        return record if self.rng.random() < 0.5 else layout.hashed(record)

    def longer(self):
        record = self.sample() + self.rng.randbytes(self.rng.randrange(1, 40))
        return record if self.rng.random() < 0.5 else layout.hashed(record)

    def garbage(self):
        size = self.rng.choice([0, 1, 37, 38, 79, 80, 81, 211, 212, 300])
        start = self.rng.choice([b"", layout.FENCE_MAGIC, bytes(32) + layout.COMMIT_MAGIC])
        return (start + self.rng.randbytes(size))[:size]

    def at_the_limit(self):
        room = layout.BYTES_MAX - layout.COMMIT.size + self.rng.choice([0, 1])
        return layout.stored_commit(self.fields(PLAIN), bytes(room))


MAKERS = [
    (History.right_plain, 30), (History.right_takeover, 8), (History.right_seal, 2),
    (History.other_writer, 10), (History.edited, 12), (History.fence, 14), (History.repeated, 5),
    (History.flipped, 6), (History.flipped_and_hashed, 8), (History.cut, 3), (History.longer, 3),
    (History.garbage, 3), (History.reservation, 2), (History.at_the_limit, 0.02),
]


def flip(record, rng):
    if not record:
        return record
    # Mostly in the fixed-width part, which is what acceptance reads.
    end = min(len(record), 212) if rng.random() < 0.9 else len(record)
    return flip_bit(record, rng.randrange(end * 8))


def flip_bit(record, bit):
    changed = bytearray(record)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def random_logs(rng, count):
    """Logs of 1 to 40 records each."""
    return [History(rng).grow(rng.randrange(1, 41)).records for _ in range(count)]


def flipped_logs(log):
    """The log with each single bit of each record flipped, once as it is, once hashed anew."""
    for place, record in enumerate(log):
        for bit in range(len(record) * 8):
            flipped = flip_bit(record, bit)
            for changed in (flipped, layout.hashed(flipped)):
                yield [*log[:place], changed, *log[place + 1 :]]
