"""What English sentences say of somebody: when he was born, how old he is and where he lives, and where each sentence ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlp.native import hold
from dlp.subjects.lines import signs
from dlp.subjects.prose.facts import Fact

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>(?i:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
#: A word for a birth, and a day in either order.
_BIRTH = r"\b(?i:born|birth|birthday|birthdate|dob|d\.o\.b)\b[^\d\n]{0,24}?"
_BORN = tuple(
    re.compile(_BIRTH + day)
    for day in (rf"{_MONTH} {_DAY},? {_YEAR}(?!\d)", rf"(?<!\d){_DAY} (?:of )?{_MONTH},? {_YEAR}(?!\d)")
)
#: An age: "aged 42", "(age 42)", "42 years old", "a 42-year-old"; between commas right behind a name, and its last letter.
_AGES = re.compile(
    r"\b[Aa]ged? ?:? (?P<aged>\d{1,3})(?![\d-])|(?<![\d-])(?P<old>\d{1,3})(?: years? old\b|-year-old\b| years of age\b)"
    r"|(?<=[a-zA-Z一-鿿)]), (?P<apart>\d{1,3}), (?=[lrw])"  # lives, resident, who; signs.ENGLISH knows these
)
#: An address with its number first, behind a word for where somebody lives.
_LIVES = r"\b(?i:lives?|lived|living|resid(?:es?|ed|ing|ent|ence)|moved|address|home)\b[^\d\n]{0,48}?"
_HOME = re.compile(
    _LIVES
    + r"(?P<home>(?:(?:(?i:room|apt|unit|no)\.? ?|#)\d{1,4},? )?(?<![\d-])\d{1,4}-\d{1,4}(?:-\d{1,4}){0,2}(?![\d-]),? "
    r"[A-Z][a-z]{2}[A-Za-z'-]*(?:,? [A-Z][A-Za-z'-]+){0,6}(?:,? \d{3}-\d{4})?)"
)
#: How somebody is reached.
_REACHED = re.compile(r"\b(?:number|address) of [A-Z一-鿿][^\d@]{2,48} is [\dA-Za-z+(]")
_OLDEST, _STOPS = 120, (".", "!", "?")
#: The end of a sentence before another, and none of a title or a word cut short.
_ENDS = re.compile(r"(?<=[a-z0-9)]{2}\.) (?=[A-Z])")
_SHORTENED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Mx|Dr|St|No|Nos|Tel|Apt|Prof|Jr|Sr|vs|cf)|\.[a-z])\.$")


def facts(line: str) -> Iterator[Fact]:
    """(start, role, value) of what an English line says of private people; a birth as figures, the year first."""
    for born in _BORN:
        for match in born.finditer(line):
            month = _MONTHS.index(match["month"][:3].lower()) + 1
            if 0 < int(match["day"]) <= 31:
                yield match.start(), "birth_date", f"{match['year']}-{month:02}-{int(match['day']):02}"
    for match in _AGES.finditer(line):
        kind = match.lastgroup or ""
        if 0 < int(match[kind]) <= _OLDEST:
            yield match.start(), "age", f"{match[kind]}歳"
    for match in _HOME.finditer(line):
        yield match.start("home"), "address", match["home"]


def told(rows: Sequence[str], held: hold.Held = None) -> list[int]:
    """Lines that are English sentences about somebody: their commas part no cells."""
    return [
        i
        for i in hold.where(held, signs.ENGLISH, rows)
        if rows[i].rstrip().endswith(_STOPS)
        and " " in rows[i]
        and (_REACHED.search(rows[i]) or next(facts(rows[i]), None) is not None)
    ]


def parted(rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
    """`rows`, those that tell of somebody in several English sentences broken before each."""
    where = hold.where(held, signs.ENGLISH, rows)
    broken = {
        i: pieces for i in where if rows[i].isascii() or ". " in rows[i] if len(pieces := _sentences(rows[i])) > 1
    }
    return [piece for i, row in enumerate(rows) for piece in broken.get(i, (row,))] if broken else rows


def _sentences(line: str) -> list[str]:
    """The sentences of a line that says anything in English."""
    if next(facts(line), None) is None:
        return [line]
    found, begins = list[str](), 0
    for match in _ENDS.finditer(line):
        if not _SHORTENED.search(line, begins, match.start()):
            found.append(line[begins : match.start()])
            begins = match.end()
    return [*found, line[begins:]]
