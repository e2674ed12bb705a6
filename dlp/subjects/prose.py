"""People in running text: surname and given name together with an attribute on the same line or the next.

A lone surname, a place, a station, an author or the holder of an office is nobody. Lines that all begin with a name
and hold attributes (a list without a delimiter, a page of a PDF) are a list: there, names need no dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from dlp.detect import checks
from dlp.detect.ruleset import Ruleset
from dlp.extract import sieve
from dlp.subjects.facts import DATED, SAID, Fact, Facts, dates
from dlp.subjects.forms import Pair
from dlp.subjects.header import Label, Reader
from dlp.subjects.mask import mask
from dlp.subjects.named import PARTICLES, Named
from dlp.subjects.own import OwnTown
from dlp.subjects.values import CLASS, Names

_ANY = re.compile(r"@|\d|(?:男|女)(?:性|児)?(?:[\s)）、,・/]|$)|[一二三四五六七八九十]丁目")
_SEX = re.compile(r"(?:(?<=[\s(（、,・/])|^)(男|女)(?:性|児)?(?=[\s)）、,・/]|$)")
_LEAD = re.compile(r"^[\s>]*(?:[(（]?\d{1,6}[)）.、:]?\s+|[(（\[]?\d{1,4}[)）\].、:]\s*|[・●○◆■*-]\s*)?")
_TITLED = re.compile(
    rf"^(?P<name>[ァ-ヺー]{{1,12}}(?: [ァ-ヺー]{{1,12}}){{1,4}}(?![^\s,、:(（様さ氏殿])|{CLASS}{{1,5}} {CLASS}{{1,5}}(?![^\s,、:(（様さ氏殿])|{CLASS}{{2,8}})(?=[\s,、:(（]|$)"
)
_HONOURED = re.compile(
    rf"(?P<name>[ァ-ヺー]{{2,12}}(?: [ァ-ヺー]{{1,12}}){{1,4}}|{CLASS}{{1,4}} ?{CLASS}{{1,4}}?) ?(?:様|さん|さま|氏(?!名)|殿|君|くん|ちゃん)"
)
#: What stands before a name in a sentence: "相談者は…".
_PARTICLE = re.compile(r"^.*[はがをにもとやへで](?=[一-鿿㐀-䶿豈-﫿ァ-ヺ]{2})")
#: What says that the figure after it is that of whom the sentence before was about.
_ASKED = re.compile(
    r"(?:電話(?:番号)?|連絡先|携帯|住所|住まい|自宅|メール(?:アドレス)?|生年月日|年齢)(?:は|[:：]|が|、)? ?$"
)
#: Cheap signs that a line speaks of somebody by name.
_ADDRESSED = re.compile(r"さん|様|氏|殿|さま")
_PLACED = re.compile(r"(?:[1-9][0-9]{0,2}|[一二三四五六七八九十]{1,3})(?:丁目|番|-|年|$)|元年|[町村市区県]")
_GIVEN = re.compile(rf" ?(?P<given>{CLASS}{{1,6}})")
_SPREAD = re.compile(rf"(?<!{CLASS})(?:{CLASS} ){{2,5}}{CLASS}(?!{CLASS})")
_OFFICE = re.compile(
    r"(?:課|係|室|局|センター|役所|役場|事務局|株式会社|有限会社|法人|大学|学校|委員会|協会|組合|問い?合わ?せ先?|担当者?|発信者?|作成者?|部|所属)[\s:(（]*$"
)
_STAFF = re.compile(r"問い?合わ?せ|担当[:：課者]|連絡先[:：]|事務局|内線|(?:課|係|役所|役場|株式会社)(?:\s|$)")
#: A line saying where to ask: what it holds is the office's.
_DESK = re.compile(
    r"問い?合わ?せ|申込み?先|提出先|送付先|窓口[:：は]|内線|(?:課|係|役所|役場|事務局|株式会社|センター)(?:[\s:、(（]|$)|(?:会場|場所|開催|主催)[:： はで]"
)
_RULE = re.compile(r"^\s*(?:-- ?|[-=_*━─＊＝~～+#]{5,}.*)$")
_SIGNED = re.compile(
    r"(?:課|係|室|局|部|署|担当)(?=[\s　:：(（/／]|$)|役所|役場|株式会社|有限会社|法人|事務局|センター|Inc\.|Ltd|Dept|City Hall"
)
_REACH = re.compile(r"TEL|電話|Mail|@|FAX|内線|直通", re.IGNORECASE)
_PRIVATE = re.compile(r"氏名|名前|生年月日|性別|年齢|フリガナ|住所[:：]")
_HEADER_LINE = re.compile(r"^[\s>]*(?:From|To|Cc|Bcc|Sent|Reply-To|差出人|宛先|送信者|送信元|CC)\s*:", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d-])\d{4}[ -]?\d{4}[ -]?\d{4}(?![\d-])")
_NUMBER_WORD = re.compile(r"個人番号|マイナンバー|my ?number", re.IGNORECASE)
_APART = re.compile(r"(?<![\d.])(?:\d ?- ?|\d ){8,14}\d(?!\d)")
#: Words before an attribute that goes on about the person of the sentence before.
_CONTINUES = re.compile(r"(?:住所|自宅|携帯|連絡先|電話|番号|生年月日|メール)[^、。]{0,8}$")
_TO = re.compile(rf"^\s*(?P<name>{CLASS}{{1,4}} ?{CLASS}{{1,4}}?) ?(?:様|殿)\s*$")
_LETTER, _LIKELY, _WHOLE = 15, 0.85, 4
#: A name in Latin letters: two or three words, the family name perhaps in capitals.
_WESTERN = re.compile(r"(?<![A-Za-z@.])[A-Z][A-Za-z'-]+,? [A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+)?(?![A-Za-z@])")
_AUTHORED = re.compile(r"author|copyright|license|committer|maintainer|signed-off|\(c\)|©", re.IGNORECASE)
# What native code looks for first (see `sieve`): each matches wherever the pattern it stands for does.
_LEADING = (
    r"^[\s>]*(?:[(（\[]?\d{1,6}[)）\].、:]?\s*|[・●○◆■*-]\s*)?"
    rf"(?:(?:{CLASS}{{2,8}}|{CLASS}{{1,5}} {CLASS}{{1,5}})(?:[\s,、:(（]|$)|{CLASS} {CLASS} {CLASS})"
)
_NAMING = (r"様|さん|さま|氏|殿|君|くん|ちゃん", r"[A-Z][A-Za-z'-]+,? [A-Z]", rf"{CLASS} {CLASS} {CLASS}")
_WORDS_APART = r"^\s*\S+\s+\S"
_NUMBER_AT_ALL = r"\d{4}[ -]?\d{4}[ -]?\d{4}"
_APART_AT_ALL = r"(?:\d ?- ?|\d ){8}\d"
_RULE_AT_ALL = r"^\s*(?:-- ?$|[-=_*━─＊＝~～+#]{5})"
_BIRTHS = 10  # years over which dates are spread that are births
#: A line that ends in a section or an office, and a rank perhaps.
_OFFICE_LINE = re.compile(
    r"(?:[課係室局署]|[^全学]部|センター|役所|役場|事務所|支所|株式会社|有限会社|法人)(?: \S{0,3}(?:長|主査|主任|主事|主幹|参事|技師|担当|補佐))?\s*$"
)
_TOGETHER = ("・", "と", "さんと", "氏と", "様と")
_FAR = 120  # characters between a name and what is said of it, at most
_LIST = 3  # lines of one kind that make a list


def without_signatures(rows: Sequence[str]) -> list[str]:
    """Lines without staff signatures: after a rule, a few lines naming an office and how to reach it."""
    kept = list(rows)
    if not sieve.lines(rows, _RULE_AT_ALL)[0]:
        return kept
    i = 0
    while i < len(kept):
        if _RULE.match(kept[i]):
            end = min(i + 16, len(kept))
            stop = next((j for j in range(i + 1, end) if _RULE.match(kept[j])), end)
            block = kept[i + 1 : stop]
            text = "\n".join(block)
            signed = any(_SIGNED.search(line) for line in block) and _REACH.search(text)
            if signed and len(text) < 500 and not _PRIVATE.search(text):
                kept[i:stop] = [""] * (stop - i)
                i = stop
                continue
        i += 1
    return kept


class May(NamedTuple):
    """Numbers of the lines that may say something, hold a date, address somebody, begin with a name, name somebody by
    honorific, in Latin letters or in letters that stand apart, hold header words or a long number."""

    say: Sequence[int]
    date: Sequence[int]
    address: Sequence[int]
    lead: Sequence[int]
    honour: Sequence[int]
    western: Sequence[int]
    spread: Sequence[int]
    head: Sequence[int]
    number: Sequence[int]


class Ways(NamedTuple):
    """Lines that may name somebody, by the way in which they may."""

    honour: frozenset[int]
    lead: frozenset[int]
    surname: frozenset[int]
    western: frozenset[int]
    all: frozenset[int]


@dataclass(slots=True)
class Found:
    """A name at a place, and what stands near it."""

    line: int
    start: int
    name: str
    likelihood: float
    pairs: list[Pair]


class Prose:
    """Reads lines by one ruleset's names and titles."""

    def __init__(self, ruleset: Ruleset, names: Names, reader: Reader, own: OwnTown) -> None:
        self._ruleset, self._names, self._reader = ruleset, names, reader
        words = ruleset.words
        self._titles = tuple(sorted(words.get("titles", frozenset()), key=len, reverse=True))
        self._searched = "surnames" in words
        self._towns = words.get("towns", frozenset())
        self._own, self._facts = own, Facts(ruleset, own)
        self._named = Named(ruleset, names)

    def read(self, rows: Sequence[str], correspondents: frozenset[str] = frozenset()) -> list[list[Pair]]:
        """One record (label–value pairs) a person."""
        rows = _closed_up(rows)
        may = May(*sieve.lines(rows, SAID, DATED, _ADDRESSED.pattern, _LEADING, *_NAMING, _WORDS_APART, _NUMBER_AT_ALL))
        facts = self._said(rows, may, correspondents)
        records = self._numbers(rows, may.number)
        if not facts:
            return records
        near = _near(rows, facts)
        listed = self._listed(rows, facts, may)
        people = list(listed.values())
        near = [i for i in near if i not in listed]
        ways = self._ways(rows, near, may)
        people += [found for i in near if i in ways.all for found in self._names_in(rows, i, ways)]
        for i in {person.line for person in people} - set(listed):
            known = {(role, value) for _, role, value in facts.get(i, ())}
            more = [fact for fact in self._facts.signed(rows[i]) if fact[1:] not in known]
            if more:
                facts[i] = sorted([*facts.get(i, ()), *more])
        self._share(rows, people, facts, set(listed))
        return records + [person.pairs for person in people if len(person.pairs) > 1]

    # -- attributes

    def _said(self, rows: Sequence[str], may: May, correspondents: frozenset[str]) -> dict[int, list[Fact]]:
        """What each line says, lines that say nothing left out."""
        facts: dict[int, list[Fact]] = {}
        said = self._own.lines(rows).union(may.say)
        for i in sorted(said.union(may.date)):
            if _ANY.search(rows[i]):
                found = self._facts.of(rows[i], correspondents) if i in said else dates(rows[i])
                if found:
                    facts[i] = found
        for i in may.address:
            if i not in facts and _ADDRESSED.search(rows[i]) and (found := self._facts.signed(rows[i])):
                facts[i] = found
        return facts

    def _numbers(self, rows: Sequence[str], where: Sequence[int]) -> list[list[Pair]]:
        """Individual Numbers in running text: by a word near them, or many of them."""
        found: list[tuple[int, str]] = []
        named: list[str] = []
        for i in where:
            line = rows[i]
            for m in _NUMBER.finditer(line):
                value = re.sub(r"[ -]", "", m.group())
                if not checks.individual_number(value):
                    found.append((0, value))
                elif _NUMBER_WORD.search(line) or (i and _NUMBER_WORD.search(rows[i - 1])):
                    named.append(value)
                else:
                    found.append((1, value))
        valid = [value for good, value in found if good]
        if len(valid) >= 5 and len(valid) >= 0.8 * len(found):
            named += valid
        return [[(Label("個人番号", "individual_number"), value)] for value in named]

    # -- names

    def _listed(self, rows: Sequence[str], facts: dict[int, list[Fact]], may: May) -> dict[int, Found]:
        """Names at the beginning of lines that make a list."""
        runs: list[list[Found]] = [[]]
        misses = 0
        heads = self._head_lines(rows, may.head)
        leading = frozenset(may.lead)
        if not heads and not _may_list(rows, facts, leading):
            return {}
        for i, line in enumerate(rows):
            if i in heads or not (runs[-1] or (i in leading and i in facts)):
                continue
            found = self._leading(line, i) if i in leading and line.strip() else None
            if found:
                runs[-1].append(found)
                misses = 0
            elif runs[-1] and line.strip():
                misses += 1
                if misses > 2:
                    runs.append([])
                    misses = 0
        result: dict[int, Found] = {}
        for run in runs:
            carrying = [
                f for f in run if any(role not in ("date", "postal_code") for _, role, _ in facts.get(f.line, ()))
            ]
            days = [v for f in run for _, role, v in facts.get(f.line, ()) if role == "date"]
            head = max((h for h in heads if run and h < run[0].line), default=-1)
            under = head >= 0 and (run[0].line - head <= 3 or len(run) >= _LIST)
            if (_years(days) >= _BIRTHS and len(days) >= _LIST) or (under and "birth_date" in heads[head]):
                # Dates of many years beside names are births.
                for f in run:
                    facts[f.line] = [(s, "birth_date" if r == "date" else r, v) for s, r, v in facts.get(f.line, [])]
                carrying = run
            if under and sum(f.likelihood for f in run) >= 0.3 * len(run):
                result.update({f.line: f for f in run})
            elif len(carrying) >= _LIST and sum(f.likelihood for f in carrying) >= 0.4 * len(carrying):
                result.update({f.line: f for f in run if f.likelihood > 0 or len(run) > 2 * _LIST})
        return result

    def _head_lines(self, rows: Sequence[str], where: Sequence[int]) -> dict[int, set[str]]:
        """Lines of header words between spaces: line -> roles."""
        found: dict[int, set[str]] = {}
        for i in where:
            words = rows[i].split() if len(rows[i]) < 120 else []
            if 2 <= len(words) <= 20 and self._reader.score(words) > 0:
                roles = {self._reader.label(word).role for word in words}
                if roles & {"name", "surname", "kana"} and len(roles) >= 2:
                    found[i] = roles
        return found

    def _leading(self, line: str, i: int) -> Found | None:
        line = _SPREAD.sub(lambda m: m.group().replace(" ", ""), line)
        line = _SEX.sub(lambda m: "," * len(m.group()), line)
        lead = _LEAD.match(line)
        start = lead.end() if lead else 0
        match = _TITLED.match(line[start:])
        if not match:
            return None
        name = match["name"]
        if " " in name:
            first, _, second = name.partition(" ")
            if first not in self._names.surnames and self._reader.knows(first) and self._reader.label(first).role:
                return None  # two header words
            if first.endswith(self._titles) or second.endswith(self._titles):
                return None
            whole = self._names.likelihood(first)
            if len(first) >= 3 and whole >= 0.45 and self._names.likelihood(name) < 0.85:
                name = first
        likelihood = self._names.likelihood(name)
        return Found(i, start, name, likelihood, [_pair("name", name)])

    def _ways(self, rows: Sequence[str], near: Sequence[int], may: May) -> Ways:
        """How lines may name somebody; letters that stand apart may hide any way."""
        spread = frozenset(may.spread)
        honour, lead, western = spread.union(may.honour), spread.union(may.lead), spread.union(may.western)
        surname = spread.union(self._named.lines(rows, near))
        return Ways(honour, lead, surname, western, honour | lead | western | surname)

    def _names_in(self, rows: Sequence[str], i: int, ways: Ways) -> list[Found]:
        """Names in a line of prose: known ones, and those with an honorific."""
        line = _SPREAD.sub(lambda m: m.group().replace(" ", ""), rows[i])
        found: dict[int, Found] = {}
        for m in _HONOURED.finditer(line) if i in ways.honour else ():
            lead = _PARTICLE.match(m["name"])
            start = m.start("name") + (lead.end() if lead else 0)
            name = line[start : m.end("name")]
            likelihood = self._names.likelihood(name)
            if not likelihood:  # words before the name belong to the sentence
                cut = next((k for k in range(1, len(name) - 2) if self._names.surely(name[k:])), 0)
                name, start = name[cut:], start + cut
                likelihood = self._names.likelihood(name) if cut else 0.0
            if " " in name and self._names.surely(name.partition(" ")[2]) and len(name.partition(" ")[2]) >= _WHOLE:
                start, name = start + name.index(" ") + 1, name.partition(" ")[2]  # what he is visited for, and he
            if "の" in name:
                continue
            if likelihood >= (0.55 if " " in name else 0.45) and not self._official(line, start, m.end("name")):
                found[start] = Found(i, start, name, likelihood, [_pair("name", name)])
        leading = self._leading(rows[i], i) if i in ways.lead else None
        if (
            leading
            and leading.likelihood >= 0.85
            and not self._official(line, leading.start, leading.start + len(leading.name))
        ):
            found.setdefault(leading.start, leading)
        taken = {place for f in found.values() for place in range(f.start, f.start + len(f.name))}
        if self._searched and i in ways.surname:
            for start, end in self._ruleset.find_words("surnames", line):
                made = self._after_surname(line, start, end)
                overlaps = made and not taken.isdisjoint(range(start, made[1]))
                if made and not overlaps and not self._official(line, start, made[1]):
                    found[start] = Found(i, start, made[0], 0.8, [_pair("name", made[0])])
        if not found and i in ways.western and not _AUTHORED.search(line):
            found |= self._western(line, i)
        return list(found.values()) if found and not _at_desk(rows[i - 1] if i else "", line) else []

    def _western(self, line: str, i: int) -> dict[int, Found]:
        """Names in Latin letters whose words are known readings."""
        found = {}
        for m in _WESTERN.finditer(line):
            words = m.group().lower().replace(",", "").split()
            if sum(word in self._names.latin for word in words) >= 2:
                found[m.start()] = Found(i, m.start(), m.group(), 0.8, [_pair("latin", m.group())])
        return found

    def _after_surname(self, line: str, start: int, end: int) -> tuple[str, int] | None:
        """Surname and given name beginning at `start`: (text, end)."""
        if start and re.match(CLASS, line[start - 1]) and line[start - 1] not in PARTICLES:
            return None
        given = _GIVEN.match(line, end)
        if not given:
            return None
        run, shift = given["given"], given.start("given")
        for length in range(min(4, len(run)), 0, -1):
            piece = run[:length]
            known = piece in self._names.given or (
                length == len(run) and " " in given.group() and piece[-1] in self._names.endings
            )
            placed = _PLACED.match(line, shift + length) or line[start : shift + length] in self._towns
            if known and not placed and (length >= 2 or length == len(run)) and _closed(run[length:]):
                return line[start : shift + length], shift + length
        return None

    def _official(self, line: str, start: int, end: int) -> bool:
        head, after = line[max(0, start - 30) : start], line[end : end + 12].lstrip(" 　")
        before = head.rstrip(" 　:：・(（").rstrip("にはがの、,")
        return bool(_OFFICE.search(head)) or before.endswith(self._titles) or after.startswith(self._titles)

    # -- nearness

    def _share(
        self, rows: Sequence[str], people: list[Found], facts: dict[int, list[tuple[int, str, str]]], listed: set[int]
    ) -> None:
        """Each attribute to the nearest name: same line first, else the line before, else the next."""
        by_line: dict[int, list[Found]] = {}
        for person in people:
            by_line.setdefault(person.line, []).append(person)
        # Address above name, as on labels, or name above address.
        sides = (1, -1) if by_line and min(by_line) > min(facts) else (-1, 1)
        for i, found in facts.items():
            desk = i not in listed and _DESK.search(rows[i])
            for start, role, value in found:
                if role == "date" or desk:
                    continue
                owner = _nearest(by_line.get(i, []), start, rows[i])
                if owner is None and _CONTINUES.search(rows[i][:start][-14:]):
                    owner = self._spoken_of(by_line, rows, i)
                if owner is None and "。" not in rows[i]:
                    near = [i + j for j in sides if i + j not in listed and i + j in by_line]
                    owner = next((by_line[j][0] for j in near if "。" not in rows[j]), None)
                if owner is not None:
                    owner.pairs.append(_pair(role, value))
        for i, together in by_line.items():
            _share_couples(together, rows[i])

    def addressee(self, rows: Sequence[str]) -> str:
        """The one person a letter is written to: a line "name 様" of its own, early in the text; "" if not one."""
        found = set()
        for row in rows[:_LETTER]:
            match = _TO.match(row)
            if (
                match
                and self._names.likelihood(match["name"]) >= _LIKELY
                and not self._official(row, *match.span("name"))
            ):
                found.add(match["name"])
        return found.pop() if len(found) == 1 else ""

    @staticmethod
    def _spoken_of(by_line: dict[int, list[Found]], rows: Sequence[str], i: int) -> Found | None:
        """The only person of the two lines before a sentence such as "住所は…、電話は…です。"."""
        if i in by_line:
            return by_line[i][0] if len(by_line[i]) == 1 else None
        near = [person for j in (i - 1, i - 2) for person in by_line.get(j, ())]
        return near[0] if len(near) == 1 and "。" in rows[near[0].line] else None

    def mask(self, text: str) -> str:
        """Names in a subject line or file name masked."""
        out = text
        for start, role, value in reversed(self._facts.of(text, frozenset())):
            if role == "address" and text[start : start + len(value)] == value:
                out = out[:start] + mask(value) + out[start + len(value) :]
        text = out
        for start, end in reversed(self._ruleset.find_words("surnames", text) if self._searched else []):
            made = self._after_surname(text, start, end)
            stop = made[1] if made else end
            if made or re.match(r" ?(?:様|さん|氏|殿|君|家|宅)", text[end:]):
                out = out[:start] + mask(text[start:stop], 1) + out[stop:]
        return _HONOURED.sub(lambda m: m.group().replace(m["name"], mask(m["name"], 1)), out)


