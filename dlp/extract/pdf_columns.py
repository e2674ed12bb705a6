"""Tables of a PDF page without rules: characters put into the columns that stand below each other.

In the order of the page an empty cell leaves no trace, and what stands right of it would be read as its content.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pypdfium2

from dlp.extract import aligned
from dlp.extract.blocks import Block, Table, Text
from dlp.extract.pdf_grid import characters
from dlp.extract.text import frame_of

_FINE = 4  # places of a letter's height
_MOST_CHARACTERS = 12_000
#: Places of the widest line. A character can stand kilometres off the page, and a line would be filled up to it.
_WIDEST = 4_000
_LINES = 5
_FEWEST, _MANY = 3, 6  # lines of a table on its side, and columns
_SHARE = 0.5  # of the lines hold two columns or more: many a cell is empty
_FLUSH = 0.8  # share of the lines that begin something at one place
#: A space that is drawn belongs to its cell; several are a gap.
_DRAWN = "\u00a0"
_SEVERAL = re.compile(f"(?:{_DRAWN}\0*){{2,}}")


#: The place of pages whose columns are parted by typed spaces; share of their lines in which several follow each other.
TYPED, _TYPED = "typed", 0.5

type _Row = list[tuple[float, float, str]]  # left, right, character


class Columns:
    """Reads the pages of one document; columns of the page before are tried first."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._unit = 0.0

    def read(self, text_page: pypdfium2.PdfTextPage, text: str, place: str) -> Block | None:
        """The page as one table, or as text whose columns blanks part; None when its text is not in columns."""
        words = _words([line for line in text.split("\n") if line.strip()])
        runs_on = (
            not words and 0 < len(text.strip().split("\n")) < _LINES
        )  # rows that the page's order tells in one line
        if not (words or runs_on or self._starts) or text_page.count_chars() > _MOST_CHARACTERS:
            return None
        rows = self._rows(text_page)
        words = words or _words(["".join(c for _, _, c in row) for row in rows])
        sideways = _FEWEST <= len(rows) < _LINES  # perhaps a table on its side: few lines, many columns
        if not (words and len(rows) >= _LINES) and not self._starts and not sideways:
            return None
        if sum(any(_blanks(row)) for row in rows) > _TYPED * len(rows):
            return Text("".join(f"{_typed(row)}\n" for row in rows), f"{place} {TYPED}")
        lines = [self._spread(row) for row in rows]
        known = bool(self._starts) and _fits(lines, self._starts)
        starts = self._starts if known else sorted({*aligned.columns(lines), *_flush(lines)})
        if not known and len(lines) < _LINES and len(starts) < _MANY:
            return None
        if not known and len(starts) < max(2, words / 2):
            return None
        cells = [aligned.cut(line, starts) for line in lines]
        if sum(1 for row in cells if sum(map(bool, row)) > 1) < _SHARE * len(cells):
            return None
        self._starts = starts
        if not any(row[0] for row in cells):  # the margin
            cells = [row[1:] for row in cells]
        return Table(frame_of(cells), f"{place} columns")

    def _rows(self, text_page: pypdfium2.PdfTextPage) -> list[_Row]:
        """The page's lines: its characters from left to right."""
        found = list(characters(text_page, loose=True))
        if not any(not c[0].isspace() for c in found):
            return []
        height = statistics.median(top - bottom for _, _, _, bottom, top in found) or 8.0
        self._unit = self._unit or max(height, 4.0) / _FINE
        rows: list[tuple[float, _Row]] = []
        for text, left, right, bottom, top in sorted(found, key=lambda c: -(c[3] + c[4])):
            middle = (bottom + top) / 2
            if not rows or rows[-1][0] - middle > 0.6 * height:
                rows.append((middle, []))
            rows[-1][1].append((left, right, text))
        return [sorted(row) for _, row in rows]

    def _spread(self, row: _Row) -> str:
        """A line with a character at its place and fillers to its end."""
        line: list[str] = []
        for left, right, text in row:
            begin, end = (min(round(x / self._unit), _WIDEST) for x in (left, right))
            gap = begin - len(line)
            # Letters of one word stand a little apart; so do words, but not at the same place in all lines.
            line += ["\0" if gap < 2 else " "] * max(0, gap)
            line += [_DRAWN if text.isspace() else text, *["\0"] * max(0, end - len(line) - 1)]
        return _SEVERAL.sub(lambda m: " " * len(m.group()), "".join(line))


def _blanks(row: _Row) -> Iterator[tuple[int, int]]:
    """Where more spaces were typed than are told: after which character, and how many (pdfium tells one of a run)."""
    for i, ((left, right, text), (after, _, _)) in enumerate(pairwise(row)):
        if text == " " and after - right > (right - left) / 2 > 0:
            yield i, min(_WIDEST, round((after - right) / (right - left)))


def _typed(row: _Row) -> str:
    """A line as it was typed, all its spaces in it."""
    more = dict(_blanks(row))
    return "".join(text + " " * more.get(i, 0) for i, (_, _, text) in enumerate(row))


def _words(lines: Sequence[str]) -> float:
    """How many words a line of a page with short lines has; 0 for prose, which is left alone."""
    length = statistics.median(map(len, lines)) if len(lines) >= _LINES else 120
    words = statistics.median(len(line.split()) for line in lines) if length < 120 else 0
    # Where gaps are wide, each cell is a line by itself.
    return words if words >= 2 or length <= 15 else 0.0


def _flush(lines: Sequence[str]) -> list[int]:
    """Places at which nearly all lines begin something, after gaps of several widths: columns whose neighbours on the
    left reach up to them."""
    found = []
    for place in range(1, max(map(len, lines))):
        reaching = [line for line in lines if len(line) > place]
        begun = [line for line in reaching if line[place] not in " \0"]
        if len(begun) < _LINES or len(begun) < _FLUSH * len(lines):
            continue
        gaps = [len(line[:place]) - len(line[:place].rstrip(" ")) for line in begun]
        if len(set(gaps)) >= _LINES - 2 and sum(gap > 0 for gap in gaps) >= _FLUSH * len(begun):
            found.append(place)
    return found


def _fits(lines: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether no cell of this page runs over where a column begins."""
    crossing = sum(any(0 < s < len(line) and line[s - 1] != " " for s in starts[1:]) for line in lines)
    return crossing <= aligned.STRAY * len(lines)
