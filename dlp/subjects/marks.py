"""Lines without the marks that programs and pens put before what they say: quotes in quotes, branches of a tree, 誤 and 正."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.native import hold
from dlp.subjects import signs
from dlp.subjects.books import Books

_QUOTE = re.compile(r"^(?:> ?)+")
_BARS = re.compile(r"^(?:\| ?)+(?=[^|]*$)")
_BULLETS, _PARTS, _ARROWS = "◎○●◆■・", (" ", ":"), " →⇒➡↓"
_QUOTED = 2  # lines more than these make a quotation


def unmarked(rows: list[str], text: str, books: Books, held: hold.Held = None) -> list[str]:
    """`rows`, the lines of `text`, with what is before the first word left out."""
    if held is None:
        where: Sequence[int] = range(len(rows))
        heads = books.group_heads if any(head in text for head in books.group_heads) else ()
    else:
        where = held.filled(hold.MARKED | signs.HEAD)
        heads = books.group_heads if held.any & signs.HEAD else ()
    if not where:
        return rows
    bare = list(rows)
    _unquoted(bare, where, text)
    marks = (*books.line_marks, *heads)
    for i in where:
        if (row := bare[i]) and (not row[0].isalnum() or row.startswith(heads)):
            bare[i] = _plain(row, marks, heads)
    return bare


def _unquoted(rows: list[str], where: Sequence[int], text: str) -> None:
    """Take the marks of quotations off those of some lines that have any, where the text quotes at all."""
    quoted = [i for i in where if rows[i][:1] == ">"]
    if quoted and text.count("\n>") > _QUOTED:
        for i in quoted:
            rows[i] = _QUOTE.sub("", rows[i])
    barred = [i for i in where if rows[i][:1] == "|"]
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
