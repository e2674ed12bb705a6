"""Names told to be names by what stands right beside them: kinship, or an honorific and an attribute. No dictionary.

花子（妻・48歳）, 長男 佐藤 一郎 090-…, 佐藤花子様（090-…）.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from dlp.detect.anchored import Anchored
from dlp.native import hold
from dlp.subjects import hints
from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.letters import FIRST, KANJI, WRITTEN
from dlp.subjects.lines import signs
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose import adjoined
from dlp.subjects.prose.found import Found, named
from dlp.subjects.prose.inline import FACT
from dlp.subjects.prose.offices import Offices

WEIGHT = 0.9
_OWNED = frozenset(("address", "phone", "email", "birth_date", "age"))
_BORN_SO = tuple(f"{sign}生" for sign in "日0123456789")
_INTRODUCES = ("と申", "といいます", "と言います")
_AFTER = 30  # letters after what he is to somebody, with what is said of him
_LINKS = ("である", "の", " ")  # between what somebody is called and his name
_ASKED = 8  # letters before a telephone that may ask for it
TOLD, POLITE = 8, 16  # bits of words, after those of `facts`
RELATED_BITS = signs.KIN | hold.word(signs.PARTY)
TOLD_BIT, POLITE_BIT = hold.word(TOLD) | hold.SPREAD, hold.word(POLITE)
_LONG_NAME = 14  # letters of a name and the blank in it and behind it, at most
_GIVEN = 2  # letters of a given name in kanji that no book has, at most
_SAID = re.compile(r"[\s、,・/]+")  # what parts words in brackets
_LONGEST, _SHORTEST = 8, 3  # letters of a name without blanks; of one told by its honorific alone


type _Way = tuple[re.Pattern[str], Callable[[str], object], Callable[[re.Match[str]], object]]


class Beside:
    """Reads lines by one ruleset's words of kinship, honorifics and header words."""

    def __init__(self, names: Names, reader: Reader, offices: Offices) -> None:
        books = names.books
        kin = "|".join(map(re.escape, books.kin))
        parties = "|".join(map(re.escape, books.parties))
        self._names, self._reader, self._offices, self._desk = names, reader, offices, books.patterns.staff
        self._honorifics, self._polite = books.honorifics_said, books.honorifics_polite
        self._calling = tuple(hints.held(books.patterns.called_said))
        #: A line without any of these tells of nobody: the bits they have in its mask.
        self.words = dict.fromkeys(
            (
                "(",
                "夫",
                "組 ",
                *_BORN_SO,
                *_INTRODUCES,
                *self._calling,
                *books.kin,
                *books.parties,
                *books.account_kinds,
                *self._honorifics,
            ),
            TOLD,
        )
        self.words |= dict.fromkeys(self._polite, TOLD | POLITE)
        self.words |= {word: self.words[word] | signs.PARTY for word in books.parties}
        self._kin = re.compile(rf"(?<!{CLASS})(?:(?:{kin})[ :・){WRITTEN}]|(?:{parties})[ :(])")
        self._kin_told = re.compile(rf"\((?:{kin})[)、,・/ :]")
        self._after = re.compile(
            rf"(?<!{CLASS})(?P<name>{CLASS}{{1,6}}(?: {CLASS}{{1,6}})?) ?\((?:{kin})(?=[)、,・/ :])[^()]*\)"
        )
        self._before = re.compile(
            rf"(?<!{CLASS})(?:(?:{kin})(?: +|[:・]|\) ?|(?={CLASS}{{3}}))|(?P<party>{parties})(?:\([^()\d]{{1,8}}\))?(?: *: *| +))(?P<name>{adjoined.NAME}|(?<= ){CLASS}(?= +{FACT}))(?:{books.honoured})?(?:\([ぁ-ゖァ-ヺー ]+\))?[ (:]*{adjoined.CALLED}(?={FACT})"
        )
        kin_long = "|".join(re.escape(word) for word in books.kin if len(word) > 1)
        #: Of whom somebody is a parent: "鏑木 結翔の保護者".
        self._of_kin = re.compile(rf"(?<!{CLASS})(?P<name>(?P<surname>{CLASS}{{2,4}}) {CLASS}{{1,3}})の(?:{kin_long})")
        #: A line that is a name with what is said of him in brackets, and nothing else.
        self._whole = re.compile(
            rf"^[\s>・●○◆■*-]*(?:\d{{1,4}}[.) ] *)?(?P<name>{adjoined.NAME}|[ァ-ヺー]{{2,12}}(?: [ァ-ヺー]{{1,12}}){{1,3}})(?: ?(?:{books.honoured}))? ?"
            rf"\((?P<said>(?:{FACT}|(?={adjoined.SEXED})|[^()=]{{0,80}}?{adjoined.CARRIED_OR_BORN})[^()]*)\)\s*$"
        )
        #: What he is in the matter, who he is, and what is said of him: "乙：佐藤花子（31歳）".
        self._labelled = re.compile(
            rf"(?:^|[\s、,。])(?P<label>{CLASS}{{1,8}}): ?(?P<name>{adjoined.NAME}) ?(?:宅 ?)?\((?P<said>(?:{adjoined.CALLED}{FACT}|生後|{adjoined.TOWN}|{CLASS}{{2,12}}\d{{1,4}}-\d)[^()]*)\)"
        )
        self._introduced = re.compile(
            rf"(?P<name>{adjoined.NAME}) ?(?:\([ぁ-ゖァ-ヺー ]+\))?と(?:申し?ま|申す|いいます|言います)"
        )
        self._called_so = re.compile(
            rf"(?:{books.patterns.called_said.pattern}) ?(?P<name>{KANJI}{{1,4}} {CLASS}{{1,5}}|{FIRST}{KANJI}{{2,4}})(?=です|といい|と言い|。|、|で|$)"
        )
        self.addressed = re.compile(
            rf"(?P<name>{adjoined.NAME}) ?(?:{books.polite})(?:(?!{CLASS})|(?=[のはがへにとをも]|より|から))"
        )
        #: What ends a match of `_honoured`: to look for it costs a tenth of what looking for names does.
        said = rf"(?:{books.honoured}) ?[(、:・]* ?(?:{adjoined.FROM})?{adjoined.CALLED}(?={FACT}|{adjoined.TOWN})"
        self._honour = re.compile(said)
        self._honoured = re.compile(rf"(?P<name>{adjoined.NAME}) ?{said}")
        #: Whose an attribute is said to be: 市原鉄山さんの住所は.
        self._owning = re.compile(rf"(?:{books.honoured})の")
        self._owner = re.compile(
            rf"(?P<name>{adjoined.NAME}) ?(?:{books.honoured})の(?P<label>{CLASS}{{2,8}}?)(?=[は:]|が\d)"
        )
        self._called = re.compile(rf"(?P<name>{adjoined.NAME}) ?(?:{books.honoured})")
        self._lives = re.compile(
            rf"(?:(?P<lives>{adjoined.LIVES})|(?<=\d)の|(?:番地|[番号室])の)(?P<name>{adjoined.NAME}) ?(?:{books.honoured})"
        )
        #: What somebody is, and his name in brackets: "小5男児（佐藤 蒼）".
        self._noun = re.compile(
            rf"(?:{books.patterns.person_noun.pattern})\((?P<name>{CLASS}{{1,5}} {CLASS}{{1,5}}|[ァ-ヺー]{{2,12}} [ァ-ヺー]{{2,12}})\)"
        )
        self._ailing = Anchored(books.patterns.ailing_said)
        self._groups = books.belonging
        self._account = books.patterns.account_told
        self._account_words = tuple(hints.held(self._account, letters=True)) or ("",)  # "" stands anywhere
        self._couple = books.patterns.couple

        #: Ways in which a name is told, in the order in which they are tried: its expression, what a line with it cannot do
        #: without, and what a match must be.
        self._born_said: tuple[_Way, ...] = (
            (adjoined.BORN_SAID, adjoined.BORN_TOLD.search, lambda m: self.told(m["name"], least=0.0)),
        )
        self._within: tuple[_Way, ...] = (
            (adjoined.BORN_WITHIN, lambda line: "生)" in line, _anybody),
            (adjoined.AGED_WITHIN, lambda line: "歳" in line or "才" in line, lambda m: self._begins_known(m["name"])),
            (adjoined.RESIDENT, lambda line: "住の" in line, _anybody),
            (adjoined.CAST, adjoined.CALL_TOLD.search, lambda m: self.likely(m["name"], m["said"])),
        )
        self._in_a_class: tuple[_Way, ...] = (
            (
                adjoined.PUPIL,
                lambda line: "組 " in line,
                lambda m: self._ailing.search(m.string) or adjoined.MOBILE.search(m.string),
            ),
        )
        self._called_back: tuple[_Way, ...] = ((adjoined.BORN_AND_CALLED, adjoined.DASHED_TELEPHONE.search, _anybody),)

    def read(self, line: str, i: int, *, related: bool = True) -> Iterator[Found]:
        """Names in one line, each with its place. `related`: whether a word of kinship, or for a party, may stand there."""
        if "(" in line:
            for match in self._after.finditer(line) if related and self._kin_told.search(line) else ():
                after = line[match.end() : match.end() + _AFTER]
                if any(c.isdigit() or c == "@" for c in match.group() + after):
                    yield from self.found(line, i, *match.span("name"))
            whole = self._whole.match(line)
            if whole and self.likely(whole["name"], whole["said"]):
                yield from self.found(line, i, *whole.span("name"))
            for match in adjoined.BORN.finditer(line) if adjoined.BORN_TOLD.search(line) else ():
                if not self.official(line, *match.span("name")):
                    start, end = match.span("name")
                    yield from self.found(line, i, start + self._belongs(match["name"]), end)
            yield from self._each(line, i, self._born_said)
            yield from self.whole(line, i)
            yield from self._each(line, i, self._within)
            for match in self._labelled.finditer(line) if ":" in line else ():
                private = adjoined.PRIVATE.search(match["said"]) or self.likely(match["name"], match["said"])
                private = private and not self._of_animal(match["said"])
                if private and not self._desk.search(match["label"]) and not self.official(line, *match.span("name")):
                    yield from self.found(line, i, *match.span("name"))
        if (told := self.by_noun(line)) and not self.official(line, *told.span("name")):
            yield from self.found(line, i, *told.span("name"))
        yield from self._each(line, i, self._in_a_class)
        for match in adjoined.BORN_PLAINLY.finditer(line) if "生" in line else ():
            if self._names.likelihood(match["name"]) > 0:
                yield from self.found(line, i, *match.span("name"))
        yield from self._each(line, i, self._called_back)
        yield from self._said(line, i)
        if "夫" in line:
            yield from self._couples(line, i)
        for match in self._before.finditer(line) if related and self._kin.search(line) else ():
            if adjoined.GOES_ON.match(match["name"]) or (match["party"] and not self._party(match["name"])):
                continue
            yield from self.found(line, i, *match.span("name"))
        for match in self._of_kin.finditer(line) if " " in line and related else ():
            if match["surname"] in self._names.surnames and not self.official(line, *match.span("name")):
                yield from self.found(line, i, *match.span("name"))
        yield from self._owners(line, i)
        yield from self._at_home(line, i)
        for match in self._honoured.finditer(line) if self._honour.search(line) else ():
            start, end = match.span("name")
            start += self._sentence(match["name"])
            if self.told(line[start:end]) and not self.official(line, start, end):
                yield from self.found(line, i, start, end)

    def _each(self, line: str, i: int, ways: Iterable[_Way]) -> Iterator[Found]:
        """Names told in one of several ways, of nobody in his function."""
        for names, sign, tells in ways:
            for match in names.finditer(line) if sign(line) else ():
                if tells(match) and not self.official(line, *match.span("name")):
                    yield from self.found(line, i, *match.span("name"))

    def by_noun(self, line: str) -> re.Match[str] | None:
        """A name in brackets behind what somebody is: "小5男児（佐藤 蒼）"."""
        return self._noun.search(line) if "(" in line else None

    def _said(self, line: str, i: int) -> Iterator[Found]:
        """Who holds an account, who introduces himself, and who is addressed in a line with a telephone that is carried
        about or asked for."""
        if line[:1] < "\x80" and adjoined.MOBILE.search(line) and (latin := adjoined.LATIN.match(line)):
            yield named(i, latin.start("name"), latin["name"], WEIGHT, "latin")
        accounts = any(map(line.__contains__, self._account_words)) and self._account.search(line)
        if accounts and (holder := adjoined.HOLDER.search(line)):
            yield named(i, holder.start("name"), holder["name"], WEIGHT)
        if any(word in line for word in _INTRODUCES):
            for match in self._introduced.finditer(line):
                start, end = match.span("name")
                start += self._sentence(match["name"])
                if self.told(line[start:end]) and not self.official(line, start, end):
                    yield from self.found(line, i, start, end)
        if any(word in line for word in self._calling):
            for match in self._called_so.finditer(line):
                if not self.official(line, *match.span("name")):
                    yield from self.found(line, i, *match.span("name"))
        if any(word in line for word in self._polite):
            carried = adjoined.MOBILE.search(line) is not None
            for match in self.addressed.finditer(line) if carried or self.asks(line) else ():
                start, end = match.span("name")
                start += self._sentence(match["name"])
                told = self.told(line[start:end]) if carried else adjoined.UNLIKE_A_BODY.match(line[start:end])
                if told and not self.official(line, start, end):
                    yield from self.found(line, i, start, end)

    def _owners(self, line: str, i: int) -> Iterator[Found]:
        """Whose an attribute is said to be."""
        for owning in self._owning.finditer(line):
            match = self._owner.search(line, max(0, owning.start() - _LONG_NAME))
            if match is None or self._reader.label(match["label"]).role not in _OWNED:
                continue
            start, end = match.span("name")
            start += self._sentence(match["name"])
            if self.told(line[start:end]) and not self.official(line, start, end):
                yield from self.found(line, i, start, end)

    def _at_home(self, line: str, i: int) -> Iterator[Found]:
        """Who is named right behind where he lives: "本町3-2-1に住む鳴滝ケージさん", "本町3-2-1の佐藤花子様"."""
        for match in self._lives.finditer(line) if adjoined.AT_HOME.search(line) else ():
            start, end = match.span("name")
            told = self.told(match["name"]) or self._spelled(match["name"], anybody=match["lives"] is not None)
            if told and not (
                self.official(line, start, end) or self._offices.within(match["name"], self._names.surnames)
            ):
                yield from self.found(line, i, start, end)

    def _spelled(self, name: str, *, anybody: bool) -> bool:
        """Whether letters are written as names are, the given name in kana: of a known surname, or of `anybody`."""
        books = self._names.books
        match = adjoined.HARD.match(name) or adjoined.SOFT.match(name)
        if match is None or books.patterns.nobody.search(name):
            return False
        return anybody or any(name[:k] in self._names.surnames for k in (2, 3))

    def asks(self, line: str) -> bool:
        """Whether a line says "電話は…" and gives the number: of a person, where his given name is in hiragana."""
        asked = self._names.books.patterns.asked
        return any(asked.search(line[: m.start()][-_ASKED:]) for m in adjoined.TELEPHONE.finditer(line))

    def _couples(self, line: str, i: int) -> Iterator[Found]:
        """Two of one surname, the second by the given name alone: 佐藤太郎・花子夫妻."""
        for match in self._couple.finditer(line):
            start, end = match.span("name")
            start += self._sentence(match["name"])
            name = line[start:end]
            if not self.told(name) or self.official(line, start, end):
                continue
            surname = name.partition(" ")[0] if " " in name else self._surname(name)
            yield from self.found(line, i, start, end)
            yield named(i, match.start("given"), f"{surname} {match['given']}", WEIGHT)

    def _surname(self, name: str) -> str:
        """The surname of a name without a blank: the longest known one, else its first two letters."""
        known = (name[:cut] for cut in (3, 2, 1) if name[:cut] in self._names.surnames and len(name) > cut)
        return next(known, name[:2])

    def honoured(self, line: str, i: int) -> Iterator[Found]:
        """Names with an honorific anywhere in a line that says what is said of private people alone."""
        for match in self._called.finditer(line):
            start, end = match.span("name")
            start += self._sentence(match["name"])
            if self.told(line[start:end]) and not self.official(line, start, end):
                yield from self.found(line, i, start, end)

    @staticmethod
    def where(rows: Sequence[str], lines: Sequence[int], held: hold.Held) -> Sequence[int]:
        """Those of the lines that `read` and `honoured` can find anybody in."""
        if held is None:
            return lines
        masks = held.lines
        return [
            i
            for i in lines
            if masks[i] & TOLD_BIT
            or (masks[i] & hold.CALLS and masks[i] & hold.DATED)
            or (masks[i] & hold.SAYS and rows[i][:1] < "\x80")
        ]

    def told(self, name: str, least: float | None = None) -> bool:
        """Whether an honorific and an attribute make letters a name: kanji, and more than a surname. `least`: how likely
        they must be a name, where more than that tells so."""
        weights = self._names.books.weights
        if self._names.books.patterns.nobody.search(name):
            return False
        hard = adjoined.HARD.match(name)
        spelled = (
            adjoined.ALL_KANJI.match(name)
            or adjoined.SOFT.match(name)
            or (hard and hard["given"] in self._names.given_kana)
        )
        if least is None:
            least = weights.beside if " " in name or "・" in name or spelled else weights.honoured
        least_letters = _SHORTEST - self._names.surely(name)  # 堀学, both of whose letters are known
        whole = " " in name or (len(name) >= least_letters and name not in self._names.surnames)
        likely = self._names.likelihood(name) >= least or self._after_surname(name)
        return whole and (likely or adjoined.spelled_after(name, self._names.surnames))

    def _after_surname(self, name: str) -> bool:
        """Whether kanji begin with a known surname of two letters and more and go on as a given name may: 市原鉄山."""
        books = self._names.books
        if not adjoined.ALL_KANJI.match(name) or name in books.not_persons or name[-1] in books.body_ends:
            return False
        given = [name[k:] for k in (2, 3) if name[:k] in self._names.surnames and 0 < len(name) - k <= _GIVEN]
        return any(rest not in self._names.titles for rest in given)

    def whole(self, line: str, i: int) -> Iterator[Found]:
        """Names in brackets behind a surname with an honorific: "佐藤さん（佐藤 一颯）"."""
        for match in adjoined.WHOLE.finditer(line) if self._honour_and_bracket(line) else ():
            if not self.official(line, match.start("surname"), match.end("surname")):
                yield from self.found(line, i, *match.span("name"))

    def _honour_and_bracket(self, line: str) -> bool:
        return any(f"{word}(" in line or f"{word} (" in line or f"{word}という" in line for word in self._polite)

    def _begins_known(self, name: str) -> bool:
        """Whether a name begins with a known surname and goes on for as long as given names are."""
        surname, blank, _ = name.partition(" ")
        if blank:
            return surname in self._names.surnames or self._names.likelihood(name) > 0
        return any(name[:k] in self._names.surnames and 0 < len(name) - k <= _SHORTEST for k in (2, 3))

    def likely(self, name: str, said: str) -> bool:
        """Whether a line's name may be a person's: by its letters, or because the telephone is carried about."""
        weights = self._names.books.weights
        least = weights.honoured_apart if " " in name else weights.honoured
        own = adjoined.MOBILE.search(said) or adjoined.UNLIKE_A_BODY.match(name)
        return self._names.likelihood(name) >= least or own is not None

    def _of_animal(self, said: str) -> bool:
        """Whether what is said in brackets is said of a cat or a dog: 3歳・雌."""
        return any(word in self._names.books.animal_sexes for word in _SAID.split(said))

    def _party(self, name: str) -> bool:
        """Whether a party of a document may be a person: a company is one as often."""
        return self._names.likelihood(name) >= self._names.books.weights.listed_private

    def found(self, line: str, i: int, start: int, end: int) -> Iterator[Found]:
        """The name at a place of a line, without a heading before it; none where it is a body's, or a heading."""
        name = line[start:end]
        first, blank, rest = name.partition(" ")
        if blank and first not in self._names.surnames:
            headed = self._reader.knows(first) and self._reader.label(first).role  # 申請者 佐藤花子（31歳）
            if headed and rest in self._names.surnames:
                return  # 男性 谷口氏
            if headed or (len(rest) >= _SHORTEST and self._names.surely(rest)):  # 面談 佐藤花子様
                start, name = start + len(first) + 1, rest
            elif self._names.is_body(first) or first.endswith(tuple(self._names.titles)):
                return  # 湘南情報サービス 渡辺様
        known = self._reader.label(name).role or self._reader.knows(name)
        if (end - start <= _LONGEST or " " in name or "・" in name) and not known and not self._names.is_body(name):
            yield named(i, start, name, WEIGHT)

    def _sentence(self, text: str) -> int:
        """How many letters before a name are the sentence's: particles, and what the person is called in it."""
        particle = adjoined.PARTICLE.match(text)
        start = particle.end() if particle else 0
        for end in range(len(text) - 2, start + 1, -1):
            word = text[start:end].strip()
            if len(word) >= 2 and self._reader.knows(word) and self._reader.label(word).role == "name":
                return end + len(next((link for link in _LINKS if text.startswith(link, end)), ""))
        start += text[start : start + 1] == "の"
        after = adjoined.AFTER_KANA.search(text, start) or adjoined.AFTER_LINK.search(text, start)
        return after.start("name") if after else start

    def _belongs(self, name: str) -> int:
        """How many letters before a name say where somebody belongs: "組の佐藤 花子"."""
        head, link, rest = name.partition("の")
        return len(head) + 1 if link and len(rest) >= _SHORTEST and head.endswith(self._groups) else 0

    def official(self, line: str, start: int, end: int) -> bool:
        """Whether an office or a title is beside the name; who writes a line (主事: …) is not whom it is about."""
        before = line[:start].rstrip()
        if before.endswith(":") and not self._desk.search(before):
            return self._offices.holder(line[start:], 0, end - start)
        return self._offices.holder(line, start, end)


def _anybody(_: re.Match[str]) -> bool:
    return True
