"""What nobody can parse: its strings in every encoding met in Japan, so that people in it still count.

The part stays unread all the same: a format that is not known may keep its text packed, and then no string shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, filterfalse

from dlp.extract.blocks import Extracted, Lost, Text, Why
from dlp.extract.budget import Budget
from dlp.native import scan
from dlp.transfer import Part

KIND = "application/octet-stream"
_EMPTY = re.compile(rb"\0{16,}")
_ASCII = rb"[\t\x20-\x7e]|\r?\n"
#: codec -> what its text looks like as bytes. A run has at least four characters beyond ASCII, or six of it.
_RUNS = {
    "utf-8": re.compile(
        rb"(?:" + _ASCII + rb"|[\xc2-\xdf][\x80-\xbf]|[\xe2-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}){6,}"
    ),
    "cp932": re.compile(rb"(?:" + _ASCII + rb"|[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa1-\xdf]){6,}"),
    "euc_jp": re.compile(rb"(?:" + _ASCII + rb"|\x8f?[\xa1-\xf4][\xa1-\xfe]|\x8e[\xa1-\xdf]){6,}"),
    "utf-16-le": re.compile(rb"(?:[\t\n\r\x20-\x7e]\x00|[\x00-\xff][\x30\x4e-\x9f\xff]){4,}", re.DOTALL),
    "utf-16-be": re.compile(rb"(?:\x00[\t\n\r\x20-\x7e]|[\x30\x4e-\x9f\xff][\x00-\xff]){4,}", re.DOTALL),
    "iso2022_jp_ext": re.compile(rb"(?:" + _ASCII + rb"|\x1b[$(][@-J]?){3}(?:" + _ASCII + rb"|\x1b[$(][@-J]?){3,}"),
}  # fmt: skip
#: codec -> what chance hardly makes of other bytes (some ten times a megabyte at most), and every text of people has.
#: In the order and with the meaning of `dlp/native/cores.c`, which looks for the same where it was built.
_CORES = {
    "utf-8": re.compile(
        rb"[\xe3-\xe9][\x80-\xbf]{2}[\xe3-\xe9][\x80-\xbf]{2}|[0-9]{4}|[\w.+-]@[\w-]+\.\w|[A-Za-z]{3}[ ,\t][A-Za-z]{3}"
    ),
    "cp932": re.compile(
        rb"[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc](?:[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc]){3}"
        rb"|[\xb1-\xdf][\xa6-\xdf ](?:[\xb1-\xdf][\xa6-\xdf ]){3}"
    ),
    "euc_jp": re.compile(rb"[\xa1\xa4\xa5\xb0-\xcf][\xa1-\xfe](?:[\xa1\xa4\xa5\xb0-\xcf][\xa1-\xfe]){3}"),
    "utf-16-le": re.compile(rb"[0-9A-Za-z-]\x00(?:[0-9A-Za-z@.-]\x00){2}|[\x41-\xfe]\x30(?:[\x41-\xfe]\x30){2}"),
    "utf-16-be": re.compile(rb"\x00[0-9A-Za-z-](?:\x00[0-9A-Za-z@.-]){2}|\x30[\x41-\xfe](?:\x30[\x41-\xfe]){2}"),
    "iso2022_jp_ext": re.compile(rb"\x1b\$[@B(]"),
}  # fmt: skip
_SMALL = 1 << 18  # bytes up to which every run is looked at
_AROUND = 400  # bytes around a core in which runs are looked for in larger ones: a record is no longer
_DEAR = 10  # a byte looked at so costs as much as so many of the others
_SHORTEST = 4
_TOGETHER = frozenset(("utf-8", "cp932", "euc_jp"))  # whose runs are decoded in one call
_ASCII_TOO = frozenset(("cp932", "euc_jp"))  # whose runs of ASCII alone are UTF-8's
_FEW, _NEAR = 100, 10  # strings that are read whatever they are; that stand together
_CHANCES = "cp932"  # the encoding of most that chance makes: every other byte is half a letter of it, or a whole one
#: What a run must hold to say something of a person: a number, an address, two Latin words, two letters of Japanese.
_WORTH = re.compile(r"\d{4}|[\w.-]@[\w-]|[A-Za-z]{3,}[ ,\t][A-Za-z]{3,}|[ぁ-ヶ一-龠々ｦ-ﾟ]{2,}")
#: Kana, signs and the kanji of JIS level 1: nine of ten characters of any text, one of seven of chance's.
_HALF = frozenset(map(chr, range(0xFF61, 0xFFA0)))
_COMMON = _HALF | frozenset(
    bytes((lead, trail)).decode("cp932", "ignore")
    for lead in (*range(0x81, 0x84), *range(0x88, 0x99))
    for trail in range(0x40, 0xFD)
)
_LETTER = "[" + "".join(sorted(letter for letter in _COMMON - _HALF if letter and not letter.isascii())) + "]"
#: What a core of CP932 is as text; and as much of it as is left where the byte before it was taken for half a letter.
_CORE, _SHOWN = (re.compile(rf"{_LETTER}{{{most}}}|[ｱ-ﾟ][ｦ-ﾟ ]{{{2 * most - 1}}}") for most in (4, 3))
#: What is found around one in a hundred of chance's cores, and around nearly every record's.
_BESIDE = re.compile(
    rf"{_LETTER}{{6}}|\d{{3}}|\d[-/.]\d{{1,4}}[-/.]\d|[\w.-]@[\w-]+\.\w|[A-Za-z]{{3}}[ ,\t][A-Za-z]{{3}}", re.ASCII
)


def extract(part: Part, budget: Budget) -> Extracted:
    """The strings of an unknown format; it is unread whatever they say. Room that a program has taken for a file and
    not written to yet is nothing but zeros: nobody is in it, and nothing of it is unread."""
    if not part.data.strip(b"\0"):
        return Extracted(KIND, ())
    return Extracted(KIND, strings(part.data, budget), unread=(Why.UNKNOWN,), notes=("strings_searched",))


def strings(data: bytes, budget: Budget) -> Iterator[Text | Lost]:
    """The strings of `data`, a block for each encoding that has any."""
    small = len(data) <= _SMALL
    searched = _EMPTY.sub(b"\0\0", data[: budget.strings_left // _DEAR]) if small else data[: budget.strings_left]
    budget.strings_left -= len(searched) * (_DEAR if small else 1)
    for number, (encoding, runs) in enumerate(_RUNS.items()):
        budget.check_time()
        pieces = [searched] if small else _islands(searched, encoding)
        texts = (_texts(_runs(piece, number, runs), encoding) for piece in pieces)
        if encoding == _CHANCES:
            texts = (_among_chance(strings) if small else _told(strings) for strings in texts)
        found = [*chain.from_iterable(texts)]
        if found:
            yield Text("\n".join(found) + "\n", f"strings in {encoding}")


def _runs(data: bytes, encoding: int, runs: re.Pattern[bytes]) -> list[bytes]:
    found = scan.text_runs(data, encoding)
    return runs.findall(data) if found is None else found


def _islands(data: bytes, encoding: str) -> Iterator[bytes]:
    """The stretches of a large content that may hold text: what is around each core, together where they meet."""
    found = scan.islands(data, list(_CORES).index(encoding), _AROUND)
    for begin, end in _by_python(data, _CORES[encoding]) if found is None else found:
        yield data[begin:end]


def _by_python(data: bytes, core: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    begin = end = -1
    for match in core.finditer(data):
        if end < 0 or match.start() - _AROUND > end:
            if end > 0:
                yield begin, end
            begin = max(0, match.start() - _AROUND)
        end = match.end() + _AROUND
    if end > 0:
        yield begin, end


def _texts(runs: Sequence[bytes], encoding: str) -> list[str]:
    """Runs as text, without what chance has made of other bytes."""
    if encoding == "iso2022_jp_ext":
        runs = [run for run in runs if b"\x1b$" in run]
    elif encoding in _ASCII_TOO:
        runs = [run for run in runs if not run.isascii()]  # the first encoding has it already
    # A call for each costs more than the decoding: no run holds a NUL, nor ends within a letter.
    if encoding in _TOGETHER:
        texts = b"\0".join(runs).decode(encoding, "ignore").split("\0")
    else:
        texts = [run.decode(encoding, "ignore") for run in runs]
    worth = (text for given in texts if len(text := given.strip()) >= _SHORTEST and _WORTH.search(text))
    return [*filter(_common, worth)]


def _common(text: str) -> bool:
    """Whether seven of ten characters beyond ASCII are such as texts have."""
    beyond = [*filterfalse(str.isascii, text)]
    return sum(map(_COMMON.__contains__, beyond)) >= len(beyond) * 0.7


def _told(strings: list[str]) -> list[str]:
    """The strings around a core; where nothing but that core tells that there is text, no more than what shows it.

    Noise has eight cores a megabyte, and around each some twenty strings that say nothing.
    """
    return strings if _tell(strings) else [*filter(_SHOWN.search, strings)]


def _tell(strings: list[str]) -> bool:
    text = "\n".join(strings)
    return _BESIDE.search(text) is not None or len(_CORE.findall(text)) > 1


def _among_chance(strings: list[str]) -> list[str]:
    """The strings of all of a content, where they are many: those that tell, those near them, and what shows a core."""
    if len(strings) <= _FEW:
        return strings
    told = [_tell(strings[at : at + _NEAR]) for at in range(0, len(strings), _NEAR)]
    near = [any(told[max(0, at - 1) : at + 2]) for at in range(len(told))]
    return [one for at, one in enumerate(strings) if near[at // _NEAR] or _SHOWN.search(one)]
