"""Stretches of base64 or hex in the texts of a mail that stand for nothing known, however their lines are dressed up.

All pieces of a packed file but its first are such; so is whatever is encrypted. A stretch is what runs on with a few
signs between: ends of lines, indents, marks of quoting and lists, numbers of lines, quotes of a program.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from dlp.extract.containers import packed
from dlp.extract.plain import runs
from dlp.extract.plain.unfold import JAPANESE
from dlp.transfer import Part

LEAST = 3000  # letters of a stretch: above keys, signatures, and addresses that were wrapped
_DENSE = 0.9  # of its size that packing leaves of it: what a file holds that is packed or encrypted
_SAYS = 0.1  # of its bytes that letters of Japanese are, of what is not dense: records of a program
_KANJI = 3  # bytes of one in UTF-8

_SIGNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{40,}+")
_NARROW = 40  # signs of a run
_RUNS = bytes(
    65 if i in _SIGNS else 32 for i in range(256)
)  # for "is there such a run": letters as A, all else as blanks
_LONGEST = b"A" * _NARROW
#: The last line, below another or after what stood between those before: shorter, and no armour's end.
_LAST = re.compile(rb"(?!-----)([A-Za-z0-9+/_-]{1,39}+)(?==*[^A-Za-z0-9+/_=-]|=*\Z)")
_ENDS = (b"\r\n", b"\n")
_BETWEEN, _BESIDE = 24, 200  # bytes between two runs of one stretch; between two of which each is long
_LONG = 400  # signs of such
_APART = (b"://", b"-----")  # what begins an address, or another armour
_TAGS, _BLANK_LINES = re.compile(rb"<[^>]*>"), re.compile(rb"\s*\n\s*")

_HEAD = 512  # bytes by which a text is told
_EVERY = (59, 61)  # bytes of a text of which one is looked at first; both, as lines may be as long as one of them
_SEEN = LEAST // max(_EVERY)  # of a stretch that are looked at,
_FEWEST = _SEEN // 4  # and how many of these are figures or capitals, at least: more than words have
_OTHERS = bytes(i for i in range(256) if i not in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/")

_BEFORE = 2000  # bytes that are looked at before a run
_ARMOUR = 300  # bytes before a key or a certificate, in which its armour begins
_KEYS = re.compile(
    rb"-----BEGIN ((?:NEW |TRUSTED |X509 )?(?:CERTIFICATE(?: REQUEST)?|CRL)|[A-Z ]*P(?:RIVATE|UBLIC) KEY|"
    rb"PGP (?:PUBLIC|PRIVATE) KEY BLOCK|PGP SIGNATURE)-----"
)
_SEQUENCE, _SIZED = 0x30, 0x80  # DER: what each of them is, and that so many bytes of its size follow
_SHORTEST = 8  # bytes of a key
_SSH = b"openssh-key-v1\0"
_PACKETS = frozenset({*range(0x94, 0x9B), *range(0x88, 0x8B), 0xC2, 0xC5, 0xC6})  # of keys and signatures
_DIGESTS, _HEX = (40, 56, 64, 96, 128), re.compile(rb"[0-9A-Fa-f]+")  # of SHA-1, SHA-2 and SHA-3, in figures
#: A field's name, also quoted or indented, and what is folded below it; in a page the indents are gone.
_HEADER = re.compile(
    rb"(?:\A|\n)((?:[>| \t]|&gt;){0,12})[A-Za-z]{1,30}(?:-[A-Za-z0-9]{1,30}){1,6}:"
    rb"(?: ?[^\n]{0,400}(?:\n\1(?:[ \t]|=\?)[^\n]{0,400}){0,40}|\r?\n)\Z"
)
_FOLDED = 2 * LEAST  # signs of a field of a mail that was pasted with its head: what spam filters note is below it
_JPEG, _FONTS = b"\xff\xd8\xff", (b"wOFF", b"wOF2", b"OTTO", b"\0\1\0\0\0")
#: The end of the line above, which a stretch goes on with: "url(data:image/jpeg;base64,/9j/4AAQ", wrapped.
_TAIL = re.compile(rb"[^A-Za-z0-9+/_-]([A-Za-z0-9+/_-]{4,})\r?\n\Z")


def noise(data: bytes, path: tuple[str, ...], *, markup: bool = False) -> list[Part]:
    """A part of its own for each stretch, unknown bytes like any others. `markup`: of a page, between its tags."""
    if len(data) < LEAST or b"\0" in data[:_HEAD] or not _may_hold(data):
        return []
    if markup:
        data = _BLANK_LINES.sub(b"\n", _TAGS.sub(b"\n", data))
    return [Part(path=(*path, "base64"), data=made) for made in filter(None, map(_unknown, _stretches(data)))]


def _may_hold(data: bytes) -> bool:
    """Whether there is a run, and around it more figures and capitals than words have."""
    return any(_is_dense(data[::every]) for every in _EVERY) and _LONGEST in data.translate(_RUNS)


def _is_dense(seen: bytes) -> bool:
    if len(seen.translate(None, _OTHERS)) < _FEWEST:
        return False
    places = range(0, len(seen), _SEEN // 2)
    return any(len(seen[at : at + _SEEN].translate(None, _OTHERS)) >= _FEWEST for at in places)


class _Stretch(NamedTuple):
    """Runs that go on with each other."""

    before: bytes  # what stands before the first
    runs: list[bytes]

    @property
    def size(self) -> int:
        """Signs of all runs together."""
        return sum(map(len, self.runs))


def _stretches(data: bytes) -> Iterator[_Stretch]:
    """Those that are long enough; long ones with a line between are one."""
    held: list[tuple[int, int, list[bytes]]] = []
    for begin, end, between, lines in _together(data):
        found = [*lines, *_rest(data, end, between)]
        if held and sum(map(len, found)) >= _LONG <= sum(map(len, held[-1][2])) and _goes_on(data[held[-1][1] : begin]):
            held[-1] = (held[-1][0], end, held[-1][2] + found)
        else:
            held.append((begin, end, found))
    for begin, _, found in held:
        stretch = _Stretch(data[max(0, begin - _BEFORE) : begin], found)
        if stretch.size >= LEAST:
            yield stretch


def _together(data: bytes) -> Iterator[tuple[int, int, bytes, list[bytes]]]:
    """Runs with few signs between, where they begin and end, and what stands between the last two. None of an address:
    links carry tokens."""
    begin = end = 0
    between = b""
    held: list[bytes] = []
    for match in _RUN.finditer(data):
        near = held and match.start() - end <= _BETWEEN and _goes_on(data[end : match.start()])
        if held and not near:
            yield begin, end, between, held
            held = []
        word = data[max(0, match.start() - _BEFORE) : match.start()]
        if (parts := word.split()) and not word[-1:].isspace() and b"://" in parts[-1]:
            if held:
                yield begin, end, between, held
                held = []
            continue
        begin, between = (begin, data[end : match.start()]) if held else (match.start(), b"")
        held.append(match.group())
        end = match.end()
    if held:
        yield begin, end, between, held


def _rest(data: bytes, end: int, between: bytes) -> list[bytes]:
    """The last line of a stretch, which is shorter than the others; dressed up as they are."""
    ways = (way for way in (between, *_ENDS) if way and data.startswith(way, end))
    return [match[1] for way in ways if (match := _LAST.match(data, end + len(way)))][:1]


def _goes_on(between: bytes) -> bool:
    return len(between) <= _BESIDE and not any(sign in between for sign in _APART)


def _unknown(stretch: _Stretch) -> bytes:
    """The bytes of a stretch that stands for nothing known, or for what only they together tell; none of any other."""
    made = runs.decoded(b"".join(stretch.runs).decode())
    if packed.is_zlib(made):  # its mark is too short for lines that are dressed up to be told by it
        return made
    if begun := _TAIL.search(stretch.before[-_ARMOUR:]):
        whole = runs.decoded((begun[1] + b"".join(stretch.runs)).decode())
        if runs.is_file(whole):
            return b""
        made = whole if whole.startswith(_JPEG) else made
    if runs.is_file(made) or made.startswith(_FONTS) or runs.of_bytes(made) or _is_usual(stretch, made):
        return b""
    if len(zlib.compress(made, 1)) > _DENSE * len(made):
        return made
    said = len(JAPANESE.findall(made.decode("utf-8", "ignore")))
    return made if said * _KANJI > _SAYS * len(made) else b""


def _is_usual(stretch: _Stretch, made: bytes) -> bool:
    """Whether it is what mails bear so: digests, a key or a certificate in its armour, a head that was pasted."""
    if all(len(run) in _DIGESTS and _HEX.fullmatch(run) for run in stretch.runs):
        return True
    if armour := _KEYS.search(stretch.before[-_ARMOUR:]):
        return made[:1] != b"" and made[0] in _PACKETS if armour[1].startswith(b"PGP") else _is_key(made)
    return stretch.size < _FOLDED and _HEADER.search(stretch.before) is not None


def _is_key(data: bytes) -> bool:
    """Whether it is one value of DER, to its end, as keys and certificates are."""
    if data.startswith(_SSH):
        return True
    if len(data) < _SHORTEST or data[0] != _SEQUENCE or not _SIZED < data[1] <= _SIZED + 3:
        return False
    sized = 2 + data[1] - _SIZED
    return sized + int.from_bytes(data[2:sized]) == len(data)
