"""Mobile telephones with letters for figures that look alike (O9O-l234-5678): made figures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.native import hold
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed

#: What a nought and a one are taken for: letters of Latin, Cyrillic and Greek, a kanji, a circle.
_NOUGHTS, _ONES = "0OoОоΟο〇○", "1lI|"
_ANY = f"[2-9{_NOUGHTS}{_ONES}]"
_TELEPHONE = re.compile(
    rf"(?<![A-Za-z\d])[{_NOUGHTS}][789][{_NOUGHTS}](?P<sign>[- (]){_ANY}{{4}}[-) ]{_ANY}{{4}}(?![A-Za-z\d])"
)
_FIGURES = str.maketrans({**dict.fromkeys(_NOUGHTS, "0"), **dict.fromkeys(_ONES, "1")})


def mended(rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
    """`rows`, such telephones in figures."""
    if held is not None and not held.any & signs.MISTYPED:
        return rows
    made: dict[int, str] = {}
    for i in hold.where(held, signs.MISTYPED, rows):
        new = _TELEPHONE.sub(lambda match: match[0].translate(_FIGURES), rows[i])
        if new != rows[i]:
            made[i] = new
    return changed(rows, made) if made else rows
