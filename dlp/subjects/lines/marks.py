"""Lines without the marks that programs and pens put before what they say: quotes in quotes, branches of a tree, 誤 and 正."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.native import hold
from dlp.subjects.books import Books
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed

_QUOTE = re.compile(r"^(?:> ?)+")
_BARS = re.compile(r"^(?:\| ?)+(?=[^|]*$)")
_BULLETS, _PARTS, _ARROWS = "◎○●◆■・", (" ", ":"), " →⇒➡↓"
_QUOTED = 2  # lines more than these make a quotation


def unmarked(rows: Sequence[str], text: str, books: Books, held: hold.Held = None) -> Sequence[str]:
    """`rows`, the lines of `text`, with what is before the first word left out."""
    if held is None:
        where: Sequence[int] = range(len(rows))
        heads = books.group_heads if any(head in text for head in books.group_heads) else ()
    else:
        where = held.filled(hold.MARKED | signs.HEAD)
        heads = books.group_heads if held.any & signs.HEAD else ()
    if not where:
        return rows
    bare = {i: rows[i] for i in where}
    _unquoted(bare, text)
    marks = (*books.line_marks, *heads)
    for i, row in bare.items():
        if row and (not row[0].isalnum() or row.startswith(heads)):
            bare[i] = _plain(row, marks, heads)
    return changed(rows, {i: row for i, row in bare.items() if row != rows[i]})


def _unquoted(rows: dict[int, str], text: str) -> None:
    """Take the marks of quotations off those of some lines that have any, where the text quotes at all."""
    quoted = [i for i, row in rows.items() if row[:1] == ">"]
    if quoted and text.count("\n>") > _QUOTED:
        for i in quoted:
            rows[i] = _QUOTE.sub("", rows[i])
    barred = [i for i, row in rows.items() if row[:1] == "|"]
    open_ended = sum(not rows[i].rstrip().endswith("|") for i in barred)
    if open_ended > _QUOTED and text.count("\n|") > _QUOTED:
        for i in barred:
            rows[i] = _BARS.sub("", rows[i])


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
