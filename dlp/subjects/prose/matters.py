"""Whom the fields below a sentence are about: "佐藤花子様の件、下記のとおり回答いたします。", and below "生年月日：…".

The name is made a field like those. A sentence that says anything of somebody itself is left to prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects.books import Books
from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.forms import forms
from dlp.subjects.forms.form_records import NAMED, Pair
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose.beside import TOLD_BIT
from dlp.subjects.prose.facts import saying
from dlp.subjects.prose.offices import Offices
from dlp.subjects.prose.spoken import Spoken

_BELOW, _SKIPPED = 6, 1  # lines below the sentence among which the first field is; of them that are none, at most
_REACHED = frozenset(("phone", "email", "address", "postal_code"))
_PRIVATE = PERSONAL - _REACHED - NAMED
_MOBILE = re.compile(r"^\D{0,4}0[789]0[-( ]?\d{4}[-) ]?\d{4}")
_FIELD, _PARTY_BIT = signs.COLON | hold.PARTED, hold.word(signs.PARTY)
_LONGEST = 120  # letters of the sentence


class Matters:
    """Reads lines by one ruleset's names, header words and words for what a sentence is about."""

    def __init__(self, names: Names, reader: Reader, spoken: Spoken, offices: Offices) -> None:
        books = names.books
        parties = "|".join(map(re.escape, books.parties))
        self._names, self._reader, self._spoken, self._offices = names, reader, spoken, offices
        self._books: Books = books
        self._honorifics = books.honorifics_said
        matter = books.patterns.matter
        self._about = re.compile(
            rf"(?:{'|'.join(map(re.escape, books.honorifics_said))})(?:{matter.pattern})", matter.flags
        )
        self._party = re.compile(
            rf"(?:{parties})[はが]、?(?P<name>{CLASS}{{1,5}}?[ ]?{CLASS}{{1,5}}?)(?:さん|さま|様|氏)?(?:です|でし|で、|で。|。|である)"
        )

    def labelled(self, rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
        """`rows`, whoever is told of by fields that name nobody named in a field above them."""
        where: Sequence[int] = range(len(rows)) if held is None else _where(held)
        made: dict[int, str] = {}
        for i in where:
            if found := self._told(rows, i, party=held is None or held.lines[i] & _PARTY_BIT > 0):
                at, name = found
                made[at] = f"氏名：{name}"
        return changed(rows, made) if made else rows

    def _told(self, rows: Sequence[str], i: int, *, party: bool) -> tuple[int, str] | None:
        """The line that a field is made of, and the name in it; `party`: whether a word for one may stand there."""
        row = rows[i]
        if not row or len(row) > _LONGEST:
            return None
        about = any(map(row.__contains__, self._honorifics)) and self._about.search(row) is not None
        called = self._party.search(row) if party and not about else None
        if not about and not called:
            return None
        first, pairs = self._fields(rows, i)
        if not pairs or not self._are_private(pairs) or saying([row]):
            return None
        name = self._name(rows, i, called)
        return (first - 1 if not rows[first - 1].strip() else i, name) if name else None

    def _name(self, rows: Sequence[str], i: int, party: re.Match[str] | None) -> str:
        row = rows[i]
        if self._offices.at_desk(rows[i - 1] if i else "", row) or forms.pairs_of(row, self._reader):
            return ""
        if party:
            return party["name"] if self._names.surely(party["name"]) else ""
        found = {person.name for person in self._spoken.with_honorific(row, i)}
        return found.pop() if len(found) == 1 else ""

    def _fields(self, rows: Sequence[str], i: int) -> tuple[int, list[Pair]]:
        """The fields below a line, and where they begin; none where one of them names somebody."""
        pairs, first, skipped = list[Pair](), 0, 0
        for j in range(i + 1, min(i + 1 + _BELOW + len(pairs), len(rows))):
            row = rows[j]
            if not row.strip():
                if pairs:
                    break
                continue
            found = forms.pairs_of(row, self._reader)
            if any(label.role in NAMED and value not in self._books.kin for label, value in found):
                return 0, []
            found = [(label, value) for label, value in found if label.role not in NAMED]  # 世帯主：本人
            if not found:
                skipped += 1
                if pairs or skipped > _SKIPPED or any(map(row.__contains__, self._honorifics)):
                    break
                continue
            first = first or j
            pairs += found
        return first, pairs

    def _are_private(self, pairs: Sequence[Pair]) -> bool:
        """Whether fields are said of a private person, or say where somebody is at home or how he is reached there."""
        for label, value in pairs:
            if not value or label.group:
                continue
            if label.role in _PRIVATE or label.role == "address" or (label.role == "phone" and _MOBILE.match(value)):
                return True
            if label.role == "email" and self._books.patterns.private_mail.search(value):
                return True
        return False


def _where(held: hold.Held) -> list[int]:
    """The lines that may name whom fields right below them are about."""
    if held is None or not held.any & hold.DIGIT or not held.any & _FIELD:
        return []
    told = held.having(TOLD_BIT)
    fields = {*held.both(hold.DIGIT, _FIELD)} if told else frozenset[int]()
    return [i for i in told if i + 1 in fields or i + 2 in fields or i + 3 in fields]
