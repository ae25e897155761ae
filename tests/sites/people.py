"""The people of one site: they give the next command until it is done, whatever is cut or killed.

What they see is what their site has published. Whatever a command answers, the topic says whether
it was done, and who is not sure asks again.
"""

import signal
import threading
import time

from .programs import Program
from .published import ORDER, Published

PAUSE_SECONDS = 0.2


class People:
    def __init__(self, world, site):
        self.world, self.site = world, site
        self.pool = f"pool:ocs.{site}.example"
        self.ends = threading.Event()
        self.last, self.refused, self.trouble = "nothing was asked yet", [], None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.ends.set()
        self.thread.join(60)

    def _run(self):
        try:
            with Published(self.world.brokers, self.world.topic(self.site, "events")) as published:
                self.published = published
                self._go_on()
                self.last = "everything is done"
        except Exception as error:  # Whoever waits for them has to hear of it.
            self.trouble = error

    def _go_on(self):
        first, rest, last = (f"{self.site}-{name}" for name in ("first", "rest", "last"))
        name = self.pool.removeprefix("pool:")
        self._bring_pool("pilot")
        self._move(first, "10%", "--pool", name, "--to", "pilot", "--pilot")
        self._move(rest, f"{self.pool}/users", "--state", "legacy", "--to", "pilot")
        self._bring_pool("production")
        self._move(last, f"{self.pool}/users", "--to", "production")

    def _ask(self, *arguments):
        code, printed, said = self.world.ferry(
            *arguments, "--via", "kafka", "--wait", "30", place=self.site)
        self.last = f"{' '.join(arguments)}: exit {code} {printed[-300:]}{said[-300:]}"
        return code, printed + said

    def _bring_pool(self, state):
        while not self.ends.is_set():
            now = self.published.read().lifecycles.get(self.pool, "legacy")
            if ORDER.index(now) >= ORDER.index(state):
                return
            code, said = self._ask("advance", self.pool, "--to", state)
            if code == 1:
                self.refused.append((state, said))
            time.sleep(PAUSE_SECONDS)

    def _move(self, wave, *members):
        """Plans a wave and runs it until it is completed."""
        runner = None
        while not self.ends.is_set():
            state = self.published.read().waves.get(f"wave:{wave}")
            if state == "completed":
                break
            if state is None:
                self._ask("wave", "create", wave, *members)
            elif runner is None or not runner.runs():
                runner = self._run_wave(wave, state)
            time.sleep(PAUSE_SECONDS)
        if runner:
            runner.end(signal.SIGINT)

    def _run_wave(self, wave, state):
        verb = {"planned": "start", "running": "run", "completed-with-failures": "retry-failed"}
        asked = verb.get(state, "resume")
        self.last = f"wave {asked} {wave}"
        return Program("wave", asked, wave, "--log", self.world.url, "--via", "kafka", "--wait",
                       "30", inside=self.world.network.inside(self.site))
