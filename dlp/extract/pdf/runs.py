"""Sheets on a PDF page whose cells are narrower than what is in them: texts put into the columns they begin in.

An office program prints such a cell in full and hides what reaches over the next one. Read from left to right, one
character after the other, both would be one tangle.
"""

from __future__ import annotations

import ctypes
import re
import statistics
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as raw

from dlp.extract.blocks import Table
from dlp.extract.pdf import stripes as pdf_stripes
from dlp.extract.plain.text import frame_of

_MOST, _LONGEST = 8_000, 2_000  # texts of a page; characters of one
_LEAST, _SHARE = 3, 0.15  # lines in which texts overlap, and their share
_CLOSE = 0.35  # of a letter's height: what is nearer to the next is not apart from it
_NEAR, _TOUCH, _LINE = 1.5, 0.12, 0.6  # points; of a letter's height, between parts of one text, and between lines
_COMMON = 0.25  # share of the lines in which a column begins something
_COLUMNS, _SINGLE = 2, 0.8  # columns, at least; share of the texts that are one letter each
_GOES_ON = re.compile(r"(?:[^\W\d_]|〒)\s*$")  # a word, or a postal code's sign: a number of another font follows
_HEADING, _FIGURE = 3, re.compile("[0-9]")  # words of a heading, at least; what none has
_TOLD_COLUMNS, _TOLD = 4, 0.3  # columns of what may be sentences, share of the lines that end one
_SPACE, _MOSTLY = 0.6, 0.6  # of a letter's height: a blank within a text; share of the lines
#: Of a letter's height: a wide blank; and a surname or a given name beside it.
_BLANK, _WORD = (0.8, 1.3), re.compile(r"[^\W\d_]{1,4}")


@dataclass(frozen=True, slots=True)
class _Run:
    """One text as it was drawn."""

    left: float
    base: float
    right: float
    height: float
    text: str


def table(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, place: str) -> Table | None:
    """The page as a table of its texts; None where hardly any of them reaches over another."""
    count = raw.FPDFPage_CountObjects(page)
    runs = list(_runs(page, text_page)) if _LEAST < count < _MOST else []
    if len(runs) < 2 * _LEAST or sum(len(run.text.strip()) == 1 for run in runs) > _SINGLE * len(runs):
        return None  # letters drawn one by one: what begins where says nothing of columns
    height = statistics.median(run.height for run in runs) or 8.0
    lines = _lines(runs, height)
    starts = _headed(lines, _starts(lines, height), height)
    over = sum(_overlaps(line, starts, height) for line in lines)
    if len(starts) < _COLUMNS or over < max(_LEAST, _SHARE * len(lines)):
        return None
    cells = pdf_stripes.joined([_cells(line, starts, height) for line in lines])
    down = tuple(line[0].base for line in lines)
    return None if _sentences(cells) else Table(frame_of(cells), f"{place} columns", down)


def _sentences(cells: Sequence[Sequence[str | None]]) -> bool:
    """Whether few columns hold what are sentences, with figures of another font at the same place: 3 年 2 組の…"""
    told = sum(any(cell and "。" in cell for cell in row) for row in cells)
    return sum(map(any, zip(*cells, strict=True))) <= _TOLD_COLUMNS and told > _TOLD * len(cells)


def _runs(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage) -> Iterator[_Run]:
    for drawn in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
        size = raw.FPDFTextObj_GetText(drawn, text_page, None, 0)
        if not 2 < size <= _LONGEST:
            continue
        buffer = ctypes.create_string_buffer(size)
        raw.FPDFTextObj_GetText(drawn, text_page, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
        text = buffer.raw.decode("utf-16-le", "replace").rstrip("\0\ufffe")
        if text:
            matrix, (_, bottom, right, top) = drawn.get_matrix(), drawn.get_bounds()
            yield _Run(matrix.e, matrix.f, right, top - bottom, text)


def _lines(runs: Sequence[_Run], height: float) -> list[list[_Run]]:
    """The page's lines from top to bottom, each from left to right."""
    lines: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: -run.base):
        if not lines or lines[-1][0].base - run.base > _LINE * height:
            lines.append([])
        lines[-1].append(run)
    return [sorted(line, key=lambda run: run.left) for line in lines]


def _overlaps(line: Sequence[_Run], starts: Sequence[float], height: float) -> bool:
    """Whether a text reaches over, or up to, one that begins where a column does."""
    pairs = ((a, b) for a, b in pairwise(line) if abs(b.left - a.right) > _TOUCH * height)
    return any(b.left - a.right < _CLOSE * height and _at(starts, b.left) for a, b in pairs)


