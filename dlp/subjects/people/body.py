"""The rows of a large table that are about people: columns folded and trimmed, and their keys, when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from dlp.subjects.cells import folding
from dlp.subjects.cells.quick import Quick

type KeyOf = Callable[[pl.Series], pl.Series]

_LOOK = 2_000  # cells by which it is told whether a column repeats itself
_MANY = 0.9  # share of different cells in those from which it does not
_HARD = 0.5  # share of cells left over from which all are read anew
_FEW = 0.5  # share of different cells in a column up to which each is read once


class Body:
    """Columns c0, c1, … as they were found."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._said: dict[int, pl.Series] = {}

    @property
    def height(self) -> int:
        """Rows."""
        return self._frame.height

    def said(self, column: int) -> pl.Series:
        """A column folded and trimmed, null where nothing is said."""
        if column not in self._said:
            self._said[column] = folding.said(self._frame[f"c{column}"])
        return self._said[column]

    def frame(self, columns: Iterable[int]) -> pl.DataFrame:
        """Several of them."""
        return pl.DataFrame([self.said(column) for column in sorted(set(columns))])

    def key(self, column: int, of: KeyOf, quick: Quick | None = None) -> pl.Series:
        """The keys of a column. `quick` reads raw cells, and says which it leaves to `of`."""
        cells = self._frame[f"c{column}"]
        found = quick(cells) if quick and column not in self._said else None
        if found is None:
            return self._slowly(column, cells, of)
        known, hard = found
        rest = pl.Series(hard)
        if not rest.any():
            return known
        if rest.sum() > _HARD * cells.len():
            return self._slowly(column, cells, of)  # a column of another kind, perhaps one that repeats itself
        return known.scatter(rest.arg_true(), of(folding.said(cells.filter(rest))))

    def _slowly(self, column: int, cells: pl.Series, of: KeyOf) -> pl.Series:
        """All keys of a column by `of`; where cells repeat, each different one is read once."""
        if column in self._said or cells.head(_LOOK).n_unique() > _MANY * min(_LOOK, cells.len()):
            return of(self.said(column))
        different = cells.unique().drop_nulls()
        if different.len() > _FEW * cells.len():
            return of(self.said(column))
        known = of(folding.said(different))
        return cells.replace_strict(different, known, default=None, return_dtype=known.dtype)

    def joined(self, columns: Sequence[int], of: KeyOf, quick: Quick | None = None) -> pl.Series:
        """The keys of cells of several columns put together; null where all are blank."""
        if len(columns) == 1:
            return self.key(columns[0], of, quick)
        together = pl.concat_str([pl.col(f"c{i}") for i in columns], ignore_nulls=True).alias("x")
        cells = self.frame(columns).select(pl.when(together != "").then(together)).to_series()
        return of(cells)

    def first(self, chains: Iterable[Sequence[int]], of: KeyOf, quick: Quick | None = None) -> pl.Series | None:
        """In each row the first key there is; a chain is one column, or several put together."""
        found: pl.Series | None = None
        for columns in chains:
            if found is not None and not found.null_count():
                break  # a row of a thousand cells asks each of its people for all of them
            key = self.joined(columns, of, quick)
            found = key if found is None else found.zip_with(found.is_not_null(), key)
        return found
