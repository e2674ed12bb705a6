"""Lines without the marks that programs and pens put before what they say: quotes in quotes, branches of a tree, 誤 and 正."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.subjects.books import Books

_QUOTE = re.compile(r"^(?:> ?)+")
_BARS = re.compile(r"^(?:\| ?)+(?=[^|]*$)")
_BULLETS, _PARTS, _ARROWS = "◎○●◆■・", (" ", ":"), " →⇒➡↓"
_QUOTED = 2  # lines more than these make a quotation


def unmarked(rows: Sequence[str], text: str, books: Books) -> list[str]:
    """`rows`, the lines of `text`, with what is before the first word left out."""
    bare = list(rows)
    if text.count("\n>") > _QUOTED:
        bare = [_QUOTE.sub("", row) if row.startswith(">") else row for row in bare]
    if (
        text.count("\n|") > _QUOTED
        and sum(row.startswith("|") and not row.rstrip().endswith("|") for row in bare) > _QUOTED
    ):
        bare = [_BARS.sub("", row) if row.startswith("|") else row for row in bare]
    heads = books.group_heads if any(head in text for head in books.group_heads) else ()
    marks = (*books.line_marks, *heads)
    return [row if row[:1].isalnum() and not row.startswith(heads) else _plain(row, marks, heads) for row in bare]


def _plain(row: str, marks: tuple[str, ...], heads: tuple[str, ...]) -> str:
    """A line without the marks at its beginning, and without the arrow to the next box at its end."""
    bare = row.lstrip()
    if heads and bare[:1] in _BULLETS and bare[1:].lstrip().startswith(heads):
        bare = bare[1:].lstrip()
    if not bare.startswith(marks):
        return row
    while mark := next((mark for mark in marks if bare.startswith(mark)), ""):
        after = bare.removeprefix(mark)
        if mark in heads and after[:1] not in _PARTS:
            break
        bare = after.lstrip(" :")
    return bare.rstrip(_ARROWS)
