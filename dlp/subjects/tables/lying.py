"""Tables lying on their side: labels in the first column, a person in each other; and forms that look like one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from dlp.detect.headers import PERSONAL
from dlp.subjects.plan.header import READINGS, Reader, Row, looks_like_value

_COUNT = re.compile(r"\d{1,4}|[①-⑳]")  # what counts headings of one word
_FIGURES, _PARTIES = "0123456789", 2  # figures; people who are told apart by a row of its own, at least
_CALLED = frozenset(("name", "surname", "given"))
#: Roles whose words stand in cells as values, too: 連絡先 | 自宅 | 実家, 続柄 | 世帯主 | 妻, 認定 | 要支援.
_ALSO_SAID = frozenset(("address", "sensitive"))
_FEW_ROWS, _MANY = 12, 6  # rows of what lies without headings, at most; people in it, at least
_LOOK, _NAMED = 30, 0.5  # cells by which names are told, and how likely they are on the average
_REACHED = re.compile(r"(?:\+81[- ]?|0)[\d‐－ー() -]{8,14}\d|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_NUMBERED = PERSONAL - _CALLED - {*READINGS, "sex", "relationship", "sensitive", "email"}


def _labels_in(cells: Iterable[str | None], reader: Reader) -> int:
    held = [cell for cell in cells if cell is not None and not looks_like_value(cell)]
    return sum(1 for cell in held if reader.knows(reader.label(cell).text))


def _also_value(cell: str | None, reader: Reader) -> bool:
    """男 and 女 beside 性別: header words, and what is said of each person in a row that lies."""
    return bool(cell) and reader.label(cell or "").text in reader.books.also_values


def _headings(row: Row, reader: Reader) -> Row:
    """Cells of a row that may be headings: 横浜銀行 after 金融機関 is a value, though it ends as headings do."""
    role = reader.label(row[0] or "").role
    kept = (cell for cell in row[1:] if not _also_value(cell, reader) and (not cell or reader.label(cell).role != role))
    if role in _CALLED:  # 大木 かな among hundreds is no heading of readings
        kept = (cell for cell in kept if not cell or reader.likelihood(cell) < reader.books.weights.leading)
    return [row[0], *kept]


def _goes_on(row: Row, reader: Reader) -> bool:
    """Whether a row has another label of a person's behind its first and its value, with a value of its own: a form's
    (氏名 | 矢島 健太 | 個人番号 | …). In a list that lies nobody is called 個人番号."""
    held = [cell.strip() for cell in row if cell and cell.strip()]
    first = reader.label(held[0]).role if held else ""
    return bool(first) and any(_field(cell, value, first, reader) for cell, value in pairwise(held[2:]))


def _field(cell: str, value: str, first: str, reader: Reader) -> bool:
    """Whether a cell is a header word that says nothing of anybody by itself, and the next one its value."""
    label = reader.label(cell)
    if label.role not in PERSONAL or label.text in reader.books.also_values or not reader.knows(label.text):
        return False
    if label.role in _CALLED and not label.text.endswith(reader.books.name_ends):
        return False  # 世帯主 and 妻 are said of people, 氏名 is not
    if label.role in _ALSO_SAID and (first == label.role or first not in PERSONAL):
        return False
    if reader.knows(reader.label(value).text) and value not in reader.books.also_values:
        return False
    return label.role not in _NUMBERED or any(map(str.isdigit, value))


def _counts_on(cells: Row) -> bool:
    """Whether cells are one word with a number each: 相談者1, 相談者2 … above what is said of each."""
    if len(cells) > 1 and cells[0] and cells[1] and _begin_otherwise(cells[0], cells[1]):
        return False  # as those of nearly all rows do
    held = [cell.strip() for cell in cells if cell and cell.strip()]
    word = _COUNT.sub("", held[0]) if len(held) > 1 else ""
    return word != "" and all(_COUNT.sub("", cell) == word for cell in held[1:]) and len(set(held)) == len(held)


def _begin_otherwise(cell: str, other: str) -> bool:
    """Whether what two cells begin with behind figures differs, and neither is a number or a blank."""
    one, two = cell.lstrip(_FIGURES)[:1], other.lstrip(_FIGURES)[:1]
    return one != two and all(c and not c.isspace() and not c.isnumeric() for c in (one, two))


def _says_who(row: Row, reader: Reader) -> bool:
    """Whether a row over others says what each person is, and its first cell nothing: | 被保険者 | 届出人."""
    held = [cell for cell in row[1:] if cell and cell.strip()]
    if (row[0] or "").strip() or len(held) < _PARTIES or len(held) < len(row) - 1:
        return False
    return all(cell in reader.books.parties or cell in reader.books.kin for cell in held) and len(set(held)) == len(
        held
    )


LIES = range(2, 61)  # rows of a table that may lie on its side


def transposed(rows: Sequence[Row], reader: Reader) -> list[Row] | None:
    """A table lying on its side (labels in the first column, a person in each other) turned upright; else None."""
    rows = [row for row in rows if not (_counts_on(row[1:]) and reader.label(row[0] or "").role not in PERSONAL)]
    if rows and _says_who(rows[0], reader):
        rows = rows[1:]
    columns = list(zip(*rows, strict=True)) if len(rows) in LIES else []
    if len(columns) < 3:
        return None
    first = [cell or "" for cell in columns[0]]
    known = [reader.label(cell).role for cell in first if cell.strip() and not looks_like_value(cell)]
    few = sum(1 for role in known if role) < max(2, 0.6 * len(first))
    if "name" not in known or few or len(set(first)) < len(first):
        return None
    beside = max(_labels_in(cells, reader) for cells in columns[1:])
    if beside >= max(2, 0.3 * len(rows)) or any(_goes_on(row, reader) for row in rows):
        return None  # labels stand in other columns, too: a form
    if max(reader.score(_headings(row, reader)) for row in rows[:5]) > 1.5:
        return None
    return [column for column in columns if any(cell is not None for cell in column)]


def bare(rows: Sequence[Row], reader: Reader) -> list[Row] | None:
    """A table lying on its side without a heading: a row of nothing but names, and one of their telephones or mail
    addresses. Turned upright; else None."""
    if not 2 <= len(rows) <= _FEW_ROWS or len(rows[0]) < max(_MANY, 2 * len(rows)):
        return None
    filled = [[cell.strip() for cell in row if cell and cell.strip()] for row in rows]
    reached = [cells for cells in filled if len(cells) >= _MANY and all(map(_REACHED.fullmatch, cells))]
    if not reached:
        return None
    if not any(_are_names(cells, reader) for cells in filled if cells not in reached):
        return None
    columns = list(zip(*rows, strict=True))
    return [column for column in columns if any(cell is not None for cell in column)]


def _are_names(cells: Sequence[str], reader: Reader) -> bool:
    """Whether nearly all of some cells are names."""
    some = cells[:_LOOK]
    if len(cells) < _MANY or any(any(map(str.isdigit, cell)) for cell in some):
        return False
    return sum(reader.likelihood(cell) for cell in some) >= _NAMED * len(some)
