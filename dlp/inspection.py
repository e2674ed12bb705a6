"""inspect(): bytes of a transfer in, what they hold out. Pure: no I/O, no clock but the budget's."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from dlp.detect.ruleset import Ruleset
from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.normalize import fold
from dlp.extract.registry import extract
from dlp.finding import Finding
from dlp.subjects.counter import Counter
from dlp.transfer import Part, Transfer


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that could not be read."""

    part: tuple[str, ...]
    why: str  # a dlp.extract.blocks.Why


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
    unread: tuple[Unread, ...] = ()
    tree: tuple[TreeEntry, ...] = ()
    samples: tuple[Sample, ...] = ()
    masked_name: str = ""  # the transfer's name (subject line, file name) with what is personal in it masked
    media_type: str = "application/octet-stream"
    bytes: int = 0
    seconds: float = 0.0
    ruleset: str = ""

    @property
    def inspected(self) -> bool:
        """Whether every part was read."""
        return not self.unread


def inspect(
    transfer: Transfer, ruleset: Ruleset, *, token_key: bytes, town: str = "", budget: Budget | None = None
) -> Inspection:
    """Read a whole transfer: every part within the budget, every person once.

    `token_key` keys the tokens of the people found; `town` is the own municipality's name. Never raises for what the
    content is: what cannot be read is in `unread`.
    """
    begun = time.monotonic()
    reading = _Reading(ruleset, Counter(ruleset, token_key, town=town), budget or Budget())
    reading.read(transfer.part())
    count = reading.counter.result()
    return Inspection(
        subjects=count.subjects,
        lower=count.lower,
        upper=count.upper,
        counts=dict(count.counts),
        findings=(*(replace(f, part=reading.masked(f.part)) for f in count.findings), *reading.findings),
        tokens=tuple(count.tokens),
        unread=tuple(reading.unread),
        tree=tuple(
            TreeEntry(reading.masked(path), kind, size, reading.counter.subjects_of(path))
            for path, kind, size in reading.tree
        ),
        samples=tuple(Sample(reading.masked(s.part), s.place, s.header, s.rows) for s in count.samples),
        masked_name=reading.counter.mask(transfer.name),
        media_type=reading.tree[0][1] if reading.tree else "application/octet-stream",
        bytes=transfer.size,
        seconds=round(time.monotonic() - begun, 4),
        ruleset=ruleset.digest,
    )


@dataclass(slots=True)
class _Reading:
    """One transfer while it is read: a stack of parts, so that nesting is bounded by the budget, not by Python's."""

    ruleset: Ruleset
    counter: Counter
    budget: Budget
    findings: list[Finding] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    tree: list[tuple[tuple[str, ...], str, int]] = field(default_factory=list)

    def read(self, root: Part) -> None:
        stack = [(root, 0)]
        while stack:
            part, depth = stack.pop()
            try:
                self.budget.take_part(depth)
                children = self._part(part)
            except Incomplete as fault:
                self._cannot(part.path, fault.why)
                if fault.why in (Why.TIMED_OUT, Why.TOO_MANY, Why.TOO_LARGE):
                    return  # the rest is unread with it: one reason holds the whole transfer
                continue
            stack += [(child, depth + 1) for child in reversed(children)]

    def _part(self, part: Part) -> list[Part]:
        extracted = extract(part, self.budget)
        self.tree.append((part.path, extracted.media_type, len(part.data)))
        name = part.path[-1] if part.path else ""
        if name:
            self.counter.feed(part.path, Text(fold(name) + "\n", "name"))
        for block in extracted.blocks:
            self.budget.check_time()
            self._block(part.path, block, extracted.correspondents)
        for why in extracted.unread:
            self._cannot(part.path, why)
        self._bytes(part)
        return list(extracted.children)

    def _block(self, path: tuple[str, ...], block: Block, correspondents: frozenset[str]) -> None:
        if isinstance(block, Text):
            block = Text(fold(block.text), block.place)
        self.counter.feed(path, block, correspondents)

    def _bytes(self, part: Part) -> None:
        """Markings, forms and containers in the raw bytes, whatever the format."""
        for match in self.ruleset.scan_bytes(part.data):
            signature = match.signature
            self.findings.append(
                Finding(
                    signature=signature.id,
                    revision=signature.revision,
                    category=signature.category,
                    part=self.masked(part.path),
                    place=f"byte {match.start}",
                    count=1,
                    confidence=match.score,
                )
            )

    def _cannot(self, path: tuple[str, ...], why: str) -> None:
        self.unread.append(Unread(self.masked(path), str(why)))

    def masked(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A path whose names hold nothing personal: file names often do."""
        return tuple(self.counter.mask(name) for name in path)
