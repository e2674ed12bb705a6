"""Names that head fields: "## 佐藤 花子" or "* 佐藤 花子", and below "- 住所: …". The name is made a field like those."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects import forms
from dlp.subjects.header import Reader
from dlp.subjects.values import Names, clean

_MARKS = "#*■□●○◆◇◎▼▽★☆※【[=〇"
#: A head: its mark, a name, an honorific perhaps. What stands in it beside letters makes it a line of its own kind.
_HEAD = re.compile(
    r"^(?:#{1,6}|\*{1,4}|={1,4}|[■□●○◆◇◎▼▽★☆※〇]|[【\[])\s*(?P<name>[^\W\d_](?:[^\d_:：=]{0,28}[^\W\d_])?)\s*+[】\]=*]*+\s*+$"
)
_BELOW, _FEW = 4, 3  # lines below a head among which its first field is; heads of which each has to be sure
#: Likelihood of a name that heads fields, of few and of many.
_SURE, _LIKE = 0.5, 0.3


def labelled(rows: list[str], reader: Reader, names: Names, held: hold.Held = None) -> list[str]:
    """`rows`, each name that heads fields written as a field of its own."""
    where = range(len(rows)) if held is None else held.filled(hold.MARKED)
    heads = [(i, match["name"]) for i in where if rows[i][:1] in _MARKS and rows[i] and (match := _HEAD.match(rows[i]))]
    heads = [(i, name) for i, name in heads if _said(rows, i, reader)]
    likely = [names.likelihood(clean(name)) for _, name in heads]
    if not heads or (len(heads) < _FEW and min(likely) < _SURE) or sum(likely) < _LIKE * len(likely):
        return rows
    made = list(rows)
    for (i, name), like in zip(heads, likely, strict=True):
        if like > 0:
            made[i] = f"氏名：{name}"
    return made


def _said(rows: Sequence[str], head: int, reader: Reader) -> bool:
    """Whether a head's first lines are fields of which one is said of a person, and none names another."""
    below = list(islice((row for row in rows[head + 1 : head + 1 + 2 * _BELOW] if row.strip()), _BELOW))
    roles = [label.role for row in below if not _HEAD.match(row) for label, _ in forms.pairs_of(row, reader)]
    return any(role in PERSONAL for role in roles) and not any(role in forms.NAMED for role in roles)
