"""Rows from which empty cells were left out: each cell is put under the column that holds its like, in order.

Lists in mails are written so (・佐藤 花子、72歳、葭江1-2-3): who has no telephone has one cell less, and all that follow
move up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from dlp.subjects.cells import shapes
from dlp.subjects.cells.values import CLASS, clean

_FULL, _FEWEST = 0.2, 2  # share of the rows, and rows, that a list's full width has
_WIDEST, _MISSING = 16, 5  # columns; cells that a row may lack
_FEW_WORDS = 0.5  # share of different cells in a column of a few words
_SPACED = re.compile(rf"{CLASS}{{1,5}}[ 　]{CLASS}{{1,5}}")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・ 　]+")
_RUN = re.compile(r"\d+")
_NO = float("-inf")


def filled(rows: Sequence[Sequence[str]]) -> list[list[str] | None]:
    """Each row as wide as the list, None where it does not fit; empty where no width is that of a list."""
    counts = Counter(map(len, rows))
    full = max((w for w, n in counts.items() if n >= max(_FEWEST, _FULL * len(rows))), default=0)
    if not 2 <= full <= _WIDEST:
        return []
    columns = [_Column([row[at] for row in rows if len(row) == full]) for at in range(full)]
    return [_aligned(row, columns) for row in rows]


class _Column:
    """What a list's full rows have in one column."""

    def __init__(self, cells: Sequence[str]) -> None:
        kinds = Counter(map(_kind, cells))
        self._shares = {kind: n / len(cells) for kind, n in kinds.items()}
        words = Counter(cells)
        self._words = frozenset(words) if len(words) <= max(1, _FEW_WORDS * len(cells)) else frozenset()

    def likes(self, cell: str, kind: str) -> float:
        """How much a cell is like those here; no number where it is like none."""
        return self._shares.get(kind, _NO) + (cell in self._words)


def _aligned(row: Sequence[str], columns: Sequence[_Column]) -> list[str] | None:
    missing = len(columns) - len(row)
    if missing == 0:
        return list(row)
    if not 0 < missing <= _MISSING or len(row) < 2:
        return None
    kinds = [_kind(cell) for cell in row]
    # best[k]: the most that the cells so far like their columns, the last under its own place and k further on.
    best: list[tuple[float, list[int]]] = [(0.0, [])] * (missing + 1)
    for i, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
        then: list[tuple[float, list[int]]] = []
        for k in range(missing + 1):
            like, places = max(best[: k + 1], key=lambda pair: pair[0])
            then.append((like + columns[i + k].likes(cell, kind), [*places, i + k]))
        best = then
    like, places = max(best, key=lambda pair: pair[0])
    if like == _NO:
        return None
    whole = [""] * len(columns)
    for cell, at in zip(row, places, strict=True):
        whole[at] = cell
    return whole


def _kind(cell: str) -> str:
    """What a cell is written like: finer than a shape where it is letters or figures."""
    text = clean(cell)
    shape = shapes.of_cell(text or None)
    if shape == shapes.LETTERS:
        return "spaced" if _SPACED.fullmatch(text) else "kana" if _KANA.fullmatch(text) else "letters"
    return _RUN.sub("0", text)[:12] if shape == shapes.OTHER else str(shape)
