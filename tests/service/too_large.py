"""The scene of what is too large for a record: asked, or answered."""

from . import wire
from .load import POOL, register_pool
from .rdkafka import produce_all

RECORD_MAX = 1_000_000
REPEATED_MAX = 5_000
CONFLICT_MAX = 70_000
PEAK_MAX = 256 << 20


def peak_bytes(pid):
    """The most memory that the process ever had."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


def too_large(stage, rng):
    """One command that is too large, or whose answer would be, takes nobody else's answer away."""
    check = stage.suite.check

    def asked(*values):
        records = stage.ask(*values)
        return [wire.answer(record.value).outcome for record in records], records

    def mark(number):
        return wire.command(f"mark-{number}", "site:paris", "mark", f"mark {number}")

    with stage.serve() as serve:
        check("a service leads", serve.leads(), serve.said())
        asked(register_pool())
        produce_all(stage.brokers.address, stage.topic("commands"),
                    [wire.command("i" * (RECORD_MAX * 6 // 10), POOL, "start_pilot")])
        outcomes, _ = asked(mark(1))
        check("an id that nobody can be answered by is passed over", outcomes == ["DONE"],
              serve.said())
        check("and said", serve.wait_for("in the topic of commands, 1 in all"), serve.said())
        outcomes, records = asked(
            wire.command("long", "x" * (RECORD_MAX - 1000), "start_pilot"), mark(2))
        check("an answer repeats a part of what was asked",
              outcomes == ["INVALID", "DONE"] and len(records[0].value) < REPEATED_MAX,
              f"{outcomes} {serve.said()}")
        longest = [
            wire.command(f"check-{number}", POOL, "record_check", "c" * 512, "PASS", "e" * 4096,
                         actor="a" * 512)
            for number in range(100)
        ]
        outcomes, _ = asked(*longest)
        check("events as long as they may be", outcomes == ["DONE"] * 100, outcomes)
        behind = wire.command("behind", POOL, "start_pilot", expected="1")
        outcomes, records = asked(behind, mark(3))
        check("a conflict tells as much of them as there is room for",
              outcomes == ["CONFLICT", "DONE"] and len(records[0].value) < CONFLICT_MAX,
              f"{outcomes} {serve.said()}")
        _, again = asked(behind)
        check("and the same when it is asked again",
              [record.value for record in again] == [records[0].value], len(again))
        members = [f"user:user{number:07}@contoso.com" for number in range(40_000)]
        code, answers, said = stage.apply(
            {"commandId": "before", "entity": "site:paris", "mark": {"label": "before it"}},
            {"commandId": "wave", "entity": "wave:w1",
             "planWave": {"site": "paris", "to": "pilot", "members": members}},
            {"commandId": "after", "entity": "site:paris", "mark": {"label": "after it"}},
        )
        check("apply --via kafka says what is too large, and gives the others",
              [answer["outcome"] for answer in answers] == ["DONE", "INVALID", "DONE"]
              and "message.max.bytes" in answers[1]["message"], f"exit {code} {answers} {said}")
        check("it led all the time", serve.count("leads") == 1, serve.said())
    # All of them wait for it, so that nothing but its own bounds keeps them out of its memory.
    flood = [wire.command(f"flood-{number}", "x" * (RECORD_MAX - 1000), "start_pilot")
             for number in range(200)]
    end = stage.results_end()
    produce_all(stage.brokers.address, stage.topic("commands"), [*flood, mark(4)])
    with stage.serve() as serve:
        check("it leads again", serve.leads(), serve.said())
        ids = [wire.fields(value)[1] for value in [*flood, mark(4)]]
        records = stage.results(end, ids)
        outcomes = [wire.answer(record.value).outcome for record in records]
        check("200 commands of a megabyte are answered",
              outcomes == ["INVALID"] * 200 + ["DONE"], f"{outcomes} {serve.said()}")
        check(f"and take no more than {PEAK_MAX >> 20} MiB of memory",
              peak_bytes(serve.process.pid) < PEAK_MAX, peak_bytes(serve.process.pid))
