"""One cell to a comparable key: what `keys` does with whole columns, for a handful of people.

A query over one row costs as much as one over a thousand, and a mail with one person in it needs dozens. Each function
here gives the key that its namesake in :mod:`dlp.subjects.cells.keys` or `birth_keys` gives the same cell; a test holds them together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from dlp.detect import checks, dates
from dlp.subjects.cells import birth_keys, folding, keys
from dlp.subjects.words import BLANKS, HONORIFICS, INVISIBLE

type Cell = str | None
type Text = Callable[[str], str | None]
type Number = Callable[[str], int | None]

#: White space as Unicode has it, and so polars; Python counts four control characters more.
BLANK = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TRIMMED = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
#: The script Han, which Python's expressions have no word for.
HAN = (
    "\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d"
    "\ufa70-\ufad9\U00016fe2\U00016fe3\U00016ff0\U00016ff1\U00020000-\U0002a6df\U0002a700-\U0002b739\U0002b740-\U0002b81d"
    "\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0\U0002ebf0-\U0002ee5d\U0002f800-\U0002fa1d\U00030000-\U0003134a"
    "\U00031350-\U000323af"
)


_WORDS = {r"\s": BLANK, r"\p{Han}": HAN}


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as `keys` writes it for polars, for Python: what ends a text, what is blank, what is Han."""
    pieces, within = [], False
    for piece in re.findall(r"\\p\{Han\}|\\.|.", pattern, re.DOTALL):
        if piece in "[]":
            within = piece == "["
        word = _WORDS.get(piece)
        pieces.append(
            r"\Z" if piece == "$" and not within else piece if word is None else word if within else f"[{word}]"
        )
    return re.compile("".join(pieces))


def _table(signs: dict[str, str]) -> dict[int, str]:
    return {ord(sign): plain for sign, plain in signs.items()}


def _replaced(signs: Mapping[str, str]) -> Callable[[str], str]:
    """A text with other signs for some of one character: `str.translate` asks the table for every letter of it, and takes
    ten times as long where few are signs."""
    found = re.compile(f"[{re.escape(''.join(signs))}]")
    return lambda text: found.sub(lambda match: signs[match[0]], text)


_NEEDS_NFKC = compiled(folding.NEEDS_NFKC)
_OTHER_DIGITS = _table(folding.DIGITS)
_GONE = {ord(c): "" for c in INVISIBLE}
_ODD = compiled(folding.FOLDED)


def said(cells: Sequence[Cell]) -> list[Cell]:
    """A column folded and trimmed, None where a cell is blank or says "nothing"."""
    whole = "\n".join(filter(None, cells))
    if not whole.isascii() and _ODD.search(whole):
        nfkc = bool(_NEEDS_NFKC.search(whole))
        cells = [cell and _folded(cell, nfkc) for cell in cells]
    return [_heard(cell) for cell in cells]


def _folded(cell: str, nfkc: bool) -> str:
    text = unicodedata.normalize("NFKC", cell) if nfkc else cell
    return text.translate(_OTHER_DIGITS).translate(_GONE)


def _heard(cell: Cell) -> Cell:
    if cell is None:
        return None
    text = cell.strip(_TRIMMED)
    return None if not text or text.lower() in BLANKS else text


_BRACKETS = compiled(keys.BRACKETS)
_named_plainly = _replaced(keys.NAME_SIGNS)
_BETWEEN = compiled(keys.BETWEEN)
_MARK_BEFORE, _MARK_AFTER = compiled(keys.MARK_BEFORE), compiled(keys.MARK_AFTER)


def name_key(text: str, honorifics: tuple[str, ...] = HONORIFICS) -> str:
    """See `keys.name_key`."""
    bare = _named_plainly(_unmarked(text))
    if bare.endswith(honorifics):
        bare = bare[: -max(len(word) for word in honorifics if bare.endswith(word))]
    return keys.repeated(bare.lower())


def _unmarked(text: str) -> str:
    """A name without brackets, and without what lists put before and behind names."""
    letters = text.replace(" ", "")
    if letters.isalpha() and not letters.endswith(keys.SEAL):
        return letters  # no sign, no number: nothing of it can be there
    whole = _BETWEEN.sub(r"\1\2", text, count=1)
    bare = _BRACKETS.sub("", _MARK_BEFORE.sub("", whole, count=1), count=1)
    return _MARK_AFTER.sub("", bare, count=1)


_LATIN = re.compile("[a-zà-ÿ']+")