def _at_desk(before: str, line: str) -> bool:
    """Whether a line is a mail's header, a visiting card or a signature (office, then name), or says whom to ask."""
    if _OFFICE_LINE.search(before) and not _ADDRESSED.search(line):
        return True
    return bool(_HEADER_LINE.match(line) or (_STAFF.search(before) and _STAFF.search(line)))


def _closed_up(rows: Sequence[str]) -> list[str]:
    """Lines whose digits stand apart, with them together."""
    closed = list(rows)
    for i in sieve.lines(rows, _APART_AT_ALL)[0]:
        closed[i] = _APART.sub(lambda m: m.group().replace(" ", ""), rows[i])
    return closed


def _near(rows: Sequence[str], facts: Iterable[int]) -> list[int]:
    """Lines that say something and those next to them; and who is addressed two lines before."""
    beside = {j for i in facts for j in (i - 1, i, i + 1) if 0 <= j < len(rows) and rows[j].strip()}
    above = [i - 2 for i in facts if i > 1 and i - 2 not in beside and _ADDRESSED.search(rows[i - 2])]
    return sorted(beside) + above


def _may_list(rows: Sequence[str], facts: Mapping[int, Sequence[Fact]], leading: frozenset[int]) -> bool:
    """Whether lines that may begin with a name could make a list without header words: some carry an attribute, or
    dates of many years."""
    said = [fact for i in leading if i in facts for fact in facts[i]]
    if sum(1 for _, role, _ in said if role not in ("date", "postal_code")) >= _LIST:
        return True
    return _years([value for _, role, value in said if role == "date"]) >= _BIRTHS


