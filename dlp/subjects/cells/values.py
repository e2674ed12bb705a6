"""What cells hold: folded and trimmed, how much they are people's names, what else they are written as."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from dlp.detect.ruleset import Ruleset
from dlp.detect.schema import LETTER
from dlp.detect.terms import view
from dlp.detect.variants import folded, spellings
from dlp.subjects.books import Books
from dlp.subjects.cells.anywhere import Anywhere, Told
from dlp.subjects.cells.keys import MARK_AFTER, MARK_BEFORE, NAME_MARKS, SEAL
from dlp.subjects.weights import Weights
from dlp.subjects.words import BLANKS, HIDDEN

CLASS = LETTER
_NAME = re.compile(rf"{CLASS}{{1,8}}(?:[ 　・]+{CLASS}{{1,10}}){{0,4}}")
_SPACED = re.compile(rf"({CLASS}{{1,5}})[ 　]+({CLASS}{{1,5}})")
_GOODS = re.compile(r".?[ァ-ヺー]{2,4}")
_KATAKANA = re.compile(r"[ァ-ヺー]{4,12}")
LATIN = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'.-]*(?:,?\s+[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'.-]*){1,4}")
_OPENED = re.compile(r"[(（\[〔].*$")
EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
PHONE = re.compile(
    r"\+?81[- ]?\d{1,4}[- ]?\d{1,4}[- ]?\d{3,4}|\(?0\d{1,4}[-)( .]\d{1,4}[-) .]\d{3,4}|0[5-9]0\d{8}|0\d{9}|[5-9]0[1-9]\d{7}"
)
_ADDRESS = re.compile(
    rf"(?:〒?\d{{3}}-?\d{{4}}\s*)?(?:.{{1,3}}[都道府県])?{CLASS}{{1,24}}[\s　]*(?:[一二三四五六七八九十\d]+(?:丁目|番地|番|号|条|地割|-|の|$)|\d+-\d+|\d+番).*"
)
#: Of a law, a meeting's number, or which of several (第1, a licence's 第1234号) and nothing else: no place.
_CLAUSE = re.compile(r"第[\d一二三四五六七八九十百]+[条項回章]|^第[\d一二三四五六七八九十百]+号?$")
_PLACES = "市区町村"
_BOUNDS = "区町村駅港"  # what a part of a town is called, and no given name of two letters
_MUNICIPAL = re.compile(r"(?:.{2,3}[都道府県])?.{1,6}?[市区町村](?:.{1,3}区)?.{2,}")
_HIDDEN = re.compile(f"[{HIDDEN}]")
_LONGEST_BLANK = max(map(len, BLANKS))
_UNKNOWN = 3  # letters of a surname that no list knows, at most
_NUMERAL = re.compile(r"[\d一二三四五六七八九十]")
_MARK_BEFORE, _MARK_AFTER = re.compile(MARK_BEFORE), re.compile(MARK_AFTER)
_MARKED_FIRST, _MARKED_LAST = frozenset(NAME_MARKS + "([<〔【《〈"), frozenset(NAME_MARKS + "名人㊞" + SEAL)


def clean(cell: str) -> str:
    """A sample cell folded and trimmed; "" for the words of nothing."""
    text = cell
    if not cell.isascii():
        text = unicodedata.normalize("NFKC", _HIDDEN.sub("", cell) if _HIDDEN.search(cell) else cell)
    if "\n" in text or "\r" in text:
        text = re.sub(r"[\r\n]+", " ", text)
    text = text.strip()
    return "" if len(text) <= _LONGEST_BLANK and text.lower() in BLANKS else text


class Names:
    """How likely a string is a Japanese full name, for names in and out of the dictionaries.

    Given names outside the dictionary still end in the characters given names end in (子, 郎, 美, 介 …), which are
    not the characters places and offices end in: both frequencies come from the shipped books.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        words = ruleset.words
        self.books = Books(ruleset)
        self._weights = self.books.weights
        patterns = self.books.patterns
        self.bodies = Anywhere(patterns.body, patterns.body_end)
        self._known: dict[str, float] = {}
        self.cares = Anywhere(patterns.care_told)
        empty: frozenset[str] = frozenset()
        self.surnames = frozenset(folded(w) for w in words.get("surnames", empty))
        self.given = frozenset(folded(w) for w in words.get("given_names", empty))
        self.latin = words.get("surname_romaji", empty) | words.get("given_romaji", empty)
        self.titles = words.get("titles", empty) - self.books.untitled
        self.kana = words.get("surname_kana", empty)
        #: First two letters of given names, as `terms.view` shows them.
        self.given_kana = words.get("given_kana", empty)
        #: The same as sentences and lists write them: しずか, まゆみ; さん is an honorific.
        self.soft = frozenset(word.translate(_HIRAGANA) for word in self.given_kana) - set(self.books.honorifics_said)
        spelled = (*self.given, *self.given_kana, *self.soft)
        self.heads = frozenset(map(view, spellings({given[:2] for given in spelled if len(given) > 1})))
        self.endings = _endings(self.given, words.get("towns", empty) | words.get("facilities", empty), self._weights)
        #: Given names of one letter that a particle may follow in a sentence: 明は; no 大, 計 or 町.
        ends = self.books.place_ends | self.books.body_ends
        self.single = frozenset(w for w in self.given if len(w) == 1 and w in self.endings) - ends - _SUMS

    def likelihood(self, text: str, is_body: Told | None = None) -> float:
        """0–1 for one folded cell. `is_body`: what is known of some cells already."""
        likely = self._known.get(text)
        if likely is None:
            likely = self._likelihood(self.without_honorific(unmarked(text)), is_body or self.is_body)
            if len(self._known) < _REMEMBERED:
                self._known[text] = likely
        return likely

    def forget(self) -> None:
        """Let go of what was asked: one name is asked for many times in a transfer, and stays in none but it."""
        self._known.clear()

    def _likelihood(self, text: str, is_body: Told) -> float:
        if not _NAME.fullmatch(text) or text in self.books.not_persons:
            return 0.0
        likely = self._written(text)
        return 0.0 if likely and is_body(text) else likely  # what a body is called is asked last

    def _written(self, text: str) -> float:
        """The same of letters that may be a name, by the books of names alone."""
        weights = self._weights
        spaced = _SPACED.fullmatch(text)
        if spaced:
            surname, given = folded(spaced[1]), folded(spaced[2])
            if surname not in self.surnames and len(surname) > 2 and surname[-1] in self.books.body_ends:
                return 0.0  # a section and a surname
            if surname not in self.surnames and self.books.patterns.desk_end.search(surname):
                return 0.0  # "教育総務課 電話", "霞台駅 霞線"
            named = given in self.given or self.is_spelled(given) or given[-1] in self.endings
            ends = len(given) > 1 and (given[-1] in self.books.body_ends or given[-1] in _BOUNDS)
            if not named and (ends or given in self.titles):
                return 0.0  # 加藤 米店, 吉沢 地区, 井上 税理士
            known = (surname in self.surnames) + named
            return (weights.name_apart, weights.name_known_apart, weights.name_known)[known]
        bare = folded(text.replace(" ", "").replace("　", "").replace("・", ""))
        if _KATAKANA.fullmatch(bare):
            known = any(bare[:k] in self.kana and bare[k:] in self.given_kana for k in range(2, len(bare) - 1))
            return weights.name_kana if known else 0.0
        if not 2 <= len(bare) <= 8:
            return 0.0
        best = 0.0
        for cut in (1, 2, 3, 4, 5):  # 勅使河原
            surname, given = bare[:cut], bare[cut:]
            if not 1 <= len(given) <= 4:
                continue
            if surname in self.surnames:
                best = max(best, self._after_surname(given))
            elif given in self.given and len(given) >= 2 and cut <= _UNKNOWN:
                best = max(best, weights.name_given)
        if best == 0.0 and 3 <= len(bare) <= 6 and bare[-1] in self.endings:
            best = weights.name_like
        return best

    def surely(self, text: str) -> bool:
        """Whether surname and given name are both known, or a known surname with a given name's ending."""
        return self.likelihood(text) >= self._weights.name_sure

    def is_spelled(self, given: str) -> bool:
        """Whether this is a given name in katakana or hiragana."""
        return given in self.given_kana or given in self.soft

    def _after_surname(self, given: str) -> float:
        """How likely what follows a known surname makes a name of it."""
        if given in _PLACES:  # 榧野町: 町 is a given name, too, but hardly ever without a blank before it
            return 0.0
        if given in self.given:
            return self._weights.name_known
        spelled = given in self.given_kana or (len(given) > SOFT and given in self.soft)  # 田中ツネ, 森永しずか
        if spelled or given[-1] in self.endings:
            return self._weights.name_ending
        if _GOODS.fullmatch(given):
            return self._weights.name_goods  # 佐藤ボルト: given names in katakana are known, or foreign
        return 0.0 if given[-1] in self.books.place_ends else self._weights.name_surname

    def without_honorific(self, text: str) -> str:
        """A cell without the honorific at its end."""
        if not text.endswith(self.books.honorifics):
            return text
        for word in self.books.honorifics:
            if text.endswith(word) and len(text) > len(word) + 1:
                return text[: -len(word)].rstrip()
        return text

    def is_body(self, text: str) -> bool:
        """Whether a cell names a company, a club, an office or a facility."""
        return self.bodies.found(text)

    def shaped(self, text: str, is_body: Told | None = None) -> bool:
        """Whether a cell is written as names are, and is nothing else that is written so."""
        if not _NAME.fullmatch(text) or text[-1] in _MARKED_LAST:  # else there is nothing to be taken off
            text = unmarked(_OPENED.sub("", unmarked(text)).strip())
        text = self.without_honorific(text)
        written = _NAME.fullmatch(text) or LATIN.fullmatch(text)
        return bool(written) and not (is_body or self.is_body)(text) and text not in self.books.not_persons