def latin_key(text: str) -> str | None:
    """See `keys.latin_key`."""
    return " ".join(sorted(_LATIN.findall(text.lower()))) or None


_KANA_SIGNS = _table(keys.PLAIN_KANA)
_KANA = compiled(keys.SPOKEN_KANA)


def kana_key(text: str) -> str | None:
    """See `keys.kana_key`."""
    key = _BRACKETS.sub("", text, count=1).translate(_KANA_SIGNS)
    return key if _KANA.match(key) else None


_NO_DIGITS = re.compile("[^0-9]+")


def digits(text: str) -> str:
    """Digits alone."""
    return _NO_DIGITS.sub("", text)


_PHONE_SIGNS, _LOOKALIKES = _table(keys.PHONE_SIGNS), _table(keys.LOOKALIKES)
_TELEPHONE, _FIRST_PHONE = compiled(keys.TELEPHONE), compiled(keys.FIRST_TELEPHONE)
_LOCAL, _FOREIGN = compiled(keys.LOCAL_TELEPHONE), compiled(keys.FOREIGN_TELEPHONE)
_FILLED_IN = compiled(keys.FILLED_IN)
_FREE, _CARRIED = compiled(keys.FREE_OF_CHARGE), compiled(keys.CARRIED_TELEPHONE)


def phone_key(text: str) -> str | None:
    """See `keys.phone_key` and `keys.plain_phone_key`."""
    bare = text.translate(_PHONE_SIGNS)
    if _TELEPHONE.match(bare) and bare[:4] not in keys.TOLL_FREE:
        return bare
    plain = text.translate(_LOOKALIKES)
    first = _FIRST_PHONE.search(plain)
    bare = _nationally(digits(first[1])) if first else ""
    if _TELEPHONE.match(bare) and bare[:4] not in keys.TOLL_FREE:
        return bare
    stripped = plain.strip(_TRIMMED)
    foreign = 9 <= len(bare) <= 13 and _FOREIGN.match(stripped)
    if foreign and not _FILLED_IN.match(bare) and (not _FREE.match(bare) or _CARRIED.match(stripped)):
        return bare
    local = _LOCAL.match(stripped)
    return digits(local[1]) if local else None


def _nationally(bare: str) -> str:
    if bare.startswith("81") and 11 <= len(bare) <= 13:
        return "0" + bare[2:].lstrip("0")
    return "0" + bare if not bare.startswith("0") and len(bare) in (9, 10) else bare


_EMAIL = compiled(keys.EMAIL)


def email_key(text: str) -> str | None:
    """See `keys.email_key`."""
    found = _EMAIL.search(text.lower()) if "@" in text else None
    return found[1] if found else None


_DATE, _ERA_COMPACT = compiled(birth_keys.DATE), compiled(birth_keys.ERA_COMPACT)
_COMPACT, _SERIAL = compiled(birth_keys.COMPACT), compiled(birth_keys.SERIAL)
_YEAR = compiled(birth_keys.YEAR)
_ERA_YEARS = birth_keys.ERA_YEARS
_COMPACT_ERAS = _ERA_YEARS | birth_keys.ERA_DIGITS


def birth_key(text: str) -> int | None:
    """See `birth_keys.birth_key`."""
    text = text.strip(_TRIMMED)
    if written := _DATE.match(text):
        era, year, month, day = written.groups()
        number = birth_keys.date_number(_year(era, year), int(month), int(day))
        if number is not None:
            return number
    if _COMPACT.match(text):
        return birth_keys.date_number(int(text[:4]), int(text[4:6]), int(text[6:]))
    if short := _ERA_COMPACT.match(text):
        era, year, month, day = short.groups()
        return birth_keys.date_number(_counted(_COMPACT_ERAS[era.lower()], int(year)), int(month), int(day))
    if _SERIAL.match(text):
        return _from_serial(text)
    return birth_keys.date_number(*elsewhere) if (elsewhere := dates.abroad(text)) else None


def _year(era: str | None, year: str) -> int:
    """A year as it is counted in the West; 0 of an era that never had it."""
    return _counted(_ERA_YEARS[era.lower()] if era else 0, 1 if year == "元" else int(year))


def _counted(offset: int, year: int) -> int:
    return offset + year if year <= checks.ERA_LASTS.get(offset, year) else 0


def _from_serial(text: str) -> int | None:
    days = int(text.partition(".")[0])
    if not 2200 <= days <= 48000:
        return None
    day = date(1899, 12, 30) + timedelta(days)
    return day.year * 10000 + day.month * 100 + day.day


