"""A birth in several columns, its era first, put into one: 昭和 | 50 | 12 | 27 as registers export it, or 3 | 501227.

Under headings it is told by a word for births in one of them (生年月日元号, UMARE_NEN), without any by the cells alone;
whether days without a heading are births is told later, as of any such column.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from dlp.detect import checks
from dlp.subjects.plan.header import Header, Label, Reader, Row

_LOOK, _LEAST, _NEARLY = 40, 3, 0.9  # rows that are looked at, that tell without a heading, and the share that are so
_TOLD = 5  # rows one of which has an era
#: Columns behind the era's: year, month and day, or all in one.
_APART, _TOGETHER = 3, 1
_SIX = 6
_OF_CODES = "明大昭平令"
_ERAS = {
    **{word: word[0] for word in checks.ERAS},
    **{letter: letter for letter in "mtshr"},
    **{code: letter for n, letter in enumerate(_OF_CODES, 1) for code in (f"{n}", f"0{n}")},
}


@dataclass(frozen=True, slots=True)
class Place:
    """The columns of a birth: its era's, and how many follow."""

    at: int
    behind: int
    label: Label | None  # what they are headed together


def places(rows: Sequence[Row], header: Header | None, reader: Reader) -> list[Place]:
    """Where births stand in `rows`, the first of a table."""
    below = [row for row in rows[header.row + 1 if header else 0 :] if any(row)][:_LOOK]
    if not any(cell in _ERAS for row in below[:_TOLD] for cell in row):
        return []  # nearly all
    width, found = len(rows[0]), list[Place]()
    for at in range(width - 1):
        if found and at <= found[-1].at + found[-1].behind:
            continue
        if sum(_stripped(row[at]) in _ERAS for row in below) < _NEARLY * sum(row[at] is not None for row in below):
            continue
        for behind in (_APART, _TOGETHER):
            if at + behind < width and _are_births(below, at, behind):
                label = _label(header, at, behind, reader)
                if label is not None or (_unheaded(header, below[0], at, behind, reader) and len(below) >= _LEAST):
                    found.append(Place(at, behind, label))
                break
    return found


def _stripped(cell: str | None) -> str:
    return (cell or "").strip()


def _are_births(rows: Sequence[Row], at: int, behind: int) -> bool:
    held = [row for row in rows if all(row[at : at + 1 + behind])]
    born = sum(
        checks.coded_date(_compact([_stripped(cell) for cell in row[at : at + 1 + behind]])) is not None for row in held
    )
    return born >= max(1, _NEARLY * len(held))


def _compact(cells: Sequence[str]) -> str:
    """The era's letter and six figures; "" where the cells are none."""
    era, *figures = cells
    if not all(part.isdecimal() for part in figures):
        return ""
    made = _ERAS.get(era, "?") + "".join(part.zfill(2) for part in figures)
    return made if len(made) == _SIX + 1 else ""


def _label(header: Header | None, at: int, behind: int, reader: Reader) -> Label | None:
    """The heading of all of them together, by the first that has a word for births; whose they are is kept."""
    for label in header.labels[at : at + 1 + behind] if header else ():
        word = next((word for word in reader.books.births if word in label.text), None)
        if word is not None:
            return reader.label(f"{label.text.partition(word)[0]}生年月日")
        if label.role == "birth_date":
            return label
    return None


def _unheaded(header: Header | None, first: Row, at: int, behind: int, reader: Reader) -> bool:
    """Whether nothing heads them, known as a heading or not, but a word for births: 元号 | 年 | 月 | 日 of what happened."""
    cells = [_stripped(cell) for cell in first[at : at + 1 + behind]]
    if not _compact(cells) and any(cells):
        return any(word in cell.lower() for word in reader.books.births for cell in cells)
    return header is None or not any(label.text for label in header.labels[at : at + 1 + behind])


def headed(header: Header | None, found: Collection[Place]) -> Header | None:
    """The header of a table whose births are put together."""
    if header is None:
        return None
    labels = [*header.labels]
    for place in found:
        labels[place.at : place.at + 1 + place.behind] = [place.label or Label("", ""), *[Label("", "")] * place.behind]
    return replace(header, labels=type(header.labels)(labels))


def in_rows(rows: Sequence[Row], found: Collection[Place]) -> list[Row]:
    """Rows with those births in their first columns, the others left empty."""
    return [_joined(row, found) for row in rows]


def _joined(row: Row, found: Collection[Place]) -> Row:
    cells = list(row)
    for place in found:
        end = place.at + 1 + place.behind
        if made := _compact([_stripped(cell) for cell in row[place.at : end]]):
            cells[place.at : end] = [made, *[None] * place.behind]
    return cells


def in_frame(frame: pl.DataFrame, found: Collection[Place]) -> pl.DataFrame:
    """The same of a large table."""
    for place in found:
        names = [f"c{i}" for i in range(place.at, place.at + 1 + place.behind)]
        era, *figures = (pl.col(name).str.strip_chars() for name in names)
        letter = era.replace_strict(_ERAS, default=None, return_dtype=pl.String)
        made = pl.concat_str([letter, *(part.str.zfill(2) for part in figures)])  # null where any of them is
        whole = made.str.contains(r"^.[0-9]{6}$").fill_null(value=False)
        rest = (pl.when(whole).then(None).otherwise(pl.col(name)).alias(name) for name in names[1:])
        frame = frame.with_columns(pl.when(whole).then(made).otherwise(pl.col(names[0])).alias(names[0]), *rest)
    return frame
