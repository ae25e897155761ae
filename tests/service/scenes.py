"""The scenes of tests/serve_test, each on topics of its own."""

import itertools
import json
import signal
import statistics
import subprocess
import time

from . import wire
from .early_answers import before_the_log_begins, begun_past_the_service
from .judge import judge
from .load import POOL, REGISTER, Load, register_pool
from .rdkafka import Reader, produce_all, read_all
from .serve import FERRY, Serve, environment, ferry
from .suite import wait_until
from .too_large import too_large
from .topics_deleted import topics_deleted

# What is promised is 5 s and 1 s; a machine that is busy with something else is no failure.
GENEROUS_SECONDS = 30


class Stage:
    """The suite, the brokers, and a prefix of the scene's own."""

    def __init__(self, suite, brokers, prefix):
        self.suite, self.brokers, self.prefix = suite, brokers, prefix
        self.url = f"kafka://{brokers.address}/{prefix}"
        self.times = 0

    def topic(self, what, site="paris"):
        return f"{self.prefix}.{site}.{what}"

    def serve(self, *sites, **more):
        return Serve(self.url, *(sites or ("paris",)), **more)

    def load(self, rng, **more):
        return Load(self.brokers.address, self.prefix, "paris", rng, **more)

    def ferry(self, *arguments, given=None):
        return ferry(*arguments, "--log", self.url, given=given)

    def start(self, *arguments):
        """A verb that is given lines and read from while it runs."""
        return subprocess.Popen(
            [FERRY, *arguments, "--log", self.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=environment(),
        )

    def apply(self, *commands, more=("--via", "kafka")):
        """Exit code, answers, what was said."""
        lines = "".join(json.dumps(command) + "\n" for command in commands)
        code, printed, said = self.ferry("apply", "-", *more, given=lines)
        return code, [json.loads(line) for line in printed.splitlines()], said

    def ask(self, *values, site="paris", seconds=GENEROUS_SECONDS):
        """Gives commands to the topic and waits for their results; the records in order."""
        end = self.results_end(site)
        # Asked once and never again, and leaves nothing: what stands before its answer is theirs.
        self.times += 1
        values = [*values, wire.command(f"asked-{self.times}", "nobody", "start_pilot")]
        produce_all(self.brokers.address, self.topic("commands", site), values)
        ids = [wire.fields(value)[1] for value in values]
        return self.results(end, ids, site, seconds)[:-1]

    def results_end(self, site="paris"):
        """The offset that the next result will have."""
        with Reader(self.brokers.address, self.topic("results", site)) as reader:
            return (wait_until(reader.ends) or (0, 0))[1]

    def results(self, begin, ids, site="paris", seconds=GENEROUS_SECONDS):
        """Waits for the results of these ids, one behind the other, from an offset on; the records.
        Before them a new leader may give once more what its predecessor perhaps did not."""
        records, until = [], time.monotonic() + seconds
        with Reader(self.brokers.address, self.topic("results", site), begin) as reader:
            while [record.key for record in records] != ids and time.monotonic() < until:
                if (record := reader.read(0.1)) is not None:
                    records = [*records, record][-len(ids):]
        return records

    def measured(self, what, began, ended, promised):
        took = (ended or 0) - began
        if self.suite.check(f"{what} within {GENEROUS_SECONDS} s",
                            ended is not None and took <= GENEROUS_SECONDS, took):
            self.suite.say(f"{what}: {took:.2f} s (promised: {promised})")


def commands_and_results(stage, rng):
    """A service takes commands from one topic and answers in the other."""
    check = stage.suite.check
    with stage.serve() as serve:
        check("a service leads", serve.leads(), serve.said())
        mark = wire.command("mark-1", "site:paris", "mark", "begin")
        pilot = wire.command("pilot-1", POOL, "start_pilot")
        values = [register_pool(), mark, pilot]
        first = stage.ask(*values)
        answers = [wire.answer(record.value) for record in first]
        check("each command is answered, in order",
              [answer.outcome for answer in answers] == ["DONE", "DONE", "NO_TRANSITION"], answers)
        check("the key of a result is the command's id",
              [record.key for record in first] == [b"pool-1", b"mark-1", b"pilot-1"], first)
        again = stage.ask(*values)
        check("an id asked twice gets the identical answer",
              [record.value for record in again] == [record.value for record in first], again)
        produce_all(stage.brokers.address, stage.topic("commands"), [b"no command at all"])
        stage.ask(mark)
        check("what is no command is counted and said",
              serve.wait_for("in the topic of commands, 1 in all"), serve.said())
        serve.end(signal.SIGKILL)
    with stage.serve() as serve:
        check("it leads again", serve.leads(), serve.said())
        again = stage.ask(*values)
        check("also after kill -9 and a new start",
              [record.value for record in again] == [record.value for record in first], again)
        other = stage.ask(wire.command("mark-1", "site:paris", "mark", "other"))
        outcome = [wire.answer(record.value).outcome for record in other]
        check("an id used for another command is INVALID", outcome == ["INVALID"], other)


def verbs_reach_it(stage, rng):
    """Verbs with --via kafka, without, and with --take-over."""
    check = stage.suite.check
    with stage.serve() as serve:
        serve.leads()
        # A pool is what a site's log begins with; the service makes it when it is asked.
        code, answers, said = stage.apply({"commandId": "c1", **REGISTER})
        check("apply --via kafka registers the pool",
              (code, [answer["outcome"] for answer in answers]) == (0, ["DONE"]),
              f"{answers}{said}")
        users = [
            {"commandId": f"u{number}", "entity": f"user:u{number}@contoso.com",
             "register": {"site": "paris", "pool": "ocs01.contoso.com"}} for number in range(2500)
        ]
        # In another batch than the registration that it rests on.
        users.append({"commandId": "late", "entity": "user:u0@contoso.com",
                      "observeClient": {"client": "lync-2013"}})
        began = time.monotonic()
        code, answers, said = stage.apply(*users)
        took = time.monotonic() - began
        done = [answer["commandId"] for answer in answers if answer["outcome"] == "DONE"]
        check("2,501 commands come back answered, in order",
              code == 0 and done == [user["commandId"] for user in users], said)
        stage.suite.say(f"apply --via kafka: 2,501 commands in {took:.2f} s, the start included")
        code, printed, said = stage.ferry("mark", "noon", "--via", "kafka")
        check("mark --via kafka", code == 0, f"{printed}{said}")
        code, printed, said = stage.ferry("withdraw", "user:u7@contoso.com", "--via", "kafka")
        check("withdraw --via kafka", code == 0, f"{printed}{said}")
        code, printed, said = stage.ferry("show", "user:u7@contoso.com")
        check("a verb that reads sees it", "withdrawn" in printed, f"{printed}{said}")
        code, _, said = stage.ferry("mark", "refused")
        check("a plain verb refuses while the lease is fresh, and names who leads",
              code == 69 and "ferry serve" in said and "--take-over" in said, f"exit {code} {said}")
        took_over = time.monotonic()
        code, _, said = stage.ferry("mark", "taken", "--take-over")
        check("--take-over does it", code == 0, said)
        check("the service says that it steps down", serve.wait_for("steps down", took_over),
              serve.said())
        check("and leads again once nobody else does", serve.leads(took_over), serve.said())
        check("it ends in order", serve.end(signal.SIGTERM) == 0, serve.said())
    code, _, said = stage.ferry("mark", "alone")
    check("without a service a plain verb opens the log itself", code == 0, said)


def lines_one_by_one(stage, rng):
    """A program at a pipe of `apply --via kafka`: it keeps its connections, and mends them."""
    check = stage.suite.check
    numbers = iter(range(1, 1000))
    took = []

    def ask(asker, command):
        """Gives one line and waits for its answer."""
        began = time.monotonic()
        asker.stdin.write(json.dumps(command) + "\n")
        asker.stdin.flush()
        answer = json.loads(asker.stdout.readline())
        took.append(time.monotonic() - began)
        return answer

    def outcomes(asker, count, pause=0.0):
        found = []
        for number in itertools.islice(numbers, count):
            time.sleep(pause)
            answer = ask(asker, {"commandId": f"line-{number}", "entity": "site:paris",
                                 "mark": {"label": f"line {number} said"}})
            found.append((answer["commandId"] == f"line-{number}", answer["outcome"]))
        return found

    with stage.serve() as serve:
        serve.leads()
        stage.ask(register_pool())
        asker = stage.start("apply", "-", "--via", "kafka", "--wait", "20")
        try:
            done = outcomes(asker, 1)
            took.clear()
            done += outcomes(asker, 40)
            median = statistics.median(took)
            check("each line is answered by itself", done == [(True, "DONE")] * 41, done)
            stage.suite.say(f"apply --via kafka, line by line: {median * 1e3:.0f} ms an answer "
                            f"(median of {len(took)})")
            # What others are answered meanwhile is passed over.
            stage.ask(*(wire.command(f"other-{at}", "site:paris", "mark", f"other {at} said")
                        for at in range(200)))
            slow = outcomes(asker, 2, pause=1.5)
            check("also after a pause", slow == [(True, "DONE")] * 2, slow)
            stage.brokers.tell("kill")
            stage.brokers.tell("start")
            again = outcomes(asker, 3)
            check("also after the broker was away", again == [(True, "DONE")] * 3, again)
            known = ask(asker, {"commandId": "line-1", "entity": "site:paris",
                                "mark": {"label": "line 1 said"}})
            check("who asks again is answered the same", known["outcome"] == "DONE", known)
        finally:
            asker.kill()
            asker.wait()


def one_follows(stage, rng):
    """Two services: the times in which one takes over from the other."""
    check, suite = stage.suite.check, stage.suite
    with stage.serve(name="a") as a, stage.serve(name="b") as b:
        wait_until(lambda: a.leads(0, 0) or b.leads(0, 0), 60)
        first, second = (a, b) if a.leads(0, 0) else (b, a)
        check("one leads and the other follows", second.wait_for("follows at")
              and not second.leads(0, 1), f"{a.said()}\n{b.said()}")
        with stage.load(rng, rate=500) as load:
            load.answered_after(0)
            time.sleep(1)
            began = time.monotonic()
            check("kill -9 ends it", first.end(signal.SIGKILL) == -9)
            answered = load.answered_after(began)
            stage.measured("kill -9: answered by the other", began, answered, "5 s")
            with stage.serve(name="c") as third:
                third.wait_for("follows at")
                time.sleep(1)
                began = time.monotonic()
                second.send(signal.SIGTERM)
                stage.measured("SIGTERM: answered by the other", began,
                               load.answered_after(third.leads(began) or began), "1 s")
                check("SIGTERM drains and exits 0", second.end(signal.SIGTERM) == 0, second.said())
                stopped_leader(stage, load, third)
            with stage.serve(name="last") as last:
                check("all is answered", load.wait_for_answers(), last.said())
                suite.say(judge(suite, load, "takeovers"))


def stopped_leader(stage, load, leader):
    check = stage.suite.check
    with stage.serve(name="d") as other:
        other.wait_for("follows at")
        time.sleep(1)
        began = time.monotonic()
        leader.send(signal.SIGSTOP)
        stage.measured("SIGSTOP: answered by the other", began,
                       load.answered_after(other.leads(began) or began), "5 s")
        continued = time.monotonic()
        leader.send(signal.SIGCONT)
        gone = leader.wait_for("steps down", continued, 10)
        stage.measured("the one that was stopped steps down and says so", continued, gone, "1 s")
        check("it follows again", leader.wait_for("follows at", continued), leader.said())
        check("and does not lead", not leader.leads(continued, 2), leader.said())
        began = time.monotonic()
        other.end(signal.SIGKILL)
        leader.leads(began)
        answered = load.answered_after(began)
        stage.measured("kill -9: answered by the one that was stopped", began, answered, "5 s")
        check("it leads again", leader.leads(began, 0), leader.said())


def killed_under_load(stage, rng):
    """Two services, killed at random moments; one id has one answer."""
    check, suite = stage.suite.check, stage.suite
    with stage.load(rng, rate=800) as load:
        for _ in range(4):
            with stage.serve(lease=1) as serve:
                serve.leads()
                time.sleep(rng.uniform(0, 1.5))
                serve.end(signal.SIGKILL)
        with stage.serve(lease=1) as serve:
            serve.leads()
            check("all is answered in the end", load.wait_for_answers(), load.trouble)
            suite.say(judge(suite, load, "killed 4 times"))


def several_sites(stage, rng):
    check = stage.suite.check
    sites = ("paris", "berlin", "oslo")
    with stage.serve(*sites) as serve:
        check("it leads three sites", wait_until(lambda: serve.count("leads in term") == 3, 60),
              serve.said())
        for site in sites:
            value = wire.command(f"{site}-1", POOL, "register", site, "", "lync01.contoso.com")
            found = [wire.answer(record.value).outcome for record in stage.ask(value, site=site)]
            check(f"{site} answers", found == ["DONE"], found)
        check("SIGTERM ends all of them", serve.end(signal.SIGTERM) == 0, serve.said())
        check("each says so", serve.count(": stopped") == 3, serve.said())


def broker_away(stage, rng):
    check, suite = stage.suite.check, stage.suite
    with stage.serve() as serve:
        serve.leads()
        before = stage.ask(register_pool())
        check("it answers", len(before) == 1)
        began = time.monotonic()
        stage.brokers.tell("kill")
        check("it says that the broker is away and tries again",
              serve.wait_for("tries again in", began), serve.said())
        time.sleep(4)
        waits = [line.rsplit("tries again in ", 1)[1] for at, line in serve.lines
                 if at >= began and "tries again in" in line]
        suite.say(f"broker away: waits {', '.join(waits)}")
        stage.brokers.tell("start")
        back = time.monotonic()
        led = serve.leads(back)
        stage.measured("broker back: leads again", back, led, "a lease")
        after = stage.ask(register_pool("pool-1"))
        check("and answers the same", [r.value for r in before] == [r.value for r in after], after)
        ends_without_a_broker(stage, serve, "it has published")
    with stage.serve() as serve:
        # Its publisher is still asking where it goes on.
        serve.leads()
        ends_without_a_broker(stage, serve, "it has just begun to lead")
    with stage.load(rng, rate=800) as load:
        with stage.serve() as serve:
            check("it is asked much", wait_until(lambda: len(load.answers) > 400, 60), serve.said())
            ends_without_a_broker(stage, serve, "commands are on their way")
        with stage.serve():
            check("whoever leads next answers them", load.wait_for_answers(), load.trouble)
            suite.say(judge(suite, load, "ended without a broker"))


def ends_without_a_broker(stage, serve, when):
    began = time.monotonic()
    stage.brokers.tell("kill")
    ended = serve.end(signal.SIGTERM, GENEROUS_SECONDS)
    stage.suite.check(f"SIGTERM ends it also without a broker, when {when}", ended == 0,
                      f"exit {ended}: {serve.said()}")
    stage.suite.say(f"SIGTERM without a broker, when {when}: exit {ended} after "
                    f"{time.monotonic() - began:.2f} s")
    stage.brokers.tell("start")


def unknown_becomes_known(stage, rng):
    check = stage.suite.check
    with stage.serve() as serve:
        serve.leads()
        stage.ask(register_pool())
        serve.send(signal.SIGSTOP)
        mark = {"commandId": "late-1", "entity": "site:paris", "mark": {"label": "late"}}
        code, answers, said = stage.apply(mark, more=("--via", "kafka", "--wait", "2"))
        check("a deadline that passes is answered UNKNOWN, exit 75",
              (code, [answer["outcome"] for answer in answers]) == (75, ["UNKNOWN"]),
              f"exit {code} {answers}{said}")
        serve.send(signal.SIGCONT)
        code, answers, said = stage.apply(mark)
        check("asked again by its id it is known",
              [answer["outcome"] for answer in answers] == ["DONE"], f"{answers}{said}")
        labels = [
            event for event in map(json.loads, stage.ferry("events", "--json")[1].splitlines())
            if event.get("commandId") == "late-1" and event["type"] == "Marked"
        ]
        check("and done once", len(labels) == 1, labels)
        results = read_all(stage.brokers.address, stage.topic("results"))
        values = {record.value for record in results if record.key == b"late-1"}
        check("every result of that id is the same", len(values) == 1, values)


SCENES = [
    commands_and_results, before_the_log_begins, begun_past_the_service, verbs_reach_it,
    lines_one_by_one, one_follows,
    killed_under_load, several_sites, broker_away, unknown_becomes_known,
    too_large, topics_deleted,
]
