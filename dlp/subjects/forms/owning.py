"""Labels of fields that no book knows, and that name somebody because others tell what is his: "leader: 佐藤 花子" beside
"leader_tel: 090-…", 班長 beside 班長電話. The name is made a field that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from dlp.native import hold
from dlp.subjects.cells.values import Names, clean
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed
from dlp.subjects.plan.columns import OWN, SHARED
from dlp.subjects.plan.header import Reader

#: A label and a value, and nothing else, as programs and forms write them.
_FIELD = re.compile(
    r"^\s*(?:[-*+・●○◆■]\s*)?\"?(?P<label>[^\W\d_][^\s:\"',、。()]{1,19})\"?\s*:\s*\"?(?P<value>[^\W\d_][^:\"]{1,30}?)\"?,?\s*$"
)
_AROUND, _SHORTEST, _LONGEST = ' \t\u3000-*+・●○◆■"', 2, 28  # about a label; letters of one
_HIS = SHARED | OWN
_SURE = 0.5  # mean likelihood of what stands under such a label


def labelled(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held = None) -> Sequence[str]:
    """`rows`, each name under such a label with 氏名 added to the label."""
    if held is not None and not held.any & signs.COLON:
        return rows
    found: dict[str, list[int]] = {}
    for i in hold.where(held, signs.COLON, rows):
        label = rows[i].partition(":")[0].strip(_AROUND)
        if _SHORTEST <= len(label) <= _LONGEST:
            found.setdefault(label, []).append(i)
    made: dict[int, str] = {}
    offices = tuple(names.titles)
    for label in _owning(found, reader):
        if label.endswith(offices) and not label.endswith(reader.books.volunteers):
            continue  # 課長電話: the office's
        fields = [(i, match) for i in found[label] if (match := _FIELD.match(rows[i]))]
        likely = sum(names.likelihood(clean(match["value"])) for _, match in fields)
        if fields and likely >= _SURE * len(fields):
            made |= {i: f"{label}氏名: {match['value']}" for i, match in fields}
    return changed(rows, made) if made else rows


def _owning(labels: Iterable[str], reader: Reader) -> Iterator[str]:
    """The labels with which another begins that says what somebody has, and that say nothing themselves."""
    for label, longer in pairwise(sorted(labels)):
        if not longer.startswith(label) or reader.label(label).role:
            continue
        his = reader.label(longer)
        if his.role in _HIS and his.group == reader.label(label).text:
            yield label
