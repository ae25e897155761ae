"""The faults of tests/faults that come to the processes of an embedded log: killed at each call,
refused by the disk at each call, with no room left, and under clocks that jump."""

import collections
import itertools
import os
import re
import shutil
import subprocess

from .embedded_home import Home, done, groups, script

CALLS = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "mkdir", "openat")


class Reference:
    """What the script comes to where nothing goes wrong, and the calls it makes."""

    def __init__(self, field):
        self.groups = groups(field.rng)
        self.folder = field.scratch / field.name
        self.home = Home(self.folder / "undisturbed")
        self.folder.mkdir()
        trace = self.folder / "trace"
        self.answers, code, said = self.home.apply_in_groups(
            self.groups, strace("-o", trace, "-e", f"trace={','.join(CALLS)}")
        )
        field.check("undisturbed, all is done", code == 0 and len(done(self.answers)) == 200, said)
        self.events = self.home.found()
        self.entities = self.home.entities()
        self.ends = [0]
        for group in self.groups:
            self.ends.append(self.ends[-1] + len(group))
        self.points = points(trace.read_text())

    def fresh(self, number):
        return Home(self.folder / f"at-{number}")


def strace(*arguments):
    return ("strace", "-f", "-qq", *map(str, arguments))


def points(trace):
    """Each write-like call as (name, n), n counted by name as strace's `when` counts."""
    counts, found = collections.Counter(), []
    for line in trace.splitlines():
        name = re.match(r"\d+ +(\w+)\(", line)
        if not name or name[1] not in CALLS:
            continue
        counts[name[1]] += 1
        if name[1] != "openat" or "O_CREAT" in line:
            found.append((name[1], counts[name[1]]))
    return found


def some(field, all_points):
    """A tenth, from a random one on, with the first and the last; all of them at length."""
    if field.long:
        return list(enumerate(all_points))
    begin = field.rng.randrange(10)
    chosen = {0, len(all_points) - 1, *range(begin, len(all_points), 10)}
    return [(number, all_points[number]) for number in sorted(chosen)]


def judge(field, reference, home, answers, where):
    """What was acknowledged is there, no commit by halves, and it goes on to the same end."""
    acknowledged, found = done(answers), {}
    if home.is_there():
        said = home.run("verify")
        empty = said.returncode == 69 and not acknowledged
        field.check(f"{where}: verified", said.returncode == 0 or empty, said.stdout + said.stderr)
        found = home.found()
    lost = acknowledged.keys() - found.keys()
    field.check(f"{where}: nothing acknowledged is lost", not lost, sorted(lost))
    whole = len(found) in reference.ends and found == {
        id: reference.events[id] for id in list(reference.events)[: len(found)]
    }
    field.check(f"{where}: no commit by halves", whole, found)
    again, said = home.apply_all()
    fine = said.returncode == 0 and len(done(again)) == 200
    field.check(f"{where}: it goes on", fine, said.stderr + said.stdout[:500])
    same = all(done(again).get(id) == answer for id, answer in acknowledged.items())
    field.check(f"{where}: asked again, the answers are the same", same)
    field.check(f"{where}: the end is the same", home.entities() == reference.entities)
    shutil.rmtree(home.directory, ignore_errors=True)
    return collections.Counter(acknowledged=len(acknowledged), lost=len(lost), halves=not whole)


def killed_at_calls(field):
    """7.2.1: SIGKILL at every write-like system call of a script of 200 commands."""
    reference = Reference(field)
    chosen, seen = some(field, reference.points), collections.Counter()
    for number, (call, nth) in chosen:
        where = f"killed at call {number + 1}, {call} {nth}"
        home = reference.fresh(number)
        answers, code, said = home.apply_in_groups(
            reference.groups,
            strace("-o", "/dev/null", "-e", f"trace={call}",
                   "-e", f"inject={call}:signal=SIGKILL:when={nth}"),
        )
        field.check(f"{where}: it was killed", code in (-9, 137), f"exit {code}\n{said}")
        seen += judge(field, reference, home, answers, where)
    field.figures = (f"{len(chosen)} of {len(reference.points)} calls; {seen['acknowledged']} "
                     f"commands acknowledged, {seen['lost']} lost, {seen['halves']} half commits")


def refused_at_calls(field):
    """7.2.3: EIO or ENOSPC from each write-like call on, until the disk is well again."""
    reference = Reference(field)
    of_files = [point for point in reference.points if point[0] not in ("write", "openat", "mkdir")]
    chosen, refused = some(field, of_files), collections.Counter()
    for number, (call, nth) in chosen:
        takes_room = call in ("pwrite64", "ftruncate")
        error = field.rng.choice(("EIO", "ENOSPC") if takes_room else ("EIO",))
        where = f"{error} from call {number + 1}, {call} {nth}"
        home = reference.fresh(number)
        answers, code, said = home.apply_in_groups(
            reference.groups,
            strace("-o", "/dev/null", "-e", f"trace={call}",
                   "-e", f"inject={call}:error={error}:when={nth}+"),
        )
        # A file that is left over, or that SQLite can do without, stops nobody.
        finished = code == 0 and len(done(answers)) == 200
        named = code in (74, 75) and "ferry: " in said
        field.check(f"{where}: exit 74 with the reason, or nothing was needed", finished or named,
                    f"exit {code}\n{said}")
        refused[code] += 1
        while_failing(field, home, call, error, where)
        judge(field, reference, home, answers, where)
    field.figures = (f"{len(chosen)} of {len(of_files)} calls; exit codes "
                     + ", ".join(f"{code}: {count}" for code, count in sorted(refused.items()))
                     + "; read and verified meanwhile")


