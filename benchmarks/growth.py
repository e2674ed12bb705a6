"""Whether cost grows as the input does: 1, 10 and 100 times the rows, time a row and peak memory by input.

Each size is inspected in a fresh process, as a worker is: the rules are loaded first, memory is measured from there.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Row, row

BASE = 3_143
TIMES = (1, 10, 100)


def _resident(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"{field} not in /proc/self/status")


def measure(rows: int) -> None:
    """Print: seconds, peak memory above the loaded rules, input bytes."""
    from benchmarks.lists import make
    from benchmarks.ours import inspector, one_core

    one_core()
    text, truth = make(rows)
    data = text.encode()
    del text
    inspect = inspector()
    inspect(make(200)[0].encode(), "warm.csv")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    taken, before = [], _resident("VmRSS")
    for _ in range(3):  # of every size: the first has to be given its memory
        begun = time.process_time()
        found = inspect(data, "list.csv").subjects
        taken.append(time.process_time() - begun)
        if found != truth:
            raise SystemExit(f"counted {found}, true are {truth}")
    print(statistics.median(taken), _resident("VmHWM") - before, len(data))


def run(runs: int = 2) -> list[Row]:
    """Rows a second and peak memory by input, each size; sizes take turns."""
    found: dict[int, list[tuple[float, float, int]]] = {times: [] for times in TIMES}
    for _ in range(runs):
        for times in TIMES:
            command = [sys.executable, "-m", "benchmarks.growth", str(BASE * times)]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            found[times].append((float(out[0]), float(out[1]), int(out[2])))
    result = []
    for times, figures in found.items():
        result.append(
            row("rows a second", f"{BASE * times:,} rows", "rows/s", [BASE * times / s for s, _, _ in figures])
        )
    for times, figures in found.items():
        result.append(
            row("peak memory by input", f"{BASE * times:,} rows", "×", [peak / size for _, peak, size in figures])
        )
    return result


if __name__ == "__main__":
    measure(int(sys.argv[1]))
