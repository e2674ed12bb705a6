"""Sheets wider than a page, printed in stripes: pages that go on to the right of others, row by row, put beside them.

Office programs print all pages of the first columns, then all of the next ones, or across, then down; names and what
is said of them then stand on different pages. A row stands as high on each of them: that is how it is known. Whose the
rows of a later stripe are is asked where people are looked for (:mod:`dlp.subjects.tables.striped`).
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dlp.extract.blocks import Block, Lost, Table, Text
from dlp.extract.plain.text import frame_of

_EITHER = 0.8  # share of the rows in either part of one column
_LEAST, _ALIKE = 3, 0.1  # rows of a stripe; its cells that the one before has, too
_MOST, _TITLES = 400, 4  # pages of a sheet; lines above and below it that one of its pages may have and another not
_SAME, _NEAR = 0.4, 8.0  # of the distance between rows, and points: how much higher or lower a row may stand elsewhere
_SHARED, _ANSWERED = 0.9, 0.5  # share of a later stripe's rows that the first has; of the first's that have an answer
_SHORT = 16  # letters of a line that may be a name or a telephone
_PAGE = re.compile(r"page (\d+)(?: columns| table)?")
_TOLD = re.compile(r"[^：:]{1,16}[：:][ \t　]*\S")  # a label and its answer: what no heading is
_FIGURE, _FIGURES = re.compile(r"\d"), re.compile(r"\d+")

type Cells = list[list[str]]


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's rows and how high they stand: by their number where nobody told."""

    place: str
    rows: Sequence[Sequence[str | None]]
    down: Sequence[float]


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


def beside(
    blocks: Sequence[Block | Lost], sheets: Collection[int] = (), single: Mapping[str, Table] | None = None
) -> list[Block | Lost]:
    """`blocks`, tables of pages that are stripes of one sheet put side by side.

    `sheets`: pages, counted from one, at which another is known to begin. `single`: texts that may be one column.
    """
    out = list(blocks)
    for run in _runs(blocks, sheets, single or {}):
        pages = [_page((single or {})[block.place] if isinstance(block, Text) else block) for block in run]
        may = [groups for groups in _orders(_without_common(pages)) if _stripes(groups)]
        found = next(filter(_told_by_headings, may), may[0] if may else None)
        if found:
            at = next(i for i, block in enumerate(out) if block is run[0])
            out[at : at + 1] = [_sheet(found), *_left_out(run[0].place, found, pages)]
            out = [block for block in out if all(block is not other for other in run[1:])]
    return out


def as_long(blocks: Sequence[Block | Lost]) -> Iterator[tuple[int, str]]:
    """Number and place of pages that may be one column of a sheet: of as many lines as a page that is a table has rows,
    or of short ones."""
    tables = [block for block in blocks if isinstance(block, Table) and _PAGE.fullmatch(block.place)]
    pages, heights = {_number(table) for table in tables}, {table.frame.height for table in tables}
    for block in blocks:
        if not isinstance(block, Text) or not _PAGE.fullmatch(block.place) or _number(block) in pages:
            continue
        lines = [line.strip() for line in block.text.split("\n") if line.strip()]
        near = any(abs(len(lines) - height) <= _TITLES for height in heights)
        if near or (len(lines) >= _LEAST and statistics.median(map(len, lines)) <= _SHORT):
            yield _number(block), block.place


def _number(block: Table | Text) -> int:
    """The page a block is of."""
    return int(block.place.split()[1])


def _runs(
    blocks: Sequence[Block | Lost], sheets: Collection[int], single: Mapping[str, Table]
) -> Iterator[list[Table | Text]]:
    """Tables of pages that follow each other, and have one each."""
    pages: dict[int, list[Table | Text]] = {}
    for block in blocks:
        if isinstance(block, Table | Text) and (page := _PAGE.fullmatch(block.place)):
            table = isinstance(block, Table) or block.place in single  # else it stands beside one with rules
            pages.setdefault(int(page[1]), []).extend([block] if table else [])
    run: list[Table | Text] = []
    for number, tables in pages.items():
        if number - 1 not in pages or number in sheets or len(tables) != 1:
            yield from [run] if 1 < len(run) <= _MOST else []
            run = []
        run += tables if len(tables) == 1 else []
    yield from [run] if 1 < len(run) <= _MOST else []


def _page(table: Table) -> _Page:
    height = table.frame.height
    return _Page(table.place, table.frame.rows(), table.down or [-float(i) for i in range(height)])


def _without_common(pages: Sequence[_Page]) -> Sequence[_Page]:
    """The pages without what is on each of them, a name or the number of the page; the first keeps what is above."""
    common = set.intersection(*({said for row in page.rows if (said := _alone(row))} for page in pages))
    out = []
    for page in pages:
        above = _TITLES if page is pages[0] else 0
        kept = [i for i, row in enumerate(page.rows) if any(row) and (i < above or _alone(row) not in common)]
        out.append(_Page(page.place, [page.rows[i] for i in kept], [page.down[i] for i in kept]))
    return out if any(len(row) > 1 for page in out for row in page.rows) else pages


def _left_out(place: str, groups: Sequence[Sequence[_Page]], pages: Sequence[_Page]) -> Iterator[Text]:
    """What the sheet lacks of its pages, each line once: telephones that stand alone look like numbers of pages."""
    kept = {cell for group in groups for cell in _cells(group)}
    lines = dict.fromkeys(cell for cell in _cells(pages) if cell not in kept)
    if lines:
        yield Text("".join(f"{line}\n" for line in lines), place)


def _alone(row: Sequence[str | None]) -> str:
    """The only cell of a row, its figures left out; "" where there are several."""
    cells = [cell for cell in row if cell]
    return _FIGURES.sub("9", cells[0]) if len(cells) == 1 else ""


