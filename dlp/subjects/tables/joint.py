"""Cells that name several people, as a couple's and joint owners' do: "佐藤 太郎、佐藤 花子", "佐藤太郎・花子", each on a line.

Each gets a row of his own. What is said of all (address, telephone) is said of each; what is said of one is said of the
first, unless as much stands in its cell as names do in theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dlp.detect.variants import folded
from dlp.extract.plain.normalize import fold
from dlp.subjects.cells.values import CLASS, Names, clean
from dlp.subjects.plan.columns import SHARED
from dlp.subjects.plan.header import Header, Row
from dlp.subjects.tables.surnamed import surname_of

_BETWEEN = re.compile(r"\s*[、,，/／;；\n&＆・]\s*")
_HAN = re.compile(r"[一-鿿㐀-䶿々]")
_PIECE = re.compile(rf"{CLASS}{{1,8}}(?: {CLASS}{{1,6}})?")
_READING = re.compile(r"[ぁ-ゖァ-ヺー ]{5,}")  # of the name on the line above
_COUNTED = re.compile(r"(?:外|他|ほか) ?[\d一二三四五六七八九十]{1,3} ?[名人]")
_MOST, _LONGEST = 6, 60  # people in a cell, and its letters


def column(rows: Sequence[Row], header: Header | None, names: Names) -> int | None:
    """The column of names of which cells among `rows`, the first of a table, name several; None where none does."""
    if header is None:
        return None
    for at, label in enumerate(header.labels):
        if label.role == "name" and any(several(row[at], names) for row in rows[header.row + 1 :] if at < len(row)):
            return at
    return None


def several(cell: str | None, names: Names) -> list[str]:
    """Those whom a cell names, in full, if they are two or more, or one beside others who are only counted (、外1名); else
    nothing."""
    if not cell or len(cell) > _LONGEST or not _BETWEEN.search(cell) or not _HAN.search(cell):
        return []
    pieces = [names.without_honorific(clean(fold(piece))) for piece in _BETWEEN.split(cell.strip())]
    counted = len(pieces) > 1 and _COUNTED.fullmatch(pieces[-1]) is not None
    pieces = pieces[:-1] if counted else pieces
    if not 1 < len(pieces) + counted <= _MOST or not all(_PIECE.fullmatch(piece) for piece in pieces):
        return []
    if any(_READING.fullmatch(piece) for piece in pieces) or not _is_whole(pieces[0], names):
        return []
    surname = surname_of(pieces[0], names)
    if "\n" in cell and folded("".join(pieces).removeprefix(surname).strip()) in names.given:
        return []  # a narrow cell broke the name
    found = [pieces[0], *(_in_full(piece, surname, names) for piece in pieces[1:])]
    return found if all(found) and len(set(found)) == len(found) else []


def _is_whole(piece: str, names: Names) -> bool:
    """Whether a cell begins with surname and given name, and not with the surname that a narrow cell broke off."""
    if " " in piece:
        return names.likelihood(piece) >= names.books.weights.name_like
    return names.surely(piece) and folded(piece) not in names.surnames


def _in_full(piece: str, surname: str, names: Names) -> str:
    """A name behind another in a cell: its own surname, or that of the first before a given name; "" for no name."""
    plain, whole = folded(piece), f"{surname} {piece}"
    if surname and " " not in piece and (plain in names.given or names.is_spelled(piece)):
        return whole
    if names.surely(piece):
        return piece
    word = " " in piece or piece in names.books.not_persons or piece in names.books.kin or plain in names.surnames
    return whole if surname and not word and names.surely(whole) else ""


def in_rows(rows: Iterable[Row], header: Header, at: int, names: Names) -> Iterator[Row]:
    """Rows with one person in each of their cells in column `at`."""
    shared = {i for i, label in enumerate(header.labels) if label.role in SHARED}
    for number, row in enumerate(rows):
        people = several(row[at], names) if number > header.row else []
        if not people:
            yield row
            continue
        parts = [(cell or "").strip().split("\n") for cell in row]
        for which, name in enumerate(people):
            told = [
                part[which] if len(part) == len(people) else cell if i in shared or not which else None
                for i, (part, cell) in enumerate(zip(parts, row, strict=True))
            ]
            told[at] = name
            yield told
