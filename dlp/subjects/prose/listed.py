"""Lines that all begin with a name and hold attributes (a list without a delimiter, a page of a PDF): there, names need
no dictionary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from dlp.native import hold
from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.plan import posts
from dlp.subjects.plan.header import Label, Reader
from dlp.subjects.prose.facts import Fact, lots
from dlp.subjects.prose.found import Found, named, spread

_SEX = re.compile(r"(?:(?<=[\s(（、,・/])|^)(男|女)(?:性|児)?(?=[\s)）、,・/]|$)")
#: A number of its own that stands right before a name (①佐藤), and counts nothing.
_GLUED = rf"\d{{1,2}}(?![年月日時分組丁番号回位名人歳才期件個枚台円班区条級])(?={CLASS}{{1,5}} {CLASS}|{CLASS}{{3}})"
_LEAD = re.compile(rf"^[\s>]*(?:[(（]?\d{{1,6}}[)）.、:]?\s+|[(（\[]?\d{{1,4}}[)）\].、:]\s*|{_GLUED}|[・●○◆■*-]\s*)?")
_TITLED = re.compile(
    rf"^(?P<name>[ァ-ヺー]{{1,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}}(?![^\s,、:(（様さ氏殿君くち])|{CLASS}{{1,5}} {CLASS}{{1,5}}(?![^\s,、:(（様さ氏殿])|{CLASS}{{2,8}})(?=[\s,、:(（]|$)"
)
#: From whom a sentence tells that word came: of somebody else (民生委員から、…), or of him where nobody else is named.
_FROM = "から"
#: Somebody with an honorific, behind another word.
_ADDRESSED = re.compile(rf" +(?P<name>{CLASS}{{1,5}} ?{CLASS}{{1,5}}?)(?:様|さん|さま|氏|殿)")
#: What a sentence names somebody by, behind his surname: 花子さんは, 花子の.
_GIVEN_AND_MORE = re.compile(
    rf" {CLASS}{{1,5}}?(?:(?:様|さん|さま|氏|殿|くん|君|ちゃん)(?=[^\s,、:(（])|[はがのをにと](?=[^\s,、:(（]))"
)
#: What a sentence says before a surname; a given name and an honorific.
_LED_BY, _HAILED = re.compile("[^ ]+[はがの]"), re.compile(rf" {CLASS}{{1,5}}?(?:様|さん|さま|氏|殿|くん|君|ちゃん)")
#: Words in katakana: a foreign name, where a list says what it says of private people.
_FOREIGN = re.compile(r"[ァ-ヺー]{2,12}(?:[ ・][ァ-ヺー]{1,12}){1,4}")
#: A name in Latin letters, of two words or more.
_WESTERN = re.compile(r"(?P<name>[A-ZÀ-Þ][A-Za-zÀ-ỹ'-]+(?: [A-ZÀ-ÞĐ][A-Za-zÀ-ỹ'-]*){1,5})(?=[\s,、:(（…]|$)")
#: Letters of a name that stand apart.
SPREAD = re.compile(rf"(?<!{CLASS})(?:{CLASS} ){{2,5}}{CLASS}(?!{CLASS})")
#: Matches wherever a line may begin with a name.
_LEADING = re.compile(
    r"^[\s>]*(?:[(（\[]?\d{1,6}[)）\].、:]?\s*|[・●○◆■*-]\s*)?"
    rf"(?:(?:[ァ-ヺー]{{1,12}}(?:・[ァ-ヺー]{{1,12}}){{1,4}}|{CLASS}{{2,8}}|{CLASS}{{1,5}} {CLASS}{{1,5}})(?:[\s,、:(（]|$)|{CLASS} {CLASS} {CLASS})"
)
_OWN = frozenset(("birth_date", "age", "sex"))
_MOBILE = re.compile(r"\(?0[789]0-?\d{4}-?\d{4}$")
_CARRIED = re.compile(r"(?<!\d)0[789]0-?\d{4}-?\d{4}(?!\d)")
_PRIVATE = _OWN | {"address", "email", "sensitive", "individual_number", "bank_account", "insurance", "relationship"}
_NAMES = frozenset(("name", "surname", "kana"))
_BULLETS = frozenset("・*")  # what a point begins with, and no heading
_LONG, _WORDS = 120, 20  # letters and words of a line of header words
_GAP = 2  # lines without a name that do not end a list
_NEAR_HEAD = 3
_WHOLE = 3  # letters of a name that stands behind another word, at least
_BESIDE = 2  # letters between a name and what is said of it next
_FUNCTIONS = frozenset(("official", "title", "count"))
_IN_OFFICE, _SEVERAL = frozenset(("official", "title")), 2  # headings that say so of people; known ones beside them
_FEW = 6  # lines that a heading may stand over without being one of a table
#: What bodies have as well as people; what is said of private people alone, in a line.
_SHARED = frozenset(("address", "email"))
_PRIVATELY = re.compile(rf"{_CARRIED.pattern}|\d[歳才]|(?:^|\s)[男女]性?(?=\s|$)|自宅|生まれ|\d生")
_MISSES, _ALIKE = 2, 0.8  # cells that a line may lack or have more than its headings, share of lines that do not
#: A line of header words, and what they are for.
type Heading = tuple[int, set[str]]
_SEXES = {"男", "女", "男性", "女性"}
#: Somebody's age, and no heading's 5～9歳; an amount.
_NO_HEADING = re.compile(r"\d{1,3}[歳才]|\S*\d円")
_DISTINCT = 0.6  # share of a list's names that differ


def closed_up(line: str) -> str:
    """A line whose names' letters stand apart, with them together."""
    return SPREAD.sub(lambda m: m.group().replace(" ", ""), line) if line.count(" ") > 1 else line


