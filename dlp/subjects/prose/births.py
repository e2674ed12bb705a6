"""Which of the days of a text are births: beside kinship, a party's name or an honorific, with nothing done on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from dlp.native import hold
from dlp.subjects.books import Books
from dlp.subjects.cells.values import CLASS
from dlp.subjects.lines import signs
from dlp.subjects.prose import adjoined
from dlp.subjects.prose.beside import Beside
from dlp.subjects.prose.inline import FACT

_PARTY_BIT = hold.word(signs.PARTY)
_ANY_BITS = signs.RELATED | _PARTY_BIT | signs.HAILED  # a line without any of them tells of no birth
_AFTER_PARTY = hold.PARTED | signs.COLON  # one of them stands behind a party's word
_SEVERAL = 2  # lines that make a list
_DAY = (
    r"(?:(?:明治?|大正?|昭和?|平成?|令和?|[MTSHR])(?:\d{1,2}|元)|(?:19|20)\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?![\d-])"
)


class Births:
    """Reads lines by one ruleset's words of kinship, for parties and of respect."""

    def __init__(self, books: Books) -> None:
        kin = "|".join(map(re.escape, books.kin))
        parties = "|".join(map(re.escape, books.parties))
        self._family = re.compile(
            rf"^[\s・●○◆■*-]*(?:{kin})[ :・]+(?:{CLASS}{{1,6}} +)?{CLASS}{{1,6}} *(?:\([ぁ-ゖァ-ヺー ]+\) *)?(?={FACT})[^、。]{{6,24}}$"
        )
        #: Several of one family, each with a day: "母 佐藤 花子 1989/2/11, 子 佐藤 一郎 2017/6/30".
        self._kin_born = re.compile(
            rf"(?<!{CLASS})(?:{kin})[ :・]+(?:{CLASS}{{1,6}} +)?{CLASS}{{1,6}} *(?:\([ぁ-ゖァ-ヺー ]+\) *)?(?P<born>{_DAY})(?=\s*(?:[、,;/)]|$))"
        )
        #: A name with an honorific, and a day of before 2000 with nothing done on it.
        self._hailed_born = re.compile(
            rf"{CLASS}(?:{books.polite})[、, ]{{1,3}}(?P<born>{adjoined.LONG_AGO})(?=\s*(?:[。、,)]|$)|\s+(?!(?x:{books.patterns.no_birth.pattern})))"
        )
        #: A party, a name and a day, of before 2000 but of a child, and no word of what was done that day.
        self._party_born = re.compile(
            rf"(?:^|[\s、,])(?P<party>{parties})[\d①-⑳]{{0,2}}(?:\([^()\d]{{1,8}}\))?(?: *: *| +)(?:{CLASS}{{1,6}} +)?{CLASS}{{1,6}} *(?:\([ぁ-ゖァ-ヺー ]+\) *)?"
            rf"(?P<born>{_DAY})(?P<rest>.{{0,12}})"
        )
        #: Somebody from abroad as passports write him, and a day of before this century: "NGUYEN VAN HUNG 1995/03/12".
        self._capitals_born = re.compile(
            rf"[\s>]*(?:\d{{1,4}}[.) ,]+)?(?P<name>[A-Z]{{2,}}(?:[ ,]+[A-Z]{{2,}}){{1,4}})[\s,、]+(?:[MF男女][\s,、]+)?(?P<born>{adjoined.LONG_AGO})(?=[\s,、]|$)"
        )
        self._minor = books.patterns.minor
        self._abroad = books.patterns.from_abroad
        self._asking, self._no_birth = books.parties_asking, books.patterns.no_birth

    def read(self, rows: Sequence[str], held: hold.Held = None) -> dict[int, Callable[[int], bool]]:
        """Which of the days of the lines, by where they begin, are births, for each line that has any: all of a
        household's (kinship, a name, a day, and nothing else), and the one right after a party's name ("被保険者 佐藤 花子
        昭和12年5月5日")."""
        found: dict[int, Callable[[int], bool]] = {}
        where = range(len(rows)) if held is None else held.both(hold.DATED, _ANY_BITS)
        for i in Beside.where(rows, where, held):
            told = _ANY_BITS if held is None else held.lines[i] & _ANY_BITS
            related = told & signs.RELATED
            if not related and not told & signs.HAILED and not _names_party(held, i):
                continue  # before it is decoded, of calm text
            if related and self._family.match(rows[i]):
                found[i] = _any
            elif related and len(kin := {match.start("born") for match in self._kin_born.finditer(rows[i])}) > 1:
                found[i] = kin.__contains__
            else:
                hailed = self._hailed_born.finditer(rows[i]) if told & signs.HAILED else ()
                starts = {match.start("born") for match in hailed}
                starts |= self._after_parties(rows[i]) if _names_party(held, i) else set()
                if starts:
                    found[i] = starts.__contains__
        return found | self._from_abroad(rows, held)

    def _from_abroad(self, rows: Sequence[str], held: hold.Held) -> dict[int, Callable[[int], bool]]:
        """The same of lines that begin with a name in capitals, as of lists of residents from abroad: of several."""
        where = range(len(rows)) if held is None else held.both(hold.DATED, hold.PARTED)
        found = {
            i: match
            for i in where
            if rows[i][:1] < "\x80" and (match := self._capitals_born.match(rows[i])) is not None
        }
        told = {i: match for i, match in found.items() if self._abroad.search(rows[i], match.end("name"))}
        if len(found) < _SEVERAL or len(told) < len(found):
            return {}
        return {i: {match.start("born")}.__contains__ for i, match in found.items()}

    def _after_parties(self, row: str) -> set[int]:
        return {
            match.start("born")
            for match in self._party_born.finditer(row)
            if not self._no_birth.search(match["rest"])
            and (adjoined.OF_OLD.match(match["born"]) or self._minor.search(match["party"]))
            and (match["party"] not in self._asking or not adjoined.OF_LATE.match(match["born"]))
        }


def _names_party(held: hold.Held, i: int) -> bool:
    """Whether a line may name a party, and something behind it."""
    return held is None or bool(held.lines[i] & _PARTY_BIT and held.lines[i] & _AFTER_PARTY)


def _any(_: int) -> bool:
    return True
