"""People from abroad in running text, by names in Latin letters that are in no list: "Pham Van Maiさん 070-…".

Such words are as well a product's, a company's or a sentence's: a person is who is addressed as one, or of whom the line
says right there what is said of private people alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

from dlp.subjects.cells.values import Names
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose.adjoined import MOBILE
from dlp.subjects.prose.facts import Fact
from dlp.subjects.prose.found import Found, named
from dlp.subjects.prose.offices import Offices

_WEIGHT = 0.9
_WORD = "[A-ZÀ-ÞĐ][A-Za-zÀ-ỹ'’-]*"
#: Two to five words that begin with capitals, the first of two letters and more.
_NAME = rf"(?<![A-Za-zÀ-ỹ@._'’-])(?P<name>[A-ZÀ-ÞĐ][A-Za-zÀ-ỹ'’-]+(?: {_WORD}){{1,4}})(?![A-Za-zÀ-ỹ@'’])"
_CAPITALS = re.compile(" [A-ZÀ-ÞĐ]")  # a second word: a blank is soon looked for
#: What may stand before a name: the begin of a line, with a number or point; a Japanese word, or a sign.
_BEGINS = re.compile(r"[\s>]*(?:[(\[]?\d{1,4}[)\].、:]?\s*|[・●○◆■□*-]\s*)?")
_LED = re.compile(r"(?:[^\x00-\x7f][ 　]?|[:(,\t] ?)$")
_PARTED = re.compile(r"[\s,、:;<(]{1,4}")
#: A word that is written as Japanese is in Latin letters, and no English one but by chance.
_ROMAJI = re.compile(
    r"(?i:(?:(?:ky|sh|ch|ts|ny|hy|my|ry|gy|by|py|[kstnhmyrwgzdbpjf])?[aiueo]|n|m(?=[bp])|k(?=k)|s(?=s)|t(?=[tc])|p(?=p))+h?)"
)
#: Whom an English sentence names: what may stand before a name, in Latin letters or kanji, and behind it.
_BEFORE_NAME = re.compile(
    r"(?:^[\s>*・-]*(?:\d{1,3}[.)] )?|[.:;(,] |\b(?:[Oo]f|to|call(?:ed)?|[Cc]ontact(?:ed)?|[Rr]esident|[Aa]pplicant,?|visited|named|-old|for|with|by|from)[ ])$"
)
_BEHIND_NAME = re.compile(
    r"(?:-(?:san|sama))?(?: ?\([^()\d]{1,24}\))?(?:,? (?:[(<+]|0\d|\d{1,3},|an? \d|aged?\b|born\b|(?:currently |now )?resid|living\b|date of birth|of [A-Z\d])"
    r"|(?:'s)? (?:is|was|lives?|lived|has|can|may|called|telephoned|asked|applied|visited|requested|date of|address|e-?mail|phone|mobile|left|came|at|on)\b|[.,]? ?$|:? )"
)
_SPELLED = r"[A-Z](?:[a-z]+|[A-Z]+)(?:['’-][A-Z][a-z]+)?"
_IN_SENTENCE = re.compile(
    rf"(?<![A-Za-zÀ-ỹ@._'’-])(?P<name>{_SPELLED}(?: {_SPELLED}){{1,2}})(?![A-Za-zÀ-ỹ@])"
    r"|(?<![^\x00-\x7f])(?P<kanji>[一-鿿々]{1,4} ?[一-鿿々ぁ-ゖァ-ヺー]{1,4})(?![^\x00-\x7f])"
)
_IN_KANJI = re.compile(r" ?\((?P<name>[一-鿿々]{1,4} ?[一-鿿々ぁ-ゖァ-ヺー]{1,4})\)")
_AT_HOME_ALONE = frozenset(("birth_date", "age", "address"))
_MANY, _AT_HOME = 10, 0.7  # people of a list; the share of private mail addresses among theirs
_ENGLISH = re.compile(
    " (?:of|is|was|at|on|has|an?|the|lives?|to|for|age|aged|born|years?|from)[ ,.]"
)  # words of a sentence
_TITLE, _LEAD = 6, 24  # letters of a title, and of what may stand before a name, at most
_BEFORE = 2  # lines between who says what he is called and what he says of himself, and his own
_LONGEST = 40  # letters before a name that begins a line, and from a name to what is said of it
#: What is said of private people alone; a telephone, where it is carried about. Houses and shops stand before addresses.
_PRIVATE = frozenset(
    "birth_date age sex individual_number residence_card passport licence insurance pension bank_account".split()
)
_REACHED = frozenset((*_PRIVATE, "address", "phone"))
_ROLE = itemgetter(1)


class Western:
    """Reads lines by one ruleset's titles and words for bodies."""

    def __init__(self, names: Names, reader: Reader, offices: Offices) -> None:
        books, self._reader, self._offices = names.books, reader, offices
        self._names = names
        self._title = re.compile(rf"\b(?:{books.patterns.western_titled.pattern})\.? $")
        self._bodies, self._english = books.bodies_in_latin, books.patterns.english
        self._honoured = re.compile(rf"{_NAME}(?: ?(?:{books.honoured}))(?!\w*[式用])")
        self._titled = re.compile(rf"\b(?:{books.patterns.western_titled.pattern})\.? ?{_NAME}")
        self._introduced = re.compile(
            rf"{books.patterns.western_introduced.pattern} {_NAME}(?!,? (?:from|of|at|with|,) [A-Z])"
        )
        self._between = books.patterns.western_said
        self._plain, self._private_mail = re.compile(_NAME), books.patterns.private_mail

    def read(self, rows: Sequence[str], where: Sequence[int], facts: Mapping[int, Sequence[Fact]]) -> Iterator[Found]:
        """Names in those lines, each with its place."""
        listed = list[Found]()
        for i in where:
            line = rows[i]
            if _ENGLISH.search(line):
                yield from self._private([*self._told(line, i, facts[i])], rows, i, facts[i])
            if _CAPITALS.search(line):
                found = [*self._in(line, i, facts[i])]
                yield from self._private(found, rows, i, facts[i])
                listed += self._listed(line, i, facts[i])
            if any(map(_REACHED.__contains__, map(_ROLE, facts[i]))):
                yield from self._introducing(rows, i, facts[i])
        at_home = sum(self._private_mail.search(rows[found.line]) is not None for found in listed)
        if len({found.name for found in listed}) >= _MANY and at_home > _AT_HOME * len(listed):
            yield from listed

    def _in(self, line: str, i: int, facts: Sequence[Fact]) -> Iterator[Found]:
        for match in self._honoured.finditer(line):
            yield from self._named(match, i)
        said = [at for at, role, value in facts if role in _PRIVATE or (role == "phone" and MOBILE.match(value))]
        if said or any(role == "address" for _, role, _ in facts):
            for match in self._titled.finditer(line):
                yield from self._named(match, i)
        for match in self._plain.finditer(line) if said else ():
            end = match.end("name")
            follows = bisect_left(said, end)  # facts stand in the order of the line
            if follows == len(said) or said[follows] - end > _LONGEST or not _leads(line, match.start("name")):
                continue
            if self._between.fullmatch(line, end, said[follows]):
                yield from self._named(match, i)

    def _told(self, line: str, i: int, facts: Sequence[Fact]) -> Iterator[Found]:
        """Whom an English sentence names that says something of him: in words as Japanese names are spelled, in kanji,
        or in any where it is said of private people alone."""
        alone = any(map(_AT_HOME_ALONE.__contains__, map(_ROLE, facts)))
        if not alone and not any(self._reaches(role, value) for _, role, value in facts):
            return
        for match in _IN_SENTENCE.finditer(line):
            start, end = match.span()
            titled = self._title.search(line, max(0, start - _TITLE), start)
            behind = _BEHIND_NAME.match(line, end)
            if not behind or not (titled or _BEFORE_NAME.search(line, max(0, start - _LEAD), start)):
                continue
            if self._offices.holder(line, start, end):
                continue
            if (both := _IN_KANJI.match(line, end)) and self._names.likelihood(both["name"]) > 0:
                yield named(i, both.start("name"), both["name"], _WEIGHT)  # Hanako YAMADA (山田花子)
            elif match["kanji"]:
                if self._names.likelihood(match["kanji"]) >= self._names.books.weights.name_like:
                    yield named(i, start, match["kanji"], _WEIGHT)
            elif alone or titled or all(map(_ROMAJI.fullmatch, match["name"].split())):
                yield from self._named(match, i)

    def _reaches(self, role: str, value: str) -> bool:
        """Whether somebody is reached himself: by what is carried about, or by private mail."""
        if role == "phone":
            return MOBILE.match(value) is not None
        return role == "email" and self._private_mail.search(value) is not None

    def _introducing(self, rows: Sequence[str], i: int, facts: Sequence[Fact]) -> Iterator[Found]:
        """Who says in English what he is called, in a line that says where he lives or how he is reached, or in the two
        before it."""
        if not any(
            role in _PRIVATE or role == "address" or (role == "phone" and MOBILE.match(v)) for _, role, v in facts
        ):
            return
        for j in range(max(0, i - _BEFORE), i + 1):
            row = rows[j]
            for match in self._introduced.finditer(row) if " " in row and _CAPITALS.search(row) else ():
                yield from self._named(match, j)

    def _private(self, found: Sequence[Found], rows: Sequence[str], i: int, facts: Sequence[Fact]) -> Iterator[Found]:
        """Those of a line that are not named for an office or a firm (株式会社… 営業部 Pham Van Maiさん 03-…), of whom
        nobody says when they were born."""
        if any(role in _PRIVATE for _, role, _ in facts):
            yield from found
        elif found and not self._offices.at_desk(rows[i - 1] if i else "", rows[i]):
            yield from (f for f in found if not self._offices.holder(rows[i], f.start, f.start + len(f.name)))

    def _listed(self, line: str, i: int, facts: Sequence[Fact]) -> Iterator[Found]:
        """Whoever begins a line before a mail address: one person of a list, where there are many with addresses of
        private people; else it may be a firm's correspondent, or an author."""
        match = self._plain.search(line) if any(role == "email" for _, role, _ in facts) else None
        if match and _BEGINS.fullmatch(line, 0, match.start("name")):
            at = next((at for at, role, _ in facts if role == "email" and at >= match.end("name")), -1)
            if at >= 0 and _PARTED.fullmatch(line, match.end("name"), at):
                yield from self._named(match, i)

    def _named(self, match: re.Match[str], i: int) -> Iterator[Found]:
        """The person a match names, if it is one."""
        name = match["name"]
        words = name.lower().split()
        if not self._bodies.isdisjoint(words) or self._english.fullmatch(words[0]):
            return
        if self._offices.is_post(name):
            return  # Director Hiroshi Tanaka
        others = (name, *(word for word in name.split() if word.lower() not in self._names.latin))  # Mei is 名, too
        if any(self._reader.knows(self._reader.label(word).text) for word in others):
            return  # header words: "Mobile Phone 090-…"
        yield named(i, match.start("name"), name, _WEIGHT, "latin")


def _leads(line: str, start: int) -> bool:
    """Whether a name may begin at a place of a line."""
    if start <= _LONGEST and _BEGINS.fullmatch(line, 0, start):
        return True
    return _LED.search(line[max(0, start - 2) : start]) is not None