def any_birth_key(text: str) -> int | None:
    """See `birth_keys.any_birth_key`."""
    found = birth_key(text)
    return birth_year(text) if found is None else found


def birth_year(text: str) -> int | None:
    """See `birth_keys.birth_year`."""
    found = _YEAR.match(text.strip(_TRIMMED))
    year = _year(found[1], found[2]) if found else 0
    return year * 10000 if 1900 <= year <= 2100 else None


_AGE = compiled(birth_keys.AGE)


def age_key(text: str) -> int | None:
    """See `birth_keys.age_key`."""
    found = _AGE.match(text)
    return int(found[1]) if found and int(found[1]) <= 120 else None


def sex_key(text: str) -> int | None:
    """See `keys.sex_key`."""
    return keys.SEX.get(text.strip(_TRIMMED).lower())


_NO_POSTAL = compiled(keys.POSTAL_BEFORE)
_without_spaces = _replaced(folding.NO_SPACE)
_PREFECTURE, _MUNICIPALITY = compiled(keys.PREFECTURE), compiled(keys.MUNICIPALITY)
_NUMBERED, _DIGITS = re.compile("[0-9０-９一二三四五六七八九十]"), frozenset("0123456789")
_CORE, _NO_TOWN = compiled(keys.ADDRESS_CORE), compiled(keys.PREFECTURE_ALONE)
_WHOLE, _IN_ENGLISH = compiled(keys.ADDRESS_WHOLE), compiled(keys.ADDRESS_LATIN)
_ROOM, _ROOM_LAST = compiled(keys.ROOM), compiled(keys.ROOM_LAST)
_OF_ROOM = re.compile(f"[{BLANK}室階F]")  # a room has one of them


def address_key(text: str) -> str | None:
    """See `keys.address_key` and `keys.numbered_address_key`."""
    if text[-1:] in _DIGITS and (key := _address(text)) is not None:
        return key
    text = _NO_POSTAL.sub("", text, count=1)
    bare = _without_spaces(text)
    if _NUMBERED.search(bare) or not _MUNICIPALITY.match(_PREFECTURE.sub("", bare, count=1)):
        return _address(text)
    return None


@cache
def _spellings() -> tuple[re.Pattern[str], re.Pattern[str], Callable[[str], str]]:
    """What the last letter of each sign of several characters is; those signs, longest first; and those of one."""
    longer = [sign for sign in keys.ADDRESS_TABLE if len(sign) > 1]
    single = _replaced({s: p for s, p in keys.ADDRESS_TABLE.items() if len(s) == 1})
    lasts = re.compile(f"[{re.escape(''.join({sign[-1] for sign in longer}))}]")
    return lasts, re.compile("|".join(map(re.escape, longer))), single


def spelling(text: str) -> str:
    """See `keys.spelling`: a sign of several characters goes before one that begins earlier in it."""
    lasts, longer, single = _spellings()
    if lasts.search(text):
        out: list[str] = []
        at = 0
        for found in longer.finditer(text):
            out += (text[at : found.start()], keys.ADDRESS_TABLE[found.group()])
            at = found.end()
        text = "".join((*out, text[at:]))
    return single(text)


def _front(found: re.Match[str]) -> str:
    return found[found.lastindex or 0]


_DASHES_OF_HOUSE = 2  # in 3-9-1


def _house(key: str) -> str:
    """See `keys.house`."""
    key = key.rstrip("-")
    return _ROOM_LAST.sub(r"\1", key, count=1) if key.count("-") > _DASHES_OF_HOUSE else key


def _address(text: str) -> str | None:
    spelled = spelling(_ROOM.sub(_front, text, count=1) if _OF_ROOM.search(text) else text)
    if spelled[:1] in _DIGITS:
        spelled = _IN_ENGLISH.sub(r"\2\1", spelled, count=1)
    found = _CORE.match(spelled)
    key = _house(found[1]) if found else ""
    if not key or _NO_TOWN.match(key):
        return None
    if len(key) >= keys.ADDRESS_LEAST:
        return key
    whole = _WHOLE.match(spelled)
    return _house(whole[1]) if whole else None


_NO_CODE = re.compile("[^0-9A-Z]+")


def code_key(text: str) -> str | None:
    """See `keys.code_key`."""
    bare = _NO_CODE.sub("", text.upper())
    return bare if sum(c in "0123456789" for c in bare) >= 4 else None