def _share_couples(people: Sequence[Found], line: str) -> None:
    """Of two named together ("佐藤太郎・花子夫妻（…）") the first has the address and telephone of the second."""
    for first, second in pairwise(sorted(people, key=lambda person: person.start)):
        if len(first.pairs) == 1 and line[first.start + len(first.name) : second.start] in _TOGETHER:
            first.pairs += [pair for pair in second.pairs if pair[0].role in ("address", "phone")]


def _pair(role: str, value: str) -> Pair:
    return Label(role, role), value


def _nearest(people: Sequence[Found], start: int, line: str) -> Found | None:
    """The last name before `start`, else the first after it, in the same sentence and not far."""

    own = bool(_ASKED.search(line[max(0, start - 8) : start]))

    def close(person: Found) -> bool:
        low, high = sorted((person.start, start))
        return high - low <= _FAR and ("。" not in line[low:high] or (len(people) == 1 and own))

    near = [p for p in people if close(p)]
    before = [p for p in near if p.start <= start]
    return before[-1] if before else near[0] if near else None


def _closed(rest: str) -> bool:
    """Whether a name may end before `rest`: an honorific, a particle, or nothing."""
    return not rest or bool(
        re.match(r"様|さん|さま|氏|殿|君|くん|ちゃん|夫妻|夫婦|宅|は|が|の|を|に|で|と|も|や|へ|か|から|より", rest)
    )


def _years(dates: Sequence[str]) -> int:
    years = [born.year for born in map(checks.birth_date, dates) if born]
    return max(years) - min(years) if years else 0
