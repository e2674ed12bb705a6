"""Names in sentences: by an honorific, by surname and given name out of the lists, in Latin letters, at a line's begin.

A lone surname, a place, a station, an author or the holder of an office is nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

from dlp.detect.ruleset import Ruleset
from dlp.detect.variants import folded
from dlp.native import hold
from dlp.subjects.cells.values import CLASS, SOFT, Names
from dlp.subjects.letters import BEGUN, KANJI
from dlp.subjects.mask import mask
from dlp.subjects.prose.beside import TOLD_BIT
from dlp.subjects.prose.found import Found, named
from dlp.subjects.prose.listed import Leading, Listed, closed_up
from dlp.subjects.prose.named import PARTICLES, Named
from dlp.subjects.prose.offices import Offices

#: What stands before a name in a sentence: "相談者は…".
_PARTICLE = re.compile(rf"^.*[はがをにもとやへで](?={BEGUN})")
#: … and what he is: "相談者の佐藤太郎".
_LINKED = re.compile(rf"[ぁ-ゖ](?P<name>{KANJI}{{3,6}}|{KANJI}{{1,4}}[ぁ-ゖァ-ヺー]{{2,4}})$")
#: A surname and a given name in kana.
_SOFTLY_NAMED = re.compile(rf"{KANJI}{{1,4}}(?P<given>[ぁ-ゖ]{{2,4}}|[ァ-ヺー]{{2,4}})")
_GIVEN = re.compile(rf" ?(?P<given>{CLASS}{{1,6}})")
#: A name in Latin letters: two or three words, the family name perhaps in capitals.
_WESTERN = re.compile(
    r"(?<![A-Za-z@.])[A-Z][A-Za-z'-]{1,40},? [A-Z][A-Za-z'-]{1,40}(?: [A-Z][A-Za-z'-]{1,40})?(?![A-Za-z@])"
)
_HONOURED_IN_LATIN = re.compile("-(?:san|sama|kun|chan|shi)$")
#: Words of a sentence that may follow a name at once.
_FOLLOWS = "は が の を に で と も や へ か から より".split()
_PARTICLES = tuple(word for word in _FOLLOWS if word != "か")
_SPREAD_AT_ALL = re.compile(rf"{CLASS} {CLASS} {CLASS}")
_SURNAME = 2  # letters of what may be a surname alone as well as a surname and a given name
_WHOLE = 4  # letters of a name that stands after another word
#: Letters of a name and the blanks in and behind it, at most: in any letters; in katakana.
_NEAR, _FAR = 4 + 1 + 4 + 1, 12 + 4 * (1 + 12) + 1
_FOREIGN = re.compile(r"[ァ-ヺー]{2,12}(?:・[ァ-ヺー]{2,12}){1,4}")
_WITHIN = re.compile(r"[ァ-ヺー一-鿿][ァ-ヺー]+ ")  # the end of a word in katakana that began before
_KATAKANA = re.compile("[ァ-ヺー]")


class Ways(NamedTuple):
    """Lines that may name somebody, by the way in which they may."""

    honour: set[int]
    lead: set[int]
    surname: set[int]
    western: set[int]
    all: set[int]
    leads: Leading


class Spoken:
    """Reads sentences by one ruleset's names."""

    def __init__(self, ruleset: Ruleset, names: Names, listed: Listed, offices: Offices) -> None:
        self._ruleset, self._names, self._listed, self._offices = ruleset, names, listed, offices
        self._searched = "surnames" in ruleset.words
        self._towns = ruleset.words.get("towns", frozenset())
        self._named = Named(ruleset, names)
        books = names.books
        self._weights, self._patterns = books.weights, books.patterns
        self._honorific = re.compile("|".join(map(re.escape, books.honorifics_said)))
        self._honoured = re.compile(
            rf"(?P<name>[ァ-ヺー]{{2,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}}|{CLASS}{{1,4}} ?{CLASS}{{1,4}}?) ?(?:{books.honoured})"
        )
        self._honour = re.compile(books.honoured)
        after = "|".join(map(re.escape, (*books.honorifics_said, *books.after_names)))
        self._nobody, self._place_ends = books.not_persons.union(books.kin, names.titles), books.place_ends
        self._closes = re.compile(f"{after}|{'|'.join(_FOLLOWS)}")
        self._marked_off = re.compile(rf" ?(?:{after}|\()")
        self._spoken_to = re.compile(rf" ?(?:{after}|家)")
        self._addressee = re.compile(rf"^\s*(?P<name>{CLASS}{{1,4}} ?{CLASS}{{1,4}}?) ?(?:様|殿)\s*$")

    def ways(
        self, rows: Sequence[str], near: Sequence[int], leads: Leading | None = None, held: hold.Held = None
    ) -> Ways:
        """How the lines `near` may name somebody; letters that stand apart may hide any way."""
        leads = Leading(rows) if leads is None else leads
        called = near if held is None else [i for i in near if held.lines[i] & TOLD_BIT]
        hidden = {i for i in near if rows[i].count(" ") > 1 and _SPREAD_AT_ALL.search(rows[i])}
        honoured = hidden.union(i for i in called if self._honorific.search(rows[i]))
        leading = hidden.union(i for i in near if i in leads)
        latin = hidden.union(i for i in near if " " in rows[i] and _WESTERN.search(rows[i]))
        surname = hidden.union(self._named.lines(rows, near))
        return Ways(honoured, leading, surname, latin, honoured | leading | latin | surname, leads)

    def read(self, rows: Sequence[str], i: int, ways: Ways) -> list[Found]:
        """Names in a line of prose: known ones, and those with an honorific."""
        line = closed_up(rows[i])
        found = {name.start: name for name in self.with_honorific(line, i)} if i in ways.honour else {}
        leading = ways.leads.name(i, self._listed.leading) if i in ways.lead else None
        likely = leading is not None and leading.likelihood >= self._weights.leading
        if (
            leading
            and likely
            and not self._lone(leading.name)
            and not self._offices.holder(line, leading.start, leading.start + len(leading.name))
        ):
            found.setdefault(leading.start, leading)
        if self._searched and i in ways.surname:
            found |= {name.start: name for name in self._in_lists(line, i, found)}
        if not found and i in ways.western and not self._patterns.authored.search(line):
            found = {name.start: name for name in self._western(line, i)}
        return list(found.values()) if found and not self._offices.at_desk(rows[i - 1] if i else "", line) else []

    def with_honorific(self, line: str, i: int) -> Iterator[Found]:
        """Names with an honorific in a line, none of anybody in his function."""
        for m in self.honoured_in(line):
            lead = _PARTICLE.match(m["name"])
            start = m.start("name") + (lead.end() if lead else 0)
            start, name, likelihood = self._trimmed(line[start : m.end("name")], start)
            if not likelihood and self._foreign(name):
                likelihood = self._weights.honoured
            least = self._weights.honoured_apart if " " in name else self._weights.honoured
            named_so = "の" not in name and likelihood >= least and not self._patterns.nobody.search(name)
            if start and _WITHIN.match(line, start - 1) and name.partition(" ")[0] not in self._names.surnames:
                continue  # 情報サービス 渡辺様
            if " " in name and self._called_by_surname(*name.split(" ", 1)):
                continue  # 新聞記者 小泉様, 新生児訪問 真田様
            if named_so and not self._lone(name) and not self._offices.holder(line, start, m.end("name")):
                yield named(i, start, name, likelihood)

    def _foreign(self, name: str) -> bool:
        """Whether words in katakana with points between are a foreign name, beside an honorific: リー・ウェイ; no エヌ・ティ・ティ."""
        return "・" in name and _FOREIGN.fullmatch(name) is not None and not self._names.is_body(name)

    def _called_by_surname(self, first: str, second: str) -> bool:
        """Whether what stands before a blank is a title, or no surname where what stands behind it is nothing else."""
        if first.endswith(tuple(self._names.titles)):
            return True
        return first not in self._names.surnames and second in self._names.surnames and second not in self._names.given

    def honoured_in(self, line: str) -> Iterator[re.Match[str]]:
        """Where names with an honorific stand, as a search over the line finds them: tried are the few letters before
        each honorific, for to try all letters takes a hundred times as long."""
        at, mark = 0, self._honorific.search(line)
        while mark:
            stop = mark.start()
            reach = _FAR if _KATAKANA.search(line, max(0, stop - 2), stop + 1) else _NEAR
            closes = self._honour.search(line, stop, stop + reach)  # 様 of 様式 closes no name
            tried = map(self._honoured.match, repeat(line), range(max(at, stop - reach), stop)) if closes else ()
            if found := next(filter(None, tried), None):
                yield found
                at = found.end()
            mark = self._honorific.search(line, max(at, stop + 1))

    def _trimmed(self, name: str, start: int) -> tuple[int, str, float]:
        """A name without the words of the sentence before it: where it starts, it, and its likelihood."""
        likelihood = self._names.likelihood(name)
        if (not likelihood or "の" in name) and (after := _LINKED.search(name)):
            start, name = start + after.start("name"), after["name"]
            likelihood = self._names.likelihood(name)
        soft = _SOFTLY_NAMED.fullmatch(name) if not likelihood else None
        if soft and self._names.is_spelled(soft["given"]):
            return start, name, self._weights.honoured  # of a surname in no list
        if not likelihood:
            cut = next((k for k in range(1, len(name) - 2) if self._names.surely(name[k:])), 0)
            name, start = name[cut:], start + cut
            likelihood = self._names.likelihood(name) if cut else 0.0
        second = name.partition(" ")[2]
        if second and len(second) >= _WHOLE and self._names.surely(second):
            start, name = start + name.index(" ") + 1, second  # what he is visited for, and he
        return start, name, likelihood

    def _in_lists(self, line: str, i: int, found: dict[int, Found]) -> Iterator[Found]:
        """Surname and given name out of the lists, where nothing was found yet."""
        taken = {place for f in found.values() for place in range(f.start, f.start + len(f.name))}
        for start, end in self._ruleset.find_words("surnames", line):
            made = self._after_surname(line, start, end)
            if made and taken.isdisjoint(range(start, made[1])) and not self._offices.holder(line, start, made[1]):
                yield named(i, start, made[0], self._weights.named)

    def _western(self, line: str, i: int) -> Iterator[Found]:
        """Names in Latin letters whose words are known readings."""
        for m in _WESTERN.finditer(line):
            name = _HONOURED_IN_LATIN.sub("", m.group())
            words = name.lower().replace(",", "").split()
            known = sum(word in self._names.latin for word in words) >= 2
            post = self._offices.is_post(name) or self._offices.holder(line, m.start(), m.start() + len(name))
            if known and not post:
                yield named(i, m.start(), name, self._weights.named, "latin")

    def _after_surname(self, line: str, start: int, end: int) -> tuple[str, int] | None:
        """Surname and given name beginning at `start`: (text, end)."""
        if start and re.match(CLASS, line[start - 1]) and line[start - 1] not in PARTICLES:
            return None
        given = _GIVEN.match(line, end)
        if not given:
            return None
        run, shift, surname = folded(given["given"]), given.start("given"), folded(line[start:end])
        for length in range(min(4, len(run)), 0, -1):
            piece, stop = run[:length], shift + length
            ends = " " in given.group() and piece[-1] in self._names.endings
            ends = ends and (length == len(run) or run[length:].startswith(_PARTICLES))
            name = surname + line[end:shift] + piece
            placed = self._patterns.placed.match(line, stop) is not None or name in self._towns
            placed = placed or self._patterns.housed.match(line, stop - 1) is not None
            alone = length == len(run) and piece not in self._place_ends
            alone = alone or (end - start > 1 and piece in self._names.single and run[length:].startswith(_PARTICLES))
            whole = (length >= 2 or alone) and name not in self._nobody  # 長男, 金曜
            whole = whole and not self._lone(name)
            known = piece in self._names.given or (length > 1 and piece in self._names.given_kana)
            known = known or (piece in self._names.soft and self._softly(line, start, end, stop))
            if (known or ends) and not placed and whole and self._closed(run[length:]):
                return line[start:stop], stop
        return None

    def _lone(self, name: str) -> bool:
        """Whether two letters that could be a name are a surname: 中里."""
        return len(name) == _SURNAME and name in self._names.surnames

    def _softly(self, line: str, start: int, end: int, stop: int) -> bool:
        """Whether what looks like a given name in hiragana is one, and no word of the sentence: 森なお, 林かな."""
        if line.startswith(self._names.books.honorifics_said, end):
            return False  # 石原さんと
        return (end - start > 1 and stop - end > SOFT) or self._marked_off.match(line, stop) is not None

    def _closed(self, rest: str) -> bool:
        """Whether a name may end before `rest`: an honorific, a particle, or nothing."""
        return not rest or bool(self._closes.match(rest))

    def addressee(self, rows: Sequence[str]) -> str:
        """The one person a letter is written to: a line "name 様" of its own, early in the text; "" if not one."""
        found = self.addressees(rows, range(min(len(rows), int(self._weights.addressee_lines))))
        names = {name for _, name in found}
        return names.pop() if len(names) == 1 else ""

    def addressees(self, rows: Sequence[str], where: Iterable[int], told: Sequence[bool] = ()) -> list[tuple[int, str]]:
        """Each line of `where` that is "name 様" and nothing else, and the name: like a person's, or one's of whom it is
        `told`."""
        found = list[tuple[int, str]]()
        for i in where:
            match = self._addressee.match(rows[i])
            if match is None:
                continue
            likely = (told and told[i]) or self._names.likelihood(match["name"]) >= self._weights.addressee
            if likely and not self._offices.holder(rows[i], *match.span("name")):
                found.append((i, match["name"]))
        return found

    def mask(self, text: str) -> str:
        """Names in a subject line or file name masked."""
        out = text
        for start, end in reversed(self._ruleset.find_words("surnames", text) if self._searched else []):
            made = self._after_surname(text, start, end)
            stop = made[1] if made else end
            if made or self._spoken_to.match(text[end:]):
                out = out[:start] + mask(text[start:stop], 1) + out[stop:]
        return self._honoured.sub(lambda m: m.group().replace(m["name"], mask(m["name"], 1)), out)
