"""What the value of a field says: without what is about all of it, its ticked boxes alone, and sex and age apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dlp.subjects.forms.form_records import Pair
from dlp.subjects.plan.header import Label

#: What may be about a value, and closes it.
_BRACKETS = dict(zip("（(【『《〈[［{<＜`*~=", "）)】』》〉]］}>＞`*~=", strict=True))
_WRAPPED = 4  # signs with these
_TICK = re.compile(r"[☑✓✔☒■]\s*(?P<said>[^\s□☐☑✓✔☒■]{1,12})")
_SEX = "[男女]性?"
_AGE = r"(?:満)?\d{1,3}[歳才]"
OF_HIM = re.compile(rf"(?P<sex>{_SEX})|(?P<age>{_AGE})")  # what may follow a name without a label
_HIS = rf"(?:{_SEX}|{_AGE})"
#: A name's value: the class before it, and sex and age in brackets or behind it.
_HE = re.compile(
    r"(?:(?P<belongs>[小中高]?\d{1,2}年(?:[A-Za-zア-ン\d]{1,2}|[^\s\d]{1,3})組(?:\s?\d{1,2}番)?|\d-[\dA-Z](?:-\d{1,2})?)[ \u3000]+)?"
    r"(?P<name>[^()（）、,/／\d\s][^()（）、,/／\d]{0,24}?(?:[(（](?!" + _HIS + r")[^()（）]{1,20}[)）])?)"
    rf"(?P<said>(?:[ \u3000]{{0,4}}[(（]{_HIS}(?:[ \u3000・、,/／]{{0,2}}{_HIS})?[)）](?:[ \u3000、]{{0,4}}{_HIS})?|(?<=[)）]){_HIS})?"
    rf"(?:[ \u3000、,/／]{{1,4}}{_HIS}){{0,2}})"
)
_EACH = re.compile(_HIS)


def unwrapped(value: str) -> str:
    """A value without the brackets or marks that are about all of it."""
    closing = _BRACKETS.get(value[:1])
    if closing is None or value[-1] != closing or len(value) < _WRAPPED:
        return value
    inner = value.strip(value[0]) if value[0] == closing else value[1:-1]
    return inner.strip() if value[0] not in inner and closing not in inner else value


def ticked(value: str) -> str:
    """A value of boxes: the ticked ones alone."""
    if not _TICK.search(value):
        return value
    return " ".join(m["said"] for m in _TICK.finditer(value))


def with_him(label: Label, value: str) -> list[Pair]:
    """A pair, and what a name's value says of class, sex and age beside the name: "氏名：4年2組 佐藤 花子（10歳）女"."""
    found = _HE.fullmatch(value) if label.role == "name" else None
    if found is None or not (found["belongs"] or found["said"]):
        return [(label, value)]
    return [(label, found["name"].strip()), *of_him(label, _EACH.findall(found["said"]))]


def of_him(label: Label, words: Sequence[str]) -> Iterable[Pair]:
    """Sex and age behind a name, and no other words: "傷病者 佐藤 花子 女 48歳 主訴 胸痛"."""
    for word in words:
        said = OF_HIM.fullmatch(word)
        if said is None:
            return
        yield Label(f"{label.group}{said.lastgroup}", said.lastgroup or "", label.group), word
