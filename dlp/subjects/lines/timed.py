"""Lines that begin with a time before a name: "9:00 ササキ ナナ 070-…". Names stand at the beginning of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.native import hold
from dlp.subjects.cells.values import CLASS
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed

#: A time, or from when to when; then surname and given name, or both in one word.
_TIME = re.compile(
    r"^\s{0,8}[(\[]?\d{1,2}:\d{2}(?:\s?[~-]\s?(?:\d{1,2}:\d{2})?)?[)\]]?\s{1,4}"
    rf"(?=[ァ-ヺー]{{2,12}}[ ・][ァ-ヺー]{{1,12}}[\s,、:(]|{CLASS}{{1,5}} {CLASS}{{1,5}}[\s,、(]|{CLASS}{{3,6}}[\s,、(])"
)


def untimed(rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
    """`rows`, those that say something of somebody without the time they begin with."""
    where: Sequence[int] = range(len(rows))
    if held is not None:
        where = [i for i in held.both(signs.COLON, hold.DIGIT) if held.lines[i] & hold.MARKED]
    found = {i: match for i in where if (match := _TIME.match(rows[i]))}
    return changed(rows, {i: rows[i][match.end() :] for i, match in found.items()}) if found else rows
