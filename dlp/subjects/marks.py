"""Lines without the marks that programs and pens put before what they say: quotes in quotes, branches of a tree, 誤 and 正."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.subjects.books import Books

_QUOTE = re.compile(r"^(?:> ?)+")
_BARS = re.compile(r"^(?:\| ?)+(?=[^|]*$)")
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
    return [row if row[:1].isalnum() or not row else _plain(row, books) for row in bare]


def _plain(row: str, books: Books) -> str:
    """A line without a mark at its beginning, or an arrow to the next box at its end."""
    bare = books.patterns.line_mark.sub("", row, count=1)
    return row if bare == row else bare.rstrip(" →⇒➡↓")
