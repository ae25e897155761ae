"""Two services of one site: one leads, one follows, and which is which changes."""

import signal
import time

from .serve import Serve
from .suite import wait_until

LEASE_SECONDS = 1.0


class Pair:
    def __init__(self, url, site="paris", lease=LEASE_SECONDS, inside=((), ())):
        self.url, self.site, self.lease, self.inside = url, site, lease, inside
        self.gone, self.started = [], 0
        self.both = []

    def __enter__(self):
        self.both = [self._start(0), self._start(1)]
        return self

    def __exit__(self, *_):
        for serve in self.both:
            serve.__exit__()

    def _start(self, place):
        self.started += 1
        return Serve(self.url, self.site, name=f"{self.site}-{self.started}", lease=self.lease,
                     inside=self.inside[place])

    def _leader_now(self):
        """Whoever said last that it leads, if it has not said since that it does not."""
        latest = None
        for serve in self.both:
            if serve.process.poll() is not None:
                continue
            at = max((at for at, line in serve.lines if "leads in term" in line), default=None)
            if at is None or serve.when_said("tries again in", at):
                continue
            if latest is None or at > latest[0]:
                latest = (at, serve)
        return latest and latest[1]

    def leader(self, seconds=60):
        return wait_until(self._leader_now, seconds)

    def other(self, serve):
        return self.both[1] if serve is self.both[0] else self.both[0]

    def kill(self, serve):
        """With -9, and a new one in its place at once; returns the moment."""
        moment = time.monotonic()
        serve.end(signal.SIGKILL)
        serve.__exit__()
        self.gone.append(serve)
        place = self.both.index(serve)
        self.both[place] = self._start(place)
        return moment

    def said(self):
        return "\n".join(f"{serve.name}:\n{serve.said()}" for serve in self.both)