def unmarked(text: str) -> str:
    """A cell without what lists put before and behind names; see `keys.name_key`."""
    if text and text[0] in _MARKED_FIRST:
        text = _MARK_BEFORE.sub("", text, count=1)
    return _MARK_AFTER.sub("", text, count=1) if text and text[-1] in _MARKED_LAST else text


_REMEMBERED = 1000  # texts of one transfer of which it is known how likely they are names
_SUMS = frozenset("大計行")  # … and what a university, a total and a line are called
SOFT = 2  # letters of a given name in hiragana that may as well be another word
#: ァ-ヶ as ぁ-ゖ.
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def _endings(given: frozenset[str], places: frozenset[str], weights: Weights) -> frozenset[str]:
    """Characters that end given names oftener than places by some ratio."""
    names, other = Counter(w[-1] for w in given if w), Counter(w[-1] for w in places if w)
    total, others = sum(names.values()) or 1, sum(other.values()) or 1
    ratio, least = weights.ending_ratio, weights.ending_least
    return frozenset(c for c, n in names.items() if n / total > ratio * other[c] / others and n / total > least)


def written(text: str) -> set[str]:
    """Kinds of attribute a cleaned line is written as: phone, email, address."""
    found = {kind for kind, pattern in (("phone", PHONE), ("email", EMAIL)) if pattern.fullmatch(text)}
    return found | {"address"} if not found and addressed(text) else found


def addressed(text: str) -> bool:
    """Whether a cleaned line is written as an address."""
    if not _NUMERAL.search(text) or ("第" in text and _CLAUSE.search(text)):
        return False
    if _ADDRESS.fullmatch(text) and not text.startswith("内線"):
        return True
    return bool(_MUNICIPAL.fullmatch(text) and re.search(r"\d", text))
