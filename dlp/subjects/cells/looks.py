"""What the cells of a column look like: shares of a sample of them, each told when it is asked for.

A column whose header says what it is, is asked little; one without a header, one kind after another until one holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property

from dlp.detect import checks, dates
from dlp.extract.plain.normalize import MISSING
from dlp.subjects.cells import cohort, values
from dlp.subjects.cells.anywhere import Told
from dlp.subjects.cells.values import CLASS, Names, clean

_TOLD_PHONE = re.compile(r"(?<![\d-])0(?:[5789]0-?\d{4}-?\d{4}|\d{1,4}-\d{1,4}-\d{4})(?![\d-])")
#: A telephone and a remark behind it: "0463-… 午前のみ".
_LED_PHONE = re.compile(r"0(?:[5789]0-?\d{4}-?\d{4}|\d{1,4}-\d{1,4}-\d{4})(?: ?[^\d\s-][^\d]{0,20})?")
_NAME_AND_PHONE = re.compile(rf"(?:{CLASS}| )+0\d{{1,4}}-\d{{1,4}}-\d{{4}}(?!\d)")
_WORD = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ' .-]{1,30}")
_APART = re.compile(r"[\s-]")
_HALF = re.compile(rf"{CLASS}{{1,5}}")
_KANA = re.compile(r"[ァ-ヺー・ｦ-ﾟ]{2,12}(?:[ 　]+[ァ-ヺー・]{1,12}){0,4}|[ぁ-ゖー]{2,8}[ 　]+[ぁ-ゖー]{1,8}")
_POSTAL = re.compile(r"〒?\s*\d{3}-\d{4}")
_DATE = re.compile(
    r"(?:(?:明治|大正|昭和|平成|令和|[MTSHR明大昭平令])\s*(?:\d{1,2}|元)|(?:18|19|20)\d\d)\s*[-/.年・]\s*\d{1,2}\s*[-/.月・]\s*\d{1,2}日?(?:生)?(?:[ T].*)?"
    r"|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
    rf"|{dates.NAMED}|{dates.FIGURES}|{dates.KANJI}"
)
_YEAR = re.compile(
    r"(?:(?:明治|大正|昭和|平成|令和|[MTSHR明大昭平令])\s*(?:\d{1,2}|元)|(?:18|19|20)\d\d)\s*年?(?:生まれ|生|度)?"
)
_AGE = re.compile(r"満? ?\d{1,3} ?[歳才]")
_LONG = 10
_SOME = 3  # days, at least
_OLDEST, _OLD = 115, 95  # years after which nobody born on a day lives, and after which few do
_CODED = 7  # letters of a day by the code of its era
_SEX = frozenset(["男", "女", "男性", "女性", "男児", "女児", "M", "F", "m", "f", "male", "female"])
_SEX_CODES = ("1", "2")
_FIGURES = re.compile(r"[\d,.\s%円-]+")
_FIGURED = "+(-,.%円〒明大昭平令MTSHRJFASOND"  # what begins a cell of figures, but a figure
_PLACED = re.compile(r"\d{1,3}-\d{1,3}")
_LOCAL = re.compile(r"[2-9]\d{0,3}-\d{4}")
_MOBILE = re.compile(r"0?[789]0\d{8}")
#: Checks by the role of what passes them. One in ten passes by chance, eight of eight do not.
_PASSES = {"resident_code": checks.resident_code, "licence": checks.licence, "card": checks.card}
_CHECKED, _DISTINCT = 8, 0.9
_TIME = re.compile(r"[T ]\d{1,2}:|生")  # what follows a day


class Look:
    """Shares (0–1) of a column's non-blank sample cells that look like a kind; `n` is the sample's size."""

    def __init__(self, cells: Sequence[str], names: Names) -> None:
        """Of `cells` as they are, none of them null."""
        self._cells, self._names = cells, names

    @cached_property
    def some(self) -> bool:
        """Whether any cell says anything."""
        return any(map(clean, self._cells))

    @cached_property
    def n(self) -> int:
        """How many cells say anything."""
        return len(self._sample)

    @cached_property
    def shape(self) -> float:
        """Letters a name may be written in, no more."""
        return self.share(self._shaped)

    @cached_property
    def name(self) -> float:
        """Mean likelihood of being a Japanese full name."""
        names, told = self._names, self._bodied
        likely = {text: 0.0 if text.isascii() else names.likelihood(text, told) for text in self._times}
        return sum(likely[text] for text in self._sample) / self.n if self.n else 0.0

    @cached_property
    def goods(self) -> float:
        """Goods that are called by a surname: 佐藤ボルト."""
        names = self._names
        return self.share(lambda text: names.likelihood(text, self._bodied) == names.books.weights.name_goods)

    @cached_property
    def lost(self) -> float:
        """No letter but such as could not be written: half-width katakana in a code without any."""
        return self.share(lambda text: MISSING in text and not text.replace(" ", "").strip(MISSING))

    @cached_property
    def latin(self) -> float:
        """Words in Latin letters."""
        return self.share(lambda text: text[0] <= "ÿ" and values.LATIN.fullmatch(text))

    @cached_property
    def word_shape(self) -> float:
        """One word in letters of names, short enough for a surname or a given name."""
        return self.share(lambda text: len(text) <= 5 and not text.isascii() and _HALF.fullmatch(text))

    @cached_property
    def word(self) -> float:
        """One word of letters, as a surname in a column of its own."""
        return self.share(lambda text: text[0] <= "ÿ" and _WORD.fullmatch(text))

    @cached_property
    def kana(self) -> float:
        """Readings."""
        return self.share(lambda text: not text.isascii() and _KANA.fullmatch(text))

    @cached_property
    def faculty(self) -> float:
        """… or a school its teachers."""
        return self.share(lambda text: "@" in text and self._names.books.patterns.faculty.search(text))

    @cached_property
    def email(self) -> float:
        """Mail addresses."""
        return self.share(lambda text: "@" in text and text[0] <= "ÿ" and values.EMAIL.fullmatch(text))

    @cached_property
    def colleague(self) -> float:
        """Mail addresses that the office gives its staff."""
        return self.share(lambda text: "@" in text and self._names.books.patterns.colleague.search(text))

    @cached_property
    def phone(self) -> float:
        """Telephones."""
        return self.share(lambda text: _figured(text) and values.PHONE.fullmatch(text))

    @cached_property
    def local(self) -> float:
        """Telephones as they are dialled within a town: four figures behind each dash, as lots hardly have."""
        return self.share(_LOCAL.fullmatch)

    @cached_property
    def placed(self) -> float:
        """Two figures and nothing else: a lot, or a class and a number in it, a lane, a score."""
        return self.share(_PLACED.fullmatch)

    @cached_property
    def mobile(self) -> float:
        """Telephones that are carried about."""
        return self.share(lambda text: _signed(text) and _MOBILE.match(_APART.sub("", text)))

    @cached_property
    def postal(self) -> float:
        """Postal codes."""
        return self.share(lambda text: _figured(text) and _POSTAL.fullmatch(text))

    @cached_property
    def told(self) -> bool:
        """Whether any cell has figures, or words of care, in it."""
        return self.care > 0 or any(any(map(str.isdigit, text)) for text in self._times)

    @cached_property
    def aged(self) -> float:
        """Ages that say so: 48歳."""
        return self.share(lambda text: text[-1] in "歳才" and _AGE.fullmatch(text))

    @cached_property
    def date(self) -> float:
        """Days."""
        return self.share(_dated)

    @cached_property
    def year(self) -> float:
        """Years and nothing of a day: 1956年生まれ."""
        return self.share(lambda text: _figured(text) and _YEAR.fullmatch(text))

    @cached_property
    def era_coded(self) -> float:
        """Days as systems code them, the era by a figure or a letter: 3550401."""
        return self.share(lambda text: len(text) == _CODED and checks.coded_date(text))

    @cached_property
    def years(self) -> int:
        """Spread of the years in it."""
        found = (_born(text) for text in self._times if _dated(text))
        years = [born.year for born in found if born]
        return max(years) - min(years) if years else 0

    @cached_property
    def bygone(self) -> bool:
        """Whether all its days are so long ago that nobody born on them lives."""
        oldest, told, days = date.today().year - _OLDEST, 0, 0  # noqa: DTZ011  as `checks.birth_date`
        for text in self._times:
            if _dated(text):
                day = _born(text)  # None: more than any birth's years ago
                if day and day.year > oldest:
                    return False
                told, days = told + (day is not None), days + 1
        return told > 0 and days >= _SOME

    @cached_property
    def alive(self) -> bool:
        """Whether most of its days are such as people who live were born on."""
        days = [day for text in self._times if _dated(text) and (day := _born(text))]
        return sum(day.year > date.today().year - _OLD for day in days) * 2 > len(days)  # noqa: DTZ011  as above

    @cached_property
    def cohort(self) -> bool:
        """Births of people of one age."""
        return cohort.born(self._sample)

    @cached_property
    def address(self) -> float:
        """Addresses, and nothing that is a name and a telephone."""
        return self.share(
            lambda text: not text.isascii() and values.addressed(text) and not _NAME_AND_PHONE.match(text)
        )

    @cached_property
    def kind_of_animal(self) -> float:
        """Words for what animal somebody has."""
        return self.share(lambda cell: cell.endswith(self._names.books.animals))

    @cached_property
    def animal(self) -> float:
        """Words for an animal's sex."""
        return self.share(self._names.books.animal_sexes.__contains__)

    @cached_property
    def sex(self) -> float:
        """Words for a sex."""
        return self.share(_SEX.__contains__)

    @cached_property
    def coded(self) -> float:
        """1 or 2, as a sex is in systems."""
        return self.share(_SEX_CODES.__contains__)

    @cached_property
    def org(self) -> float:
        """Companies, clubs, offices, facilities."""
        return self.share(self._bodied)

    @cached_property
    def incorporated(self) -> float:
        """Companies and the like by their form: 株式会社."""
        return self.share(self._names.books.patterns.incorporated.search)

    @cached_property
    def twelve(self) -> float:
        """Twelve digits."""
        return self.share(_twelve)

    @cached_property
    def numbered(self) -> float:
        """Ten figures and more, whatever stands about them: 第452910602380号."""
        return self.share(lambda text: sum(map(str.isdigit, text)) >= _LONG)

    @cached_property
    def lettered(self) -> float:
        """Letters that no code has: 神奈川県知事(3)第12345号."""
        return self.share(lambda text: not text.isascii())

    @cached_property
    def individual(self) -> float:
        """Twelve digits with 個人番号's check digit."""
        return self.share(lambda text: (bare := _twelve(text)) and checks.individual_number(bare))

    @cached_property
    def checked(self) -> str:
        """Role of the other numbers with a check digit that all cells are but one, which may be a heading that nobody
        knows; "" for none, and where many stand there twice."""
        if self.n < _CHECKED or self.distinct < _DISTINCT:
            return ""
        bare = [_APART.sub("", text) for text in self._times]
        least = max(_CHECKED, len(bare) - 1)
        return next((role for role, passes in _PASSES.items() if sum(map(passes, bare)) >= least), "")

    @cached_property
    def figures(self) -> float:
        """Only digits and separators."""
        return self.share(lambda text: _figured(text) and _FIGURES.fullmatch(text))

    @cached_property
    def level(self) -> float:
        """One digit, as levels are written."""
        return self.share(lambda text: len(text) == 1 and text.isdigit())

    @cached_property
    def distinct(self) -> float:
        """Different cells."""
        return len(self._times) / self.n if self.n else 0.0

    @cached_property
    def varied(self) -> bool:
        """Whether more is said than one thing all the way down, perhaps under a heading."""
        return len(self._times) > 1 + (max(self._times.values(), default=0) == self.n - 1)

    @cached_property
    def ended(self) -> float:
        """The share of cells that end in the same letter, whichever it is: …の墓, …橋."""
        ends = Counter(text[-1] for text in self._times)
        return max(ends.values(), default=0) / max(1, len(self._times))

    @cached_property
    def care(self) -> float:
        """Care levels and certificates of disability, in notes as well."""
        is_care = self._names.cares.among(self._times)
        return self.share(lambda text: not text.isascii() and is_care(text))

    @cached_property
    def broken(self) -> float:
        """What ails machines, not people."""
        return self.share(self._names.books.patterns.broken.search)

    @cached_property
    def told_phone(self) -> float:
        """A telephone among other words."""
        return self.share(lambda text: "0" in text and _TOLD_PHONE.search(text))

    @cached_property
    def led_phone(self) -> float:
        """A telephone, or one with a remark behind it."""
        return self.share(lambda text: "0" in text and _LED_PHONE.fullmatch(text))

    @cached_property
    def title(self) -> float:
        """Words of offices: 課長, 主査."""
        return self.share(self._names.titles.__contains__)

    @cached_property
    def titled(self) -> float:
        """Somebody's office, then his name: 理事長 佐藤 花子."""
        titles = self._names.titles
        return self.share(lambda text: " " in text and text.partition(" ")[0] in titles)

    @cached_property
    def _sample(self) -> list[str]:
        return list(filter(None, map(clean, self._cells)))

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter(self._sample)

    @cached_property
    def _bodied(self) -> Told:
        return self._names.bodies.among(self._times)

    def _shaped(self, text: str) -> bool:
        names = self._names
        return not "0" <= text[0] <= "9" and names.shaped(names.without_honorific(text), self._bodied)

    def share(self, is_so: Callable[[str], object]) -> float:
        """Of the cells that are so."""
        held = sum(times for text, times in self._times.items() if is_so(text))
        return held / self.n if held else 0.0


def _figured(text: str) -> bool:
    """Whether a cell begins as those of figures do."""
    return text[0].isdigit() or text[0] in _FIGURED


def _signed(text: str) -> bool:
    return text[0] == "-" or text[0].isdigit()


def _twelve(text: str) -> str:
    """The twelve digits that a cell is."""
    bare = _APART.sub("", text) if len(text) >= 12 and _signed(text) else ""
    return bare if len(bare) == 12 and bare.isdigit() else ""


def _dated(text: str) -> bool:
    return _figured(text) and (
        _DATE.fullmatch(text) is not None or (len(text) == _CODED and checks.coded_date(text) is not None)
    )


def _born(text: str) -> date | None:
    return checks.birth_date(_TIME.split(text, 1)[0]) or checks.coded_date(text)
