"""Truncation: the end of a log's segment cut off on the disk, as a power loss would."""

import signal
import struct
import time

from .load import Load
from .pair import LEASE_SECONDS, Pair
from .serve import Serve
from .suite import wait_until

BATCH_HEAD = struct.Struct(">qi")


def batches(segment):
    """Where each record batch of a segment begins, and the offset of its first record."""
    data, at, found = segment.read_bytes(), 0, []
    while at + BATCH_HEAD.size <= len(data):
        offset, size = BATCH_HEAD.unpack_from(data, at)
        if size <= 0:
            break
        found.append((at, offset))
        at += BATCH_HEAD.size + size
    return found


def cut(brokers, topic, count):
    """Takes the last batches off; what the broker derived from them goes too."""
    segment = brokers.segments(topic)[-1]
    at, offset = batches(segment)[-count]
    with open(segment, "r+b") as file:
        file.truncate(at)
    for pattern in ("*.index", "*.timeindex", "*.snapshot"):
        for derived in segment.parent.glob(pattern):
            derived.unlink()
    return offset


def log_truncated(field):
    """5.5: the last accepted records removed behind the backs of an engine and a follower."""
    rounds, told = field.many(1, 5), []
    for number in range(rounds):
        prefix = f"{field.prefix()}-{number}"
        url = f"kafka://{field.brokers.address}/{prefix}"
        with Pair(url) as pair:
            pair.leader()
            with Load(field.brokers.address, prefix, "paris", field.rng, rate=500) as load:
                load.answered_after(0)
                time.sleep(1)
                field.check("all is answered before", load.wait_for_answers(), pair.said())
                time.sleep(1)  # The follower reads on every 50 ms; who has not read misses nothing.
                moment = time.monotonic()
                field.brokers.tell("kill")
                offset = cut(field.brokers, load.topic("log"), field.rng.randint(1, 5))
                field.brokers.tell("start")
                field.told = wait_until(lambda: all(
                    serve.process.poll() is not None for serve in pair.both), 60)
            for serve in pair.both:
                field.check("each of the two stops with 74", serve.process.poll() == 74,
                            serve.said())
                said = serve.when_said("log truncated after", moment)
                field.check("each says `log truncated after`", said, serve.said())
                field.check("neither takes over", not serve.leads(moment, 0), serve.said())
                told += [line.split("paris: ", 1)[-1] for at, line in serve.lines if at == said]
        field.suite.say(f"cut at offset {offset}: {told[-1] if told else 'nothing was said'}")
    field.figures = f"{rounds} logs cut, {len(told)} services of {2 * rounds} stopped by it"
    written_on(field)


def written_on(field):
    """A service that never read what was cut leads and writes past it, before the one that did."""
    prefix = f"{field.prefix()}-on"
    url = f"kafka://{field.brokers.address}/{prefix}"
    with Serve(url, "paris", lease=LEASE_SECONDS) as read, \
            Load(field.brokers.address, prefix, "paris", field.rng, rate=300) as load:
        load.answered_after(0)
        time.sleep(1)
        field.check("all is answered before", load.wait_for_answers(), read.said())
        read.send(signal.SIGSTOP)
        field.brokers.tell("kill")
        cut(field.brokers, load.topic("log"), 3)
        field.brokers.tell("start")
        with Serve(url, "paris", lease=LEASE_SECONDS) as other:
            field.check("who knows nothing of it leads", other.leads(), other.said())
            load.paused.clear()
            time.sleep(2)
            read.send(signal.SIGCONT)
            field.check("who had read it stops with 74", read.end(0) == 74, read.said())
            field.check("and says `log truncated after`", read.count("log truncated after"),
                        read.said())
