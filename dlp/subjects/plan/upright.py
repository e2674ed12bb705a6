"""Whether rows are those of a list that stands upright, a person or a thing a row, though their cells hold words that head
columns elsewhere: 世帯主, 電話, 滞納, 正会員 are headings, and what is chosen again and again in cells.

A cell of the kind that its column is made of, a date among dates, tells that its row is no header.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from dlp.detect import checks
from dlp.detect.headers import PERSONAL
from dlp.subjects.cells import values

type _Row = Sequence[str | None]

_AGE = re.compile(r"満?\s?\d{1,3}\s?[歳才]")
_POSTAL = re.compile(r"〒?\s*\d{3}-\d{4}")
#: Rows of a list; share of a column's cells of one kind, among headings that come again, and where one row is told; how
#: many of them differ.
_LEAST, _SHARE, _MOST, _DIFFER = 4, 0.75, 0.6, 3
_CONSTANT = 0.8  # share of a column's cells that are one word
_SURE = 0.5  # likelihood of a name
#: Kinds of what stands beside labels of these roles; and roles of labels in cards.
_KINDS = {"birth_date": "date", "postal_code": "postal"} | {
    role: role for role in ("name", "phone", "email", "age", "address")
}
_SAID = PERSONAL | {"name", "kana"}


def kind(cell: str, likelihood: Callable[[str], float]) -> str:
    """What a cell holds that heads nothing: "name", "date", "phone", "email", "postal", "age", "address"; else ""."""
    text = values.clean(cell)
    if not text:
        return ""
    if figured := any(map(str.isdigit, text)):
        if _AGE.fullmatch(text):
            return "age"
        if checks.birth_date(text):
            return "date"
        if _POSTAL.fullmatch(text):
            return "postal"
        if values.PHONE.fullmatch(text):
            return "phone"
        if "@" not in text and values.addressed(text):
            return "address"
    if "@" in text:
        return "email" if values.EMAIL.fullmatch(text) else ""
    return "name" if not figured and likelihood(text) >= _SURE else ""


class Columns:
    """What the columns of a table's first rows hold, each looked at once however many rows are asked about. `kind_of`:
    `kind` of a cell; `headed`: whether it is a heading, which is of no kind."""

    def __init__(self, rows: Sequence[_Row], kind_of: Callable[[str], str], headed: Callable[[str], bool]) -> None:
        self._rows, self._kind_of, self._headed = rows, kind_of, headed
        self._own = {id(row) for row in rows}
        self._held: dict[int, tuple[Counter[str], Counter[str]]] = {}

    def is_data(self, row: _Row) -> bool:
        """Whether a row has a cell of the kind that most cells of its column are, itself aside. A name alone tells so
        where all headings beside it come again below them: 税理士 is written as a name is."""
        mine = id(row) in self._own
        for at, cell in enumerate(row):
            if not cell or self._headed(cell) or not (own := self._kind_of(cell)):
                continue
            kinds = self._column(at)[1]
            count = kinds.total() - mine
            if count < _LEAST - 1 or kinds[own] - mine < _MOST * count:
                continue
            if own != "name" or all(
                self._column(place)[0][other] > mine for place, other in enumerate(row) if other and self._headed(other)
            ):
                return True
        return False

    def _column(self, at: int) -> tuple[Counter[str], Counter[str]]:
        """How often each cell of a column stands there, and each kind."""
        if at not in self._held:
            cells = _column(self._rows, at)
            self._held[at] = Counter(cells), Counter(map(self._kind_of, cells))
        return self._held[at]


def _column(rows: Sequence[_Row], at: int) -> list[str]:
    """What stands in a column of rows."""
    return [text for row in rows if at < len(row) and (text := row[at]) and text.strip()]


def stands(rows: Sequence[_Row], kind_of: Callable[[str], str], says: Callable[[str], str]) -> bool:
    """Whether a column of `rows` is made of one kind, and none of one heading again and again before what it says, as in
    cards. `says`: the role of a heading."""
    if len(rows) <= _LEAST:
        return False
    typed = False
    columns = [_column(rows, at) for at in range(max(map(len, rows)))]
    for at, held in enumerate(columns):
        if len(held) < _LEAST or len(held) < _SHARE * len(rows):
            continue
        word, times = Counter(held).most_common(1)[0]
        if times >= _CONSTANT * len(held) and (role := says(word)) in _SAID:
            beside = columns[at + 1] if at + 1 < len(columns) else []
            if beside and _most(beside, kind_of)[0] in ("", _KINDS.get(role, "")):
                return False
        if not typed and len(set(held)) >= _DIFFER:
            own, most = _most(held, kind_of)
            typed = own != "" and most >= _SHARE * len(held)
    return typed


def _most(held: Sequence[str], kind_of: Callable[[str], str]) -> tuple[str, int]:
    """Of which kind most cells are, and how many."""
    return Counter(map(kind_of, held)).most_common(1)[0]
