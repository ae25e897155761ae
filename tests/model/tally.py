"""Counts what was compared and what was reached, and prints the first disagreements."""

from collections import Counter

from model import guards, tables

SHOWN_MAX = 10


class Tally:
    def __init__(self, quiet=False):
        self.quiet = quiet
        self.passed = 0
        self.failed = 0
        self.reached = Counter()

    def check(self, complaints, where):
        """Counts one comparison; `complaints` is empty where it agreed."""
        if not complaints:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= SHOWN_MAX and not self.quiet:
            print(f"DISAGREES {where}")
            for complaint in complaints:
                print(f"    {complaint}")

    def reach(self, *names):
        self.reached.update(names)

    def missing(self):
        return [name for name in everything_to_reach() if not self.reached[name]]

    def outcomes(self):
        """How many answers of each outcome were agreed on, for people."""
        prefix = "outcome "
        counts = sorted((n.removeprefix(prefix), c) for n, c in self.reached.items() if prefix in n)
        return ", ".join(f"{count} {name}" for name, count in counts)


def everything_to_reach():
    """Every outcome, guard failure, state and value that random commands are meant to reach."""
    outcomes = ("DONE", "REFUSED", "NO_TRANSITION", "CONFLICT", "INVALID", "repeated", "bad line")
    refusals = set(guards.GUARDS) - set(tables.NEVER_FAILING) | set(guards.OTHER_REFUSALS)
    names = [f"outcome {name}" for name in outcomes]
    names += [f"refusal {name}" for name in sorted(refusals)]
    for kind in tables.KINDS:
        names += [f"{kind} {lifecycle}" for lifecycle in tables.LIFECYCLES]
        names += [f"{kind} {action} from {state}" for state, action in tables.ROWS[kind]]
        names += [f"{kind} withdraw from {state}" for state in tables.WITHDRAW_FROM[kind]]
    names += [f"coexistence {name}" for name in ("unverified", "verified", "degraded")]
    names += [f"compatibility {name}" for name in ("unverified", "compatible", "incompatible")]
    names += [f"client {name}" for name in ("legacy-client", "upgraded-client")]
    names += ["registered again", "found on the new side", "withdrawn", "id of another command"]
    return names
