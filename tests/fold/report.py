"""What is said of a log: one line a fact, the same lines as tests/fold/ferry_fold.cpp says."""

from .acceptance import REASONS, Fold, UnknownFormat


def report(records, each=False, kind=Fold):
    """Yields the lines; with `each`, first one for every record: its verdict."""
    fold, stopped = kind(), False
    for number, record in enumerate(records, 1):
        try:
            verdict = fold.judge(record)
        except UnknownFormat:
            verdict, stopped = "unknown-format", True
        if each:
            yield f"{number} {verdict}"
        if stopped:
            break
    yield from summary(fold)
    if stopped:
        yield f"stopped-at {fold.records}"


def summary(fold):
    fence = f"{fold.fence.term} {fold.fence.writer.hex()}" if fold.fence else "none"
    successor = fold.successor.hex() if fold.successor is not None else "none"
    yield f"records {fold.records}"
    yield f"commits {fold.commits}"
    yield f"fences {fold.fences}"
    yield f"reservations {fold.reservations}"
    yield f"voids {sum(fold.voids.values())}"
    yield from (f"void {name} {fold.voids[name]}" for name in REASONS if fold.voids[name])
    yield f"log-id {fold.log_id.hex()}"
    yield f"position {fold.position}"
    yield f"head {fold.head.hex()}"
    yield f"term {fold.term}"
    yield f"writer {fold.writer.hex()}"
    yield f"recorded {fold.recorded}"
    yield f"fence {fence}"
    yield f"successor {successor}"
    yield f"reserved {fold.reserved.hex() if fold.reserved is not None else 'none'}"
