"""Three hosts on this machine: a network namespace each, joined by a bridge in a fourth. Needs root and iproute2.

Nothing of the machine's own network is touched, and no packet leaves the four namespaces.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

NET: Final = "10.91.0"
ADDRESSES: Final = tuple(f"{NET}.{party + 1}" for party in range(3))


def ip(*words: str) -> None:
    """Run iproute2; RuntimeError with what it said."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Names of the namespaces."""

    hub: str
    names: tuple[str, ...]

    def cut(self, party: int) -> None:
        """Pull the cable of one host: packets are dropped, nobody is told."""
        ip("-n", self.hub, "link", "set", f"port{party}", "down")

    def mend(self, party: int) -> None:
        """Put it back."""
        ip("-n", self.hub, "link", "set", f"port{party}", "up")


@contextmanager
def three_hosts() -> Iterator[Hosts]:
    """Make them, and take them away whatever happens."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        raise RuntimeError("three hosts on one machine need root and iproute2 (Debian: apt-get install iproute2)")
    mark = f"sn{os.getpid()}"
    hosts = Hosts(f"{mark}hub", tuple(f"{mark}h{party}" for party in range(3)))
    made: list[str] = []
    try:
        for name in (hosts.hub, *hosts.names):
            ip("netns", "add", name)
            made.append(name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", hosts.hub, "link", "add", "bridge", "type", "bridge")
        ip("-n", hosts.hub, "link", "set", "bridge", "up")
        for party, name in enumerate(hosts.names):
            ends = (
                "link",
                "add",
                "line",
                "netns",
                name,
                "type",
                "veth",
                "peer",
                "name",
                f"port{party}",
                "netns",
                hosts.hub,
            )
            ip(*ends)
            ip("-n", hosts.hub, "link", "set", f"port{party}", "master", "bridge", "up")
            ip("-n", name, "address", "add", f"{ADDRESSES[party]}/24", "dev", "line")
            ip("-n", name, "link", "set", "line", "up")
        yield hosts
    finally:
        for name in made:
            ip("netns", "delete", name)