class Leading:
    """The lines that may begin with a name, looked at when asked for, and the names at their begin that were read."""

    def __init__(self, rows: Sequence[str], held: hold.Held = None) -> None:
        self._rows = rows
        self._known: dict[int, bool] = {}
        self._masks = None if held is None else held.lines
        self._names: dict[int, Found | None] = {}

    def name(self, i: int, read: Callable[[str, int], Found | None]) -> Found | None:
        """What `read` says of a line, which is asked once."""
        if i not in self._names:
            self._names[i] = read(self._rows[i], i)
        return self._names[i]

    def __contains__(self, i: int) -> bool:
        if self._masks is not None and not self._masks[i] & hold.LEADS:
            return False
        known = self._known.get(i)
        if known is None:
            known = self._known[i] = _LEADING.match(self._rows[i]) is not None
        return known


class Listed:
    """Reads lists by one ruleset's names, titles and header words."""

    def __init__(self, names: Names, reader: Reader, titles: tuple[str, ...]) -> None:
        self._names, self._reader, self._titles = names, reader, titles
        self._weights = names.books.weights
        kin = "|".join(map(re.escape, names.books.kin))
        self._honoured = re.compile(rf"{CLASS} ?(?:{names.books.honoured})(?!\d)")
        #: What somebody is to whom a list is about, before surname and given name: 長男 佐藤 一郎; 孫 正義 is a name.
        self._kin = re.compile(
            rf"(?:{kin})[ :]+(?={CLASS}{{1,5}} {CLASS}{{1,5}}(?![^\s,、:(（])|{CLASS}{{3,6}}(?:[\s,、:(（]|$))"
        )

    def read(
        self,
        rows: Sequence[str],
        facts: dict[int, list[Fact]],
        headings: Sequence[Heading] | None = None,
        leading: Leading | None = None,
    ) -> dict[int, Found]:
        """Names at the beginning of lines that make a list, by line. Dates beside them that are births become so."""
        leading = Leading(rows) if leading is None else leading
        heads = self._head_lines(self.headings(rows) if headings is None else headings)
        if not heads and not self.may_list(facts, leading):
            return {}
        result: dict[int, Found] = {}
        for run in self._runs(rows, facts, leading, heads):
            self._complete(rows, run, facts)
            people = self._people(run, facts, heads)
            result.update({found.line: found for found in people})
            if people:
                result.update({found.line: found for found in self._western(rows, people, facts)})
        return result

    def may_list(self, facts: Mapping[int, Sequence[Fact]], leading: Leading) -> bool:
        """Whether lines that may begin with a name could make a list without header words: some carry an attribute, or
        dates of many years."""
        if not self._makes_list(facts.values()):
            return False  # whatever their lines begin with, which costs more to tell
        return self._makes_list(found for i, found in facts.items() if i in leading)

    def _makes_list(self, facts: Iterable[Iterable[Fact]]) -> bool:
        """Whether so much stands in some lines; of more lines no less."""
        said = [fact for found in facts for fact in found]
        if sum(1 for _, role, _ in said if role not in ("date", "postal_code")) >= self._weights.list_lines:
            return True
        return spread([value for _, role, value in said if role == "date"], self._weights.birth_years)

    def _runs(
        self,
        rows: Sequence[str],
        facts: Mapping[int, Sequence[Fact]],
        leading: Leading,
        heads: Mapping[int, set[str]],
    ) -> Iterator[list[Found]]:
        """Stretches of lines that begin with a name; the first of each says something."""
        run: list[Found] = []
        misses = 0
        for i, line in enumerate(rows):
            if i in heads or not (run or (i in facts and i in leading)):
                continue
            found = leading.name(i, self.leading) if i in leading and line.strip() else None
            if found and not _lives(facts.get(i, ()), found) and not _opens(line, facts.get(i, ()), found):
                run.append(found)
                misses = 0
            elif run and line.strip() and i not in facts:
                misses += 1
                if misses > _GAP:
                    yield run
                    run, misses = [], 0
        yield run

    def _complete(self, rows: Sequence[str], run: Sequence[Found], facts: dict[int, list[Fact]]) -> None:
        """Bare lot numbers are addresses in a list half of whose lines have one."""
        without = [f.line for f in run if not any(role == "address" for _, role, _ in facts.get(f.line, ()))]
        if len(without) > 0.5 * len(run):
            return
        for i in without:
            if found := lots(rows[i], listed=True):
                facts[i] = sorted([*facts.get(i, ()), *found])

    def _people(
        self, run: Sequence[Found], facts: dict[int, list[Fact]], heads: Mapping[int, set[str]]
    ) -> Sequence[Found]:
        """The people of one stretch, if it is a list of them."""
        weights = self._weights
        if len({f.name for f in run}) < _DISTINCT * sum(1 for _ in groupby(f.name for f in run)):
            return ()  # labels, again and again
        if len(run) >= weights.list_lines and run[0].likelihood < weights.name_sure and len({f.name for f in run}) == 1:
            return ()  # the one label of all that says anything: 平均年齢
        carrying = [f for f in run if any(r not in ("date", "postal_code") for _, r, _ in facts.get(f.line, ()))]
        days = [v for f in run for _, role, v in facts.get(f.line, ()) if role == "date"]
        head = max((h for h in heads if run and h < run[0].line), default=-1)
        under = head >= 0 and (run[0].line - head <= _NEAR_HEAD or len(run) >= weights.list_lines)
        dated = under and "date" in heads[head] and "birth_date" not in heads[head]  # when they came into an office
        births = not dated and len(days) >= weights.list_lines and spread(days, weights.birth_years)
        if births or (under and "birth_date" in heads[head]):
            # Dates of many years beside names are births.
            for f in run:
                facts[f.line] = [(s, "birth_date" if r == "date" else r, v) for s, r, v in facts.get(f.line, [])]
            carrying = list(run)
        if under and sum(f.likelihood for f in run) >= weights.listed_under_header * len(run):
            return run
        private = self._private(carrying, facts)
        least = weights.listed_private if private else weights.listed
        likely = sum(f.likelihood for f in carrying) >= least * len(carrying)
        if len(carrying) >= weights.list_lines and likely:
            some = private or len(run) > 2 * weights.list_lines
            return [f for f in run if f.likelihood > 0 or (some and not self._names.is_body(f.name))]
        return ()

    def _western(
        self, rows: Sequence[str], people: Sequence[Found], facts: Mapping[int, Sequence[Fact]]
    ) -> Iterator[Found]:
        """Those among the people of a list whose names are in Latin letters, as foreign residents' are: what is said of
        them is what is said of the others."""
        taken = {found.line for found in people}
        said = {role for line in taken for _, role, _ in facts.get(line, ())} & {*_PRIVATE, "phone"}
        for i in range(min(taken) - 1, max(taken) + 2):
            if i in taken or not said.intersection(role for _, role, _ in facts.get(i, ())):
                continue
            lead = _LEAD.match(rows[i])
            start = lead.end() if lead else 0
            if match := _WESTERN.match(rows[i], start):
                yield named(i, start, match["name"], self._weights.name_like, "latin")

    def _private(self, carrying: Sequence[Found], facts: Mapping[int, Sequence[Fact]]) -> bool:
        """Whether what most lines say is said of nobody but private people: births, ages, telephones carried about."""
        own = sum(any(role in _OWN or _MOBILE.match(value) for _, role, value in facts[f.line]) for f in carrying)
        return own > 0.5 * len(carrying)

    def in_function(self, rows: Sequence[str], headings: Sequence[Heading]) -> set[int]:
        """Lines of header words about offices, posts or counts (施設名 施設長 電話番号), and the few lines below them."""
        found: set[int] = set()
        for i, roles in headings:
            if not roles & _NAMES and roles & _FUNCTIONS:
                below = next((j for j in range(i + 1, len(rows)) if not rows[j].strip()), len(rows))
                all_of_them = below - i <= _FEW or self._tells_of_none(rows[i:below], roles)
                found.update(range(i, below if all_of_them else i + 1))
            elif len(roles - {""}) > 2 and roles & _NAMES and "title" in roles and not roles & _PRIVATE:
                below = next((j for j in range(i + 1, len(rows)) if not rows[j].strip()), len(rows))
                if not any(map(_CARRIED.search, rows[i:below])):
                    found.update(range(i, below))  # people in office: 議席 氏名 会派 電話
        return found

    def _tells_of_none(self, rows: Sequence[str], roles: set[str]) -> bool:
        """Whether a table of lines whose headings name people in their function tells of nobody's private life: of no
        birth, age or sex and no telephone that is carried about. Its lines have about as many cells as it has headings."""
        if not roles.isdisjoint(_PRIVATE - _SHARED) or any(map(_PRIVATELY.search, rows)):
            return False
        if len(roles - {""}) < _SEVERAL or roles.isdisjoint(_IN_OFFICE):
            return False  # 世帯, 名義: words that head a count and a line as well
        cells, *counts = (len(row.split()) for row in rows)
        return sum(abs(count - cells) <= _MISSES for count in counts) >= _ALIKE * len(counts)

    def _head_lines(self, headings: Sequence[Heading]) -> dict[int, set[str]]:
        """Lines of header words between spaces, a name's among them: line -> roles."""
        return {i: roles for i, roles in headings if roles & _NAMES and len(roles) >= 2}

    def headings(self, rows: Sequence[str], held: hold.Held = None) -> list[Heading]:
        """Lines with header words between blanks."""
        where = hold.where(held, hold.PARTED, rows)
        return [(i, roles) for i in where if (roles := self._heading(rows[i]))]

    def _heading(self, row: str) -> set[str]:
        parted = len(row) < _LONG and (" " in row or not row.isprintable()) and row.lstrip()[:1] not in _BULLETS
        words = closed_up(row).split() if parted else []
        if not 2 <= len(words) <= _WORDS or "@" in row or self._reader.score(words) <= 0:
            return set()
        labels = [*map(self._reader.label, words)]
        if any(label.role == "sex" for label in labels) and len(_SEXES & {*words}) == 1:
            return set()  # 性別 男: a label and its value
        books = self._names.books
        led = books.heads if any(label.text in books.company_headers for label in labels) else ()
        return {
            "" if _NO_HEADING.fullmatch(word) else self._role(label, led)
            for word, label in zip(words, labels, strict=True)
        }

    def _role(self, label: Label, led: tuple[str, ...]) -> str:
        """What a heading on a line says. `led`: how those begin that name who stands for a firm (代表者), where another one
        names that."""
        books = self._names.books
        if label.role == "title" and label.text in books.private_titles:
            return ""
        if not label.role and (posts.is_post(label.text, books) or posts.bare(label.text).endswith(books.callings)):
            return "official"
        return "official" if label.role in _NAMES and label.group.startswith(led) else label.role

    def leading(self, line: str, i: int) -> Found | None:
        """The name at the beginning of a line, after a number or a mark."""
        line = closed_up(line)
        if "男" in line or "女" in line:
            line = _SEX.sub(lambda m: "," * len(m.group()), line)
        lead = _LEAD.match(line)
        start = lead.end() if lead else 0
        if line.startswith(self._names.books.kin, start) and (kin := self._kin.match(line, start)):
            start = kin.end()
        match = _TITLED.match(line[start:])
        if not match:
            return None
        if match["name"].endswith(_FROM):
            return self._teller(line, i, start, match["name"])
        couple = self._names.books.patterns.couple.match(line, start) if "夫" in line else None
        name = couple["name"] if couple else match["name"]  # the second of two of one surname is read elsewhere
        if " " in name:
            first, _, second = name.partition(" ")
            if first not in self._names.surnames and self._reader.knows(first) and self._reader.label(first).role:
                return None  # a header word, and another or what it is about
            if second not in self._names.given and self._reader.knows(second) and self._reader.label(second).role:
                return None  # an event, and its day: 市民文化祭 日時
            if first.endswith(self._titles) or second.endswith(self._titles) or self._names.is_body(second):
                return None
            if first not in self._names.surnames and len(second) >= _WHOLE and self._names.surely(second):
                start, name = start + len(first) + 1, second  # 面談 佐藤花子
            whole = self._names.likelihood(first)
            if (
                " " in name
                and len(first) >= 3
                and whole >= self._names.books.weights.name_like
                and not self._apart(name)
            ):
                name = first
        elif self._entitled(name) and not _CARRIED.search(line):
            return None  # 佐藤花子会長
        elif (name in self._names.surnames or name in self._names.kana) and _GIVEN_AND_MORE.match(
            line, start + len(name)
        ):
            return None  # 佐藤 花子さんは: a sentence names him by more than his surname
        elif (
            (led := _LED_BY.match(name))
            and _HAILED.match(line, start + len(name))
            and name[led.end() :] in self._names.surnames
        ):
            return None  # 連絡先は佐藤 花子さん
        likelihood = self._names.likelihood(name)
        if (
            not likelihood
            and (after := _ADDRESSED.match(line, start + len(name)))
            and self._names.surely(after["name"])
        ):
            return None  # 面談 佐藤花子様
        if not likelihood and _FOREIGN.fullmatch(name):
            if self._names.is_body(name):
                return None  # カフェ・ド・ミナト
            likelihood = self._names.books.weights.name_like
        if likelihood < self._weights.leading and self._reader.knows(name) and self._reader.label(name).role:
            return None
        return named(i, start, name, likelihood)

    def _teller(self, line: str, i: int, start: int, said: str) -> Found | None:
        """From whom word came (佐藤誠から、…), where the line names nobody else whom it may be about."""
        name = said.removesuffix(_FROM)
        if not self._names.surely(name) or self._honoured.search(line, start + len(said)):
            return None
        return named(i, start, name, self._names.likelihood(name))

    def _entitled(self, name: str) -> bool:
        """Whether a surname and a given name with a title behind them are written as one word."""
        if not name.endswith(self._titles):
            return False
        title = next(title for title in self._titles if name.endswith(title))
        return len(title) > 1 and self._names.surely(name.removesuffix(title))

    def _apart(self, name: str) -> bool:
        """Whether what stands apart is surname and given name, and not a name and the next word."""
        return self._names.likelihood(name) >= self._names.books.weights.name_known_apart


def _opens(line: str, facts: Sequence[Fact], found: Found) -> bool:
    """Whether a word that no book of names knows opens a sentence that goes on to speak of somebody: 本日、岡田様から…"""
    after = found.start + len(found.name)
    if found.likelihood or not line.startswith("、", after) or not line.rstrip().endswith("。"):
        return False
    return all(start > after + _BESIDE for start, _, _ in facts)


def _lives(facts: Sequence[Fact], found: Found) -> bool:
    """Whether a line begins with an address, and with nobody's name: "錆沢新田30番地" below whoever lives there."""
    return any(role == "address" and start <= found.start for start, role, _ in facts)
