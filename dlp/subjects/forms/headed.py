"""Names that head fields: "## 佐藤 花子", "(1) 佐藤 花子" or alone, and below "- 住所: …". The name is made a field like those."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, takewhile

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects.cells.values import CLASS, Names, clean
from dlp.subjects.forms import forms
from dlp.subjects.forms.form_records import NAMED
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed
from dlp.subjects.plan.header import Reader

_MARKS = "-+・#*■□●○◆◇◎▼▽★☆※【[=〇(①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳0123456789"
#: A head: its mark, a name, its reading or what he is in brackets and an honorific perhaps. What stands in it beside letters makes it a line of its own kind.
_HEAD = re.compile(
    r"^(?:#{1,6}|\*{1,4}|={1,4}|[■□●○◆◇◎▼▽★☆※〇①-⑳]|[【\[]|(?P<point>[-+・])|\(\d{1,3}\)|\d{1,3}[.)])\s*(?P<name>[^\W\d_](?:[^\d_:：=()]{0,28}[^\W\d_])?)"
    r"(?:\s*\((?P<said>[^()\d:：=]{1,24})\))?(?:様|さん|さま|氏)?\s*+[】\]=*]*+\s*+$"
)
_SET_IN = re.compile(r"(?: {2,}|\t| *\u3000)\s*\S")
_CLOSING = frozenset(")】]=*")
#: Words in katakana, as foreign residents are called.
_FOREIGN = re.compile(r"[ァ-ヺー]{1,12}(?:[ ・][ァ-ヺー]{1,12}){1,4}")
_SHORT = 40  # letters of a head, at most
_BLANK = 2  # blank lines between who is addressed and the first field
_ABOVE = 3  # lines above a name among which an office is that he works in
_CARRIED = re.compile(r"(?<!\d)0[789]0[-(]?\d{4}")
_BELOW, _FEW = 4, 3  # lines below a head among which its first field is; heads of which each has to be sure
#: A name that stands alone, without a mark.
_ALONE = re.compile(rf"^\s{{0,4}}(?P<name>{CLASS}{{1,5}}[ 　]{CLASS}{{1,5}}|{CLASS}{{3,6}})(?: ?(?:様|さん|氏))?\s*$")
#: A name that a letter is addressed to, what is known of it in brackets behind it perhaps.
_ADDRESSED = re.compile(
    rf"^\s{{0,8}}(?P<name>(?:{CLASS}{{1,8}}[ 　]){{1,3}}{CLASS}{{1,8}}|{CLASS}{{2,8}})[ 　]?(?:様|さま|殿)"
    r"[ 　]*(?:[(（][^()（）]{1,40}[)）])?\s*$"
)
#: A numbered head: what they are counted as, the number, the name: "相談者 1　佐藤 花子 様", "No.12 佐藤花子".
_COUNTED = re.compile(
    r"^\s{0,4}(?P<counted>[^\W\d_]{0,6}?) ?(?:N[Oo]\.? ?)?(?:\(?\d{1,4}\)?(?:番|[.:])?(?:[ \u3000]+|(?<=[).:]))|[①-⑳][ \u3000]*)"
    rf"(?P<name>{CLASS}{{1,5}}[ \u3000]{CLASS}{{1,5}}|{CLASS}{{3,6}})[ \u3000]?(?P<hailed>(?:様|さん|さま|氏)[宅方]?)?\s*$"
)
_OFFICES = frozenset(("official", "author"))  # roles of those who are numbered for what they are there
_PRIVATE = PERSONAL - {"phone", "email", "postal_code"} - NAMED
#: Likelihood of a name that heads fields, of few and of many.
_SURE, _LIKE = 0.5, 0.3


def labelled(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held = None) -> Sequence[str]:
    """`rows`, each name that heads fields written as a field of its own."""
    made = _marked(rows, reader, names, held)
    alone = range(len(made)) if held is None else held.filled(hold.ALONE)
    heads = [i for i in alone if i + 1 < len(made) and _ALONE.match(made[i])]
    found = [i for i in heads if _tells(made[i + 1], reader)]
    if len(found) < _FEW:
        signed = [
            i for i in heads if i not in found and _is_reached(made, i, reader) and not _of_office(made, i, reader)
        ]
        found += signed if len(found) + len(signed) < _FEW else []
    for i in found if len(found) < _FEW else ():  # of more the paragraphs of a list are told by each other
        match = _ALONE.match(made[i])
        if match and names.surely(clean(match["name"])):
            made = changed(made, {i: f"氏名：{match['name']}"})
    return _letters(_counted(made, reader, names, held), reader, names, held)


def _counted(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held) -> Sequence[str]:
    """`rows`, each name that a number heads, and fields that are said of private people follow, made a field."""
    found = [
        (i, match)
        for i in (range(len(rows)) if held is None else held.both(hold.DIGIT, hold.UNPLAIN))
        if len(rows[i]) <= _SHORT and not rows[i][-1:].isdigit() and (match := _COUNTED.match(rows[i]))
    ]
    heads = {i: match for i, match in found if _below(rows, i, match, reader) and not _in_office(match, reader, names)}
    likely = [names.likelihood(clean(match["name"])) for match in heads.values()]
    if not heads or (len(heads) < _FEW and min(likely) < _SURE) or sum(likely) < _LIKE * len(likely):
        return rows
    return changed(rows, {i: f"氏名：{match['name']}" for i, match in heads.items()})


def _below(rows: Sequence[str], head: int, match: re.Match[str], reader: Reader) -> bool:
    """Whether fields follow that are said of whoever is at the head: of private people, or of one with an honorific."""
    first = next((line for line in rows[head + 1 : head + 1 + _BLANK] if line.strip()), "")
    if not match["hailed"]:
        return _tells(first, reader)
    label = forms.gap_label(first, reader)
    return _said(rows, head, reader) or (label is not None and label.role in PERSONAL - NAMED)


def _in_office(match: re.Match[str], reader: Reader, names: Names) -> bool:
    """Whether they are counted as what they are there for: 講師 1, 審査員 2."""
    word = match["counted"]
    return word in names.titles or reader.label(word).role in _OFFICES


def _letters(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held) -> Sequence[str]:
    """`rows`, whoever is addressed above a field that is said of private people made a field: "佐藤 花子 様（番号 …）",
    and below "ご住所：…". What is in the brackets stays on his line."""
    heads: list[tuple[int, str]] = []
    behind = signs.HONOURED | hold.ADDRESSEE
    for i in range(len(rows)) if held is None else held.both(signs.ADDRESSED, behind):
        if any(map(rows[i].__contains__, signs.HONOURS)) and (match := _ADDRESSED.match(rows[i])):
            below = next((line for line in rows[i + 1 : i + 2 + _BLANK] if line.strip()), "")
            name = clean(match["name"])
            if _tells(below, reader) and not names.is_body(name):
                heads.append((i, name))
    likely = [names.likelihood(name) for _, name in heads]
    if not heads or (len(heads) < _FEW and min(likely) < _SURE) or sum(likely) < _LIKE * len(likely):
        return rows
    made = list(rows)
    for i, _ in heads:
        made[i] = f"氏名：{rows[i].strip()}"
    return made


def _marked(rows: Sequence[str], reader: Reader, names: Names, held: hold.Held) -> Sequence[str]:
    where = range(len(rows)) if held is None else held.filled(hold.MARKED)
    found = [(i, row) for i in where if (row := rows[i]) and row[0] in _MARKS and _closes(row)]
    heads = [
        (i, match["name"])
        for i, row in found
        if (match := _HEAD.match(row))
        and (match["said"] not in names.titles or _at_home(rows, i, reader))
        and (not match["point"] or _leads(rows, i))
    ]
    heads = [(i, name) for i, name in heads if _said(rows, i, reader)]
    likely = [names.likelihood(clean(name)) or _SURE * _foreign(name, names) for _, name in heads]
    if not heads or (len(heads) < _FEW and min(likely) < _SURE) or sum(likely) < _LIKE * len(likely):
        return rows
    made = list(rows)
    for (i, name), like in zip(heads, likely, strict=True):
        if like > 0:
            made[i] = f"氏名：{name}"
    return made


def _closes(row: str) -> bool:
    """Whether a line ends as heads do, by a letter or a bracket: no sentence does."""
    last = row.rstrip()[-1]
    return last.isalnum() or last in _CLOSING


def _leads(rows: Sequence[str], head: int) -> bool:
    """Whether the line below a point is set further in: what it says is said of the point."""
    return head + 1 < len(rows) and _SET_IN.match(rows[head + 1]) is not None


def _at_home(rows: Sequence[str], head: int, reader: Reader) -> bool:
    """Whether the first field below a head says where somebody is at home, whatever office he holds."""
    pairs = forms.pairs_of(rows[head + 1], reader) if head + 1 < len(rows) else []
    own = reader.books.own_headings
    return any(label.role in ("address", "phone") and label.text.startswith(own) for label, _ in pairs)


def _tells(row: str, reader: Reader) -> bool:
    """Whether a line is a field of what is said of private people alone, and of nobody else by name."""
    roles = [label.role for label, _ in forms.pairs_of(row, reader)]
    return any(role in _PRIVATE for role in roles) and not any(role in NAMED for role in roles)


def _is_reached(rows: Sequence[str], head: int, reader: Reader) -> bool:
    """Whether a telephone that is carried about, or a private mail address, is among the fields right below a name, and
    nobody else is named: a citizen's signature."""
    below = list(takewhile(str.strip, rows[head + 1 : head + 1 + _BELOW]))
    pairs = [pair for row in below if any(map(row.__contains__, "@0")) for pair in forms.pairs_of(row, reader)]
    if any(label.role in NAMED for label, _ in pairs):
        return False
    mail = reader.books.patterns.private_mail
    return any(
        (label.role == "phone" and _CARRIED.search(value)) or (label.role == "email" and mail.search(value))
        for label, value in pairs
    )


def _of_office(rows: Sequence[str], head: int, reader: Reader) -> bool:
    """Whether an office or a firm is named among the lines about a name, as in the signatures of those who work there."""
    about, says = rows[max(0, head - _ABOVE) : head + 1 + _BELOW + _ABOVE], reader.books.patterns
    return any(says.signed.search(row) or says.body.search(row) or says.office_line.search(row) for row in about)


def _said(rows: Sequence[str], head: int, reader: Reader) -> bool:
    """Whether a head's first lines are fields of which one is said of a person, and none names another."""
    below = list(islice((row for row in rows[head + 1 : head + 1 + 2 * _BELOW] if row.strip()), _BELOW))
    below = list(takewhile(lambda row: not _COUNTED.match(row), below))
    roles = [label.role for row in below if not _HEAD.match(row) for label, _ in forms.pairs_of(row, reader)]
    return any(role in PERSONAL for role in roles) and not any(role in NAMED for role in roles)


def _foreign(name: str, names: Names) -> bool:
    """Whether a name is written as foreign residents' are."""
    return _FOREIGN.fullmatch(names.without_honorific(name)) is not None
