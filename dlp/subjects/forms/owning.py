"""Labels of fields that no book knows, and that name somebody because others tell what is his: "leader: 佐藤 花子" beside
"leader_tel: 090-…", 班長 beside 班長電話; "入寮者：佐藤 花子" above "生年月日：…". The name is made a field that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects.cells.values import CLASS, Names, clean
from dlp.subjects.forms import forms
from dlp.subjects.forms.form_records import NAMED
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
#: A label, a name and nothing else; by its last letter the label says what somebody is.
_ALONE = re.compile(
    rf"^\s*(?:[-*+・●○◆■□◎]|[(（]?\d{{1,2}}[.)）])?\s*(?P<label>[^\W\d_][^\s:\"',、。()（）]{{1,10}})(?:\s*(?P<sign>:)\s*|\s+)"
    rf"(?P<name>{CLASS}{{1,5}}[ \u3000]{CLASS}{{1,5}}|{CLASS}{{3,6}}|[ァ-ヺー]{{2,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,3}})\s*(?:様|さん|氏)?\s*(?:[(（][ぁ-ゖァ-ヺー \u3000]+[)）])?\s*$"
)
_NOUNS, _LINE, _FIELDS = (
    frozenset("者人主児生員"),
    48,
    8,
)  # letters of such a line, and lines of fields beside it, at most
_REACHED = frozenset(("address", "phone", "email", "postal_code", "sex", "sensitive", "relationship"))
#: What private people alone are asked for.
_OWN = PERSONAL - _REACHED - NAMED
_CARRIED = re.compile(r"^\D{0,4}0[789]0[-( ]?\d{4}[-) ]?\d{4}")
_HOME = "住所"


def labelled(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held = None) -> Sequence[str]:
    """`rows`, each name under such a label with 氏名 added to the label."""
    return _alone(_beside(rows, reader, names, held), reader, names, held)


def _beside(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held) -> Sequence[str]:
    """… beside a label that is longer."""
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


def _alone(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held) -> Sequence[str]:
    """… among fields that say what is asked of private people, and name nobody."""
    made: dict[int, str] = {}
    for i in range(len(rows)) if held is None else _where(held):
        match = _ALONE.match(rows[i]) if len(rows[i]) <= _LINE else None
        if match is None or reader.label(match["label"]).role or not _is_name(clean(match["name"]), names):
            continue
        label = match["label"]
        if names.is_body(label) or reader.calls(label) or label.endswith(tuple(names.titles)):
            continue
        person = label[-1] in _NOUNS
        if not person and match["sign"] is None:
            continue  # シャルマ ミン・トゥアン is one name
        if _is_asked(rows, i, reader, person=person):
            made[i] = f"{label}氏名: {match['name']}"
    return changed(rows, made) if made else rows


def _where(held: hold.Masks) -> Sequence[int]:
    """Lines without figures beside one that may be a field with figures."""
    fields = signs.COLON | hold.PARTED
    lines, told = held.lines, held.both(hold.DIGIT, fields)
    near = {j for i in told for j in (i - 2, i - 1, i + 1) if 0 <= j < len(lines)}
    return sorted(j for j in near if lines[j] & fields and not lines[j] & (hold.DIGIT | signs.STOP))


def _is_name(name: str, names: Names) -> bool:
    return names.surely(name) or ("ァ" <= name[0] <= "ヺ" and not names.is_body(name))


def _is_asked(rows: Sequence[str], i: int, reader: Reader, *, person: bool) -> bool:
    """Whether a field about line `i` says what private people are asked for: of a `person` where he is at home, or the
    telephone he carries about, too. Fields that name somebody are about him."""
    above = list(takewhile(str.strip, rows[max(0, i - _FIELDS) : i][::-1]))
    below = list(takewhile(str.strip, rows[i + 1 : i + 1 + _FIELDS]))
    pairs = [pair for row in (*above, *below) for pair in forms.pairs_of(row, reader)]
    if any(label.role in NAMED or label.role == "official" for label, _ in pairs):
        return False
    told = [(label, value) for label, value in pairs if not label.group and any(map(str.isdigit, value))]
    return any(
        label.role in _OWN
        or (
            person
            and (
                (label.role == "address" and label.text.endswith(_HOME))
                or (label.role == "phone" and _CARRIED.match(value))
            )
        )
        for label, value in told
    )
