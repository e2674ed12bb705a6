"""HL7 version 2 (ISO 27931), by which hospitals send who came and what was found: each person's segment as a row.

Segments are lines ended by CR, each with its kind first; fields are parted by the sign after MSH, their parts by the
next ("^"), what is said again by the one after ("~": a name in kanji and its reading).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_BEGINS = re.compile(r"\s*(?:MSH|FHS|BHS)(?P<field>[^\w\s])(?P<part>[^\w\s])(?P<again>[^\w\s])")
_KANA = re.compile(r"[ァ-ヺｦ-ﾟぁ-ゖー゛゜ 　・]+")
_TELEPHONE = re.compile(r"\+?[0-9(][0-9() -]{8,14}[0-9]")
_FAMILY_AND_GIVEN = 2
#: Parts of an address (XAD) in the order in which it is written here, and the one that holds all of it.
_PLACES, _WHOLE = (3, 2, 0, 1), 7

type Row = list[str | None]
type Fields = Sequence[str]


def tables_of(text: str) -> tuple[list[list[Row]], str] | None:
    """A table of each kind of segment that tells of persons, its heads first, and the lines that tell of none; None
    where a text is no message."""
    begins = _BEGINS.match(text)
    if begins is None:
        return None
    parts = _Parts(begins["part"], begins["again"])
    rows: dict[str, list[Row]] = {}
    rest = []
    for line in text.splitlines():
        fields = line.split(begins["field"])
        if columns := _SEGMENTS.get(fields[0].strip()):
            row = [cell for number, _, read in columns for cell in read(parts, _field(fields, number))]
            rows.setdefault(fields[0].strip(), []).append([cell or None for cell in row])
        else:
            rest.append(line)
    heads = {kind: [head for _, said, _ in _SEGMENTS[kind] for head in said] for kind in rows}
    return [[[*heads[kind]], *found] for kind, found in rows.items()], "\n".join(rest)


def begins(text: str) -> bool:
    """Whether a text is made of messages."""
    return _BEGINS.match(text) is not None


def _field(fields: Fields, number: int) -> str:
    return fields[number] if number < len(fields) else ""


class _Parts:
    """Takes fields apart by the signs of a message."""

    def __init__(self, part: str, again: str) -> None:
        self._part, self._again = part, again

    def first(self, field: str) -> list[str]:
        """The first part of the first that is said."""
        return [field.split(self._again)[0].split(self._part)[0]]

    def name(self, field: str) -> list[str]:
        """A name (XPN) and its reading."""
        said = [" ".join(filter(None, one.split(self._part)[:_FAMILY_AND_GIVEN])) for one in field.split(self._again)]
        reading = next((one for one in said if one and _KANA.fullmatch(one)), "")
        return [next((one for one in said if one and one != reading), ""), reading]

    def address(self, field: str) -> list[str]:
        """An address (XAD)."""
        parts = field.split(self._again)[0].split(self._part)
        return [_field(parts, _WHOLE) or "".join(_field(parts, at) for at in _PLACES)]

    def telephone(self, field: str) -> list[str]:
        """A telephone (XTN): its last part as it is dialled, or its parts put together."""
        found = _TELEPHONE.findall(field) or _TELEPHONE.findall(field.replace(self._part, ""))
        return [found[0] if found else ""]


_NAMES = ("氏名", "フリガナ")
type _Column = tuple[int, tuple[str, ...], Callable[[_Parts, str], list[str]]]


def _plain(number: int, head: str) -> _Column:
    return number, (head,), _Parts.first


def _person(name: int, address: int) -> tuple[_Column, ...]:
    return (name, _NAMES, _Parts.name), (address, ("住所",), _Parts.address)


def _called(number: int) -> _Column:
    return number, ("電話番号",), _Parts.telephone


#: What each segment of a person says, by the numbers of its fields: who is treated, his kin, who pays, who is insured.
_SEGMENTS: dict[str, tuple[_Column, ...]] = {
    "PID": (*_person(5, 11), _called(13), _plain(3, "患者番号"), _plain(7, "生年月日"), _plain(8, "性別")),
    "NK1": (*_person(2, 4), _called(5), _plain(16, "生年月日"), _plain(15, "性別")),
    "GT1": (*_person(3, 5), _called(6), _plain(8, "生年月日"), _plain(9, "性別")),
    "IN1": (*_person(16, 19), _plain(18, "生年月日"), _plain(36, "被保険者番号")),
}
