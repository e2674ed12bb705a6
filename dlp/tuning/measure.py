"""The measuring stick: files of a made-up town read as `dlp scan` reads them, and the counts held against the truth.

Files in, figures out; what is measured is whole inspections (bytes to count), one file after the other on one core.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dlp.detect import loader
from dlp.inspection import inspect
from dlp.transfer import Channel, Transfer
from dlp.tuning import corpus
from dlp.tuning.corpus import File, people

#: Sizes of innocent files, in rows.
_INNOCENT_SIZES = (1, 12, 40, 150)
BULK, SMALL = 100, 10


@dataclass(frozen=True, slots=True)
class Result:
    """One file's truth and what was counted."""

    layout: str
    kind: str
    encoding: str
    truth: int
    found: int
    shortfall: int  # truth and found per category, differences summed
    size: int
    seconds: float
    unread: bool

    @property
    def error(self) -> float:
        """Difference as a share of the truth."""
        return abs(self.found - self.truth) / max(1, self.truth)


@dataclass(slots=True)
class Report:
    """All results of one run."""

    lists: list[Result] = field(default_factory=list)
    innocents: list[Result] = field(default_factory=list)
    replay: list[Result] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """The figures the bars are about, shares between 0 and 1."""
        errors = sorted(r.error for r in self.lists) or [0.0]
        right = sum(min(r.found, r.truth) for r in self.lists)
        found = sum(r.found for r in (*self.lists, *self.innocents))
        told = sum(r.truth for r in self.replay)
        return {
            "bulk_found": _share(r.found >= BULK for r in self.lists if r.truth >= BULK),
            "small_found": _share(r.found >= SMALL for r in self.lists if SMALL <= r.truth < BULK),
            "error_median": statistics.median(errors),
            "error_p95": errors[min(len(errors) - 1, int(0.95 * len(errors)))],
            "recall": right / max(1, sum(r.truth for r in self.lists)),
            "precision": right / max(1, found),
            "innocents_10": 1 - _share(r.found < SMALL for r in self.innocents),
            "innocents_1": 1 - _share(r.found < 1 for r in self.innocents),
            "replay": abs(sum(r.found for r in self.replay) - told) / max(1, told),
        }

    def missed(self) -> list[str]:
        """The bars that are missed."""
        figures = self.figures()
        low = [name for name, bar in AT_LEAST.items() if figures[name] < bar]
        return low + [name for name, bar in AT_MOST.items() if figures[name] > bar]


AT_LEAST: Mapping[str, float] = {"bulk_found": 0.999, "small_found": 0.99}
AT_MOST: Mapping[str, float] = {
    "error_median": 0.0, "error_p95": 0.02, "innocents_10": 0.003, "innocents_1": 0.02, "replay": 0.01,
}  # fmt: skip


def _share(held: Iterable[bool]) -> float:
    all_held = list(held)
    return sum(all_held) / len(all_held) if all_held else 1.0


class Stick:
    """Measures one signature folder."""

    def __init__(self, files: Mapping[str, bytes], *, common: bool = False) -> None:
        self._ruleset = loader.load(files)
        self.books = (people.common if common else people.strangers)(self._ruleset.words)

    def count(self, file: File) -> Result:
        """One file, inspected."""
        transfer = Transfer(
            channel=Channel.MEDIA, sender="measure", destination=("measure",), name=file.name, data=file.data
        )
        begun = time.perf_counter()
        seen = inspect(transfer, self._ruleset, token_key=bytes(32))
        seconds = time.perf_counter() - begun
        off = sum(abs(seen.counts.get(c, 0) - file.counts.get(c, 0)) for c in {*seen.counts, *file.counts})
        return Result(
            file.layout,
            file.kind,
            file.encoding,
            file.subjects,
            seen.subjects,
            off,
            len(file.data),
            seconds,
            bool(seen.unread),
        )

    def measure(self, *, each: int, seed: int = 1, layouts: Sequence[str] = (), replay: bool = False) -> Report:
        """`each` files of every layout (or of those named), and of every innocent kind."""
        names = set(layouts)
        report = Report()
        for file in corpus.made(self.books, each=each, seed=seed, layouts=names or None):
            report.lists.append(self.count(file))
        for name in corpus.INNOCENTS:
            if not names or name in names:
                sizes = (_INNOCENT_SIZES[i % 4] for i in range(each))
                made = (corpus.innocent(name, size, self.books, seed * 1000 + i) for i, size in enumerate(sizes))
                report.innocents += map(self.count, made)
        if replay:
            report.replay += map(self.count, corpus.replay(self.books))
        return report


def text(report: Report) -> str:
    """The report as a table by layout, then the figures against their bars."""
    lines = [f"{'layout':32}{'files':>6}{'truth':>8}{'found':>8}{'worst':>7}{'off':>6}{'people/s':>10}{'MB/s':>7}"]
    for group in (report.lists, report.innocents):
        by_layout: dict[str, list[Result]] = defaultdict(list)
        for result in group:
            by_layout[result.layout].append(result)
        lines += [_line(name, found) for name, found in by_layout.items()]
    figures = report.figures()
    lines.append(f"\n{len(report.lists)} lists, {len(report.innocents)} innocent files, {len(report.replay)} replayed")
    for name, value in figures.items():
        bar = (
            f"  bar >= {AT_LEAST[name]:.1%}"
            if name in AT_LEAST
            else f"  bar <= {AT_MOST[name]:.1%}"
            if name in AT_MOST
            else ""
        )
        lines.append(f"{name:14}{value:9.2%}{bar}{'  MISSED' if name in report.missed() else ''}")
    if report.replay:
        lines.append(
            f"replay: {sum(r.found for r in report.replay):,} found of {sum(r.truth for r in report.replay):,}"
        )
    unread = sum(r.unread for r in (*report.lists, *report.innocents, *report.replay))
    return "\n".join([*lines, f"unread: {unread}"])


def _line(name: str, found: Sequence[Result]) -> str:
    seconds = sum(r.seconds for r in found) or 1e-9
    truth, worst = sum(r.truth for r in found), max(r.error if r.truth else r.found for r in found)
    shown = f"{worst:7.1%}" if truth else f"{worst:7.0f}"
    return (
        f"{name:32}{len(found):6}{truth:8,}{sum(r.found for r in found):8,}{shown}{sum(r.shortfall for r in found):6,}"
        f"{truth / seconds:10,.0f}{sum(r.size for r in found) / seconds / 1e6:7.2f}"
    )
