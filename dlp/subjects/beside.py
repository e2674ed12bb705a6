"""Names told to be names by what stands right beside them: kinship, or an honorific and an attribute. No dictionary.

花子（妻・48歳）, 長男 佐藤 一郎 090-…, 佐藤花子様（090-…）.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.subjects.found import Found, named
from dlp.subjects.header import Reader
from dlp.subjects.inline import FACT
from dlp.subjects.offices import Offices
from dlp.subjects.values import CLASS, Names

_WEIGHT = 0.9
_HAN = "々〆〇ヶ㐀-䶿一-鿿豈-﫿ぁ-ゖァ-ヺ\U00020000-\U0003ffff"
_NAME = rf"{CLASS}{{1,6}} {CLASS}{{1,6}}|{CLASS}{{2,12}}"
#: What a sentence or a sender's line says before a name: "相談者は", "市民課 主事: ".
_PARTICLE = re.compile(r"^.*[はがをにもとやへで、](?=[一-鿿㐀-䶿豈-﫿ァ-ヺ]{2})")
_CALLED = r"(?:TEL|Tel|tel|電話|携帯|☎|自宅)?[ :]*"
_KANJI = re.compile("[々〆〇ヶ㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]+$")
#: A sentence's word before a name: "…に住む佐藤花子".
_AFTER_KANA = re.compile("[ぁ-ゖ](?P<name>[々〆〇ヶ㐀-䶿一-鿿豈-﫿]{3,6})$")
_MOBILE = re.compile(r"(?<!\d)0[789]0-?\d{4}-?\d{4}(?!\d)")
#: What is said of nobody in his function.
_PRIVATE = re.compile(r"\d(?:歳|才)|[男女](?:性)?(?:[、,・/) ]|$)|生|(?:明治|大正|昭和|平成|令和|[MTSHR])\d")
_INTRODUCES, _ADDRESSES = ("と申", "といいます", "と言います"), ("様", "さん", "さま")
_LONGEST, _SHORTEST = 8, 3  # letters of a name without blanks; of one told by its honorific alone


class Beside:
    """Reads lines by one ruleset's words of kinship, honorifics and header words."""

    def __init__(self, names: Names, reader: Reader, offices: Offices) -> None:
        books = names.books
        kin = "|".join(map(re.escape, books.kin))
        self._names, self._reader, self._offices, self._desk = names, reader, offices, books.patterns.staff
        self._honorifics = books.honorifics_said
        self._kin = re.compile(rf"(?<!{CLASS})(?:{kin})[ :・){_HAN}]")
        self._after = re.compile(
            rf"(?<!{CLASS})(?P<name>{CLASS}{{1,6}}(?: {CLASS}{{1,6}})?) ?\((?:{kin})(?=[)、,・/ :])[^()]*\)"
        )
        self._before = re.compile(
            rf"(?<!{CLASS})(?:{kin})(?:[ :・]|\) ?|(?={CLASS}{{3}}))(?P<name>{_NAME})(?:{books.honoured})?[ (:]*{_CALLED}(?={FACT})"
        )
        #: A line that is a name with what is said of him in brackets, and nothing else.
        self._whole = re.compile(
            rf"^[\s・●○◆■*-]*(?:\d{{1,4}}[.) ] *)?(?P<name>{_NAME}|[ァ-ヺー]{{2,12}}(?: [ァ-ヺー]{{1,12}}){{1,3}})(?: ?(?:{books.honoured}))? ?"
            rf"\((?P<said>{FACT}[^()]*)\)\s*$"
        )
        #: What he is in the matter, who he is, and what is said of him: "乙：佐藤花子（31歳）".
        self._labelled = re.compile(
            rf"(?:^|[\s、,])(?P<label>{CLASS}{{1,8}}): ?(?P<name>{_NAME}) ?\((?P<said>{_CALLED}{FACT}[^()]*)\)"
        )
        self._introduced = re.compile(
            rf"(?P<name>{_NAME}) ?(?:\([ぁ-ゖァ-ヺー ]+\))?と(?:申し?ま|申す|いいます|言います)"
        )
        self._addressed = re.compile(rf"(?<!{CLASS})(?P<name>{_NAME}) ?(?:様|さん|さま)(?!{CLASS})")
        self._honoured = re.compile(rf"(?P<name>{_NAME}) ?(?:{books.honoured}) ?[(、:]* ?{_CALLED}(?={FACT})")

    def read(self, line: str, i: int) -> Iterator[Found]:
        """Names in one line, each with its place."""
        if "(" in line:
            for match in self._after.finditer(line):
                if any(c.isdigit() or c == "@" for c in match.group()):
                    yield from self._found(line, i, *match.span("name"))
            whole = self._whole.match(line)
            if whole and self._likely(whole["name"], whole["said"]):
                yield from self._found(line, i, *whole.span("name"))
            for match in self._labelled.finditer(line) if ":" in line else ():
                private = _PRIVATE.search(match["said"]) or self._likely(match["name"], match["said"])
                if private and not self._desk.search(match["label"]) and not self._official(line, *match.span("name")):
                    yield from self._found(line, i, *match.span("name"))
        yield from self._said(line, i)
        for match in self._before.finditer(line) if self._kin.search(line) else ():
            yield from self._found(line, i, *match.span("name"))
        for match in self._honoured.finditer(line) if any(word in line for word in self._honorifics) else ():
            start, end = match.span("name")
            start += self._sentence(match["name"])
            if self._told(line[start:end]) and not self._official(line, start, end):
                yield from self._found(line, i, start, end)

    def _said(self, line: str, i: int) -> Iterator[Found]:
        """Who introduces himself, and who is addressed in a line with a telephone that is carried about."""
        if any(word in line for word in _INTRODUCES):
            for match in self._introduced.finditer(line):
                start, end = match.span("name")
                start += self._sentence(match["name"])
                if self._told(line[start:end]) and not self._official(line, start, end):
                    yield from self._found(line, i, start, end)
        if any(word in line for word in _ADDRESSES) and _MOBILE.search(line):
            for match in self._addressed.finditer(line):
                if self._told(match["name"]) and not self._official(line, *match.span("name")):
                    yield from self._found(line, i, *match.span("name"))

    def _told(self, name: str) -> bool:
        """Whether an honorific and an attribute make letters a name: kanji, and more than a surname."""
        weights = self._names.books.weights
        least = weights.beside if " " in name or _KANJI.match(name) else weights.honoured
        whole = " " in name or (len(name) >= _SHORTEST and name not in self._names.surnames)
        return whole and self._names.likelihood(name) >= least

    def _likely(self, name: str, said: str) -> bool:
        """Whether a line's name may be a person's: by its letters, or because the telephone is carried about."""
        weights = self._names.books.weights
        least = weights.honoured_apart if " " in name else weights.honoured
        return self._names.likelihood(name) >= least or bool(_MOBILE.search(said))

    def _found(self, line: str, i: int, start: int, end: int) -> Iterator[Found]:
        name = line[start:end]
        known = self._reader.label(name).role or self._reader.knows(name)
        if (end - start <= _LONGEST or " " in name) and not known and not self._names.is_body(name):
            yield named(i, start, name, _WEIGHT)

    def _sentence(self, text: str) -> int:
        """How many letters before a name are the sentence's: particles, and what the person is called in it."""
        particle = _PARTICLE.match(text)
        start = particle.end() if particle else 0
        for end in range(len(text) - 2, start + 1, -1):
            word = text[start:end].strip()
            if len(word) >= 2 and self._reader.knows(word) and self._reader.label(word).role == "name":
                return end + (text[end : end + 1] == " ")
        after = _AFTER_KANA.search(text, start)
        return after.start("name") if after else start

    def _official(self, line: str, start: int, end: int) -> bool:
        """Whether an office or a title is beside the name; who writes a line (主事: …) is not whom it is about."""
        before = line[:start].rstrip()
        if before.endswith(":") and not self._desk.search(before):
            return self._offices.holder(line[start:], 0, end - start)
        return self._offices.holder(line, start, end)
