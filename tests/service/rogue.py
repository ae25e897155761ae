"""Somebody with write rights who does not know the head's hash, and what it writes into topics."""

import threading
import time

from fold import layout
from fold.acceptance import Fold

from .faults import WAIT_SECONDS
from .judge import Accepted, judge
from .pair import Pair
from .rdkafka import Producer, Reader, read_all

KEPT_MAX = 400


class Rogue:
    """Follows the log, and writes things made of what it read into it, from a thread."""

    def __init__(self, brokers, log_topic, rng, seconds_between=0.01):
        self.brokers, self.topic, self.rng = brokers, log_topic, rng
        self.seconds_between = seconds_between
        self.kept, self.fold, self.written = [], Fold(), {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()

    def _run(self):
        makers = [self.garbage, self.flipped, self.copied, self.forged, self.fence,
                  self.reservation, self.half]
        with Reader(self.brokers, self.topic) as reader, \
                Producer(self.brokers, self.topic) as producer:
            while not self.stopping.is_set():
                while (record := reader.read(0)) is not None:
                    self._keep(record.value)
                if not self.kept:
                    time.sleep(0.05)
                    continue
                maker = self.rng.choice(makers)
                producer.produce(maker())
                self.written[maker.__name__] = self.written.get(maker.__name__, 0) + 1
                time.sleep(self.seconds_between * self.rng.random() * 2)
            producer.flush()

    def _keep(self, value):
        if self.fold.judge(value) == "commit":
            self.kept.append(value)
            del self.kept[:-KEPT_MAX]

    def commit(self):
        return layout.read_commit(self.kept[0] if self.rng.random() < 0.2
                                  else self.rng.choice(self.kept))

    def garbage(self):
        return self.rng.randbytes(self.rng.choice((0, 1, 31, 80, 300, 5000)))

    def half(self):
        value = self.rng.choice(self.kept)
        return value[: self.rng.randrange(len(value))]

    def flipped(self):
        value = bytearray(self.rng.choice(self.kept))
        value[self.rng.randrange(len(value))] ^= 1 << self.rng.randrange(8)
        return bytes(value)

    def copied(self):
        return self.rng.choice(self.kept)

    def forged(self):
        """A commit with the right hash of its own, and one or two of its claims wrong."""
        old = self.commit()
        claims = {
            "term": max(0, self.fold.term + self.rng.choice((-1, 0, 1, 2, 50))),
            "writer": self.rng.choice((self.fold.writer, self.rng.randbytes(16))),
            "log_id": self.rng.choice((self.fold.log_id, self.rng.randbytes(16))),
            "first": max(1, self.fold.position + self.rng.choice((-5, 0, 1, 2, 100))),
            "previous": self.rng.randbytes(32),
            "kind": self.rng.choice((*layout.KINDS, 9)),
            "count": self.rng.choice((0, 1, old.count, 60_000)),
            "read_back": self.fold.position + self.rng.choice((0, 1_000_000)),
            "commit_id": self.rng.randbytes(16),
        }
        events = self.rng.choice(self.kept)[layout.COMMIT.size :]
        return layout.stored_commit(old._replace(**claims), events)

    def fence(self):
        """Of a term that is no fence's turn, or of another log. The next term would be a takeover
        in order, which is for who is allowed to lead."""
        seen = max(self.fold.term, self.fold.fence.term if self.fold.fence else 0)
        own = self.rng.random() < 0.7
        log_id = self.fold.log_id if own else self.rng.randbytes(16)
        # Far ahead, since takeovers that go on meanwhile raise the terms.
        term = self.rng.choice((0, 1, seen, seen + 1000)) if own else seen + 1
        return layout.stored_fence(log_id, term, self.rng.randbytes(16))

    def reservation(self):
        return layout.stored_reservation(self.fold.log_id, self.rng.randbytes(16))


def rogue_producer(field):
    """5.4: a rogue writes into the log's topic, and into the others, while the engine works."""
    seconds = field.many(8, 80)
    address = field.brokers.address
    with Pair(field.url()) as pair:
        leader = pair.leader()
        with field.load(rate=800) as load:
            load.answered_after(0)
            with Rogue(address, load.topic("log"), field.rng) as rogue, \
                    Producer(address, load.topic("log"), transactional_id="rogue") as open_one:
                open_one.transact("init")
                open_one.transact("begin")
                open_one.produce(b"in a transaction that stays open")
                open_one.flush(10)
                for what in ("commands", "lease", "results"):
                    with Producer(address, load.topic(what)) as producer:
                        for _ in range(50):
                            producer.produce(field.rng.randbytes(field.rng.randrange(200)))
                        producer.flush()
                time.sleep(seconds / 2)
                # Half-way somebody else has to take over in the midst of it.
                pair.kill(leader)
                field.check("the other takes over", pair.leader(), pair.said())
                time.sleep(seconds / 2)
            field.check("all is answered in the end", load.wait_for_answers(WAIT_SECONDS),
                        pair.said())
            said = judge(field.suite, load, field.name)
            voids = Accepted(read_all(address, load.topic("log"))).fold.voids
            field.check("the rogue's records are void by ten reasons and more", len(voids) >= 10,
                        dict(voids))
            field.figures = (
                f"{sum(rogue.written.values())} records of {len(rogue.written)} sorts,"
                f" void by {len(voids)} reasons; {said}"
            )
