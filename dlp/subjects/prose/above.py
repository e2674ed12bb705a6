"""Whose it is what a sentence some lines below somebody's name says of a private person, where nobody else is named
between: "申出者：佐藤 花子", and below "連絡は 090-… へ"; "佐藤花子さんが来庁。", then "昭和39年7月1日生。"."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from dlp.detect.anchored import Anchored
from dlp.detect.headers import PERSONAL
from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.forms import forms
from dlp.subjects.forms.form_records import Pair
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose.adjoined import MOBILE
from dlp.subjects.prose.beside import Beside
from dlp.subjects.prose.facts import Fact
from dlp.subjects.prose.found import Found, named, pair
from dlp.subjects.prose.nearness import PRIVATE
from dlp.subjects.prose.offices import Offices
from dlp.subjects.prose.spoken import Spoken, Ways

_WEIGHT = 0.9
_FIELD, _SENTENCE = 12, 4  # lines below a field with his name, and below a sentence, at most
_FEW = 40  # lines that say such things: more are a list
_BLANKS = 2  # blank lines below a field, at most; below a sentence none
_AROUND = 10  # letters about an address that say that somebody lives there
_OWN = PRIVATE | {"birth_date", "resident_code", "card", "sensitive"}
_ONCE = frozenset(("birth_date", "age"))
_SURNAME = 2  # letters of what is surely one
_SIGNED = re.compile(rf"{CLASS}{{1,4}}[ 　]?{CLASS}{{1,4}}")
#: A word right before a fact, and in brackets behind it.
_BEFORE, _BEHIND = re.compile(r"(?P<name>[^\W\d_]{1,6}) ?\(?$"), re.compile(r" ?\((?P<name>[^\W\d_]{1,6})\)")


class Context(NamedTuple):
    """The lines of a text before any of them was read as a list or a form, and who was counted there."""

    rows: Sequence[str]
    counted: Collection[str]  # names without blanks
    fields: Sequence[int] = ()  # lines of forms, if these name nobody


class _Named(NamedTuple):
    """A name on a line above."""

    start: int
    name: str
    field: bool


class Above:
    """Reads lines by one ruleset's names and words for parties."""

    def __init__(self, names: Names, reader: Reader, spoken: Spoken, beside: Beside, offices: Offices) -> None:
        self._names, self._reader, self._spoken, self._offices = names, reader, spoken, offices
        self._beside = beside
        books = names.books
        words = "|".join(map(re.escape, sorted({*books.kin, *books.parties}, key=len, reverse=True)))
        self._party = re.compile(rf"(?:(?:{words})[ :(]*|(?:氏名|名前|本名)は ?)$")
        self._honoured = re.compile(rf" ?(?:\([ぁ-ゖァ-ヺー ]+\) ?)?(?:{books.honoured})")
        self._treated = Anchored(books.patterns.treated)
        self._taken_by = books.patterns.taken_by
        self._levels = books.patterns.levels
        self._titled = re.compile(
            r"\b(?:Mr|Mrs|Ms|Miss|Mx)\b\.? ?(?P<name>[A-ZÀ-Þ][A-Za-zÀ-ỹ'-]+(?: [A-ZÀ-ÞĐ][A-Za-zÀ-ỹ'-]+){1,3})"
        )
        self._lives, self._private_mail = books.patterns.lives_said, books.patterns.private_mail

    def read(
        self, rows: Sequence[str], unclaimed: Mapping[int, Sequence[Fact]], people: Sequence[Found], context: Context
    ) -> list[Found]:
        """People named on lines of `context` with what is said of them and of nobody nearer (`unclaimed`: by line of
        `rows`, of which there are as many). What is said of one of `people` is put to him."""
        found: dict[tuple[int, int], Found] = {(person.line, person.start): person for person in people}
        new, known = list[Found](), dict[int, list[_Named]]()
        told_of = {i: told for i, facts in unclaimed.items() if (told := self._private(rows[i], facts))}
        if len(told_of) > _FEW:
            return new
        for i, told in sorted(told_of.items()):
            owner = self._owner(context, i, known) if not self._of_another(rows[i], told[0]) else None
            if owner is None and any(role == "birth_date" for _, role, _ in told):
                owner = self._signing(context, i)
            if owner is None:
                continue
            line, (start, name, _) = owner
            person = found.get((line, start))
            if person is None:
                person = found[line, start] = named(line, start, name, _WEIGHT)
                new.append(person)
            has = {label.role for label, _ in person.pairs}
            person.pairs += [pair(role, value) for _, role, value in told if role not in _ONCE or role not in has]
        return new

    def of_fields(self, context: Context, said_in: Callable[[str], Sequence[Fact]]) -> list[list[Pair]]:
        """A record for each whom fields that name nobody (`context.fields`) are about. `said_in`: what a line says."""
        unclaimed = dict[int, list[Fact]]()
        for i in context.fields:
            row = context.rows[i]
            said = [*said_in(row)]
            known = {role for _, role, _ in said}
            said += [
                (max(row.find(value), 0), label.role, value)
                for label, value in forms.pairs_of(row, self._reader)
                if label.role in PERSONAL - known and any(map(str.isdigit, value))
            ]
            if said and not self._offices.is_desk(row, said) and not self._offices.at_desk("", row):
                unclaimed[i] = said
        return [person.pairs for person in self.read(context.rows, unclaimed, (), context)] if unclaimed else []

    def cares(self, rows: Sequence[str], i: int) -> bool:
        """Whether a line says how somebody is cared for, and it or one right above it names somebody with an honorific."""
        if not self._treated.search(rows[i]):
            return False
        above = [rows[j] for j in (i, i - 1, i - 2) if j >= 0]
        return any(word in row for row in above for word in self._names.books.honorifics_said)

    def _private(self, row: str, facts: Sequence[Fact]) -> list[Fact]:
        return [fact for fact in facts if self._of_somebody(row, fact)]

    def _of_somebody(self, row: str, fact: Fact) -> bool:
        """Whether a fact is one of private people: of others nobody knows who may be meant."""
        start, role, value = fact
        if role == "phone":
            return MOBILE.search(value) is not None
        if role == "email":
            return self._private_mail.search(value) is not None
        if role == "address":
            end = start + len(value)
            return self._lives.search(f"{row[max(0, start - _AROUND) : start]}\0{row[end : end + _AROUND]}") is not None
        if role == "sensitive":
            return self._levels.search(row) is None  # 要支援1から要介護5まで
        return role in _OWN

    def _of_another(self, row: str, fact: Fact) -> bool:
        """Whether somebody is named by a surname alone beside a fact: 山本さんの携帯, 担当の山本（090-…）, 090-…（田中）."""
        start, _, value = fact
        before, after = row[:start], row[start + len(value) :]
        if any(word in before for word in self._names.books.honorifics_said):
            return True
        named_before, named_after = _BEFORE.search(before), _BEHIND.match(after)
        if named_after and self._ends_named(named_after["name"]):
            return True
        return named_before is not None and self._ends_named(named_before["name"])

    def _ends_named(self, word: str) -> bool:
        """Whether a word ends in a surname of two letters and more."""
        return any(word[k:] in self._names.surnames for k in range(len(word) - _SURNAME + 1))

    def _owner(self, context: Context, i: int, known: dict[int, list[_Named]]) -> tuple[int, _Named] | None:
        """The line above `i` that names somebody, and whom: one person, and nobody who was counted before. `known`: who is named on
        the lines that were looked at."""
        blanks = 0
        for j in range(i - 1, max(-1, i - _FIELD - 1), -1):
            row = context.rows[j]
            if not row.strip():
                blanks += 1
                continue
            if self._taken_by.search(row):
                return None  # what follows is the office's
            found = known[j] if j in known else known.setdefault(j, self._on(context.rows, j))
            if not found:
                continue
            if len({"".join(one.name.split()) for one in found}) > 1:
                return None
            one = found[0]
            near = blanks <= _BLANKS if one.field else not blanks and i - j <= _SENTENCE
            return (j, one) if near and "".join(one.name.split()) not in context.counted else None
        return None

    def _signing(self, context: Context, i: int) -> tuple[int, _Named] | None:
        """Who signs a text with nothing but his name, below line `i`, which tells of a birth: most likely his own."""
        j = next((j for j in range(len(context.rows) - 1, i, -1) if context.rows[j].strip()), i)
        name = context.rows[j].strip()
        if j == i or not _SIGNED.fullmatch(name) or "".join(name.split()) in context.counted:
            return None
        if self._names.likelihood(name) < self._names.books.weights.name_sure:
            return None
        return j, _Named(context.rows[j].index(name), name, field=True)

    def _on(self, rows: Sequence[str], j: int) -> list[_Named]:
        """Who is named on a line as those are whom papers are about: in a field, after a word for a party or kin, or with
        an honorific."""
        row = rows[j]
        pairs = forms.pairs_of(row, self._reader)
        fields = [self._names.without_honorific(value) for label, value in pairs if label.role == "name"]
        fields = [value for value in fields if self._names.likelihood(value) >= self._names.books.weights.name_like]
        if fields:
            return [_Named(row.find(value), value, field=True) for value in fields]
        if self._offices.at_desk(rows[j - 1] if j else "", row):
            return []
        ways: Ways = self._spoken.ways(rows, [j])
        named_there = self._spoken.read(rows, j, ways) if j in ways.all else []
        told = list[_Named]()
        for person in named_there:
            end = person.start + len(person.name)
            party = self._party.search(row[: person.start]) is not None
            surname = person.name.partition(" ")[0]
            if party or self._honoured.match(row, end) or self._hailed(row, surname):
                told.append(_Named(person.start, person.name, party))
        if not told:
            told = [_Named(person.start, person.name, field=False) for person in self._beside.whole(row, j)]
        if not told and any(map(row.__contains__, self._names.books.honorifics_said)):
            told += [_Named(person.start, person.name, field=False) for person in self._beside.honoured(row, j)]
        return told or [_Named(m.start("name"), m["name"], field=False) for m in self._titled.finditer(row)]

    def _hailed(self, row: str, surname: str) -> bool:
        """Whether somebody stands with an honorific elsewhere on a line by his surname: 佐藤さんという方（佐藤 花子）."""
        return any(surname + word in row for word in self._names.books.honorifics_said)
