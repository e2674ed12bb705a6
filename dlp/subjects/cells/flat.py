"""A whole column as one array of letters, for numpy: what it holds is told, and letters are changed or dropped, at once.

Polars' string functions cost some hundred nanoseconds a cell and step; an array of all letters some tenths of one a letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

type Letters = npt.NDArray[np.uint16]
type Marks = npt.NDArray[np.bool_]
type Places = npt.NDArray[np.intp]

_END = 10  # what parts the cells: a line feed, which no cell may hold
#: What becomes of a letter: it stays (perhaps as another), it is dropped, or the cell is left to others.
PLAIN, DROPPED, HARD = 1, 2, 4


@dataclass(frozen=True, eq=False)
class Flat:
    """Cells one after another in UTF-16, each ended by a line feed; null cells are empty."""

    letters: Letters

    @classmethod
    def of(cls, cells: pl.Series) -> Flat | None:
        """None where cells hold line feeds."""
        text = f"{cells.fill_null('').str.join(chr(_END)).item()}\n"
        flat = cls(np.frombuffer(text.encode("utf-16-le"), np.uint16))
        return flat if len(flat.ends) == cells.len() else None

    @cached_property
    def ends(self) -> Places:
        """Where each cell's line feed stands."""
        return np.flatnonzero(self.letters == _END)

    @cached_property
    def starts(self) -> Places:
        """Where each cell begins."""
        return np.concatenate((np.zeros(1, np.intp), self.ends[:-1] + 1))

    @cached_property
    def sizes(self) -> Places:
        """Letters of each cell."""
        return self.ends - self.starts

    def any(self, marks: Marks) -> Marks:
        """Whether one of a cell's letters is marked."""
        return np.logical_or.reduceat(marks, self.starts)

    def at(self, places: Places) -> Letters:
        """Letters at some places; zero beyond the end."""
        return self._padded[places]

    @cached_property
    def _padded(self) -> Letters:
        return np.concatenate((self.letters, np.zeros(32, np.uint16)))

    @property
    def last(self) -> Letters:
        """The last letter of each cell; of an empty one, anything."""
        return self.letters[self.ends - 1]

    def kept(self, marks: Marks) -> Flat:
        """Without the letters that are not marked; line feeds must be."""
        return Flat(self.letters[marks])

    def text(self) -> str:
        """All cells, a line feed after each."""
        return self.letters.tobytes().decode("utf-16-le")

    def series(self, good: Marks) -> pl.Series:
        """The cells again; null where not `good`."""
        cells = pl.Series([self.text()]).str.split("\n").explode(empty_as_null=False)
        return pl.select(pl.when(pl.Series(good)).then(cells.head(len(good)))).to_series()


@dataclass(frozen=True, eq=False)
class Table:
    """What each letter becomes, and of what kind it is: PLAIN, DROPPED or HARD (a line feed: 0)."""

    into: Letters
    kinds: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, changes: Mapping[str, str], plain: str) -> Table:
        """Letters that `changes` makes others or nothing. Plain is what then matches the regular expression `plain`."""
        into = np.arange(1 << 16, dtype=np.uint16)
        dropped = np.zeros(1 << 16, np.bool_)
        for letter, other in changes.items():
            if len(letter) == 1 and ord(letter) < 1 << 16 and len(other) <= 1 and ord(other or " ") < 1 << 16:
                into[ord(letter)] = ord(other or letter)
                dropped[ord(letter)] = not other
        kinds = np.where(matching(plain)[into], np.uint8(PLAIN), np.uint8(HARD))
        kinds[dropped] = DROPPED
        into[_END], kinds[_END] = _END, 0
        return cls(into, kinds)

    def over(self, flat: Flat) -> tuple[Flat, Marks]:
        """The column with its letters changed and dropped, and which cells held a hard one."""
        kinds = self.kinds[flat.letters]
        hard = flat.any(kinds == HARD)
        kept = kinds != DROPPED
        return Flat(self.into[flat.letters if kept.all() else flat.letters[kept]]), hard


def marked(letters: str) -> Marks:
    """A mark for each of the first 65,536 characters that is among `letters`."""
    marks = np.zeros(1 << 16, np.bool_)
    marks[[ord(letter) for letter in letters if ord(letter) < 1 << 16]] = True
    return marks


def matching(pattern: str) -> Marks:
    """Which of the first 65,536 characters match, as polars' regular expressions see them."""
    codes = np.concatenate((np.arange(0xD800), np.arange(0xE000, 1 << 16)))
    found = pl.Series(list(map(chr, codes.tolist()))).str.contains(pattern).to_numpy()
    marks = np.zeros(1 << 16, np.bool_)
    marks[codes] = found
    return marks
