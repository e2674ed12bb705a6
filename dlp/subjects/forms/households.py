"""Two of a family on one line, above fields: "母 佐藤 花子　児 佐藤 蓮（R7.4.1生）", "住所 …". The fields are the first one's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects.cells.values import CLASS
from dlp.subjects.forms import forms
from dlp.subjects.forms.form_records import NAMED
from dlp.subjects.lines import signs
from dlp.subjects.plan.header import Reader

_NAME = rf"(?:{CLASS}{{1,8}}[ 　]){{1,3}}{CLASS}{{1,8}}|{CLASS}{{3,8}}"


def parted(rows: Sequence[str], reader: Reader, held: hold.Held = None) -> Sequence[str]:
    """`rows`, a line for each of two who stand on one, the first of them last: as the name of the fields below, none of
    which is said of him on his own line."""
    pattern = _two(reader.books.kin)
    found: list[str] = []
    done = 0
    for i in hold.where(held, signs.RELATED, rows):
        match = pattern.match(rows[i]) if i + 1 < len(rows) else None
        if match and _tells(rows[i + 1], reader):
            found += [*rows[done:i], match["second"], f"氏名：{match['first']}"]
            done = i + 1
    return [*found, *rows[done:]] if done else rows


def _tells(row: str, reader: Reader) -> bool:
    """Whether a line is fields said of a person, and names nobody."""
    roles = [label.role for label, value in forms.pairs_of(row, reader) if value]
    return any(role in PERSONAL for role in roles) and not any(role in NAMED for role in roles)


@lru_cache(4)
def _two(kin: tuple[str, ...]) -> re.Pattern[str]:
    """Kin and a name, kin and a name of which something is said."""
    word = rf"(?:{'|'.join(map(re.escape, kin))})"
    return re.compile(
        rf"[\s・●○◆■*-]*{word}(?:[ 　]+|[:：・])(?P<first>{_NAME})[ 　、/／]+(?P<second>{word}(?:[ 　]+|[:：・])(?:{_NAME})[ 　]?[(（].*\d.*)$"
    )
