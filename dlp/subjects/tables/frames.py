"""Large tables as frames: what is asked of rows, asked of columns; see `grid` for small tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from dlp.native.text import Words, rows_with_words
from dlp.subjects.cells import shapes
from dlp.subjects.people.few import ROWS
from dlp.subjects.people.people import Marks
from dlp.subjects.plan.columns import Plan
from dlp.subjects.plan.header import Row
from dlp.subjects.tables.grid import FewRows, RowsBody

HEADINGS = 40  # rows among which a header is

_BOXES, _BOXES_ROWS, _BOXES_SHARE = 10, 2, 0.8


@dataclass(frozen=True, slots=True)
class FrameBody:
    """Rows of a table as columns; see `grid.RowsBody` for what is asked of either."""

    frame: pl.DataFrame
    _firsts: dict[int, Sequence[Row]] = field(default_factory=dict, repr=False, compare=False)  # asked for by many

    @property
    def width(self) -> int:
        """Columns."""
        return self.frame.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.frame.height

    def first(self, count: int) -> Sequence[Row]:
        """The first rows."""
        if count not in self._firsts:
            self._firsts[count] = self.frame.head(count).rows()
        return self._firsts[count]

    def row(self, i: int) -> Row:
        """One row."""
        return self.frame.row(i)

    def holding(self, words: Words, start: int) -> list[int]:
        """Rows from `start` on in which two cells are words of headers."""
        below = self.frame.slice(start)
        if below.is_empty():
            return []
        if (rows := rows_with_words(below.get_columns(), words, 2)) is not None:
            return [start + row for row in rows]
        known = pl.Series(list(words), dtype=pl.String).implode()
        cells = pl.concat([column.rename("") for column in below.get_columns()])  # words are hashed once, not by column
        hits = cells.is_in(known).fill_null(value=False).to_numpy().reshape(below.width, below.height)
        return [start + int(row) for row in np.flatnonzero(hits.sum(axis=0) >= 2)]

    def cut(self, start: int, stop: int, skip: Collection[int] = ()) -> Body:
        """Rows from `start` to `stop`, some left out."""
        piece = self.frame.slice(start, stop - start)
        if skip:
            gone = [row - start for row in skip]
            piece = piece.with_row_index("row").filter(~pl.col("row").is_in(gone)).drop("row")
        return _body_of(piece)

    def pick(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> Body:
        """Some rows."""
        return _body_of(self.frame[np.asarray(rows, np.uint32)] if len(rows) < self.frame.height else self.frame)

    def column(self, at: int) -> Sequence[str | None]:
        """The cells of a column."""
        return self.frame.to_series(at).to_list()

    def shapes(self) -> shapes.Shapes:
        """What each cell is written like."""
        return shapes.of_frame(self.frame)


type Body = FrameBody | RowsBody


def _body_of(frame: pl.DataFrame) -> Body:
    """Some rows of a table; few of them as they are read fastest."""
    return FrameBody(frame) if frame.height > ROWS else RowsBody(frame.rows())


@dataclass(frozen=True, slots=True)
class Reading:
    """What one large table, or one segment of it, says; see `grid.FewRows` for small ones."""

    frame: pl.DataFrame
    plan: Plan
    mentions: pl.DataFrame
    told: Marks  # which rows below the header are read

    @property
    def left(self) -> npt.NDArray[np.intp]:
        """The others."""
        return np.flatnonzero(~self.told) + self.plan.start

    def cells(self, column: int) -> tuple[int, str]:
        """How many cells of a column are filled, and the first of them."""
        held = self.frame[f"c{column}"].slice(self.plan.start).drop_nulls()
        return held.len(), str(held[0]) if held.len() else ""

    def head(self, columns: Sequence[int], count: int) -> list[tuple[str | None, ...]]:
        """Some columns of the first rows of data."""
        return self.frame.slice(self.plan.start).head(count).select(f"c{i}" for i in columns).rows()


type Read = Reading | FewRows


def each_row(body: Body) -> Iterable[Row]:
    """The rows of a table of either kind."""
    return body.rows if isinstance(body, RowsBody) else _rows_of(body.frame)


def _rows_of(frame: pl.DataFrame) -> Iterator[Row]:
    """All rows; whoever only looks at the beginning is given no more than that."""
    yield from frame.head(HEADINGS + 1).rows()
    yield from frame.slice(HEADINGS + 1).iter_rows()


def frame_of(rows: Sequence[Row]) -> pl.DataFrame:
    """Rows, all of one width, as columns c0, c1 …"""
    return pl.DataFrame(rows, schema={f"c{i}": pl.String for i in range(len(rows[0]))}, orient="row")


def boxes_joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Ten or more columns of one digit each, as boxes of a form are, made one column."""
    if frame.width < _BOXES or frame.height < _BOXES_ROWS:
        return frame
    head = frame.head(60).get_columns()
    if not any(map(_boxed, head[_BOXES - 1 :: _BOXES])):
        return frame  # so many beside each other have one of these among them
    single = list(map(_boxed, head))
    run = max(("".join("x" if one else " " for one in single)).split(" "), key=len)
    if len(run) < _BOXES:
        return frame
    first = "".join("x" if one else " " for one in single).index(run)
    names = frame.columns[first : first + len(run)]
    joined = frame.with_columns(pl.concat_str(names, ignore_nulls=True).alias(names[0])).drop(names[1:])
    return joined.rename({name: f"c{i}" for i, name in enumerate(joined.columns)})


def _boxed(column: pl.Series) -> bool:
    """Whether most cells of a column below its first are one digit each."""
    return float(column.tail(-1).str.contains(r"^[0-9０-９]$").cast(pl.Float64).mean() or 0) > _BOXES_SHARE  # type: ignore[arg-type]


def without_blank(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that hold anything."""
    if not frame.width:
        return frame
    frame.columns = [f"c{i}" for i in range(frame.width)] if frame.columns[0] != "c0" else frame.columns
    full = (column for column in frame.get_columns() if not column.null_count())
    if any(column.str.len_bytes().min() for column in full):
        return frame  # a column in which every row has something
    held = pl.any_horizontal((pl.all().str.len_bytes() > 0).fill_null(value=False))
    return frame.filter(held)
