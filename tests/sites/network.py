"""A network namespace for each place, and the one address at which all of them find the broker."""

import random
import shutil
import subprocess

from service.link import Namespace

TEST_NET_3 = "203.0.113"
NETWORKS = 60
WAYS = ("both", "out", "in")


def free_spaces(count):
    """So many whose addresses nobody has: other runs may have namespaces, too."""
    taken = subprocess.run(["ip", "-4", "-oneline", "address"], capture_output=True, text=True,
                           check=False).stdout
    while True:
        first = random.randrange(NETWORKS)
        spaces = [Namespace(first + number, TEST_NET_3) for number in range(count)]
        if not any(f"inet {space.outside}/" in taken for space in spaces):
            return spaces


class Network:
    """Without the right to make namespaces every place is on this machine's own network, and
    `missing` says why; then nothing can be cut."""

    def __init__(self, *places):
        self.missing = "" if shutil.which("ip") else "there is no `ip`: apt-get install iproute2"
        # The first one is nobody's and never cut: the broker's address is this end of its link.
        self.spaces = [] if self.missing else free_spaces(len(places) + 1)
        self.places = dict(zip(places, self.spaces[1:]))

    def __enter__(self):
        for space in self.spaces:
            self.missing = self.missing or space.make()
        return self

    def __exit__(self, *_):
        for space in self.spaces:
            space.__exit__()

    @property
    def broker(self):
        return None if self.missing else self.spaces[0].outside

    def inside(self, place):
        return () if self.missing else self.places[place].command

    def cut(self, place, way):
        """What went wrong; empty where nothing did."""
        return self.missing or self.places[place].cut(way, self.broker)

    def heal(self, place, way):
        return self.missing or self.places[place].heal(way, self.broker)
