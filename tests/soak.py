"""`python -m tests.soak --minutes 20`: everything sent at full rate by every way; memory and descriptors stay flat.

Innocent things and lists go out by mail, web, mount and drop folder from several senders at once. Memory is the sum of
the proportional set sizes (PSS) of the gateway's processes, so that what they share counts once. After a warm-up of a
quarter of the time, the last quarter is held against the second one, by medians. At the end all is accounted for.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.ways import FAULT, WAYS, Ways
from tests.faults.troubles import below

SENDERS = {"mail": 4, "web": 3, "mount": 2, "drop": 1}
GROWTH = 0.05  # of memory that is allowed after the warm-up
_SHARE = 50  # one thing of so many is a list
_WAITING = 20  # files in the drop folder until its sender waits
_EVERY = 2.0  # seconds between two looks


@dataclass(frozen=True)
class Look:
    """What the gateway's processes had at one moment."""

    memory: int  # bytes
    descriptors: int


@dataclass(frozen=True)
class Soaked:
    """What a soak came to: medians of the second and of the last quarter."""

    seconds: float
    sent: dict[str, int]
    faults: int
    before: Look
    after: Look

    @property
    def growth(self) -> float:
        """Of memory, as a share."""
        return self.after.memory / self.before.memory - 1

    @property
    def flat(self) -> bool:
        """Whether neither memory nor descriptors have grown."""
        return self.growth <= GROWTH and self.after.descriptors <= self.before.descriptors + 2


def look(pid: int) -> Look:
    """The gateway and all below it."""
    memory = descriptors = 0
    for one in (pid, *below(pid)):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            memory += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) * 1024
            descriptors += len(list(Path(f"/proc/{one}/fd").iterdir()))
        except (OSError, StopIteration):
            continue  # a worker that was replaced just now
    return Look(memory, descriptors)


class _Senders:
    """Threads that send until they are told to stop."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._over = threading.Event()
        self._count = threading.Lock()
        self._number = 0
        self.sent: Counter[str] = Counter()
        self.faults = 0
        self._threads = [
            threading.Thread(target=self._send, args=(way,), daemon=True)
            for way, many in SENDERS.items()
            for _ in range(many)
        ]

    def __enter__(self) -> _Senders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive(), "a sender was never answered"

    def _send(self, way: str) -> None:
        while not self._over.is_set():
            while way == "drop" and self._ways.waiting() > _WAITING and not self._over.wait(0.05):
                pass
            with self._count:
                self._number += 1
                name = f"{self._number}-{'l' if self._number % _SHARE == 0 else 'm'}"
            word = self._ways.send(way, name)
            with self._count:
                self.sent[way] += 1
                self.faults += word == FAULT


def run(folder: Path, seconds: float) -> Soaked:
    """A soak of so long. Raises AssertionError where something is unaccounted for."""
    looks = []
    with Ways(folder) as ways:
        assert ways.box.process is not None
        with _Senders(ways) as senders:
            begun = said = time.monotonic()
            while (now := time.monotonic()) < begun + seconds:
                looks.append(look(ways.box.process.pid))
                if now - said > 30:
                    said = now
                    _say(now - begun, senders, looks[-1])
                time.sleep(min(_EVERY, seconds / 20))
        ways.account()
    quarter = len(looks) // 4
    return Soaked(
        seconds=seconds,
        sent={way: senders.sent[way] for way in WAYS},
        faults=senders.faults,
        before=_median(looks[quarter : 2 * quarter]),
        after=_median(looks[-quarter:]),
    )


def _say(seconds: float, senders: _Senders, at: Look) -> None:
    print(
        f"{seconds:6.0f} s  {senders.sent.total():,} sent, {at.memory >> 20} MiB, {at.descriptors} descriptors",
        file=sys.stderr,
        flush=True,
    )


def _median(looks: list[Look]) -> Look:
    return Look(
        int(statistics.median(one.memory for one in looks)), int(statistics.median(one.descriptors for one in looks))
    )


def main() -> int:
    """The command; 1 when it has grown."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soaked = run(Path(folder), args.minutes * 60)
    print(f"{soaked.seconds:.0f} s; sent {soaked.sent}; told to come again {soaked.faults}; all accounted for")
    print(f"memory {soaked.before.memory >> 20} -> {soaked.after.memory >> 20} MiB ({soaked.growth:+.1%})")
    print(f"descriptors {soaked.before.descriptors} -> {soaked.after.descriptors}")
    return 0 if soaked.flat else 1


if __name__ == "__main__":
    raise SystemExit(main())