def _orders(pages: Sequence[_Page]) -> Iterator[list[Sequence[_Page]]]:
    """The stripes they may be: as many pages each, all of one after the other, or one page of each in turn."""
    for down in (n for n in range(1, len(pages) // 2 + 1) if len(pages) % n == 0):
        yield [pages[i : i + down] for i in range(0, len(pages), down)]
        yield [pages[i :: len(pages) // down] for i in range(len(pages) // down)]


def _stripes(groups: Sequence[Sequence[_Page]]) -> bool:
    """Whether each group has the rows of the first, its own headings, and other cells."""
    if not all(group[0].rows for group in groups):
        return False
    begin = max(_first(groups[0][0], group[0]) for group in groups[1:])
    heads = [
        [cell for cell in page.rows[at] if cell]
        for page, at in ((g[0], begin if g is groups[0] else 0) for g in groups)
    ]
    words = [cell for head in heads for cell in head]
    if any(map(_TOLD.match, words)):
        return False  # forms, one below another: pages of as many lines each
    if not all(heads) or any(map(_FIGURE.search, words)) or len(set(map(tuple, heads))) < len(heads):
        return False
    whole = sum(_answers(groups[0], group) for group in groups[1:])
    if 2 * whole < len(groups) - 1 or not all(_stands(groups[0], group) for group in groups[1:]):
        return False  # a stripe of remarks has few rows, but none of its own
    known: set[str] = set()
    for group in groups:
        cells = set(_cells(group))
        if len(cells & known) > _ALIKE * len(cells):
            return False
        known |= cells
    return True


def _told_by_headings(groups: Sequence[Sequence[_Page]]) -> bool:
    """Whether figures under words say of each later stripe's first page that it begins with headings, and of none below
    it: pages of names alone could be anything."""
    begins = [[_headed(page) for page in group] for group in groups[1:]]
    return all(first and not any(below) for first, *below in begins) and not any(map(_headed, groups[0][1:]))


def _headed(page: _Page) -> bool:
    """Whether a word stands above figures in one of a page's columns."""
    if len(page.rows) < _LEAST:
        return False
    for head, *below in zip(*page.rows, strict=True):
        said = [cell for cell in below if cell]
        if (
            head
            and not _FIGURE.search(head)
            and said
            and sum(map(bool, map(_FIGURE.search, said))) > _EITHER * len(said)
        ):
            return True
    return False


def _answers(first: Sequence[_Page], group: Sequence[_Page]) -> bool:
    """Whether a stripe has most rows of the first, down to the last of each page; but for totals on the last one."""
    ends = all(
        any(abs(down - b.down[-1]) <= _apart(a) for down in a.down[-_TITLES if a is first[-1] else -1 :])
        if a.rows and b.rows
        else False
        for a, b in zip(first, group, strict=True)
    )
    return ends and _shared(first, group) >= _ANSWERED * sum(len(page.rows) for page in first)


def _stands(first: Sequence[_Page], group: Sequence[_Page]) -> bool:
    """Whether the rows of a stripe stand where rows of the first do."""
    return _shared(first, group) >= max(_LEAST, _SHARED * sum(len(page.rows) for page in group))


def _shared(first: Sequence[_Page], group: Sequence[_Page]) -> int:
    """How many rows of the first a stripe has: lines that stand beside the same one tell of others."""
    return sum(len(set(_matched(a, b)) - {None}) for a, b in zip(first, group, strict=True))


def _apart(page: _Page) -> float:
    """How much higher or lower one of its rows may stand on another page."""
    steps = [above - below for above, below in pairwise(page.down)]
    return min(_NEAR, _SAME * statistics.median(steps)) if steps else 0.0


def _matched(page: _Page, other: _Page) -> list[int | None]:
    """The row of `page` that each of `other` stands beside; both are sorted."""
    near, at, found = _apart(page), 0, list[int | None]()
    if not page.down:
        return [None] * len(other.down)
    for place in other.down:
        while at < len(page.down) - 1 and page.down[at] - place > near:
            at += 1
        found.append(at if abs(page.down[at] - place) <= near else None)
    return found


def _first(page: _Page, other: _Page) -> int:
    """The first of a page's rows that another page has: above it stands the title."""
    return next((at for at in _matched(page, other) if at is not None), 0)


def _cells(group: Sequence[_Page]) -> Iterator[str]:
    return (cell for page in group for row in page.rows for cell in row if cell)


def _sheet(groups: Sequence[Sequence[_Page]]) -> Table:
    """All pages as one table."""
    widths = [max(len(row) for page in group for row in page.rows) for group in groups]
    seams = [sum(widths[:i]) for i in range(1, len(groups))]
    rows: list[list[str | None]] = []
    for pages in zip(*groups, strict=True):
        rows += _across(pages, widths)
    return Table(frame_of(rows), groups[0][0].place, seams=tuple(seams))


def _across(pages: Sequence[_Page], widths: Sequence[int]) -> list[list[str | None]]:
    """The rows of pages that stand beside each other; one that the first page lacks, or that another of its own page
    has taken, is a row of its own."""
    made: dict[tuple[float, int, int], list[Sequence[str | None]]] = {}
    for number, page in enumerate(pages):
        lines = Counter[tuple[float, int]]()
        found = range(len(page.rows)) if page is pages[0] else _matched(pages[0], page)
        for at, place, row in zip(found, page.down, page.rows, strict=True):
            stands = (-place, -1) if at is None else (-pages[0].down[at], at)
            made.setdefault((*stands, lines[stands]), [()] * len(pages))[number] = row
            lines[stands] += 1
    return [
        [cell for part, width in zip(made[at], widths, strict=True) for cell in [*part, *[None] * (width - len(part))]]
        for at in sorted(made)
    ]
