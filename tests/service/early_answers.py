"""The scenes of what a service answers while its site has no log yet."""

import signal

from . import wire
from .load import POOL, REGISTER, register_pool


def before_the_log_begins(stage, rng):
    """Also where no log is yet that could remember it, one id keeps the answer it was given."""
    check = stage.suite.check
    with stage.serve() as serve:
        check("a service leads", serve.leads(), serve.said())
        early = wire.command("early-1", POOL, "enter_coexistence")
        first = stage.ask(early)
        stage.ask(register_pool())
        again = stage.ask(early)
        check("the answer is the same once the pool is there",
              [record.value for record in first] == [record.value for record in again] != [],
              f"{first}\n{again}")
        served = serve.end(signal.SIGTERM)
        check("it ends in order", served == 0, serve.said())
    with stage.serve() as serve:
        serve.leads()
        again = stage.ask(early)
        check("and after a new start",
              [record.value for record in first] == [record.value for record in again],
              f"{first}\n{again}")


def begun_past_the_service(stage, rng):
    """What was refused while there was no log stays refused when a verb has begun one."""
    check = stage.suite.check
    with stage.serve() as serve:
        check("a service leads", serve.leads(), serve.said())
        early = wire.command("early-1", POOL, "enter_coexistence")
        marks = [wire.command(f"early-mark-{i}", "site:paris", "mark", f"e{i}") for i in range(3)]
        first = stage.ask(early, *marks)
        check("there is no log yet", [wire.answer(record.value).outcome for record in first]
              == ["INVALID"] * 4, first)
        check("it ends in order", serve.end(signal.SIGTERM) == 0, serve.said())
    code, _, said = stage.apply(REGISTER | {"commandId": "pool-1"}, more=())
    check("a verb begins the log", code == 0, said)
    end = stage.results_end()
    with stage.serve() as serve:
        check("a service leads what was begun", serve.leads(), serve.said())
        again = stage.results(end, [record.key for record in first])
        stage.ask(wire.command("mark-1", "site:paris", "mark", "begin"))
        check("the answers are the same", [record.value for record in first]
              == [record.value for record in again], f"{first}\n{again}")
    code, printed, said = stage.ferry("events", "--json")
    done = [line for line in printed.splitlines() if '"label"' in line]
    check("and nothing was done that was refused", code == 0 and len(done) == 1, printed + said)
