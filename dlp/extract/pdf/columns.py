"""Tables of a PDF page without rules: characters put into the columns that stand below each other.

In the order of the page an empty cell leaves no trace, and what stands right of it would be read as its content.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pypdfium2

from dlp.extract.blocks import Block, Table, Text
from dlp.extract.pdf import turns
from dlp.extract.pdf.grid import letters
from dlp.extract.plain import aligned
from dlp.extract.plain.text import frame_of
from dlp.native.pdf_letters import Codes

_FINE = 4  # places of a letter's height
_MOST_CHARACTERS = 12_000
#: Places of the widest line. A character can stand kilometres off the page, and a line would be filled up to it.
_WIDEST = 4_000
_LINES = 5
_FEWEST, _MANY = 3, 6  # lines of a table on its side, and columns
#: Codes from which letters are wide, and those of katakana that are not; letters beside each other that tell, at least.
_WIDE, _HALF, _SPACED = 0x250, (0xFF61, 0xFFA0), 30
#: How far letters of one text are apart at most, of their height; how evenly (points), how many of them; how much more
#: than they are wide.
_FAR, _EVEN, _MOST, _APART = 1.5, 0.15, 0.6, 1.03
_SHARE = 0.5  # of the lines hold two columns or more: many a cell is empty
_FLUSH = 0.8  # share of the lines that begin something at one place
#: How far words are apart at least, and at most where one blank is between them, in widths of a letter; share of more.
_WORDS, _ONE_BLANK, _STRAY_GAPS = 0.4, 1.6, 0.02
#: A space that is drawn belongs to its cell; several are a gap.
_DRAWN = "\u00a0"
_SEVERAL = re.compile(f"(?:{_DRAWN}\0*){{2,}}")


#: The place of pages whose columns are parted by typed spaces; share of their lines in which several follow each other.
TYPED, _TYPED = "typed", 0.5

type Heights = npt.NDArray[np.float64]
type Edges = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the page: its characters from left to right."""

    text: str
    edges: Edges  # left and right of each
    middle: float  # of the first


