"""Places with a house number in a line: "鏡浜市桜が丘3-2-1", "大字国府123番地"; and numbers that are none, of books and parcels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.subjects.cells.values import CLASS

_NUMERAL = r"[\d一二三四五六七八九十]"
_PLACE = re.compile(
    rf"(?P<where>(?:{CLASS}|[ヶケ0-9](?={CLASS})|\d{{1,2}}(?=条)){{2,30}}?)\s?"
    r"(?P<number>(?:\d{1,4}|[一二三四五六七八九十]{1,3})(?:丁目|地割|番地|番(?=\d)|(?:-|の)(?=\d))[\d\-丁目番地割号の一二三四五六七八九十]*"
    r"(?: [\d一二三四五六七八九十]{1,4}(?:丁目|番地?|号)[\d\-番地号の]*)*)"
)
#: The first sign of a house number, behind a figure of it: a class of few signs, which a search passes over text by.
_SIGN = re.compile(rf"[丁地番の-](?<={_NUMERAL}[丁地番の-])(?=(?<=丁)目|(?<=地)割|(?<=番)(?:地|\d)|(?<=[の-])\d)")
#: What stands before that sign in a match, from right to left: figures, a blank perhaps, letters and figures.
_BACK = re.compile(rf"(?:{CLASS}|\d){{0,4}}+\s?(?:{CLASS}|\d)*+")
_REACH = 68  # letters of it, at most: thirty of one letter or two, a blank, four figures
_LEAST = 2  # letters of a place, before its number of one figure

_ISBN = re.compile(r"97[89](?:-\d{1,7}){3}-\d(?!\d)")
_DIGITS, _PLAIN = 11, 13  # of a telephone in its country, at most, and signs of it that hold no more


def of_book(place: re.Match[str]) -> bool:
    """Whether the number of a place is a book's, behind whoever wrote it: 御手洗 皐月 978-4-6433-1374-5."""
    return _ISBN.match(place["number"]) is not None


def too_long(telephone: str) -> bool:
    """Whether a number has more figures than any telephone, as parcels' have: 0658-2904-4996."""
    return len(telephone) > _PLAIN and telephone[0] == "0" and sum(map(str.isdigit, telephone)) > _DIGITS


def places(line: str) -> Iterator[re.Match[str]]:
    """Where places stand, as a search over the line finds them: tried are the letters before each number alone, for to
    try all letters of a sentence takes a hundred times as long. Groups: `number`."""
    at = 0  # what stands before was matched, or tried in vain
    for found in _SIGN.finditer(line):
        sign = found.start()
        back = _BACK.match(line[max(at, sign - _REACH) : sign][::-1]) if sign > at else None
        for start in range(sign - back.end(), sign - _LEAST) if back else ():
            if match := _PLACE.match(line, start):
                yield match
                at = match.end()
                break
        else:
            at = max(at, sign - _LEAST)
