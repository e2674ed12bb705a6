"""A month in numbers: by department, channel, person and kind, the trend of a year, decisions and their times. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from dlp.errors import ConfigError
from dlp.verdict import Action
from quarantine.tallies import Tallies, TransferTally

VERDICTS = tuple(action.value for action in Action)
_MONTHS = 12


def steps(month: str, zone: ZoneInfo, months: int = _MONTHS) -> list[datetime]:
    """Where the months that end with `month` ("2026-04") begin, and where it ends. Raises ConfigError."""
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month):
        raise ConfigError(f"{month!r} is no month: write it as 2026-04")
    number = int(month[:4]) * 12 + int(month[5:]) - 1
    return [_first(number + offset, zone) for offset in range(1 - months, 2)]


def _first(number: int, zone: ZoneInfo) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=zone)


def month_of(now: datetime, zone: ZoneInfo) -> str:
    """The month of a moment, as :func:`steps` reads it."""
    return f"{now.astimezone(zone):%Y-%m}"


@dataclass(slots=True)
class Line:
    """One line of a table: transfers by verdict, and people."""

    name: str
    by: Counter[str] = field(default_factory=Counter)
    people: int = 0
    largest: int = 0

    @property
    def transfers(self) -> int:
        """All of them."""
        return sum(self.by.values())

    def add(self, one: TransferTally) -> None:
        """Count one more."""
        self.by[one.verdict] += one.transfers
        self.people += one.people
        self.largest = max(self.largest, one.largest)


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """How long somebody took to say a word."""

    name: str
    approved: int
    rejected: int
    withdrawn: int
    half: float  # seconds: median
    slow: float  # nine of ten were faster


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The report."""

    month: str
    department: str  # "" for all
    total: Line
    departments: tuple[Line, ...]
    channels: tuple[Line, ...]
    persons: tuple[Line, ...]
    kinds: tuple[tuple[str, int, int], ...]  # kind, transfers, people
    speeds: tuple[Speed, ...]
    cases: Mapping[str, int]  # by where they stand now
    trend: tuple[Line, ...]  # a line a month


def of(tallies: Tallies, month: str, *, starts: Sequence[datetime], department: str = "", top: int = 50) -> Month:
    """The report of one month. `starts`: of the trend's months; of persons the `top` with the most people."""
    total = Line("")
    for one in tallies.transfers:
        total.add(one)
    persons = _lines(tallies.transfers, lambda one: one.person)
    return Month(
        month=month,
        department=department,
        total=total,
        departments=_lines(tallies.transfers, lambda one: one.department),
        channels=_lines(tallies.transfers, lambda one: one.channel),
        persons=persons[:top],
        kinds=_kinds(tallies),
        speeds=_speeds(tallies),
        cases=_cases(tallies),
        trend=_trend(tallies, starts),
    )


def _lines(tallies: Iterable[TransferTally], key: Callable[[TransferTally], str]) -> tuple[Line, ...]:
    found: dict[str, Line] = {}
    for one in tallies:
        found.setdefault(key(one), Line(key(one))).add(one)
    return tuple(sorted(found.values(), key=lambda line: (-line.people, -line.transfers, line.name)))


def _kinds(tallies: Tallies) -> tuple[tuple[str, int, int], ...]:
    transfers: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for one in tallies.kinds:
        transfers[one.kind] += one.transfers
        people[one.kind] += one.people
    return tuple((kind, transfers[kind], count) for kind, count in people.most_common())


def _speeds(tallies: Tallies) -> tuple[Speed, ...]:
    words: dict[str, list[float]] = defaultdict(list)
    moves: dict[str, Counter[str]] = defaultdict(Counter)
    for one in tallies.decisions:
        moves[one.actor][one.move] += 1
        words[one.actor].append(one.seconds)
    return tuple(
        Speed(
            name=actor,
            approved=moves[actor]["approve"],
            rejected=moves[actor]["reject"],
            withdrawn=moves[actor]["withdraw"],
            half=median(seconds),
            slow=quantiles(seconds, n=10)[-1] if len(seconds) > 1 else seconds[0],
        )
        for actor, seconds in sorted(words.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _cases(tallies: Tallies) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for one in tallies.cases:
        found[one.status] += one.cases
    return dict(sorted(found.items()))


def _trend(tallies: Tallies, starts: Sequence[datetime]) -> tuple[Line, ...]:
    lines = {start: Line(f"{start:%Y-%m}") for start in starts}
    for one in tallies.trend:
        lines[one.since].by[one.verdict] += one.transfers
        lines[one.since].people += one.people
    return tuple(lines.values())
