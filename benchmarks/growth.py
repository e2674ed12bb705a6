"""Whether cost grows as the input does: 1, 10 and 100 times the rows, time a row and peak memory by input.

Each size is inspected in a fresh process, as a worker is: the rules are loaded first, memory is measured from there.
What scattered is taken out, or told apart:

* Sizes take turns, and those of one round are set against each other: what else the machine does fills the caches that
  both need, and differs by a half from minute to minute. The median of the rounds' ratios is the figure.
* The first inspection of a size is told apart: it touches memory for the first time.
* Of each size as many are measured as fit into the same processor time, not three: one of 3,143 rows takes 20 ms.
* Time is processor time. The system's share is in it, and told apart: memory given to a process, which costs more where
  a machine is itself a guest.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.report import Row, row

BASE = 3_143
TIMES = (1, 10, 100)
LEAST, SPENT = 3, 1.5  # inspections of each size in a process; seconds of processor time that more are taken in


class Taken(NamedTuple):
    """What one process took, seconds of processor time and bytes."""

    first: float  # of the first inspection of its size
    total: float  # median of the others
    system: float  # of which the system's
    peak: int  # memory above the loaded rules
    size: int  # of the input


def measure(path: Path, truth: int) -> Taken:
    """Inspect a list again and again. It was made once, for all rounds: that takes longer than to inspect it."""
    from benchmarks.lists import make
    from benchmarks.ours import inspector, one_core

    one_core()
    data = path.read_bytes()
    inspect = inspector()
    inspect(make(200)[0].encode(), "warm.csv")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = _resident("VmRSS")
    taken: list[tuple[float, float]] = []
    while len(taken) <= LEAST or sum(map(sum, taken)) < SPENT:
        begun = resource.getrusage(resource.RUSAGE_SELF)
        found = inspect(data, "list.csv").subjects
        ended = resource.getrusage(resource.RUSAGE_SELF)
        taken.append((ended.ru_utime - begun.ru_utime, ended.ru_stime - begun.ru_stime))
        if found != truth:
            raise SystemExit(f"counted {found}, true are {truth}")
    first, *others = map(sum, taken)
    system = statistics.mean(system for _, system in taken[1:])  # it comes in ticks: a median would be one of them
    return Taken(first, statistics.median(others), system, _resident("VmHWM") - before, len(data))


def _resident(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"{field} not in /proc/self/status")


def run(runs: int = 5) -> list[Row]:
    """Rows a second, what ten times the rows cost, and peak memory by input."""
    from benchmarks.lists import make

    with TemporaryDirectory() as folder:
        lists: list[tuple[Path, int]] = []
        for times in TIMES:
            text, truth = make.__wrapped__(BASE * times)
            (path := Path(folder) / f"{times}.csv").write_bytes(text.encode())
            lists.append((path, truth))
        rounds = [[_apart(path, truth) for path, truth in lists] for _ in range(runs)]
    by_size = list(zip([f"{BASE * times:,} rows" for times in TIMES], zip(*rounds, strict=True), strict=True))
    return [
        *(
            row("rows a second", name, "rows/s", [BASE * times / one.total for one in taken], _beside(taken))
            for times, (name, taken) in zip(TIMES, by_size, strict=True)
        ),
        *(
            row("time by input", f"{more} : {less}", "×", [b.total / a.total for a, b in zip(low, high, strict=True)])
            for (less, low), (more, high) in pairwise(by_size)
        ),
        *(row("peak memory by input", name, "×", [one.peak / one.size for one in taken]) for name, taken in by_size),
    ]


def _beside(taken: Sequence[Taken]) -> str:
    first, total, system = (statistics.median(column) for column in list(zip(*taken, strict=True))[:3])
    return f" {total * 1e3:,.0f} ms, of which the system {system * 1e3:,.1f}; the first {first * 1e3:,.0f} ms |"


def _apart(path: Path, truth: int) -> Taken:
    command = [sys.executable, "-m", "benchmarks.growth", str(path), str(truth)]
    return Taken(*json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
