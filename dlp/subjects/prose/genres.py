"""What kind of text lines are, where it tells that names in them are nobody's: history, fiction, a program."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from dlp.detect.anchored import Anchored, at_begin
from dlp.native import hold
from dlp.subjects import hints
from dlp.subjects.books import Books
from dlp.subjects.lines import signs
from dlp.subjects.prose.facts import Fact

_LOOK = 400  # lines by which it is told
_YEARS, _TOLD_OF = 3, 3  # years long past that make a history; lines about people that one of them may stand for
_TITLE, _TITLED = 6, 40  # lines in which a title stands, and its letters
_SPEECHES, _SPOKEN = 3, 0.1  # lines that begin as somebody's words, and their share
_CODES, _CODED = 3, 0.1  # lines of a program, and their share
_YEAR, _BRACKETED = re.compile("年"), re.compile(r"\(1[5-8]")
_LONG_AGO = re.compile(r"1[5-8]\d\d(?:年|[~-]1)")  # in each year that `past_years` finds
_BEFORE, _BEHIND = 5, 7  # letters about 年 with an era and its year, and with what would make a day or a birth of them
_APART = 2  # lines from one of a list to the next, at most
_PEOPLE = 9  # lines that tell of anybody in a story: whoever calls a list one hides less than would be held
_SELDOM = 20  # … and lines of a long one for each that tells of nobody whom a clerk would call so
_NAMED = 40  # letters before what is said of somebody named right there, at most
_ENTRIES = 3  # lines of a list in it, at least
#: What makes an entry of a list of a line that is no sentence.
_ENTERED, _SENTENCE = frozenset(("address", "phone", "birth_date")), ("。", "「", "」")
#: What is said beside a name of nobody who was made up.
_REACHED = _ENTERED | {"email"}
_CARRIED = frozenset(("phone", "email"))
_WORDS = re.compile("「[^「」]*」")  # somebody's
#: What is said of people in a history and in a story.
_TOLD = frozenset(("age", "birth_date", "address", "sex"))
_MADE_UP = _TOLD | {"phone"}
_BORN_IN = re.compile(r"(?:(?:明治|大正|昭和|平成|令和)(?:\d{1,2}|元)|(?:18|19|20)\d\d)年?(?:生まれ|生)?")
_AGES = frozenset(("age",))
_HEADED, _HEADING = 40, 16  # lines above one among which its heading is; letters of that


class Genres:
    """Tells by one ruleset's patterns."""

    def __init__(self, books: Books) -> None:
        patterns = books.patterns
        self._says, self._eras, self._honoured = patterns, Anchored(patterns.past), re.compile(books.honoured)
        self._have_words = bool(hints.held(patterns.past))

    def silence(self, rows: Sequence[str], facts: dict[int, list[Fact]], held: hold.Held = None) -> None:
        """Take away what is said of people who are long dead, or whom somebody made up. `held`: see `hold`."""
        roles = {role for found in facts.values() for _, role, _ in found}
        if roles.isdisjoint(_MADE_UP):
            return
        if not roles.isdisjoint(_TOLD) and self._is_history(rows, len(facts), held):
            _without(facts, _TOLD, kept=self._listed(rows, facts) | self._beside_names(rows, facts))
        elif self._is_fiction(rows) and self._are_few(rows, facts):  # a title is soonest told
            _without(facts, _MADE_UP, kept={*_entries(rows, facts), *self._beside_names(rows, facts)})
        elif "age" in roles and self._titled(rows, self._says.awarded):
            _without(facts, _AGES, kept=[i for i in facts if not self._decorated(rows, i)])
        elif "birth_date" in roles and self._titled(rows, self._says.practising):
            _without_years(facts)
        elif "age" in roles and self._titled(rows, self._says.lives):
            _without(facts, _AGES, kept={i for i in facts if "。" not in rows[i]})

    def is_code(self, rows: Sequence[str]) -> bool:
        """Whether lines are a program's: what stands on one of them is not said of who stands on another."""
        return _share(rows, self._says.code, _CODES, _CODED, latin=True)

    def _is_history(self, rows: Sequence[str], told: int, held: hold.Held) -> bool:
        """Whether most years in a text are long past, and it has some for the lines that say anything of people (`told`);
        days are told of people's births."""
        text = "\n".join(islice(rows, _LOOK))
        past = self._of_eras(rows, text, held) + self._of_figures(text)
        return past >= max(_YEARS, told // _TOLD_OF) and past > 2 * len(self._says.present.findall(text))

    def _of_eras(self, rows: Sequence[str], text: str, held: hold.Held) -> int:
        """How many years of eras long past a text has; `held` tells on which lines they may stand."""
        if held is not None and self._have_words:
            text = "\n".join([rows[i] for i in held.having(signs.PAST) if i < _LOOK])
        return sum(1 for _ in self._eras.finditer(_about_years(text))) if text else 0

    def _of_figures(self, text: str) -> int:
        """How many it has in figures."""
        if not _LONG_AGO.search(text):
            return 0
        return len(self._says.past_years.findall(text if _BRACKETED.search(text) else _about_years(text)))

    def _listed(self, rows: Sequence[str], told: Collection[int]) -> frozenset[int]:
        """Of the lines that tell of anybody (`told`) those that stand below each other as a list's do, hold no end of a
        sentence and begin with no year: "佐藤花子　大正12年　本町1-2-3", and those who gave pictures, under a history."""
        kept, run = set[int](), list[int]()
        for i in sorted(told):
            if "。" in rows[i] or self._says.past.match(rows[i].lstrip()):
                continue
            if run and i - run[-1] > _APART:
                run = []
            run.append(i)
            if len(run) > _PEOPLE:
                kept.update(run[-_PEOPLE - 1 :])
        return frozenset(kept)

    def _are_few(self, rows: Sequence[str], facts: Mapping[int, Sequence[Fact]]) -> bool:
        """Whether so few lines tell of anybody as a story's do: of its length, where they say how old its people are, or
        where somebody lives whom it names as no clerk would, without an honorific."""
        if len(facts) <= _PEOPLE:
            return True
        if len(facts) > len(rows) // _SELDOM:
            return False
        return (
            sum(1 for i, said in facts.items() if any(self._as_clerks_say(rows[i], *fact) for fact in said)) <= _PEOPLE
        )

    def _as_clerks_say(self, row: str, at: int, role: str, _: str) -> bool:
        return role in _CARRIED or (role in _REACHED and self._honoured.search(row, 0, at) is not None)

    def _beside_names(self, rows: Sequence[str], facts: Mapping[int, Sequence[Fact]]) -> frozenset[int]:
        """Lines that say right beside a name how somebody is reached, where he lives or when he was born:
        "佐藤花子さん（090-…）が参加". What a story's people say of themselves is no such."""
        return frozenset(
            i for i, said in facts.items() if any(role in _REACHED and self._named(rows[i], at) for at, role, _ in said)
        )

    def _named(self, row: str, at: int) -> bool:
        before = _WORDS.sub("", row[:at])
        return "「" not in before and self._says.told_of.search(before[-_NAMED:]) is not None

    def _is_fiction(self, rows: Sequence[str]) -> bool:
        """Whether a title says so and people talk."""
        return self._titled(rows, self._says.fiction) and _share(rows, self._says.speech, _SPEECHES, _SPOKEN)

    def _decorated(self, rows: Sequence[str], i: int) -> bool:
        """Whether a line, or a short one above it, says what somebody is decorated with: not whom its guests are."""
        says, above = self._says.decoration, (row.strip() for row in rows[max(0, i - _HEADED) : i])
        return says.search(rows[i]) is not None or any(len(row) <= _HEADING and says.search(row) for row in above)

    @staticmethod
    def _titled(rows: Sequence[str], title: re.Pattern[str]) -> bool:
        left = _TITLE
        for row in rows:
            if not (said := row.strip()):
                continue
            if len(said) <= _TITLED and title.search(said):
                return True
            left -= 1
            if not left:
                break
        return False


def _about_years(text: str) -> str:
    """What stands about 年: to try all of a mail takes a millisecond."""
    places = [match.start() for match in _YEAR.finditer(text)]
    return "\n".join([text[max(0, at - _BEFORE) : at + _BEHIND] for at in places])


def _entries(rows: Sequence[str], facts: Mapping[int, Sequence[Fact]]) -> Collection[int]:
    """Lines of a list among those of a story: no sentences, and nobody's words."""
    found = [
        i
        for i, said in facts.items()
        if not any(sign in rows[i] for sign in _SENTENCE) and any(role in _ENTERED for _, role, _ in said)
    ]
    return found if len(found) >= _ENTRIES else ()


def _share(rows: Sequence[str], pattern: re.Pattern[str], least: int, share: float, *, latin: bool = False) -> bool:
    """Whether a pattern is found in so many lines that say anything, and in such a share of them. `latin`: they begin
    with a sign of ASCII."""
    asked = pattern.match if at_begin(pattern) else pattern.search
    may = [*islice(rows, _LOOK)]
    if latin:
        may = [row for row in may if row and (row[0] < "\x80" or row[0].isspace()) and row.lstrip()[:1] < "\x80"]
    found = sum(asked(row) is not None for row in may if row.strip()) if len(may) >= least else 0
    return found >= least and found >= share * sum(1 for row in islice(rows, _LOOK) if row.strip())


def _without_years(facts: dict[int, list[Fact]]) -> None:
    """Take away births of which no more than the year is told, as of speakers."""
    for i, found in list(facts.items()):
        if left := [fact for fact in found if fact[1] != "birth_date" or not _BORN_IN.fullmatch(fact[2])]:
            facts[i] = left
        else:
            del facts[i]


def _without(facts: dict[int, list[Fact]], roles: frozenset[str], kept: Collection[int] = ()) -> None:
    for i, found in list(facts.items()):
        if i in kept:
            continue
        if left := [fact for fact in found if fact[1] not in roles]:
            facts[i] = left
        else:
            del facts[i]
