"""Fields whose labels are written otherwise than before a colon: with an arrow (お名前 → 佐藤 花子), or as programs flatten
records (applicant.1.name=…, users[0].tel: …, GUEST_2_NAME=…). They are made fields like others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects.forms import forms
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed
from dlp.subjects.plan.header import Reader

_ARROW = re.compile(
    r"^[\s・*●○◆◇■□-]{0,8}(?:[^\W\d]{0,2}\d{1,3}[.．)）:：]?\s*)?(?P<label>[^\s→\d][^→\d]{1,22}?)\s*→+\s*(?=\S)"
)
_LEAST, _LONGEST = 2, 120  # such fields in a text, at least; letters of one
#: Where a value of a record stands, and what it is.
_PATH = re.compile(
    r"^\s*[A-Za-z][A-Za-z0-9_.\[\]-]{0,60}?\d[\]]?[._](?:[A-Za-z]\w{0,30}\.)?(?P<label>[A-Za-z][A-Za-z_-]{1,30})\s*[=:]\s*(?=\S)"
)
#: Two letters of a label that blanks keep apart, behind whose it is or before.
_APART = re.compile(
    r"(?:(?<=の)|(?<=[者人帯主親童婦父母1-9]))(?P<first>[^\W\d_]) {2,4}(?P<second>[^\W\d_])(?=[ :：(（】\]]|$)"
    r"|(?<![^\W\d_])(?P<first_before>[^\W\d_]) {2,4}(?P<second_before>[^\W\d_])(?=[(（])"
)
_FIRST = 24  # lines among which a flattened record begins


def labelled(rows: Sequence[str], reader: Reader, held: hold.Held = None) -> Sequence[str]:
    """`rows`, each such field written as a label, a colon and a value."""
    made = _pointed(_closed_up(rows, reader, held), reader, held)
    where = range(len(made)) if held is None else held.having(hold.DIGIT)
    if sum(_path(made[i]) is not None for i in where[:_FIRST]) < _LEAST:
        return made
    found = {i: match for i in where if (match := _path(made[i]))}
    return changed(made, {i: f"{match['label']}: {made[i][match.end() :].strip()}" for i, match in found.items()})


def _closed_up(rows: Sequence[str], reader: Reader, held: hold.Held) -> Sequence[str]:
    """`rows`, labels whose two letters blanks keep apart behind whose they are, or before, written together: 申請者の氏　　名,
    氏　　名（申請者）."""
    where = hold.where(held, signs.DELIMITED["  "], rows)
    found = {i: _APART.sub(partial(_together, reader), rows[i]) for i in where if "  " in rows[i]}
    return changed(rows, {i: row for i, row in found.items() if row != rows[i]})


def _together(reader: Reader, match: re.Match[str]) -> str:
    label = (match["first"] or match["first_before"]) + (match["second"] or match["second_before"])
    return label if reader.knows(label) else match[0]


def _path(row: str) -> re.Match[str] | None:
    return _PATH.match(row) if row.lstrip()[:1].isascii() else None


def _pointed(rows: Sequence[str], reader: Reader, held: hold.Held) -> Sequence[str]:
    if held is not None and not held.any & signs.ARROW:
        return rows
    found = {
        i: f"{match['label']}：{rows[i][match.end() :]}"
        for i in hold.where(held, signs.ARROW, rows)
        if len(rows[i]) < _LONGEST and (match := _ARROW.match(rows[i]))
    }
    found = {i: row for i, row in found.items() if _is_field(row, reader)}
    return changed(rows, found) if len(found) >= _LEAST else rows


def _is_field(row: str, reader: Reader) -> bool:
    """Whether a line is one field of what is said of a person."""
    pairs = forms.pairs_of(row, reader)
    return len(pairs) == 1 and pairs[0][0].role in PERSONAL and reader.knows(pairs[0][0].text)