def _starts(lines: Sequence[Sequence[_Run]], height: float) -> list[float]:
    """Where columns begin: places at which texts begin, or numbers end, in many lines."""
    least = max(_LEAST, _COMMON * len(lines))
    shown = [[run for run in line if not run.text.isspace()] for line in lines]
    whole = [_worded(_whole(line, height), height) for line in shown]
    left = _common([run.left for line in whole for run in line], least)
    flush = [run for line in whole for run in line if not _at(left, run.left)]
    right = _common([run.right for run in flush], least)
    for end in right:
        left.append(min(run.left for run in flush if abs(run.right - end) <= _NEAR))
    found: list[float] = []
    for start in sorted(left):
        if (not found or start - found[-1] > _NEAR) and not _inside(whole, start, height):
            found.append(start)
    return found


def _headed(lines: Sequence[Sequence[_Run]], starts: Sequence[float], height: float) -> list[float]:
    """`starts`, and where a word of the heading begins with what stands below it: a column may hold hardly anything."""
    head = max(lines, key=len)
    if len(head) < _HEADING or any(_FIGURE.search(run.text) for run in head):
        return list(starts)
    others = [run for line in lines if line is not head for run in line]
    more = []
    for run in _whole(head, height):
        begun = any(abs(other.left - run.left) <= _NEAR for other in others)
        crossed = any(other.left < run.left - _NEAR and other.right > run.left + _NEAR for other in others)
        if not _at(starts, run.left) and (begun or not crossed):
            more.append(run.left)
    return sorted([*starts, *more])


def _inside(lines: Sequence[Sequence[_Run]], start: float, height: float) -> bool:
    """Whether what begins there mostly goes on, a blank after words or after what goes on itself: a text drawn in parts
    because its font changes."""

    def close(a: _Run, b: _Run) -> bool:
        return 0 < b.left - a.right < _SPACE * height

    at = [(line, i) for line in lines for i in range(1, len(line)) if abs(line[i].left - start) <= _NEAR]
    on = sum(
        close(line[i - 1], line[i])
        and (_GOES_ON.search(line[i - 1].text) is not None or (i > 1 and close(line[i - 2], line[i - 1])))
        for line, i in at
    )
    return bool(at) and on >= _MOSTLY * len(at)


def _whole(line: Sequence[_Run], height: float, starts: Sequence[float] = ()) -> list[_Run]:
    """A line with the parts of one text put together: one of another font begins where the one before ends, and where
    no column does."""
    found: list[_Run] = []
    for run in line:
        last = found[-1] if found else None
        touches = last is not None and abs(run.left - last.right) <= _TOUCH * height and not _at(starts, run.left)
        if last and touches and abs(run.base - last.base) < _NEAR:
            found[-1] = _Run(last.left, last.base, run.right, max(last.height, run.height), last.text + run.text)
        else:
            found.append(run)
    return found


def _worded(line: Sequence[_Run], height: float) -> list[_Run]:
    """A line without what stands a blank's width after a short word and is one: given names do, columns hardly ever."""
    return [*line[:1], *(b for a, b in pairwise(line) if not _follows(a, b, height))]


def _follows(before: _Run, run: _Run, height: float) -> bool:
    apart = (run.left - before.right) / height
    return _BLANK[0] < apart < _BLANK[1] and all(_WORD.fullmatch(one.text.strip()) for one in (before, run))


def _common(places: Sequence[float], least: float) -> list[float]:
    """Places shared by many."""
    often = Counter(round(place / _NEAR) for place in places)
    found: list[float] = []
    for key in sorted(often):
        near = [place for place in places if abs(place / _NEAR - key) <= 1]
        if often[key] + often[key + 1] >= least and (not found or key * _NEAR - found[-1] > 2 * _NEAR):
            found.append(min(near))
    return found


def _at(places: Sequence[float], place: float) -> bool:
    return any(abs(place - other) <= 2 * _NEAR for other in places)


def _cells(line: Sequence[_Run], starts: Sequence[float], height: float) -> list[str]:
    """A line's texts in their columns; several of one column follow each other, from top to bottom."""
    cells: dict[int, list[_Run]] = {}
    for run in _whole(line, height, starts):
        cells.setdefault(max(0, bisect_right(starts, run.left + _NEAR) - 1), []).append(run)
    return [_said(cells.get(i, ()), height) for i in range(len(starts))]


def _said(runs: Sequence[_Run], height: float) -> str:
    """The texts of a cell: those on one line after each other."""
    said, last = "", None
    for run in sorted(runs, key=lambda run: -run.base):
        if last is None or last - run.base > _NEAR:
            last = run.base
            beside = sorted((r for r in runs if 0 <= run.base - r.base <= _NEAR), key=lambda r: r.left)
            said += "\n" if said else ""
            for before, part in zip((None, *beside), beside, strict=False):
                apart = before is not None and part.left - before.right > _CLOSE * height
                said += (" " if apart else "") + part.text.strip("\r\n")
    return "\n".join(row.strip() for row in said.split("\n")).strip()
