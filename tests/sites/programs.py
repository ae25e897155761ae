"""A program of Ferry's that runs on and on: a coordinator, a mover, the runner of a wave."""

import signal
import subprocess
import threading

from service.serve import FERRY, environment


class Program:
    """Gone at the end of the `with`; `printed` and `said` hold its lines so far."""

    def __init__(self, *arguments, inside=(), more=None):
        self.arguments, self.printed, self.said = arguments, [], []
        self.process = subprocess.Popen(
            [*inside, FERRY, *map(str, arguments)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment() | (more or {}),
        )
        self.listeners = [
            threading.Thread(target=self._listen, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.printed), (self.process.stderr, self.said))
        ]
        for listener in self.listeners:
            listener.start()

    @staticmethod
    def _listen(stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end(signal.SIGKILL)

    def runs(self):
        return self.process.poll() is None

    def end(self, number=signal.SIGTERM, seconds=60):
        """Its exit code, or minus the signal that ended it; None where it had to be killed."""
        if self.runs():
            self.process.send_signal(number)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            self.process.kill()
            self.process.wait()
        for listener in self.listeners:
            listener.join(5)
        return code
