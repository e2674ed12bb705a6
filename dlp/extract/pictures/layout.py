"""Words and where they stand, as a person reads them: lines, and columns of what stands in columns."""

from __future__ import annotations

import re
import statistics
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dlp.extract.blocks import Block, Table, Text
from dlp.extract.plain.text import frame_of

_ROWS = 3  # lines that make a table
_CROSSED = 0.1  # share of its lines that may run across the gap between two columns
_WIDE = re.compile(r"[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Word:
    """Some characters and the box they fill; y grows downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 100.0


type _Line = list[Word]  # at one height, from left to right


def blocks_of(words: Sequence[Word], place: str, *, upright: bool = False) -> list[Block]:
    """Lines as text; runs of lines that share columns as tables. `upright`: written downwards, right to left."""
    if upright:
        words = [Word(w.text, w.top, -w.right, w.bottom, -w.left, w.confidence) for w in words]
    if not words:
        return []
    em = statistics.median([w.bottom - w.top for w in words])
    blocks: list[Block] = []
    loose: list[str] = []
    for run in _runs(_lines(words, em), em):
        gaps = _gaps(run, em) if len(run) >= _ROWS else []
        if not gaps:
            loose += [_joined(line, em) for line in run]
            continue
        if loose:
            blocks.append(Text("\n".join(loose) + "\n", place))
            loose = []
        blocks.append(Table(frame_of([_row(line, gaps, em) for line in run]), f"{place} table"))
    if loose:
        blocks.append(Text("\n".join(loose) + "\n", place))
    return blocks


def _lines(words: Sequence[Word], em: float) -> list[_Line]:
    """Words whose middles are at one height."""
    lines: list[_Line] = []
    middle = 0.0
    for word in sorted(words, key=lambda w: w.top + w.bottom):
        here = (word.top + word.bottom) / 2
        if lines and here - middle < em * 0.6:
            lines[-1].append(word)
            middle += (here - middle) / len(lines[-1])
        else:
            lines.append([word])
            middle = here
    return [sorted(line, key=lambda w: w.left) for line in lines]


def _runs(lines: Sequence[_Line], em: float) -> Iterator[list[_Line]]:
    """Lines with wide gaps in them that follow one another; each other line by itself."""
    run: list[_Line] = []
    for line in lines:
        gapped = any(b.left - a.right > em * 1.2 for a, b in pairwise(line))
        near = not run or line[0].top - run[-1][0].bottom < em * 4
        if run and (not gapped or not near):
            yield run
            run = []
        if gapped:
            run.append(line)
        else:
            yield [line]
    if run:
        yield run


def _gaps(run: Sequence[_Line], em: float) -> list[float]:
    """Where one column ends and the next begins: bands that (almost) no line crosses.

    A surname and a given name stand apart too. So a band counts when it is wider than that, or when something of the
    first line, the header, begins right after it.
    """
    left = min(line[0].left for line in run)
    step = max(1.0, em / 6)
    width = int((max(word.right for line in run for word in line) - left) / step) + 2
    crossed = [0] * width
    for line in run:
        for word in line:
            for at in range(int((word.left - left) / step), int((word.right - left) / step) + 1):
                crossed[at] += 1
    allowed = len(run) * _CROSSED
    bands: list[tuple[float, float]] = []
    begin: int | None = None
    for at, count in enumerate(crossed):
        if count <= allowed and begin is None:
            begin = at
        elif count > allowed and begin is not None:
            bands.append((left + begin * step, left + at * step))
            begin = None
    starts = [word.left for word in run[0]]
    return [
        (a + b) / 2 for a, b in bands if a > left and (b - a > em * 1.3 or (b - a > em * 0.3 and _near(starts, b, em)))
    ]


def _near(starts: Sequence[float], edge: float, em: float) -> bool:
    return any(abs(start - edge) < em * 0.7 for start in starts)


def _row(line: _Line, gaps: Sequence[float], em: float) -> list[str]:
    cells: list[_Line] = [[] for _ in range(len(gaps) + 1)]
    for word in line:
        cells[bisect(gaps, (word.left + word.right) / 2)].append(word)
    return [_joined(cell, em) for cell in cells]


def _joined(words: _Line, em: float) -> str:
    """The words of a line; a space where they stand apart."""
    text = ""
    for before, word in pairwise([None, *words]):
        if before is not None and word is not None:
            both_wide = _WIDE.match(word.text) and _WIDE.match(text[-1:])
            text += " " if word.left - before.right > em * (0.6 if both_wide else 0.35) else ""
        text += word.text if word is not None else ""
    return text
