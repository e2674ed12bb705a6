"""Which row of a table names its columns, and what each name says: role and group.

A group is what stands before the role: "保護者氏名" is a name of group "保護者", "氏名2" of group "2".
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from dlp.detect.headers import PERSONAL, header_note, normalise_header
from dlp.native.text import Words
from dlp.subjects.books import Books
from dlp.subjects.plan import counting, posts, together, upright
from dlp.subjects.words import ranges

type Row = Sequence[str | None]

#: What a note makes of a name: "氏名（姓）".
_HALVES = {"姓": "surname", "氏": "surname", "苗字": "surname", "名": "given", "名前": "given"}
_WHOLE = frozenset(("cn", "shimei", "simei", "namae", "onamae", "shimeikanji", "nameinfull"))  # of nobody said here
SPOKEN_NAME = ("シメイ", "しめい")  # a reading, or a name where its cells are in kanji
NAMED, READINGS = ("name", "surname", "given"), ("kana", "surname_kana", "given_kana")
#: Roles of words that may only qualify the one before.
_SHARED = ("address", "phone", "email", "postal_code")
_WEAK = frozenset(("", "item", "id", "note", "count"))
#: A person counted in a row, and what is said of him: 世帯員1氏名, 児童2生年月日.
_HOUSE = ("番地", "丁目", "号室", "番", "号")
_FIGURES = re.compile(f"[{ranges(''.join(filter(str.isdigit, map(chr, range(sys.maxunicode + 1)))))}]")
_CLOSING = (")", "）")
_COUNTED = re.compile(r"^(\D{1,6}\d{1,2}|第\d{1,2}\D{1,4})(?:人目)?の?(\D{2,8})$")
#: Roles a suffix may show; single characters are too short to be a suffix.
_MIN_SUFFIX = 2
_MAX_PREFIX = 10
#: What no heading over other headings says.
_NO_GROUP = frozenset(("note", "count", "amount"))
_TITLED = 3  # cells in the row of a title at most: 名簿 | 令和8年度 | 取扱注意
_ALL = 4  # cells of one that may say all by itself, at least
_POSTS = 2  # headings of posts by which a row of headings is known
_FEW = 3  # cells of a row of headings that need not all be known
_SCAN = 40  # rows in which a header is looked for
#: Syllables of Japanese in Latin letters.
_ROMAJI = re.compile(r"(?:(?:[kgsztdnhbpmyrwfj]|sh|ch|ts|[kgnhbpmr]y)?[aeiou]|n|k(?=k)|s(?=s)|t(?=[tc])|p(?=p)){3,}")
#: Header words in kana alone, and their small letters: systems that print half-width kana have them large, or small.
_KANA = re.compile("[ぁ-ゖァ-ヺー]+")
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_INDEX = re.compile(r"^[①-⑳]|[①-⑳]$|^第?\d{1,2}(?=\D)|(?<=\D)\d{1,2}$")
#: What may stand about a name beside a label.
_BRACKETS = " 　()（）[]［］【】<>＜＞「」・:："
#: How a clause or a sentence looks: no header cell.
_ASKED = re.compile(r"^(?:\D{0,3}\d{1,2}[.．、:：)） ]*)?(.{1,24}?)(?:を|は|について|に関して)(?=[^の]{2,30}$)")
#: A heading that says of names that their ages are behind them, and what parts its words.
_AGED, _ALSO = re.compile(r"[・/／、,].*(?:年齢|歳|才|性別)"), re.compile(r"[・/／、,]")
_BODILY = frozenset(("age", "sex"))
#: What is said of somebody whom a heading names by what he is.
_HIS = PERSONAL - {*NAMED, *READINGS, "sensitive", "relationship"}
_ONE_AGE = re.compile(r"\s*\d{1,3}\s*[歳才]\s*")  # 59歳 is no heading, as 5～9歳 is
_SENTENCE = re.compile(r"[。！？!?]|です|ます|ください|こと$")


#: Letters of a header word in Latin letters (age, tel, yen), and of what may stand right before it.
_SHORT, _BEGUN = 3, 4


def _in_one(text: str, key: str, group: str) -> bool:
    """Whether a word of Latin letters only ends as a short header word does: Nguyen, Patel, David, page; home_tel, homeTel
    and hometel are two words."""
    short = len(group) < _BEGUN and len(key) - len(group) <= _SHORT and key.isascii()
    return short and text.isalpha() and (text.islower() or text.isupper() or text.istitle())


@dataclass(frozen=True, slots=True)
class Label:
    """What a header cell says."""

    text: str  # normalised header text, group included
    role: str  # a word of Ruleset.headers' values; "" unknown
    group: str = ""  # what stands before the role, or an index
    beside: tuple[str, ...] = ()  # roles of what else its cells hold: 氏名・生年月日


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: its last row (-1: none) and one label a column."""

    row: int
    labels: tuple[Label, ...]
    known: int  # how many labels have a role


