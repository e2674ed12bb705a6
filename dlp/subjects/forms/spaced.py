"""Names with a blank line between them and the fields below: "事例1：佐藤 花子さん", nothing, "78歳 女性"; "佐藤 花子", nothing,
"住所：…". The name moves down, right above what is said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.forms import forms
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed
from dlp.subjects.plan.header import Reader

_LONGEST = 30  # letters of such a line
_NAME = re.compile(rf"^\s{{0,4}}(?:[^\s:：]{{1,8}}[:：] ?)?(?P<name>{CLASS}{{1,8}}(?: {CLASS}{{1,8}})?)\s{{0,4}}$")
#: What begins with an age.
_AGED = re.compile(r"^\s{0,4}(?:満 ?)?\d{1,3}[歳才](?!以|未|児|か|から|ま|程|前|[~-])")
_FIELDS = PERSONAL - {"phone", "email", "name"}  # what a desk says below whoever is there


def nearer(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held = None) -> Sequence[str]:
    """`rows`, of which there are as many, with such names moved down by one line."""
    where: Sequence[int] = range(len(rows))
    if held is not None:
        where = held.having(hold.ALONE | signs.COLON)
    found = [i for i in where if i + 2 < len(rows) and _apart(rows, i) and _is_of(rows, i, reader, names)]
    return changed(rows, {j: rows[i] if j > i else "" for i in found for j in (i, i + 1)}) if found else rows


def _apart(rows: Sequence[str], i: int) -> bool:
    """Whether nothing stands above and below a short line, and something behind that."""
    return (
        0 < len(rows[i]) <= _LONGEST
        and (not rows[i + 1] or rows[i + 1].isspace())
        and bool(rows[i + 2])
        and (i == 0 or not rows[i - 1] or rows[i - 1].isspace())
    )


def _is_of(rows: Sequence[str], i: int, reader: Reader, names: Names) -> bool:
    """Whether a line is a name, and the one behind it says what is said of people."""
    match, below = _NAME.match(rows[i]), rows[i + 2]
    if match is None or reader.label(match["name"]).role:
        return False
    if not _AGED.match(below) and not any(label.role in _FIELDS for label, _ in forms.pairs_of(below, reader)):
        return False
    above = next((rows[j] for j in (i - 1, i - 2) if j >= 0 and rows[j].strip()), "")
    if names.books.patterns.desk.search(above):
        return False  # whom to ask
    name = names.without_honorific(match["name"])
    return names.likelihood(name) >= names.books.weights.name_like
