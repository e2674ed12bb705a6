"""Names over what is said of them that stand apart from it, or behind what numbers them: "事例1：佐藤 花子さん", nothing,
"78歳 女性"; "佐藤 花子", nothing, "住所：…"; "ケース1　佐藤 花子". The name moves down, right above what is said of it."""

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

_LONGEST = 20  # letters of such a line
_NAME = re.compile(
    rf"^\s{{0,4}}(?:(?P<mark>[^\s:：\d]{{0,6}} ?\d{{1,3}}[.)]?[:： ]|[^\s:：\d]{{1,6}}[:：])\s{{0,4}})?"
    rf"(?P<name>{CLASS}{{1,8}}(?: {CLASS}{{1,8}})?(?: {CLASS}{{1,2}})?)\s{{0,4}}$"
)
#: What begins with an age.
_AGED = re.compile(r"^\s{0,4}(?:満 ?)?\d{1,3}[歳才](?!以|未|児|か|から|ま|程|前|[~-])")
_FIGURE = re.compile("[0-9]")
_FIELDS = PERSONAL - {"phone", "email", "name"}  # what a desk says below whoever is there


def nearer(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held = None) -> Sequence[str]:
    """`rows`, of which there are as many, with such names moved down by a line, without what numbers them."""
    where: Sequence[int] = range(len(rows) - 1)
    if held is not None:
        masks, may, said = held.lines, hold.ALONE | signs.COLON, hold.DIGIT | signs.COLON
        where = [
            i
            for i in held.both(hold.UNPLAIN, may | hold.DIGIT)  # as all lines that are as short are
            if not masks[i] & signs.STOP
            and (masks[i] & may or masks[i] & hold.PARTED)
            and ((i + 1 < len(rows) and masks[i + 1] & said) or (i + 2 < len(rows) and masks[i + 2] & said))
        ]
    found: dict[int, str] = {}
    for i in where:
        if (
            0 < len(rows[i]) <= _LONGEST
            and (below := _below(rows, i))
            and (name := _named(rows, i, below, reader, names))
        ):
            found[i] = ""
            found[below - 1] = name
    return changed(rows, found) if found else rows


def _below(rows: Sequence[str], i: int) -> int:
    """The line below a short one, over one without anything; 0 where none is, or as many as in a list stand above it."""
    if i + 1 < len(rows) and (rows[i + 1] and not rows[i + 1].isspace()):
        return i + 1
    apart = i == 0 or not rows[i - 1] or rows[i - 1].isspace()
    return i + 2 if apart and i + 2 < len(rows) and rows[i + 2] else 0


def _named(rows: Sequence[str], i: int, below: int, reader: Reader, names: Names) -> str:
    """What a line is to say: a name, where it is one, and the one below it says what is said of people; else nothing."""
    match = _NAME.match(rows[i])
    if match is None or (below == i + 1 and not _numbered(match["mark"])):
        return ""
    if ":" not in rows[below] and not _FIGURE.search(rows[below]):
        return ""
    if not _AGED.match(rows[below]) and not any(
        label.role in _FIELDS for label, _ in forms.pairs_of(rows[below], reader)
    ):
        return ""
    if reader.knows(reader.label(match["name"]).text):
        return ""
    above = next((rows[j] for j in (i - 1, i - 2) if j >= 0 and rows[j].strip()), "")
    if names.books.patterns.desk.search(above):
        return ""  # whom to ask
    weights, name = names.books.weights, names.without_honorific(match["name"])
    likely = names.likelihood(name)
    if likely < weights.name_like:
        return ""
    mark = (match["mark"] or "").rstrip("0123456789.):： ")
    numbers = (
        match["mark"] is not None and likely >= weights.name_known_apart and not (mark and reader.label(mark).role)
    )
    return match["name"] if numbers else rows[i]


def _numbered(mark: str | None) -> bool:
    """Whether a mark counts: ケース1, 3."""
    return mark is not None and any(map(str.isdigit, mark))
