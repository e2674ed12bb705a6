"""Sheets wider than a page, printed in stripes: pages that go on to the right of others, row by row, put beside them.

Office programs print all pages of the first columns, then all of the next ones, or across, then down; names and what
is said of them then stand on different pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlp.extract.blocks import Block, Lost, Table, Text
from dlp.extract.plain.text import frame_of

_EITHER = 0.8  # share of the rows in either part of one column
_LEAST, _ALIKE = 3, 0.1  # rows of a stripe; its cells that the one before has, too
_PAGE = re.compile(r"page \d+ (?:columns|table)")
_FIGURE = re.compile(r"\d")

type Cells = list[list[str]]


def joined(cells: Cells) -> Cells:
    """Columns that never hold anything beside the one before, put into it: figures flush right, their heading flush
    left. Either is filled in nearly all rows, or one of them in the heading alone."""
    at = 1
    while cells and at < len(cells[0]):
        left, right = ({i for i, row in enumerate(cells) if row[column]} for column in (at - 1, at))
        head = min(left | right, default=0)
        whole = len(left | right) >= _EITHER * len(cells) or left == {head} or right == {head}
        if left and right and left.isdisjoint(right) and whole:
            cells = [[*row[: at - 1], row[at - 1] or row[at], *row[at + 1 :]] for row in cells]
        else:
            at += 1
    return cells


def beside(blocks: Sequence[Block | Lost]) -> list[Block | Lost]:
    """`blocks`, tables of pages that are stripes of one sheet put side by side."""
    tables = [block for block in blocks if isinstance(block, Table) and _PAGE.fullmatch(block.place)]
    pages = [b for b in blocks if isinstance(b, Table | Text) and b.place.startswith("page ")]
    if len(tables) < 2 or len(pages) != len(tables):
        return list(blocks)
    for groups in _orders(tables):
        if _stripes(groups):
            first = next(i for i, block in enumerate(blocks) if block is tables[0])
            rest = [block for block in blocks if all(block is not table for table in tables)]
            return [*rest[:first], *map(_across, zip(*groups, strict=True)), *rest[first:]]
    return list(blocks)


def _orders(tables: Sequence[Table]) -> Iterator[list[Sequence[Table]]]:
    """The stripes they may be: as many pages each, all of one after the other, or one page of each in turn."""
    for down in (n for n in range(1, len(tables) // 2 + 1) if len(tables) % n == 0):
        yield [tables[i : i + down] for i in range(0, len(tables), down)]
        yield [tables[i :: len(tables) // down] for i in range(len(tables) // down)]


def _stripes(groups: Sequence[Sequence[Table]]) -> bool:
    """Whether each group has the same rows as the first, its own headings, and other cells."""
    heights = [table.frame.height for table in groups[0]]
    if sum(heights) < _LEAST or any([table.frame.height for table in group] != heights for group in groups):
        return False
    heads = [[cell for cell in group[0].frame.row(0) if cell] for group in groups]
    words = [cell for head in heads for cell in head]
    if not all(heads) or any(map(_FIGURE.search, words)) or len(set(map(tuple, heads))) < len(heads):
        return False
    known: set[str] = set()
    for group in groups:
        cells = set(_cells(group))
        if len(cells & known) > _ALIKE * len(cells):
            return False
        known |= cells
    return True


def _cells(group: Sequence[Table]) -> Iterator[str]:
    return (cell for table in group for row in table.frame.iter_rows() for cell in row if cell)


def _across(tables: Sequence[Table]) -> Table:
    rows = zip(*(table.frame.iter_rows() for table in tables), strict=True)
    return Table(frame_of([[cell for part in row for cell in part] for row in rows]), tables[0].place)
