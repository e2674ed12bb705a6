"""Sheets laid out as pages: cards side by side, boxes of one letter each, grids between labels and their values.

What is put side by side is put below each other, letters are put together, and a grid inside a card is a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from dlp.detect.headers import PERSONAL
from dlp.subjects.cells.values import PHONE, clean
from dlp.subjects.plan.header import NAMED, Label, Reader, Row, looks_like_value

_LOOKED = 40  # rows that tell how a sheet is laid out
_BAND_LABELS = 2  # different labels that stand above each other at the same places
_LETTERS, _SHORT = 3, 2  # boxes of a field at least; letters that a box holds at most (昭和, 10)
_FIELDS = 2  # of such fields a sheet has at least: one row may be a heading over the days of a month
_ONE, _NEAR = 0.6, 2  # share of boxes of one letter; columns from one box to the next, a blank one between
#: Rows of telephones alone, their share of all; rows above one that say whose they are.
_BLOCKS, _BLOCK_SHARE, _ABOVE = 2, 0.2, 4
_HEADINGS, _KNOWN = 3, 0.6  # cells of a grid's heading, and how many of them are header words
#: What is said of all who live in a household, and stands on the card above their grid.
_SHARED = frozenset(("address", "phone"))
#: Columns whose cells may be header words themselves: 世帯主 is how somebody is related.
_WORDED = frozenset(("relationship", "sex", "note", ""))

type Pairs = Sequence[tuple[Label, str]]
type Grid = list[Row]


def beside(rows: Iterable[Row], first: Sequence[Row], reader: Reader) -> list[Row] | None:
    """Cards that stand side by side, below each other; None where there are none."""
    starts = _starts(first[:_LOOKED], reader)
    if not starts:
        return None
    width = len(first[0])
    bands = [0, *starts[1:], width]
    widest = max(b - a for a, b in pairwise(bands))
    kept = list(rows)
    found: list[Row] = []
    for a, b in pairwise(bands):
        found += [[*row[a:b], *[None] * (widest - b + a)] for row in kept]
    return found


def _starts(rows: Sequence[Row], reader: Reader) -> tuple[int, ...]:
    """Where the cards begin: columns at which several labels stand, each as often in its row as there are cards."""
    told: dict[tuple[int, ...], set[str]] = {}
    for row in rows:
        held = [(place, cell) for place, cell in enumerate(row) if cell]
        if len({cell for _, cell in held}) == len(held):
            continue  # nothing stands in it twice
        places: dict[str, list[int]] = {}
        for place, cell in held:
            if not looks_like_value(cell) and (label := _known(cell, reader)):
                places.setdefault(label.text, []).append(place)
        for text, at in places.items():
            if len(at) > 1 and all(b - a > 1 for a, b in pairwise(at)):
                told.setdefault(tuple(at), set()).add(text)
    found = [at for at, texts in told.items() if len(texts) >= _BAND_LABELS]
    return max(found, key=lambda at: (len(told[at]), -at[0])) if found else ()


def _known(cell: str, reader: Reader) -> Label | None:
    """The label of a cell that is a header word of people as it stands."""
    label = reader.label(cell)
    return label if label.role in PERSONAL and reader.knows(label.text) else None


def spelled(rows: Iterable[Row], first: Sequence[Row], reader: Reader) -> list[Row] | None:
    """Fields of one letter a box after their label, each put into its first box; None where there are none."""
    if sum(_spelled(row, reader) is not row for row in first[:_LOOKED]) < _FIELDS:
        return None
    return [_spelled(row, reader) for row in rows]


def _spelled(row: Row, reader: Reader) -> Row:
    held = [place for place, cell in enumerate(row) if cell]
    if len(held) <= _LETTERS or sum(len(row[place] or "") <= _SHORT for place in held) < _LETTERS:
        return row
    made: list[str | None] | None = None
    at = 0
    while at < len(held):
        if len(row[held[at]] or "") > 1 and _known((row[held[at]] or "").strip(), reader):
            boxes = list(_boxes(row, held[at + 1 :], reader))
            if _in_boxes([row[i] or "" for i in boxes], reader):
                made = list(row) if made is None else made
                for i in boxes:
                    made[i] = None
                made[boxes[0]] = _word(row, boxes)
                at += len(boxes)
        at += 1
    return row if made is None else made


def _boxes(row: Row, places: Sequence[int], reader: Reader) -> Iterator[int]:
    """The boxes of a field: they hold a letter or two, are no other label, and follow each other."""
    for before, place in zip((None, *places), places, strict=False):
        cell = row[place] or ""
        if len(cell) > _SHORT or (before is not None and place - before > _NEAR):
            return
        if len(cell) > 1 and _known(cell, reader):
            return
        yield place


def _in_boxes(cells: Sequence[str], reader: Reader) -> bool:
    """Whether cells are boxes of a field, mostly of one letter, and not headings of one letter (年 組 番)."""
    words = sum(cell.strip() != "" and reader.knows(cell) for cell in cells)
    return len(cells) >= _LETTERS and sum(len(cell) == 1 for cell in cells) >= _ONE * len(cells) > 2 * _ONE * words


def _word(row: Row, boxes: Sequence[int]) -> str:
    """The letters of boxes; a blank box parts words."""
    told = row[boxes[0]] or ""
    for before, place in pairwise(boxes):
        told += (" " if place - before > 1 else "") + (row[place] or "")
    return told


def blocks(rows: Iterable[Row], first: Sequence[Row]) -> list[Row] | None:
    """Who stands in blocks side by side, a fact a row and the telephone last, one row each; None where nobody does."""
    lasts = [row for row in first[:_LOOKED] if _called(row)]
    if len(lasts) < _BLOCKS or len(lasts) < _BLOCK_SHARE * sum(any(row) for row in first[:_LOOKED]):
        return None
    found: list[Row] = []
    above: list[Row] = []
    for row in rows:
        if not any(row):
            above = []
        elif not _called(row):
            above = [*above, row][-_ABOVE:]
        elif above:
            columns = [place for place, cell in enumerate(row) if cell]
            found += [[*[None] * (_ABOVE - len(above)), *(up[i] for up in above), row[i]] for i in columns]
            above = []
    return found or None


def _called(row: Row) -> bool:
    """Whether a row is nothing but telephones, several."""
    held = [cell for cell in row if cell and cell.strip()]
    return len(held) > 1 and all(PHONE.fullmatch(clean(cell)) for cell in held)


def without_grids(rows: Iterable[Row], reader: Reader) -> tuple[list[Row], list[Grid]]:
    """The rows of a sheet of cards without the grids in it; and these, those of the same headings together."""
    kept: list[Row] = []
    grids: list[tuple[Row, list[Row], dict[str, str]]] = []
    said: dict[str, str] = {}
    heading: Row | None = None
    for row in rows:
        if heading is not None and _goes_on(row, heading, reader):
            grids[-1][1].append(row)
            continue
        if heading is not None:
            said = {}
        heading = row if _heads(row, reader) else None
        if heading is not None:
            grids.append((heading, [], said))
            continue
        kept.append(row)
        said.update(_shared(row, reader))
    return kept, list(_together(grids, reader))


def _together(grids: Sequence[tuple[Row, list[Row], dict[str, str]]], reader: Reader) -> Iterator[Grid]:
    """Grids of the same headings as one; with what the cards say of a household, where it is told who is whose."""
    filled = sorted(((tuple(head), rows, said) for head, rows, said in grids if rows), key=lambda grid: str(grid[0]))
    for head, alike in groupby(filled, key=lambda grid: grid[0]):
        of_household = any(cell and reader.label(cell).role == "relationship" for cell in head)
        parts = [(rows, said) for _, rows, said in alike]
        more = sorted({text for _, said in parts for text in said}) if of_household else []
        body = [[*row, *map(said.get, more)] for rows, said in parts for row in rows]
        yield [[*head, *more], *body]


def _shared(row: Row, reader: Reader) -> Iterator[tuple[str, str]]:
    held = [cell for cell in row if cell and cell.strip()]
    for cell, value in pairwise(held):
        label = _known(cell, reader) if not looks_like_value(cell) else None
        if label and label.role in _SHARED and _known(value, reader) is None:
            yield label.text, value


def _heads(row: Row, reader: Reader) -> bool:
    """Whether a row is nothing but headings, a name's among them."""
    held = [cell for cell in row if cell and cell.strip()]
    if len(held) < _HEADINGS or len(set(held)) < len(held) or any(map(looks_like_value, held)):
        return False
    labels = [reader.label(cell) for cell in held]
    if not any(label.role in NAMED and reader.knows(label.text) for label in labels):
        return False
    known = sum(bool(label.role) and reader.knows(label.text) for label in labels)
    return known >= max(_HEADINGS, _KNOWN * len(held)) and not _pairs(labels)


def _pairs(labels: Sequence[Label]) -> bool:
    """Whether labels and other cells take turns."""
    return all(bool(label.role) == (place % 2 == 0) for place, label in enumerate(labels))


def _goes_on(row: Row, heading: Row, reader: Reader) -> bool:
    """Whether a row stands below a grid's headings and is neither blank nor a card's."""
    held = [place for place, cell in enumerate(row) if cell and cell.strip()]
    under = [place for place in held if place < len(heading) and heading[place]]
    if len(under) < min(2, len(held)) or not under or len(under) < len(held) - 1:
        return False
    for place in held:
        cell = row[place] or ""
        role = reader.label(heading[place] or "").role if place < len(heading) else ""
        if role not in _WORDED and not looks_like_value(cell) and _known(cell, reader):
            return False
    first = reader.label(heading[held[0]] or "").role
    return first in _WORDED - {""} or looks_like_value(row[held[0]] or "") or not _known(row[held[0]] or "", reader)
