"""How a benchmark's figures are taken, kept and shown: medians, and what the machine was doing."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One contestant's figures for one piece of work."""

    work: str
    who: str
    unit: str  # of `median`: higher is better
    median: float
    low: float
    high: float
    runs: int
    note: str = ""


def rates(work: str, amount: float, unit: str, contestants: dict[str, Callable[[], object]], *, runs: int) -> list[Row]:
    """Run each contestant in turn, A B A B …, after one warm-up each; `amount`/seconds for each run.

    Seconds of processor time, of this process and its children: on a machine that does other work, too, the wall clock
    tells more of that than of the contestants. All of them run on one core and none waits for anything.
    """
    seconds: dict[str, list[float]] = {who: [] for who in contestants}
    for number in range(runs + 1):
        for who, act in contestants.items():
            begun = _spent()
            act()
            if number:
                seconds[who].append(_spent() - begun)
    return [row(work, who, unit, [amount / s for s in taken]) for who, taken in seconds.items()]


def _spent() -> float:
    """Processor time of this process and of its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def row(work: str, who: str, unit: str, figures: Sequence[float], note: str = "") -> Row:
    """The median and the range of some figures."""
    return Row(work, who, unit, statistics.median(figures), min(figures), max(figures), len(figures), note)


class Clock:
    """What the machine was doing while a benchmark ran: when, and how busy before and after."""

    def __init__(self) -> None:
        self._begun, self._at, self._before = time.monotonic(), datetime.now(UTC), _load()

    def machine(self) -> dict[str, object]:
        """The machine and its load, as kept beside the figures."""
        return {
            "at": self._at.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self._begun),
            "python": platform.python_version(),
            "system": platform.platform(),
            "cpu": _cpu(),
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
            "load_before": self._before,
            "load_after": _load(),
        }


def _load() -> list[float]:
    return [round(x, 2) for x in os.getloadavg()]


def write(name: str, rows: Sequence[Row], clock: Clock) -> None:
    """Keep the figures as JSON."""
    RESULTS.mkdir(exist_ok=True)
    data = {"benchmark": name, "machine": clock.machine(), "rows": [asdict(r) for r in rows]}
    (RESULTS / f"{name}.json").write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def show(name: str, rows: Sequence[Row]) -> None:
    """Print the figures as a Markdown table, each against the first contestant of its work."""
    print(f"\n### {name}\n\n| work | who | median | range | ratio to first |\n|---|---|---|---|---|")
    first: dict[str, float] = {}
    for r in rows:
        base = first.setdefault(r.work, r.median)
        span = f"{r.low:,.0f}–{r.high:,.0f}" if r.median >= 10 else f"{r.low:.2f}–{r.high:.2f}"
        value = f"{r.median:,.0f}" if r.median >= 10 else f"{r.median:.2f}"
        print(f"| {r.work} | {r.who} | {value} {r.unit} | {span} ({r.runs} runs) | {r.median / base:.3g} |{r.note}")
