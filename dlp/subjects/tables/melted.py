"""One row for each thing said of a person (名, 項目, 内容): made one row a person, a column for each thing.

So do lists whose name stands once beside several lines, and exports of what was asked one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dlp.detect.headers import PERSONAL
from dlp.subjects.cells.kinds import fits, looks
from dlp.subjects.cells.values import Names
from dlp.subjects.plan.header import NAMED, READINGS, Label, Reader, Row, looks_like_value

_LEAST = 4  # rows that tell
_WORDS = 0.8  # share of a column's cells that are header words: the column's own heading is none
_MOST = 12  # different ones
_WHOLE = 0.8  # share of the people of whom two things are said at least

type _Record = tuple[list[str | None], dict[str, str | None]]


def unmelted(rows: Iterable[Row], first: Sequence[Row], reader: Reader, names: Names) -> list[Row] | None:
    """A row a person with a header of its own; None where no column says what the next one holds."""
    column = _column(first, reader, names) if len(first) >= _LEAST and len(first[0]) > 2 else None
    if column is None:
        return None
    begin = next(i for i, row in enumerate(first) if _word(row[column], reader))
    others = [i for i in range(len(first[0])) if i not in (column, column + 1)]
    named = any(label.role in (*NAMED, *READINGS) for row in first if (label := _word(row[column], reader)))
    if not named and not _of_people([[row[i] for i in others] for row in first[begin:]], names):
        return None
    if named and any(_said_of(row[i], reader) for row in first[begin:] for i in others):
        return None  # 児童 | 氏名 | 佐藤 花子 | 性別 | 女: a form's fields
    records = list(_records(list(rows)[begin:], column, others))
    words = list(dict.fromkeys(word for _, said in records for word in said))
    if sum(1 for _, said in records if len(said) > 1) < _WHOLE * len(records) or len(records) < 2:
        return None
    top = first[begin - 1] if begin else [None] * len(first[0])
    return [[*(top[i] for i in others), *words], *([*key, *map(said.get, words)] for key, said in records)]


def _column(rows: Sequence[Row], reader: Reader, names: Names) -> int | None:
    """The column whose cells say what stands right of them, for two kinds of things at least."""
    for column in range(len(rows[0]) - 1):
        words = _words([cell for row in rows if (cell := row[column])], reader)
        if not 2 <= len(words) <= _MOST:
            continue
        told = [
            fits(label.role, looks([row[column + 1] for row in rows if row[column] == word], names))
            for word, label in words.items()
        ]
        if False not in told and told.count(True) > 1:
            return column
    return None


def _words(cells: Sequence[str], reader: Reader) -> dict[str, Label]:
    """The header words among a column's cells; none once too few of the cells can be such."""
    least = max(_LEAST, _WORDS * len(cells))
    left, words = len(cells), dict[str, Label]()
    for cell, count in Counter(cells).items():
        if label := _word(cell, reader):
            words[cell] = label
        elif (left := left - count) < least:
            return {}
    return words if left >= least else {}


def _word(cell: str | None, reader: Reader) -> Label | None:
    """The label of a cell that is a header word of people, and nothing that is said of them."""
    if not cell or looks_like_value(cell):
        return None
    label = reader.label(cell)
    sure = label.role in PERSONAL and reader.knows(label.text) and label.text not in reader.books.also_values
    return label if sure else None


def _said_of(cell: str | None, reader: Reader) -> bool:
    """Whether a cell is a header word of what is said of somebody, and of no name."""
    label = _word(cell, reader)
    return label is not None and label.role not in (*NAMED, *READINGS)


def _of_people(rows: Sequence[Row], names: Names) -> bool:
    """Whether a column beside holds names: notes beside a form's fields do not."""
    least = names.books.weights.names_beside
    return any(looks(cells, names).name >= least for cells in zip(*rows, strict=True))


def _records(rows: Sequence[Row], column: int, others: Sequence[int]) -> Iterator[_Record]:
    """What stands beside the things said, and these by their words; the same word, or another beside it, is another."""
    key: list[str | None] = []
    said: dict[str, str | None] = {}
    for row in rows:
        word, beside = row[column], [row[i] for i in others]
        if not word:
            continue
        if said and (word in said or any(new and new != old for new, old in zip(beside, key, strict=True))):
            yield key, said
            key, said = [], {}
        key = [new or old for new, old in zip(beside, key or beside, strict=True)]
        said[word] = row[column + 1]
    if said:
        yield key, said
