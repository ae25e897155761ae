"""`ferry wave status --follow` on a real terminal, and without one."""

import fcntl
import json
import os
import re
import select
import signal
import subprocess
import termios
import time
from pathlib import Path

from service.serve import FERRY, environment, ferry
from service.suite import wait_until

from .programs import Program
from .world import estate, pool

CLEARED = "\x1b[H\x1b[2J"
STYLE = re.compile(r"\x1b\[[0-9;]*m")
USERS = 6
WAIT_SECONDS = 60


class Terminal:
    """A program with a terminal of its own; `text` is all that it was sent."""

    def __init__(self, *arguments):
        self.ours, theirs = os.openpty()
        self.before = termios.tcgetattr(theirs)
        # Held open, so that what the program left of the terminal can be looked at.
        self.theirs, self.text = theirs, ""

        def take_terminal():
            os.setsid()
            fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [FERRY, *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
            env=environment() | {"TERM": "xterm"}, preexec_fn=take_terminal,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    def read(self):
        while select.select([self.ours], [], [], 0.05)[0]:
            self.text += os.read(self.ours, 65536).decode(errors="replace")
        return self.text

    def screen(self):
        """What stands on it: the lines since it was last cleared."""
        last = STYLE.sub("", self.read()).rpartition(CLEARED)[2]
        return [line for line in last.replace("\r", "").split("\n") if line]

    def shows(self, *words):
        return wait_until(lambda: all(any(word in line for line in self.screen())
                                      for word in words), WAIT_SECONDS)

    def press(self, key):
        os.write(self.ours, key)

    def ended(self):
        """Its exit code, once it has ended."""
        wait_until(lambda: self.read() is None or self.process.poll() is not None, WAIT_SECONDS)
        self.read()
        return self.process.returncode


def plan_wave(url, folder):
    """A wave whose members are all on their way, and nobody who moves them."""
    def must(*arguments, given=None):
        code, printed, said = ferry(*arguments, "--log", url, given=given)
        if code != 0:
            raise RuntimeError(f"{arguments}: exit {code} {printed}{said}")
        return printed

    commands = [json.dumps({"commandId": str(number), "entity": entity, **action})
                for number, (entity, action) in enumerate(estate("paris", USERS))]
    must("apply", "-", given="\n".join(commands) + "\n")
    rules = must("pack", "show", "side-by-side", "--toml")
    pack = folder / "confirmed.toml"
    pack.write_text(rules.replace('transfer = "immediate"', 'transfer = "confirmed"')
                    .replace('name = "side-by-side"', 'name = "confirmed"'))
    must("pack", "adopt", pack)
    must("advance", pool("paris"), "--to", "pilot")
    users = f"{pool('paris')}/users"
    must("wave", "create", "first", users, "--to", "pilot")
    must("wave", "start", "first", "--no-wait")
    step = json.dumps({"commandId": "step", "entity": "wave:first", "stepWave": {}})
    must("apply", "-", given=step + "\n")
    return must


def on_a_terminal(check, url, must):
    with Terminal("wave", "status", "--follow", "--log", url) as terminal:
        check("it shows the wave", terminal.shows(f"running  pilot      {USERS}       {USERS}"),
              terminal.screen())
        seen = terminal.text.count(CLEARED)
        again = wait_until(lambda: terminal.read().count(CLEARED) >= seen + 3, WAIT_SECONDS)
        screen = terminal.screen()
        check("it is drawn again in place: one header, one line",
              again and len(screen) == 2 and screen[0].startswith("wave"), screen)
        must("mark", "noon")
        check("it goes on while others write", terminal.process.poll() is None, terminal.text)
        if terminal.process.poll() is None:
            terminal.press(b"\x03")
        check("Ctrl-C ends it with 0", terminal.ended() == 0, terminal.process.returncode)
        check("the next prompt begins on a line of its own", terminal.text.endswith("\n"),
              repr(terminal.text[-80:]))
        check("it left the terminal as it was",
              termios.tcgetattr(terminal.theirs) == terminal.before
              and "\x1b[?" not in terminal.text, repr(terminal.text[-200:]))


def without_one(check, url):
    with Program("wave", "status", "--follow", "--log", url) as followed:
        wait_until(lambda: len(followed.printed) >= 2, WAIT_SECONDS)
        time.sleep(1.5)
        check("without a terminal it prints once where nothing changes",
              len(followed.printed) == 2 and followed.printed[0].startswith("wave"),
              followed.printed)
        code, _, said = ferry("mover", "--exec", "true", "--once", "--concurrency", "1", "--log",
                              url)
        check("the moves are made", code == 0, said)
        wait_until(lambda: not followed.runs(), WAIT_SECONDS)
        code = followed.end()
        lines = followed.printed
        check("a line for each change, no header again, nothing for a terminal",
              len(lines) >= 3 and all(line.startswith("first") for line in lines[1:])
              and len(set(lines)) == len(lines) and "\x1b" not in "".join(lines), lines)
        check("it ends with the wave", code == 0 and "completed" in lines[-1], lines[-1:])


def follow_is_read(field, rng):
    """`ferry wave status --follow` on a terminal and without one."""
    folder = Path(field.folder) / "terminal"
    folder.mkdir()
    url = f"sqlite:{folder / 'log'}"

    def check(what, fine, said=""):
        return field.suite.check(f"follow: {what}", fine, said)

    must = plan_wave(url, folder)
    on_a_terminal(check, url, must)
    with Program("wave", "status", "--follow", "--log", url) as followed:
        wait_until(lambda: followed.printed, WAIT_SECONDS)
        code = followed.end(signal.SIGINT)
        check("an interrupt ends it with 0 also without a terminal", code == 0, code)
    without_one(check, url)
    field.suite.say("follow: on a terminal and without one")
