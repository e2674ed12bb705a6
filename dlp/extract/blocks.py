"""What an extractor makes of a part: text blocks, tables, child parts, and what it could not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from dlp.transfer import Part

if TYPE_CHECKING:
    import polars as pl

    from dlp.native.look import Look


class Why(StrEnum):
    """Why a part could not be read. Each has a text in :mod:`dlp.texts` under `unread.<word>`."""

    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    TIMED_OUT = "timed_out"
    UNKNOWN = "unknown_format"
    IMAGE_ONLY = "image_only"
    CHARSET = "charset"
    FAILED = "failed"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Text:
    """Running text: a mail body, a paragraph flow, a page. Lines end in "\\n"."""

    text: str
    place: str = ""  # "page 3", "body"; never content
    folded: bool = False  # whether `normalize.fold` has been over it
    raw: bytes | None = field(default=None, compare=False, repr=False)  # the text in UTF-8, where that is known
    seen: Look | None = field(default=None, compare=False, repr=False)  # what `normalize.told` said of it, if asked


@dataclass(frozen=True, slots=True)
class Calm:
    """Running text that stands as it will be read (see :mod:`dlp.extract.plain.calm`), in UTF-8."""

    raw: bytes = field(repr=False)
    lines: int
    place: str = ""

    def head(self, count: int) -> str:
        """So many characters of its beginning."""
        return self.raw[: 4 * count].decode("utf-8", "ignore")[:count]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as found: every column String, null where empty, no row taken for a header.

    `frame` has columns named c0, c1, …; row order is kept.
    """

    frame: pl.DataFrame
    place: str = ""  # sheet number or "table 2"; never content
    down: tuple[float, ...] = field(default=(), compare=False, repr=False)  # where a page's rows stand on it, in points
    seams: tuple[int, ...] = ()  # columns at which begins what was printed on other pages


type Block = Text | Calm | Table
#: (row, column) -> text, of one sheet.
type Cells = dict[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Lost:
    """In the place of a block or child: what could not be read, and where it stands."""

    path: tuple[str, ...]
    why: Why


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one extractor made of one part.

    `blocks` and `children` may be generators, so that one child after another is in memory, not all of them. What a
    generator raises is turned into a Lost by the registry.
    """

    media_type: str
    blocks: Iterable[Block | Lost] = ()
    children: Iterable[Part | Lost] = ()
    unread: tuple[Why, ...] = ()
    correspondents: frozenset[str] = field(default=frozenset())  # lower-case addresses of a mail's own parties
    recipients: tuple[tuple[str, str], ...] = ()  # names and addresses of many to whom a mail shows all of them
    notes: tuple[str, ...] = ()  # what a supervisor should know of how it was read; codes of dlp.texts
