"""inspect(): bytes of a transfer in, what they hold out. Pure: no I/O, no clock but the budget's."""

from __future__ import annotations

from dataclasses import dataclass, field

from dlp.finding import Finding


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
