"""What each cell of rows is written like, told of all rows at once: by this the rows of a list stand out among others.

Shapes are loose. They say which rows are worth a plan of their own; what their columns are the plan says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from dlp.subjects.cells import cells, folding
from dlp.subjects.words import listed

type Row = Sequence[str | None]
type Shapes = npt.NDArray[np.int8]  # a row of the table each, a column each

EMPTY, OTHER, LETTERS, SEX, EMAIL, PHONE, DATE, POSTAL, NUMBER, ADDRESS = range(10)
#: From here on a shape is of something that belongs to a person.
STRONG = SEX
#: Figures alone: a telephone that lost its zero or a date, and what has as many figures and is neither. In a column
#: with more of the latter the former are accidents.
_BARE_PHONE, _BARE_DATE, _TEN, _EIGHT = range(10, 14)
_BARE = ((_BARE_PHONE, _TEN, PHONE), (_BARE_DATE, _EIGHT, DATE))
_SEXES = listed("男 女 男性 女性 男児 女児 M F m f male female")
_LETTER = rf"[{folding.HAN}{folding.HIRA}{folding.KANA}]"
_LETTERED = rf"^[^0-9@]{{0,40}}(?:{_LETTER}|[A-Za-zÀ-ÿ]{{2}})[^0-9@]{{0,40}}$"
#: Shapes that hold figures or an @, in the order they are tried; polars' and Python's regex read them alike.
_FIGURED = (
    (EMAIL, r"^[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+$"),
    (PHONE, r"^(?:\+81[- ]?[0-9]{1,4}|\(?0[1-9][0-9]{0,3})[-() .]{0,2}[0-9]{1,4}[-() .]{0,2}[0-9]{3,4}$"),
    (_BARE_PHONE, "^[5-9]0[1-9][0-9]{7}$"),
    (_BARE_DATE, "^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])$"),
    (_TEN, "^[0-9]{10}$"),
    (_EIGHT, "^[0-9]{8}$"),
    (
        DATE,
        r"^(?:(?:明治|大正|昭和|平成|令和|[MTSHR明大昭平令]) ?(?:[0-9]{1,2}|元)|(?:18|19|20)[0-9]{2}) ?[-/.年] ?[0-9]{1,2} ?[-/.月]"
        " ?[0-9]{1,2}",
    ),
    (POSTAL, "^〒? ?[0-9]{3}-[0-9]{4}$"),
    (NUMBER, r"^(?:[0-9][- ]?){11}[0-9](?:\.0)?$"),
    (
        ADDRESS,
        rf"^(?:〒? ?[0-9]{{3}}-?[0-9]{{4}}[ 　]*)?{_LETTER}"
        "(?:[^0-9]{0,40}[0-9]+(?:丁目|番|号|条|地割|-|の)|[^0-9]{0,40}[市区町村字][^0-9]{0,20}[0-9]+$)",
    ),
)
_LETTERS_OF = cells.compiled(_LETTERED)
_FIGURED_OF = tuple((shape, cells.compiled(pattern)) for shape, pattern in _FIGURED)
_WITHOUT = cells.compiled(r"[0-9@]")


def of_rows(rows: Sequence[Row]) -> Shapes:
    """The shapes of rows that are in a list."""
    columns = [[of_cell(cell) for cell in cells.said(list(column))] for column in zip(*rows, strict=True)]
    return _settled(np.array(columns, np.int8).T)


def of_cell(cell: str | None) -> int:
    """The shape of one cell; figures alone are not told apart."""
    if cell is None:
        return EMPTY
    if cell in _SEXES:
        return SEX
    if not _WITHOUT.search(cell):
        return LETTERS if _LETTERS_OF.search(cell) else OTHER
    return next((shape for shape, pattern in _FIGURED_OF if pattern.search(cell)), OTHER)


def of_frame(frame: pl.DataFrame) -> Shapes:
    """The same of a table."""
    x = pl.col("x")
    shape = pl.when(x.is_null()).then(EMPTY).when(x.is_in(list(_SEXES))).then(SEX)
    shape = shape.when(~x.str.contains("[0-9@]")).then(
        pl.when(x.str.contains(_LETTERED)).then(LETTERS).otherwise(OTHER)
    )
    for figured, pattern in _FIGURED:
        shape = shape.when(x.str.contains(pattern)).then(figured)
    found = shape.otherwise(OTHER).cast(pl.Int8)
    columns = [
        folding.said(series.alias("x")).to_frame("x").select(found).to_series() for series in frame.get_columns()
    ]
    return _settled(np.column_stack([column.to_numpy() for column in columns]))


def _settled(found: Shapes) -> Shapes:
    """Figures alone are what most figures in their column are."""
    for bare, other, shape in _BARE:
        marks = found == bare
        likely = marks.sum(axis=0) >= (found == other).sum(axis=0)
        found = np.where(marks, np.where(likely, shape, OTHER), found)
        found = np.where(found == other, OTHER, found)
    return found.astype(np.int8)
