"""Signs and words of which a line's mask says whether they stand in it (see `hold`), each with its bits: a reader that
asks by one of them is told of no line without, and of no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dlp.native import hold
from dlp.subjects import hints
from dlp.subjects.books import Books

# The first five are those of `hints` (two), `facts` and `beside` (two).
_STOP, _ARROW, _COLON, _COUPLE, _HEAD, _ADDRESSED, _CORNER, _EXAMPLE, _WRITTEN, _DELIMITER = (
    32 << i for i in range(10)
)
#: Full stops; arrows; colons; husband and wife; heads of groups; formal honorifics; corners of drawn boxes.
STOP, ARROW, COLON, COUPLE = map(hold.word, (_STOP, _ARROW, _COLON, _COUPLE))
HEAD, ADDRESSED, CORNER = map(hold.word, (_HEAD, _ADDRESSED, _CORNER))
#: What says that a form shows how to fill it in; what a text is written with that is no text: SQL, LDIF, bold letters.
EXAMPLE, WRITTEN = hold.word(_EXAMPLE), hold.word(_WRITTEN)

#: Corners of drawn boxes, and what other sign is between.
CORNERS = "┌├└┏┣┗╔╠╚┬┼┴┳╋┻╦╬╩┯┿┷┠┝"
COUPLES = tuple(f"夫{mate}" for mate in "妻婦")
_WORDS = ("INSERT", "REPLACE INTO", "UPDATE")
_WAYS = (*_WORDS, *map(str.lower, _WORDS), *map(str.capitalize, _WORDS), "FROM stdin", "from stdin", ":: ", "**")
#: How somebody is: words of illness, of crime, belief and what he owes.
_AILING = _DELIMITER << 8
AILING = hold.word(_AILING)
PARTY = _AILING << 1  # of words for a party to something, which `beside` asks for
#: Delimiters of lists in the order they are tried; the last is two spaces or more.
DELIMITERS = ("\t", ",", "|", ";", "、", "/", "・", "  ")
DELIMITED = {sign: hold.word(_DELIMITER << i) for i, sign in enumerate(DELIMITERS)}
ALL = -1  # what any line may have, where nothing is told
#: Relations; the bit between is that of parties, in `beside`.
_KIN = PARTY << 1
KIN = hold.word(_KIN)
#: When a shop is open.
_OPEN = _KIN << 1
OPEN = hold.word(_OPEN)
#: A year and a month in kanji.
_KANJI_DATED = _OPEN << 1
KANJI_DATED = hold.word(_KANJI_DATED)
#: A relation with what stands between it and a name; how a letter is addressed, with what may stand behind that.
_RELATED, _HONOURED = _KANJI_DATED << 1, _KANJI_DATED << 2
RELATED, HONOURED = hold.word(_RELATED), hold.word(_HONOURED)
HONOURS = ("様", "さま", "殿")
#: Dots that lead from a name to what is said of it.
DOTS = ("....", "……", "‥‥", "・・・")
_LED = _HONOURED << 1
LED = hold.word(_LED)
#: Eras long past.
_PAST = _LED << 1
PAST = hold.word(_PAST)
#: Who wrote a program: letters of each word that a line which says so begins with.
_AUTHOR = _PAST << 1
AUTHOR = hold.word(_AUTHOR)
AUTHORS = (
    *("uthor", "UTHOR", "ommitter", "aintainer", "ontributor"),
    *("igned-off-by", "igned-Off-By", "eviewed-by", "eviewed-By"),
)
#: Letters that look like figures, in a telephone that is carried about.
_MISTYPED = _AUTHOR << 1
MISTYPED = hold.word(_MISTYPED)
#: What somebody was called at birth.
_BORN_AS = _MISTYPED << 1
BORN_AS = hold.word(_BORN_AS)
#: The end of what stands in corners.
_QUOTED = _BORN_AS << 1
QUOTED = hold.word(_QUOTED)
#: A polite honorific and what may stand between it and a birth.
_HAILED = _QUOTED << 1
HAILED = hold.word(_HAILED)
#: What English sentences say of somebody.
_ENGLISH = _HAILED << 1
ENGLISH = hold.word(_ENGLISH)
_IN_ENGLISH = (
    *(
        "born ",
        " aged ",
        "(aged ",
        ", aged",
        "(age ",
        ", age",
        " years old",
        " year old",
        "-year-old",
        "DOB",
        "ate of birth",
        "irthday",
    ),
    *(" lives ", " lived ", " living ", " resid", "Resid", " moved ", "ddress", " home", "umber of "),
    *(f"{figure}, {letter}" for figure in range(10) for letter in "lrw"),
)
_NOUGHTS, _ONES = "OoОоΟο〇○", "lI|"


def _mistyped() -> Iterator[str]:
    """What a line with such a telephone holds: its third figure and a sign, its first three, or a sign and its fourth."""
    for nought in _NOUGHTS:
        yield from (f"{second}{nought}{sign}" for second in "789" for sign in "- (")
        yield from (f"{nought}{second}0" for second in "789")
    yield from (f"0-{one}" for one in _ONES)


def words(books: Books) -> Iterator[tuple[str, int]]:
    """Each word with a bit; a word may come more than once."""
    yield from (("。", _STOP), ("→", _ARROW), (":", _COLON), ("」", _QUOTED))
    for bit, several in (
        *(
            (_KIN, books.kin),
            (_COUPLE, COUPLES),
            (_HEAD, books.group_heads),
            (_ADDRESSED, books.honorifics_formal),
        ),
        *((_CORNER, tuple(CORNERS)), (_EXAMPLE, books.example_words), (_WRITTEN, _WAYS)),
        (_AILING, (*hints.held(books.patterns.ailing_said), *hints.held(books.patterns.secret_said))),
        (_OPEN, tuple(hints.held(books.patterns.opening))),
        (_KANJI_DATED, tuple(f"年{month}" for month in "一二三四五六七八九十")),
        (_RELATED, _followed(books.kin, " 　:：・")),
        (_HONOURED, _followed(HONOURS, " 　(（")),
        (_HAILED, _followed(books.honorifics_polite, " 　、,，")),
        (_LED, DOTS),
        (_PAST, tuple(hints.held(books.patterns.past))),
        (_AUTHOR, AUTHORS),
        (_MISTYPED, tuple(_mistyped())),
        (_ENGLISH, _IN_ENGLISH),
        (_BORN_AS, tuple(hints.held(books.patterns.born_as))),
    ):
        yield from ((word, bit) for word in several)
    yield from ((sign, _DELIMITER << i) for i, sign in enumerate(DELIMITERS))


def _followed(words: Iterable[str], signs: str) -> tuple[str, ...]:
    return tuple(word + sign for word in words for sign in signs)
