"""Tables on their side one below another: "1班 | 氏名 | 佐藤 花子 | 鈴木 一郎 …", and below it 電話, 人数; then 2班 …"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dlp.detect.headers import PERSONAL
from dlp.subjects.cells.values import clean
from dlp.subjects.forms.form_records import NAMED
from dlp.subjects.plan.header import Reader, Row, looks_like_value
from dlp.subjects.tables.frames import Body

_LABELLED, _AMONG = 3, 12  # columns among which the labels stand, and rows among which the first of the names is
_PEOPLE, _BLOCKS, _LINES = 2, 2, 2  # least people of the first block, least blocks, least labels of one
_LIKELY = 0.5  # share of the cells beside the names' label that have to be names
_LEAST, _LOOK = _BLOCKS * _LINES, 600  # rows of such a table; rows that are looked through for labels elsewhere


def upright(body: Body, reader: Reader) -> list[Row] | None:
    """The people of all blocks one below another, under the labels of the first; None where a table is no such one."""
    found = _names(body.first(_AMONG), reader) if body.height >= _LEAST else None
    if found is None:
        return None
    rows = body.first(body.height)
    first, column = found
    text = _text(rows[first], column)
    begins = [i for i, row in enumerate(rows) if i >= first and _text(row, column) == text]
    if len(begins) < _BLOCKS:
        return None
    blocks = [rows[a:b] for a, b in zip(begins, [*begins[1:], len(rows)], strict=True)]
    labels = _labels(blocks, column)
    roles = [reader.label(label).role for label in labels]
    if len(labels) < _LINES or not any(role in PERSONAL and role not in NAMED for role in roles):
        return None
    if any(_known(cell, reader) for row in rows[first:][:_LOOK] for cell in row[column + 1 :]):
        return None  # a form: labels stand in other columns, too
    return [labels, *(person for block in blocks for person in _people(block, labels, column))]


def _names(rows: Sequence[Row], reader: Reader) -> tuple[int, int] | None:
    """The row and the column of the first label of names that has names beside it."""
    for i, row in enumerate(rows):
        for column, cell in enumerate(row[:_LABELLED]):
            if cell and _known(cell, reader) and reader.label(cell).role in NAMED:
                beside = [other for other in row[column + 1 :] if other and other.strip()]
                likely = sum(reader.likelihood(clean(other)) > 0 for other in beside)
                return (i, column) if len(beside) >= _PEOPLE and likely >= _LIKELY * len(beside) else None
    return None


def _labels(blocks: Sequence[Sequence[Row]], column: int) -> list[str]:
    """The labels of the first block that stand in the second, too."""
    one, other = ([_text(row, column) for row in block] for block in blocks[:_BLOCKS])
    return list(dict.fromkeys(label for label in one if label and label in other))


def _text(row: Row, column: int) -> str:
    return clean(row[column] or "")


def _known(cell: str | None, reader: Reader) -> bool:
    """Whether a cell is a header word, and nothing that is said of people, too (女)."""
    if not cell or looks_like_value(cell):
        return False
    label = reader.label(cell)
    return label.role in PERSONAL and label.text not in reader.books.also_values and reader.knows(label.text)


def _people(block: Sequence[Row], labels: Sequence[str], column: int) -> Iterator[Row]:
    """A row for each column of a block in which somebody is named."""
    lines = {_text(row, column): row for row in reversed(block)}
    told = [lines.get(label) for label in labels]
    for place in range(column + 1, len(block[0])):
        if block[0][place]:
            yield [row[place] if row else None for row in told]
