"""What a caller says of a citizen, in any writing, as facts the trace index knows. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from dlp.subjects.cells import cells
from dlp.subjects.own import OwnTown
from dlp.subjects.words import DASHES

#: What may be asked for, in the order of the form.
ASKED = ("name", "kana", "birth", "address", "phone", "email", "number")
_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_KANJI_NUMBER = re.compile(r"[〇零一二三四五六七八九十]+(?=\s*(?:[" + re.escape(DASHES) + r"\-の]|丁目|番|号|$))")
_KANJI_DATE = re.compile(r"[〇零一二三四五六七八九十]+(?=\s*[年月日])")
_ROOM = re.compile(r"(-[0-9]+)$")
_CODES = ("licence", "resident_code", "passport", "residence_card", "pension")

type Fact = tuple[str, str]


def facts(known: Mapping[str, str], own: OwnTown | None = None) -> list[Fact]:
    """(kind, key) of all that was said, with other spellings a record may have; raises KeyError for other words."""
    found: list[Fact] = []
    for word, text in known.items():
        found += (fact for fact in _READERS[word](text.strip(), own) if fact[1])
    return list(dict.fromkeys(found))


def _key(text: str, key: Callable[[str], str | int | None]) -> str:
    (cell,) = cells.said([text])
    found = key(cell) if cell else None
    return "" if found is None else str(found)


def _name(text: str, own: OwnTown | None) -> Iterator[Fact]:
    """A name in kanji, in kana alone, or in Latin letters."""
    yield "name", _key(text, cells.name_key)
    yield "kana", _key(text, cells.kana_key)
    yield "latin", _key(text, cells.latin_key)


def _kana(text: str, own: OwnTown | None) -> Iterator[Fact]:
    reading = _key(text, cells.kana_key)
    yield "kana", reading
    yield "name", _key(text, cells.name_key) if reading else ""  # names written in kana are a name, too


def _birth(text: str, own: OwnTown | None) -> Iterator[Fact]:
    yield "birth", _key(_KANJI_DATE.sub(_digits, text), cells.birth_key)


def _phone(text: str, own: OwnTown | None) -> Iterator[Fact]:
    number = _key(text, cells.phone_key)
    yield "phone", number
    if re.fullmatch(r"0[1-9]\d{8}", number):
        for digits in (6, 7, 8):  # a town writes its own numbers without the area code
            yield "phone", number[-digits:]


def _email(text: str, own: OwnTown | None) -> Iterator[Fact]:
    yield "email", _key(text, cells.email_key)


def _number(text: str, own: OwnTown | None) -> Iterator[Fact]:
    code = _key(text, cells.code_key)
    if re.fullmatch(r"\d{12}", code):
        yield "number", code
    if code:
        yield from (("code", f"{kind}:{code}") for kind in _CODES)
        yield "policy", f"insurance:{code}"


def _address(text: str, own: OwnTown | None) -> Iterator[Fact]:
    """The key of an address, also with kanji numerals read as numbers, and without what may be a room."""
    for spelling in dict.fromkeys((text, _KANJI_NUMBER.sub(_digits, text))):
        key = _key(spelling, cells.address_key)
        if own is not None and key:
            key = own.without(key)
        yield "address", key
        if key.count("-") >= 2 and (shorter := _ROOM.sub("", key)).count("-") >= 2:
            yield "address", shorter


def _digits(match: re.Match[str]) -> str:
    """二十三 as 23, 一〇五 as 105."""
    text = match[0]
    if "十" not in text:
        return text.translate(_KANJI_DIGITS)
    tens, _, ones = text.partition("十")
    return str(int(tens.translate(_KANJI_DIGITS) or "1") * 10 + int(ones.translate(_KANJI_DIGITS) or "0"))


_READERS = {
    "name": _name,
    "kana": _kana,
    "birth": _birth,
    "address": _address,
    "phone": _phone,
    "email": _email,
    "number": _number,
}