class Columns:
    """Reads the pages of one document; columns of the page before are tried first."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._unit = 0.0
        self._turns: turns.Turns | None = None

    def read(self, text_page: pypdfium2.PdfTextPage, text: str, place: str) -> Block | None:
        """The page as one table, or as text whose columns blanks part; None when its text is not in columns."""
        words = _words([line for line in text.split("\n") if line.strip()])
        runs_on = (
            not words and 0 < len(text.strip().split("\n")) < _LINES
        )  # rows that the page's order tells in one line
        if not (words or runs_on or self._starts) or text_page.count_chars() > _MOST_CHARACTERS:
            return None
        rows = self._rows(text_page)
        words = words or _words([row.text for row in rows])
        sideways = _FEWEST <= len(rows) < _LINES  # perhaps a table on its side: few lines, many columns
        if not (words and len(rows) >= _LINES) and not self._starts and not sideways:
            return None
        if sum(bool(_blanks(row)) for row in rows) > _TYPED * len(rows):
            return Text("".join(f"{_typed(row)}\n" for row in rows), f"{place} {TYPED}")
        if not self._starts and _runs_on(rows):
            return None
        lines = [self._spread(row) for row in rows]
        middles = tuple(row.middle for row in rows)
        self._turns = turns.found(lines, middles) or self._turns
        if self._turns is not None and self._turns.fit(lines, middles):
            return Table(frame_of(self._turns.cut(lines, middles)), f"{place} columns", middles)
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
        return Table(frame_of(cells), f"{place} columns", middles)

    def alone(self, text_page: pypdfium2.PdfTextPage, place: str) -> Table:
        """The page as a table of one column: each line is a row."""
        rows = self._rows(text_page)
        return Table(frame_of([[row.text.strip()] for row in rows]), place, tuple(row.middle for row in rows))

    def _rows(self, text_page: pypdfium2.PdfTextPage) -> list[_Row]:
        """The page's lines. Raises PdfiumError where a character is nowhere."""
        codes, boxes = letters(text_page, loose=True)
        if not np.isfinite(boxes).all():
            raise pypdfium2.PdfiumError("a character stands nowhere")
        left, right, bottom, top = boxes.T
        if not (text := codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")) or text.isspace():
            return []
        height = statistics.median((top - bottom).tolist()) or 8.0
        self._unit = self._unit or max(height, 4.0) / _FINE
        down = np.argsort(-(bottom + top), kind="stable")
        line_of = np.empty(len(codes), np.intp)
        line_of[down] = _lines((bottom[down] + top[down]) / 2, 0.6 * height)
        across = np.lexsort((codes, right, left, line_of))
        ends = np.cumsum(np.bincount(line_of)).tolist()
        letter, edges = [text[i] for i in across.tolist()], _spaced(codes[across], boxes[across, :2], height)
        middles = ((bottom + top) / 2)[across].tolist()
        return [_Row("".join(letter[a:b]), edges[a:b], middles[a]) for a, b in pairwise((0, *ends))]

    def _spread(self, row: _Row) -> str:
        """A line with a character at its place and fillers to its end."""
        line: list[str] = []
        size = 0
        for text, (begin, end) in zip(
            row.text, np.minimum(np.rint(row.edges / self._unit), _WIDEST).tolist(), strict=True
        ):
            # Letters of one word stand a little apart; so do words, but not at the same place in all lines.
            if (gap := int(begin) - size) > 0:
                line.append("\0" if gap == 1 else " " * gap)
                size += gap
            line.append(_DRAWN if text.isspace() else text)
            if (more := int(end) - size - 1) > 0:
                line.append("\0" * more)
                size += more
            size += 1
        return _SEVERAL.sub(lambda m: " " * len(m.group()), "".join(line))


def _spaced(codes: Codes, edges: Edges, height: float) -> Edges:
    """Where letters begin and end, in the order of lines: of those drawn one by one, further apart than they are wide,
    each ends where the next stands."""
    narrow = (codes < _WIDE) | ((codes >= _HALF[0]) & (codes < _HALF[1]))
    left, right = edges.T
    steps = np.diff(left)
    for kind in (narrow, ~narrow):
        beside = steps[kind[1:] & kind[:-1] & (steps > 0) & (steps < _FAR * height)]
        if beside.size < _SPACED:
            continue
        values, times = np.unique(np.round(beside, 1), return_counts=True)
        pitch = float(values[times.argmax()])
        if (np.abs(beside - pitch) < _EVEN).mean() >= _MOST and pitch > _APART * np.median((right - left)[kind]):
            right = np.where(kind, np.maximum(right, left + pitch), right)
    return np.stack((left, right), axis=1)


def _lines(middles: Heights, apart: float) -> npt.NDArray[np.intp]:
    """The line of each character, from top to bottom: one further below a line's first than `apart` begins another."""
    begins, at = [0], 0
    while (at := int(np.argmax(middles[at] - middles[at:] > apart)) + at) > begins[-1]:
        begins.append(at)
    line_of = np.zeros(len(middles), np.intp)
    line_of[begins[1:]] = 1
    return line_of.cumsum()


def _runs_on(rows: Sequence[_Row]) -> bool:
    """Whether nothing but single blanks stands between the words of lines, whatever their lengths: items of a list, of
    which words of two letters end at one place by chance. Cells of a table are padded up to their columns."""
    gaps, wide = [], []
    for row in rows:
        seen = [i for i, text in enumerate(row.text) if not text.isspace()]
        if len(seen) > 1:
            left, right = row.edges[seen].T
            gaps.append(left[1:] - right[:-1])
            wide += [right[k] - left[k] for k, i in enumerate(seen) if ord(row.text[i]) >= _WIDE]
    if not wide or not gaps:
        return False
    apart = np.concatenate(gaps) / statistics.median(wide)
    apart = apart[apart > _WORDS]
    return len(apart) >= _LINES and (apart > _ONE_BLANK).mean() <= _STRAY_GAPS


def _blanks(row: _Row) -> dict[int, int]:
    """Where more spaces were typed than are told: after which character, and how many (pdfium tells one of a run)."""
    if " " not in row.text:
        return {}
    left, right = row.edges.T.tolist()
    found = {}
    for i in range(len(left) - 1):
        wide = right[i] - left[i]
        if row.text[i] == " " and left[i + 1] - right[i] > wide / 2 > 0:
            found[i] = min(_WIDEST, round((left[i + 1] - right[i]) / wide))
    return found


def _typed(row: _Row) -> str:
    """A line as it was typed, all its spaces in it."""
    more = _blanks(row)
    return "".join(text + " " * more.get(i, 0) for i, text in enumerate(row.text))


def _words(lines: Sequence[str]) -> float:
    """How many words a line of a page with short lines has; 0 for prose, which is left alone."""
    length = statistics.median(map(len, lines)) if len(lines) >= _LINES else 120
    words = statistics.median(len(line.split()) for line in lines) if length < 120 else 0
    # Where gaps are wide, each cell is a line by itself.
    return words if words >= 2 or length <= 15 else 0.0


def _flush(lines: Sequence[str]) -> list[int]:
    """Places at which nearly all lines begin something, after gaps of several widths: columns whose neighbours on the
    left reach up to them."""
    grid = np.array(lines, dtype=str)
    signs = grid.view("<u4").reshape(len(lines), -1)  # what is behind a line's end is "\0"
    begun = (signs != 0) & (signs != ord(" "))
    many = begun.sum(axis=0)
    after = (begun[:, 1:] & (signs[:, :-1] == ord(" "))).sum(axis=0)
    may = (many[1:] >= max(_LINES, _FLUSH * len(lines))) & (after >= _FLUSH * many[1:])
    return [place for place in (np.flatnonzero(may) + 1).tolist() if _several_gaps(lines, place)]


def _several_gaps(lines: Sequence[str], place: int) -> bool:
    """Whether the gaps before what lines begin at a place are of several widths."""
    begun = [line for line in lines if len(line) > place and line[place] not in " \0"]
    return len({len(line[:place]) - len(line[:place].rstrip(" ")) for line in begun}) >= _LINES - 2


def _fits(lines: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether no cell of this page runs over where a column begins."""
    crossing = sum(any(0 < s < len(line) and line[s - 1] != " " for s in starts[1:]) for line in lines)
    return crossing <= aligned.STRAY * len(lines)
