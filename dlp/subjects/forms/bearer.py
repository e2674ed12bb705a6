"""Whose a labelled value is that has nothing but a name beside it: "在留カード番号 … グエン・バン・アン", "鉢嶺 嘉津夫 電話 …",
"借主 相馬 武志 平塚市岡崎4000". What is said of private people alone makes a name of more than what shops have, too."""

from __future__ import annotations

import re
from functools import cache

from dlp.subjects.cells.values import CLASS, addressed
from dlp.subjects.plan.header import Label, Reader

type Pair = tuple[Label, str]

#: Roles of what is said of private people alone, and of what others have, too.
PRIVATE = frozenset(
    "birth_date age sex individual_number resident_code licence insurance pension passport residence_card card".split()
)
SHARED = frozenset("phone address email bank_account".split())
_FOREIGN = r"[ァ-ヺー]{2,12}(?:[ ・][ァ-ヺー]{1,12}){1,4}"
NAME = rf"{_FOREIGN}|{CLASS}{{1,6}} {CLASS}{{1,6}}|{CLASS}{{3,8}}"
_foreign, _WORDS, _LONGEST = re.compile(_FOREIGN), 3, 6  # words of a foreign name, letters of one without a blank
_APART = re.compile(rf"(?P<name>{NAME})[ 　]+[^ 　]+$")
_MOBILE = re.compile(r"(?<!\d)0[789]0-?\d{4}-?\d{4}(?!\d)")


@cache
def _honoured(honours: str) -> re.Pattern[str]:
    """A name with one of some honorifics apart before a label."""
    return re.compile(rf"(?:^|[ 　])(?P<name>{NAME})[ 　]?(?:{honours})[ 　]+[^ 　]+$")


#: Where somebody lives, his name, and what is said of him in brackets.
_HOUSE_FIRST = re.compile(
    rf"(?P<house>{CLASS}\S*\d\S*)[ 　]+(?P<name>{NAME})(?: ?(?:様|さん|氏|殿))?(?: ?\((?P<age>\d{{1,3}})歳?\)|(?P<said> ?\([^()]*\)))?"
)
#: A value with its last figure, and a name without any: "4128 9374 … の佐藤 花子様".
_BEHIND = re.compile(r"(?P<value>\S.*\d[^\s\d]{0,4}?|\S*\d\S*)[\s、,]+(?:の)?(?P<name>[^\d\s][^\d]*)")


def likely(name: str, role: str, value: str, reader: Reader, *, behind: bool = False) -> bool:
    """Whether letters beside a value of a role are somebody's name. `behind`: they stand after it, as remarks do."""
    books, weights = reader.books, reader.books.weights
    label = reader.label(name)
    if label.role or reader.knows(label.text):
        return False
    if books.patterns.body.search(name) or books.patterns.body_end.search(name):
        return False
    private = role in PRIVATE or _MOBILE.search(value) is not None
    if _foreign.fullmatch(name):
        words = re.split("[ ・]", name)
        return (private and len(words) >= _WORDS) or not books.foreign_kana.isdisjoint(words)
    if name in books.towns or not books.no_names.isdisjoint(name.split(" ")):
        return False  # what somebody is, or where; 受付 平塚市
    alone = weights.name_sure if behind and not private else weights.name_like
    least = weights.name_known_apart if " " in name else alone
    return (" " in name or len(name) <= _LONGEST) and reader.likelihood(name) >= least


def parted(found: list[Pair], reader: Reader) -> list[Pair]:
    """Pairs of a line, a name behind the value of one of them made one of its own, and an address behind a name; as they
    are where somebody else is named."""
    names = [i for i, (label, _) in enumerate(found) if label.role in ("name", "kana", "surname")]
    if len(names) > 1:
        return found
    if names:
        label, value = found[names[0]]
        two = (
            _name_and_house(label, value, reader) or _house_and_name(label, value, reader) if len(found) == 1 else None
        )
        return two or found
    for i, (label, value) in enumerate(found):
        match = _BEHIND.fullmatch(value) if label.role in PRIVATE | SHARED and reader.knows(label.text) else None
        if match and (name := _whole(match["name"], label.role, match["value"], reader, behind=True)):
            return [*found[:i], (label, match["value"]), *found[i + 1 :], (Label("氏名", "name"), name)]
    return found


def named(word: str, pairs: list[Pair], reader: Reader) -> list[Pair]:
    """Pairs behind a word, who they are of before them if the word is a name and none of them is."""
    if not pairs or any(label.role in ("name", "kana", "surname") for label, _ in pairs):
        return pairs
    name = _whole(word, pairs[0][0].role, pairs[0][1], reader) if pairs[0][0].role in PRIVATE | SHARED else ""
    return [(Label("氏名", "name"), name), *pairs] if name else pairs


def before(text: str, label: Label, reader: Reader) -> bool:
    """Whether a name stands apart before a label, or with an honorific behind other words: "百目鬼 沙羅江 生年月日：…",
    "予約登録 小林 孝 様 TEL=…"."""
    if label.role not in PRIVATE | SHARED:
        return False
    match = _APART.match(text) or _honoured(reader.books.honoured).search(text)
    if match is None:
        return False
    last = match["name"].rpartition(" ")[2]
    return any(likely(name, "", "", reader) for name in (match["name"], last) if name != last or len(name) >= _WORDS)


def _whole(text: str, role: str, value: str, reader: Reader, *, behind: bool = False) -> str:
    """A name and perhaps an honorific, and nothing else; "" for anything else."""
    match = re.fullmatch(rf"(?P<name>{NAME}) ?(?:{reader.books.honoured})?[\s。、]*", text.strip())
    return match["name"] if match and likely(match["name"], role, value, reader, behind=behind) else ""


def _name_and_house(label: Label, value: str, reader: Reader) -> list[Pair] | None:
    match = re.fullmatch(rf"(?P<name>{NAME}) ?(?:{reader.books.honoured})?[\s、]+(?P<house>{CLASS}\S*\d\S*)", value)
    if not match or not addressed(match["house"]) or not likely(match["name"], "address", "", reader):
        return None
    return [(label, match["name"]), (Label(f"{label.group}住所", "address", label.group), match["house"])]


def _house_and_name(label: Label, value: str, reader: Reader) -> list[Pair] | None:
    """The other way about, behind a label for a name: "譲渡人 平塚市寺田縄812 佐藤 花子（80）"."""
    match = _HOUSE_FIRST.fullmatch(value) if label.role == "name" and reader.knows(label.text) else None
    if match is None or not addressed(match["house"]) or reader.books.patterns.body.search(match["name"]):
        return None
    house = Label(f"{label.group}住所", "address", label.group)
    if match["age"]:
        return [
            (label, match["name"]),
            (house, match["house"]),
            (Label("年齢", "age", label.group), match["age"]),
        ]
    return [(label, match["name"] + (match["said"] or "")), (house, match["house"])]