_HOUSE_NUMBER = re.compile(r"\d[-－]\d")
_TOLD = frozenset(("date", "age", "phone", "email", "postal"))
#: A word and a column's number or letter behind it: 項目2, unnamed3, 列A.
_NUMBERED = re.compile(r"([^\W\d_]+?)(?:\d{1,3}|(?<![a-z])[a-z]{1,2})")


class Reader:
    """Reads header cells by the ruleset's header words. `likelihood`: how much a word is somebody's name, by books."""

    def __init__(
        self, headers: Mapping[str, str], books: Books, likelihood: Callable[[str], float] = lambda _: 0.0
    ) -> None:
        self._headers, self.likelihood = headers, likelihood
        self.words = Words(headers)
        self.books, self._weights = books, books.weights
        self._spoken = {_spoken(word): word for word in headers if _KANA.fullmatch(word) and len(word) > 1}
        self._tails = frozenset(word[-_MIN_SUFFIX:] for word in headers)
        self._ends = self._tails | {blank + word[-1] for word in headers for blank in " \u3000"}  # 氏　名
        self._bodies = books.practices.union(books.office_prefixes)
        self._kana_hint = re.compile("|".join(re.escape(hint.lower()) for hint in books.kana_hints) or "(?!)")
        self.label = lru_cache(4096)(self._label)
        self._kind = lru_cache(4096)(
            lambda cell: upright.kind(cell, likelihood)
        )  # of a table's first rows, again and again

    def _label(self, text: str) -> Label:
        """Role and group of one header cell."""
        if len(text) > 40 or _SENTENCE.search(text) or _ONE_AGE.fullmatch(text):
            return Label("", "")
        key, note = normalise_header(text), header_note(text)
        if not key or self._numbers(key):
            return Label("", "")
        if key not in self._headers and (leading := together.leading(text, self._headers)):
            return self.label(leading)
        if _AGED.search(text) and (named := self._aged(text, key)):
            return named
        if _KANA.fullmatch(key) and key not in self._headers:
            key = self._spoken.get(_spoken(key), key)
        role, group = self._role(key)
        if role and group and _in_one(text, key, group):
            role, group = "", ""
        if group and role in _BODILY and self._role(group)[0] in _BODILY - {role}:
            role, group = "age", ""  # 年齢・性別 of one person
        if role == "name" and note in _HALVES:
            role = _HALVES[note]
        elif role in _WEAK and key.endswith(self.books.qualifiers):
            role, group = self._qualified(key) or (role, group)
        if key in SPOKEN_NAME:
            return Label(key, "kana")
        hinted = self._kana_hint.search
        if role == "name" and (hinted(note) or hinted(key)):
            role = "kana"
        elif role in ("surname", "given") and (hinted(note) or hinted(key)):
            role += "_kana"
        if note in self.books.wrong_notes and not group:
            group = note  # misspelt, and put right in another column
        if role in _SHARED and not group and note in self.books.office_prefixes:
            group = note  # 電話（勤務先）
        of_him = self._role(note)[0] if note and role == "name" and not key.endswith(self.books.name_ends) else ""
        graded = of_him == "sensitive" and any(word in note for word in self.books.levels)
        if of_him in _HIS or of_him == "name" or graded:
            role, group, key = of_him, group or key, key + note  # 児童（携帯）, as 児童携帯
        elif note and role in ("phone", "address") and self._role(note) == ("name", ""):
            role, group = "name", group or key  # 緊急連絡先（氏名）
        elif note and role == "phone" and self._role(note)[0] in _HIS - frozenset(_SHARED):
            role, group, key = self._role(note)[0], group or key, key + note  # 第1連絡先（性別）
        if not role and note:
            role, group = self._role(note)
            role = "" if role == "official" else role  # 設置者（管理者）: those who keep what is their own, too
            group = _counted(key) if role else ""
            key += note if role == "title" else ""  # 兄（職業）
        if role == "" and hinted(key):
            role, group = self._read(_strip(key, self.books.kana_hints))
        elif role == "kana" and group:
            role, group = self._read(group)
        if role in READINGS and self._of_no_person(key):
            role = "note"
        return Label(key, role, group)

    def _numbers(self, key: str) -> bool:
        """Whether a heading says no more than which column it is: 項目2."""
        number = _NUMBERED.fullmatch(key)
        return number is not None and number[1] in self.books.unnamed

    def _aged(self, text: str, key: str) -> Label | None:
        """The label of a heading of names with ages behind them: 氏名・年齢, 訪問先（氏名・年齢）."""
        for said in (text, header_note(text, apart=True)):
            words = [normalise_header(word) for word in _ALSO.split(said)]
            roles = [self._role(word) for word in words if word]
            if len(roles) > 1 and roles[0][0] == "name" and all(role in ("age", "sex") for role, _ in roles[1:]):
                return Label(key, "name", roles[0][1])
        return None

    def _read(self, what: str) -> tuple[str, str]:
        """Role and group of a reading: that of a part of a name (Given Name Yomi), or of the name of somebody."""
        part = self._headers.get(what, "")
        return (f"{part}_kana", "") if part in ("surname", "given") else ("kana", what)

    def _of_no_person(self, key: str) -> bool:
        """Whether a reading is that of a thing: 施設名カナ, 市区町村名カナ."""
        read = _strip(key, self.books.kana_hints)
        known = self._headers.get(read) or self._headers.get(read + "名") or ""
        return read != key and bool(known) and known not in (*NAMED, *READINGS, "official")

    def _qualified(self, key: str) -> tuple[str, str] | None:
        """What "性別区分", "生年月日コード" are about: the word before."""
        bare = key
        for end in self.books.qualifiers:
            bare = bare.removesuffix(end)
        role, group = self._role(bare) if len(bare) >= 2 else ("", "")
        return (role, group) if role in PERSONAL and role not in (*NAMED, *READINGS) else None  # 会員区分 names nobody

    def knows(self, key: str) -> bool:
        """Whether a normalised word is itself a header word, not only its end."""
        return key in self._headers

    def may_head(self, row: Row) -> bool:
        """Whether two cells of a row end as header words do, or in brackets: a cheap sign of a header."""
        return len([1 for cell in row if cell and (cell[-_MIN_SUFFIX:] in self._ends or cell[-1] in _CLOSING)]) > 1

    def calls(self, word: str) -> bool:
        """Whether a word is somebody's name by the books of names, and no word for who somebody is (登記名義人)."""
        bare = word.strip(_BRACKETS)
        return self.likelihood(bare) >= self._weights.name_given and not self.label(bare).role

    def _is_called(self, key: str) -> bool:
        """Whether a word is surely somebody's name by the books of names, or a given name (絵里子)."""
        alone = len(key) == _MIN_SUFFIX + 1
        return self.likelihood(key) >= (self._weights.name_given if alone else self._weights.name_sure)

    def _role(self, key: str) -> tuple[str, str]:
        if key in self._headers:
            return self._headers[key], self._own_group(key, self._headers[key])
        bare = _INDEX.sub("", unicodedata.normalize("NFKC", key) if len(key) > 1 else key)
        index = "".join(re.findall(r"\d+", key)) if bare != key else ""
        if bare in self._headers and (len(bare) > 1 or bare == key):
            return self._headers[bare], self._own_group(bare, self._headers[bare]) + index
        counted = _COUNTED.match(bare)
        if counted and (known := self._headers.get(counted[2])) in PERSONAL and not counted[2].startswith(_HOUSE):
            return known, counted[1]
        ends = min(_MAX_PREFIX, len(bare) - _MIN_SUFFIX) if bare[-_MIN_SUFFIX:] in self._tails else 0
        for start in range(1, ends + 1):  # the longest known suffix
            rest = bare[start:].lstrip("の")
            if bare[start - 1].isdigit():
                break  # an address ends in 番地, too
            if len(rest) == _MIN_SUFFIX and _ROMAJI.fullmatch(bare):
                break  # a person called "MIZUNO Kano" is no number
            if len(rest) == _MIN_SUFFIX and self._headers.get(rest) == "name" and self._is_called(key):
                break  # 佐藤絵里子 is no 里子
            if len(rest) >= _MIN_SUFFIX and rest in self._headers:
                return self._headers[rest], bare[:start].rstrip("の") + index
        if bare[:-1] and bare[-1] in "姓氏名" and self._headers.get(bare[:-1]) == "name":
            return {"姓": "surname", "氏": "surname", "名": "given"}[bare[-1]], bare[:-1]
        return "", ""

    def _own_group(self, key: str, role: str) -> str:
        """The person a known header word itself names: "児童氏名" -> "児童", "氏名" -> ""."""
        if role == "name":
            if key in _WHOLE:
                return ""
            if key.startswith(self.books.alias_groups):
                return _strip_end(key, self.books.name_ends)  # 名義人: no 義人 whom 名 stands before
            return _strip(key, (*self.books.name_ends, *self.books.latin_hints, "漢字"))
        if role == "kana":
            return _strip(_strip(key, self.books.kana_hints), self.books.name_ends)
        for start in range(len(key) - 2, 1, -1):  # "緊急連絡先電話番号" is known itself, and "電話番号" too
            if self._headers.get(key[start:]) == role:
                return key[:start]
        return ""

    def find(self, rows: Sequence[Row], width: int) -> Header | None:
        """The header among the first rows, if there is one; two-row headers are read together."""
        best, best_score = -1, 0.0
        columns = self.columns(rows[:_SCAN])
        for i, row in enumerate(rows[:_SCAN]):
            if best >= 0 and self._at_most(row) <= best_score + 0.5:
                continue
            score = self.score(row)
            if score > best_score + 0.5 * (best >= 0) and not columns.is_data(row):
                best, best_score = i, score
        if best < 0 and not (rows and posts.heads(rows, self.label, self.calls, looks_like_value, self.books)):
            return None
        best = max(best, 0)
        top, bottom = self._span(rows, best)
        labels = self._labels(rows[top : bottom + 1], width)
        return Header(bottom, labels, sum(1 for label in labels if label.role))

    def tells(self, row: Row) -> bool:
        """Whether a row says what no heading does: a day, an age, a telephone, a mail address, a postal code, a house."""
        kinds = [(self._kind(cell), cell) for cell in row if cell]
        return any(kind in _TOLD or (kind == "address" and _HOUSE_NUMBER.search(cell)) for kind, cell in kinds)

    def columns(self, rows: Sequence[Row]) -> upright.Columns:
        """What the columns of `rows` are made of, by which a row says that it heads nothing."""
        return upright.Columns(rows, self._kind, self._heads)

    def stands(self, rows: Sequence[Row]) -> bool:
        """Whether rows are surely those of a list that stands upright, whatever headings are among their cells."""
        return upright.stands(rows, self._kind, lambda cell: self.label(cell).role)

    def _heads(self, cell: str) -> bool:
        return self.label(cell).role != "" or self._numbers(normalise_header(cell))

    def _at_most(self, row: Row) -> float:
        """What `score` gives a row of few cells at most, were each a header word."""
        cells, weights = len(row) - row.count(None), self._weights
        whole = cells * (max(1.0, weights.header_ending) + 0.1)
        return max(whole, weights.header_alone) if cells < counting.DAYS else math.inf

    def score(self, row: Row) -> float:
        """How much a row looks like a header: 0 when not at all."""
        # Once each: lists side by side have the same headings, and 駅前支店 in every cell is no row of headings.
        cells = list(dict.fromkeys(cell for cell in row if cell and cell.strip()))
        if not cells:
            return 0.0
        labels = [self.label(cell) for cell in cells]
        weights = self._weights
        said = {label.text for label in labels if label.role}
        known = sum(1.0 if text in self._headers else weights.header_ending for text in said)
        held = sum(not label.role and self._of_post(label.text) for label in labels)
        known += weights.header_ending * held
        sure = sum(1 for label in labels if label.role and label.text not in self.books.also_values)
        if sure and any(label.role == "official" for label in labels):
            # 医療機関 | 担当医師名 | 所在地: beside somebody in his function, where he has it
            known += weights.header_ending * sum(not label.role and label.text in self._bodies for label in labels)
        if sure == 0 and held < _POSTS:
            return 0.0
        likely = [cell for cell, label in zip(cells, labels, strict=True) if not label.role and looks_like_value(cell)]
        numbering = sum(self._numbers(normalise_header(cell)) for cell in likely)
        known += weights.header_ending * numbering
        values = len(likely) - numbering
        if len(cells) >= counting.DAYS and counting.counts_on(cells):
            values -= sum(map(looks_like_value, cells))  # the days of a month are no values
        if values > weights.header_values * len(cells) + 0.01:
            return 0.0
        if len(cells) == 1:
            return weights.header_alone if labels[0].role in ("name", "kana", "individual_number") else 0.0
        if known < weights.header_least and not (len(cells) <= _FEW and self._says_one(labels)):
            return 0.0
        return 0.0 if known < min(2.0, weights.header_share * len(cells)) else known + 0.1 * len(cells) - values

    def _of_post(self, text: str) -> bool:
        """Whether a cell is a post, as headings over those who hold it are: 自治会 | 会長 | 副会長 | 会計."""
        return posts.is_post(text, self.books) and not self.calls(text)

    def _says_one(self, labels: Sequence[Label]) -> bool:
        """Whether the first of few cells has a role, or another is what is said of a person: 会員 | 歳."""
        return bool(labels[0].role) or any(
            label.role in PERSONAL
            and label.role not in (*NAMED, "sensitive", "address")
            and label.text in self._headers
            for label in labels
        )

    def _span(self, rows: Sequence[Row], best: int) -> tuple[int, int]:
        """First and last row of the header around its best row."""
        top = bottom = best
        if best + 1 < len(rows) and self._continues(rows[best], rows[best + 1]):
            bottom = best + 1
        elif best > 0 and self._continues(rows[best - 1], rows[best]) and _cells(rows[best - 1]) > 1:
            top = best - (not self._needs_none(rows[best - 1], rows[best]))
        return top, bottom

    def _continues(self, upper: Row, lower: Row) -> bool:
        """Whether `lower` refines the headings of `upper`."""
        if any(cell and looks_like_value(cell) for cell in (*upper, *lower)):
            return False
        cells = [cell for cell in lower if cell and cell.strip()]
        if not cells or not _cells(upper):
            return False
        if any(self.label(cell).role == "surname" for cell in cells) and self._halves(upper, lower):
            return True
        known = sum(1 for cell in cells if self.label(cell).role or normalise_header(cell) in self.books.date_words)
        least = self._weights.header_parts * len(cells)
        if known < least or all(self.label(cell).text in self.books.also_values for cell in cells):
            return False
        # Merged cells: where one row has a heading over several columns, the others are empty.
        return any(not (a and a.strip()) and b and b.strip() for a, b in zip(upper, lower, strict=False))

    def _needs_none(self, upper: Row, lower: Row) -> bool:
        """Whether `lower` says all by itself, each column by another heading, and above it stands a field (町内会名 | 桜町)
        or the list's title, with a word at the right end of its line: 避難行動要支援者名簿 | 取扱注意."""
        whole = all(cell and cell.strip() for cell in lower) and len(lower) >= _ALL
        texts = [self.label(cell or "").text for cell in lower] if whole else []
        alone = whole and len(set(texts)) == len(texts)
        titled = _cells(upper) <= _TITLED and self.books.patterns.listed_titled.search(_cell(upper, 0)) is not None
        return alone and (titled or bool(_cell(upper, 0) and _cell(upper, 1)))

    def _halves(self, upper: Row, lower: Row) -> bool:
        """Whether a row has 姓 and 名 side by side under one heading of a name, whatever else stands in it (cm, 右)."""
        roles = [self.label(cell or "").role for cell in lower]
        at = next((i for i, pair in enumerate(pairwise(roles)) if pair == ("surname", "given")), -1)
        return at >= 0 and self.label(_cell(upper, at)).role == "name" and not _cell(upper, at + 1)

    def asked(self, cell: str) -> Label:
        """The label of a heading, also of one that asks: "保護者の方のお名前を入力してください。" is a name's."""
        label = self.label(cell)
        asked = _ASKED.match(cell) if not label.text and _SENTENCE.search(cell) else None
        half = header_note(cell) if asked else ""
        return self.label(f"{asked[1]}({half})" if half in _HALVES else asked[1]) if asked else label

    def _heading(self, cell: str) -> Label:
        """The label of a cell of a header, also of one that heads names and more in one cell."""
        label = self.asked(cell)
        if not label.role and label.text and together.of_body(cell, self._role):
            return Label(label.text, "org")
        told = together.named(cell, self._role) if label.role in together.MORE else None
        return Label(label.text, "name", *told) if told else label

    def _labels(self, rows: Sequence[Row], width: int) -> tuple[Label, ...]:
        if len(rows) == 1:
            return tuple(self._heading(_cell(rows[0], i)) for i in range(width))
        upper, lower = rows
        labels, above = [], ""
        for i in range(width):
            own, below = _cell(upper, i), _cell(lower, i)
            own_alone = below and self.label(own).role in _NO_GROUP  # 備考 over a column of its own, pushed aside
            above = (own if not own_alone else above) or (above if below else "")
            if not below:
                labels.append(self._heading(own))
                continue
            labels.append(self._joined(above, below))
        return tuple(labels)

    def _joined(self, above: str, below: str) -> Label:
        """The label of a cell under a heading: 保護者 / 氏名, 生年月日 / 年, 住所 / 番地."""
        label, group = self.label(below), normalise_header(above)
        if not label.role or label.role in _WEAK:  # 被保険者 / 番号 is a known word, cut in two
            whole = self.label(f"{above}{below}")
            if self.knows(whole.text) and whole.role in PERSONAL:
                return whole
        parent = self.label(above)
        if parent.role == "birth_date" and label.text in self.books.date_words:
            return Label(parent.text, "birth_date", parent.group)
        if not label.role:
            return Label(group + label.text, parent.role, parent.group)
        if parent.role == label.role and parent.role != "name":
            return Label(group, label.role, parent.group)
        name_above = parent.role == "name" or not parent.role
        return Label(group + label.text, label.role, group if name_above and group not in ("氏名", "") else label.group)


def looks_like_value(cell: str) -> bool:
    """Whether a cell holds data rather than a heading: digits, an address sign, a sentence."""
    text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
    if len(text) > 30 or "@" in text:
        return True
    figures = 0 if text.isalpha() else len(_FIGURES.findall(text))
    return figures >= 3 or (figures > 0 and figures > 0.5 * len(text))


def _spoken(word: str) -> str:
    """A word in kana however it is written: せいねんがっぴ, セイネンガツピ."""
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in word).translate(_SMALL)


def _counted(key: str) -> str:
    """Somebody with his number behind him: 子1 for 第1子."""
    bare = _INDEX.sub("", key)
    return bare + "".join(re.findall(r"\d+", key)) if bare != key else key


def _cell(row: Row, i: int) -> str:
    return (row[i] or "").strip() if i < len(row) else ""


def _cells(row: Row) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _strip_end(key: str, ends: tuple[str, ...]) -> str:
    for end in ends:
        if key.endswith(end.lower()):
            return key[: -len(end)].rstrip("の")
    return key


def _strip(key: str, ends: tuple[str, ...]) -> str:
    if (bare := _strip_end(key, ends)) != key:
        return bare
    for end in ends:
        if key.startswith(end.lower()):
            return key[len(end) :]
    return key
