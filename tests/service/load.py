"""Whoever asks: commands to one site at a steady rate, from a thread of its own, and every answer.

A command that is not answered is asked again with the same id, and some that were answered are
asked again too: whatever happens meanwhile, one id has one answer, to the byte.
"""

import threading
import time

from . import wire
from .rdkafka import KafkaError, Producer, Reader

POOL = "pool:ocs01.contoso.com"
REGISTER = {
    "entity": POOL, "register": {"site": "paris", "successor": "lync01.contoso.com"},
}
ASKED_AGAIN_SECONDS = 3


def register_pool(command_id="pool-1"):
    return wire.command(command_id, POOL, "register", "paris", "", "lync01.contoso.com")


class Asked:
    def __init__(self, number, value):
        self.number, self.value = number, value
        self.first = self.last = time.monotonic()
        self.answered = None


class Load:
    def __init__(self, brokers, prefix, site, rng, rate=1000, window=300, again=0.02):
        """`rate` in commands a second, `window` how many may be unanswered, `again` the share of
        those asked twice though answered."""
        self.brokers, self.prefix, self.site = brokers, prefix, site
        self.rng, self.rate, self.window, self.again = rng, rate, window, again
        self.asked, self.answers, self.open = {}, {}, {}
        self.repeats = self.retried = self.producers = 0
        self.different = []
        self.users, self.trouble = 0, None
        self.paused, self.stopping = threading.Event(), threading.Event()
        self.producer = None
        self.name = f"{site}-{rng.randrange(16**8):08x}"
        self.thread = threading.Thread(target=self._run, daemon=True)

    def topic(self, what):
        return f"{self.prefix}.{self.site}.{what}"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()

    def wait_for_answers(self, seconds=60):
        """No new command; True once every one is answered."""
        self.paused.set()
        until = time.monotonic() + seconds
        while (self.open or len(self.answers) < len(self.asked)) and time.monotonic() < until:
            if self.trouble:
                return False
            time.sleep(0.02)
        return not self.open

    def answered_after(self, moment, seconds=60):
        """When a command was answered that was asked first after that moment; None: never."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            times = [
                asked.answered for asked in list(self.asked.values())[-5000:]
                if asked.first >= moment and asked.answered
            ]
            if times:
                return min(times)
            time.sleep(0.02)
        return None

    def _run(self):
        try:
            with Reader(self.brokers, self.topic("results")) as results:
                begun = time.monotonic()
                while not self.stopping.is_set():
                    self._read(results)
                    now = time.monotonic()
                    if self.paused.is_set():
                        begun = now - len(self.asked) / self.rate
                    due = min(int((now - begun) * self.rate) - len(self.asked),
                              self.window - len(self.open))
                    if due < self.window // 10 and len(self.open) == self.window:
                        begun = max(begun, now - len(self.asked) / self.rate - 0.1)
                    for _ in range(due):
                        self._ask_something()
                    self._ask_again(now)
        except (KafkaError, wire.Malformed) as error:
            self.trouble = str(error)
        finally:
            if self.producer:
                self.producer.close()

    def _read(self, results):
        wait = 0.005
        for _ in range(500):
            record = results.read(wait)
            if record is None:
                return
            wait = 0
            self._note(record)

    def _note(self, record):
        command_id = record.key.decode()
        if command_id not in self.asked:
            return
        if (known := self.answers.get(command_id)) is not None:
            self.repeats += 1
            if known != record.value:
                self.different.append((command_id, known, record.value))
            return
        self.answers[command_id] = record.value
        self.asked[command_id].answered = time.monotonic()
        self.open.pop(command_id, None)

    def _send(self, value):
        if self.producer and self.producer.fatal():
            self.producer.close()
            self.producer = None
        if not self.producer:
            self.producer = Producer(self.brokers, self.topic("commands"))
            self.producers += 1
        self.producer.produce(value)

    def ask(self, entity, action, *texts, expected=""):
        number = len(self.asked)
        command_id = f"{self.name}-{number}"
        value = wire.command(command_id, entity, action, *texts, expected=expected)
        asked = Asked(number, value)
        self.asked[command_id] = self.open[command_id] = asked
        self._send(value)
        if self.answers and self.rng.random() < self.again:
            self._send(self.asked[self.rng.choice(tuple(self.asked))].value
                       if len(self.asked) < 100 else
                       self.asked[f"{self.name}-{self.rng.randrange(number)}"].value)

    def _ask_something(self):
        if self.users == 0:
            self.ask(POOL, "register", self.site, "", "lync01.contoso.com")
        draw = self.rng.random()
        if self.users == 0 or draw < 0.3:
            self.users += 1
            self.ask(f"user:user{self.users}@contoso.com", "register", self.site,
                     "ocs01.contoso.com")
            return
        user = f"user:user{self.rng.randint(1, self.users)}@contoso.com"
        if draw < 0.9:
            gone = self.rng.random() < 0.4
            self.ask(user, "observe_client", self.rng.choice(("lync-2013", "lync-2010")),
                     True if gone else "")
        elif draw < 0.94:
            self.ask(user, "start_pilot")
        elif draw < 0.97:
            self.ask(user, "observe_client", "lync-2016", expected="1")
        else:
            self.ask(f"user:nobody{self.rng.randint(1, 99)}@contoso.com", "withdraw")

    def _ask_again(self, now):
        for asked in list(self.open.values())[:50]:
            if now - asked.last > ASKED_AGAIN_SECONDS:
                asked.last = now
                self.retried += 1
                self._send(asked.value)
