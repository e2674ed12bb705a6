"""Two rows a person under headings of two words ("氏名／生年月日"): made one row, a column for each word.

Merged cells of paper registers: above what the first word says, below what the second says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dlp.detect.headers import PERSONAL
from dlp.subjects.plan.header import Header, Label, Reader, Row, looks_like_value

_PARTED = re.compile(r"[／/\n・]")
_LEAST = 4  # rows that tell
_LOW, _HIGH = 0.1, 0.6  # share of upper and of lower cells with figures in a column of names above figures


def unstacked(rows: Iterable[Row], first: Sequence[Row], header: Header, reader: Reader) -> list[Row] | None:
    """The rows below a header, two by two, with a header of their own; None where each row is a person."""
    pairs = {i: pair for i, cell in enumerate(first[header.row]) if cell and (pair := _pair(cell, reader))}
    below = first[header.row + 1 :]
    if len(pairs) < 2 or len(below) < _LEAST or not any(_alternates(below, i) for i in pairs):
        return None
    found: list[Row] = [_heads(first[header.row], pairs)]
    body = list(rows)[header.row + 1 :]
    for upper, lower in zip(body[::2], body[1::2], strict=False):
        found.append([*(a or (None if i in pairs else b) for i, (a, b) in enumerate(zip(upper, lower, strict=True))),
                      *(lower[i] for i in pairs)])  # fmt: skip
    return found


def _heads(row: Row, pairs: dict[int, tuple[str, str]]) -> Row:
    return [*(pairs[i][0] if i in pairs else cell for i, cell in enumerate(row)), *(pair[1] for pair in pairs.values())]


def _pair(cell: str, reader: Reader) -> tuple[str, str] | None:
    """The two header words of a heading, where it is made of two."""
    words = [word for word in _PARTED.split(cell.strip()) if word.strip()]
    if len(words) != 2:
        return None
    labels: list[Label] = [reader.label(word) for word in words]
    return (words[0], words[1]) if all(label.role in PERSONAL for label in labels) else None


def _alternates(below: Sequence[Row], column: int) -> bool:
    """Whether figures stand in every other cell of a column alone."""
    upper = [cell for row in below[::2] if (cell := row[column])]
    lower = [cell for row in below[1::2] if (cell := row[column])]
    if not upper or not lower:
        return False
    return sum(map(looks_like_value, upper)) <= _LOW * len(upper) and sum(map(looks_like_value, lower)) >= _HIGH * len(
        lower
    )
