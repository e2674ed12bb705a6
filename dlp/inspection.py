"""inspect(): bytes of a transfer in, what they hold out. Pure: no I/O, no clock but the budget's."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dlp.detect.ruleset import Ruleset
from dlp.errors import Incomplete
from dlp.extract import stream
from dlp.extract.blocks import Why
from dlp.extract.budget import Budget
from dlp.extract.records import webform
from dlp.extract.settled import Known
from dlp.finding import Finding, Unread
from dlp.reading import Reading
from dlp.subjects.counter import Counter
from dlp.subjects.people.affected import Affected
from dlp.subjects.people.trace import Traces
from dlp.transfer import Channel, Part, Transfer


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of the file tree a supervisor sees. Names are masked before they get here."""

    path: tuple[str, ...]
    media_type: str
    bytes: int
    subjects: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Up to three masked rows of one table or form, to let a supervisor recognise the list."""

    part: tuple[str, ...]
    place: str
    header: tuple[str, ...]  # category labels of the columns, not the file's own words
    rows: tuple[tuple[str, ...], ...]  # masked cells


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """What was read: findings, data subjects, what could not be read. Picklable, free of content."""

    subjects: int  # distinct people
    lower: int  # certainly at least
    upper: int  # perhaps as many as
    counts: dict[str, int]  # category -> how many of the data subjects carry it
    findings: tuple[Finding, ...] = ()
    tokens: tuple[bytes, ...] = field(default=(), repr=False)  # 16-byte keyed tokens, one a data subject, sorted
    traces: Traces = Traces()  # noqa: RUF009  immutable; by what these people are found later
    unread: tuple[Unread, ...] = ()
    tree: tuple[TreeEntry, ...] = ()
    samples: tuple[Sample, ...] = ()
    notes: tuple[str, ...] = ()  # how it was read: codes of dlp.texts
    masked_name: str = ""  # the transfer's name (subject line, file name) with what is personal in it masked
    affected: tuple[Affected, ...] = field(default=(), repr=False)  # content: filled for an incident's list alone
    passwords: tuple[str, ...] = field(default=(), repr=False)  # content: what a mail gives as such; kept nowhere
    unlocked: tuple[str, ...] = ()  # ids of the transfers beside it that its passwords open
    media_type: str = "application/octet-stream"
    bytes: int = 0
    seconds: float = 0.0
    ruleset: str = ""

    @property
    def inspected(self) -> bool:
        """Whether every part was read."""
        return not self.unread


def together(whole: Inspection, piece: Inspection) -> Inspection:
    """What is in a content and in a piece of it, each counted once: the stronger of both, and the people of either."""
    counts = {kind: max(whole.counts.get(kind, 0), piece.counts.get(kind, 0)) for kind in whole.counts | piece.counts}
    return replace(
        whole,
        subjects=max(whole.subjects, piece.subjects),
        lower=max(whole.lower, piece.lower),
        upper=max(whole.upper, piece.upper),
        counts=counts,
        findings=tuple(dict.fromkeys((*whole.findings, *piece.findings))),
        tokens=tuple(sorted({*whole.tokens, *piece.tokens})),
        unread=tuple(dict.fromkeys((*whole.unread, *piece.unread))),
        notes=tuple(dict.fromkeys((*whole.notes, *piece.notes))),
    )


def inspect(
    transfer: Transfer,
    ruleset: Ruleset,
    *,
    token_key: bytes | None,
    town: str = "",
    budget: Budget | None = None,
    large: stream.Content | None = None,
    listing: bool = False,
    beside: Sequence[Transfer] = (),
    known: Known | None = None,
) -> Inspection:
    """Read a whole transfer: every part within the budget, every person once.

    `token_key` keys the tokens of the people found, None makes none; `town` is the own municipality's name; `large`
    is the content of a large spool, which is then read piece by piece; `listing` names the people found. `beside`:
    mails held for what is locked in them; those that the passwords of this mail open are read and counted with it.
    `known`: of a `large` running text what :func:`nothing_in` says of stretches; those are not read again whose bytes
    have not changed.
    Never raises for what the content is: what cannot be read is in `unread`.
    """
    begun = time.monotonic()
    budget = budget or Budget()
    reading = Reading(ruleset, Counter(ruleset, token_key, town=town, listing=listing), budget)
    if large is None:
        reading.read(transfer.part())
    else:
        budget.begin(len(large))
        reading.read_large((transfer.name or transfer.channel.value,), large, transfer.declared, known or Known())
    if transfer.beside:
        reading.read_said(Part(path=("request",), data=transfer.beside, declared=webform.URLENCODED))
    passwords = budget.said() if transfer.channel is Channel.MAIL else ()
    unlocked = [held for held in beside if passwords and _opens(held, ruleset, budget, passwords)]
    for held in unlocked:
        reading.read_beside(held.part())
    count = reading.counter.result()
    shown = {path: reading.masked(path) for path, _, _ in reading.tree}
    return Inspection(
        subjects=count.subjects,
        lower=count.lower,
        upper=count.upper,
        counts=dict(count.counts),
        findings=tuple(map(reading.masked_in, (*count.findings, *reading.findings))),
        tokens=tuple(count.tokens),
        traces=_shown(count.traces, shown, reading),
        unread=tuple(dict.fromkeys(map(reading.masked_in, reading.unread))),
        tree=tuple(
            TreeEntry(shown[path], kind, size, reading.counter.subjects_of(path)) for path, kind, size in reading.tree
        ),
        samples=tuple(Sample(reading.masked(s.part), s.place, s.header, s.rows) for s in count.samples),
        notes=tuple(reading.notes),
        masked_name=reading.mask(transfer.name),
        media_type=reading.tree[0][1] if reading.tree else "application/octet-stream",
        passwords=passwords,
        unlocked=tuple(held.id for held in unlocked),
        affected=reading.counter.affected(),
        bytes=transfer.size,
        seconds=round(time.monotonic() - begun, 4),
        ruleset=ruleset.digest,
    )


def nothing_in(
    transfer: Transfer,
    content: stream.Content,
    stretch: tuple[int, str],
    ruleset: Ruleset,
    *,
    town: str,
    budget: Budget,
) -> frozenset[int] | None:
    """Whether `inspect` would find the same in a running text without a stretch of it, told by its number and by
    `stream.lead_of`: None where not, else the widths of lists that might go on in it, were one the last before it.
    Of `content` no more is read than `settled.Held` holds.

    It is read as `inspect` reads it, and what leaves nothing behind does so whatever else stands in the text.
    """
    reading = Reading(ruleset, Counter(ruleset, bytes(32), town=town), budget)  # any key: no token is made
    try:
        return reading.of_stretch((transfer.name or transfer.channel.value,), content, *stretch)
    except Incomplete:
        return None


def _shown(traces: Traces, shown: Mapping[tuple[str, ...], tuple[str, ...]], reading: Reading) -> Traces:
    """Traces with their paths as they are shown."""
    if not traces.paths:
        return traces
    return replace(traces, paths=tuple(shown.get(p) or reading.masked(p) for p in traces.paths))


def _opens(held: Transfer, ruleset: Ruleset, budget: Budget, passwords: tuple[str, ...]) -> bool:
    """Whether a password opens something in a mail that its own words do not. What else it holds is not looked at."""

    def locked(given: tuple[str, ...]) -> int:
        reading = Reading(ruleset, Counter(ruleset, None), Budget(seconds=budget.seconds_left, given=given))
        reading.read(held.part())
        return sum(unread.why == Why.ENCRYPTED for unread in reading.unread)

    return locked(passwords) < locked(())