def while_failing(field, home, call, error, where):
    """Reading needs nothing of a disk that takes no writes."""
    if not home.is_there() or not (home.directory / "paris.head").exists():
        return
    disk = strace("-o", "/dev/null", "-P", home.directory / "paris.db",
                  "-P", home.directory / "paris.db-wal", "-P", home.directory / "paris.head",
                  "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when=1+")
    said = home.run("verify", under=disk)
    field.check(f"{where}: verify works meanwhile", said.returncode == 0, said.stdout + said.stderr)


def no_room(field):
    """7.2.3: ENOSPC at every step of a small file system, and room again."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"]).returncode != 0:
        field.suite.skip(field.name, "only root may mount a file system of its own")
        field.figures = "not run"
        return
    reference = Reference(field)
    sizes = range(8, 400, field.many(24, 4))
    refused = 0
    for size in sizes:
        where = f"{size} KiB"
        home = reference.fresh(size)
        home.directory.mkdir()
        # The mount lives as long as this shell, which goes on once it is told to.
        mounted = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "sh", "-c",
             f"mount -t tmpfs -o size={size}k tmpfs {home.directory} && echo ready && read _"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        try:
            if not field.check(f"{where}: mounted", mounted.stdout.readline() == "ready\n"):
                continue
            inside = ("nsenter", "-m", "-t", str(mounted.pid))
            refused += in_little_room(field, reference, home, inside, where)
        finally:
            mounted.communicate("\n")
            shutil.rmtree(home.directory, ignore_errors=True)
    field.check("some sizes are too small", refused > 2, refused)
    field.figures = f"{len(sizes)} sizes from 8 KiB on, {refused} too small; all gone on with room"


def in_little_room(field, reference, home, inside, where):
    answers, code, said = home.apply_in_groups(reference.groups, inside)
    full = code in (74, 75) and re.search(r"disk is full|full|No space left", said)
    finished = code == 0 and len(done(answers)) == 200
    field.check(f"{where}: done, or refused because the disk is full", finished or full,
                f"exit {code}\n{said}")
    if done(answers):
        read = home.run("verify", under=inside)
        field.check(f"{where}: verify works meanwhile", read.returncode == 0,
                    read.stdout + read.stderr)
    subprocess.run([*inside, "mount", "-o", "remount,size=16m", str(home.directory)], check=True)
    lines = "".join(f"{line}\n" for line in script())
    again = home.run("apply", "-", under=inside, stdin=lines)
    went_on = again.returncode == 0 and again.stdout.count('"DONE"') == 200
    field.check(f"{where}: it goes on with room", went_on, again.stderr + again.stdout[:500])
    shown = home.run("show", "--all", "--json", under=inside).stdout
    field.check(f"{where}: the end is the same", shown == reference.entities)
    return not finished


def clock_jumps(field):
    """7.2.7: clocks that jump by years, and time zones: the order and a rollback are the same."""
    if not shutil.which("faketime"):
        field.suite.skip(field.name, "faketime is not installed")
        field.figures = "not run"
        return
    folder = field.scratch / field.name
    folder.mkdir()
    steady, jumping = Home(folder / "steady"), Home(folder / "jumping")
    given, orders = groups(field.rng), []
    jumps = field.many(12, len(given))
    cut = [given[begin::jumps] for begin in range(jumps)]  # Sizes; the order is the script's.
    parts, lines = [], script()
    for part in cut:
        size = sum(map(len, part))
        parts.append(lines[:size])
        lines = lines[size:]
    for home, clocks in ((steady, (None,)), (jumping, JUMPS)):
        clock = itertools.cycle(clocks)
        for number, part in enumerate(parts):
            if number == jumps // 2:
                told(field, home, next(clock), "mark", "half")
            text = "".join(f"{line}\n" for line in part)
            told(field, home, next(clock), "apply", "-", stdin=text)
        told(field, home, next(clock), "rollback", "--to", "half", "--yes")
        orders.append([(event["entity"], event["version"], event["type"], event["position"])
                       for event in home.events()])
    field.check("the order is the same", orders[0] == orders[1])
    field.check("the end is the same", steady.entities() == jumping.entities())
    times = [event["recordedTime"] for event in jumping.events()]
    field.check("recorded time never goes back", times == sorted(times))
    spread = {time[:4] for time in times}
    field.check("the clock did jump", len(spread) > 1, spread)
    said = jumping.run("verify", "--rebuild")
    field.check("verified", said.returncode == 0, said.stdout + said.stderr)
    field.figures = (f"{jumps + 2} commands under clocks ±10 years, seconds and hours apart, in "
                     f"{len(ZONES)} time zones; {len(times)} events, same order, same end, same "
                     "rollback")


ZONES = ("UTC", "Europe/Paris", "America/Montreal", "Pacific/Kiritimati", "Asia/Kathmandu")
# In turns. The first is the right time: recorded time never goes back, so a log that was begun ten
# years ahead would stay there.
JUMPS = ("+0s", "-10y", "+3600s", "-1d", "+10y", "-59s")


def told(field, home, jump, *arguments, stdin=""):
    """Runs the command; under a clock of its own, which somebody has confirmed."""
    if jump:
        under = ("env", f"TZ={field.rng.choice(ZONES)}", "faketime", "-f", jump)
        arguments = (*arguments, "--confirm-clock")
        said = home.run(*arguments, under=under, stdin=stdin)
    else:
        said = home.run(*arguments, stdin=stdin)
    field.check(f"{' '.join(arguments)} is done", said.returncode == 0, said.stderr + said.stdout)
