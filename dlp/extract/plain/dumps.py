"""Bytes printed as figures, and what they stand for: what xxd, hexdump, od, certutil and PowerShell print, arrays of
a program, Intel's and Motorola's hex, code points one by one.

Told by the beginning of a text. An address in front of each line says how many bytes are on it, so that what such
programs print beside the figures is not taken for some of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

LOOK = 4000  # characters by which a dump is told
_ASCII = 1.6  # bytes of a character of a dump in UTF-8, at most: a title above it is in Japanese
_ZEROS = 9  # that the beginning of a dump has, at least
_FEWEST, _SHARE = 3, 0.5  # lines of a dump, and their share of those looked at
_NARROWEST, _WIDEST = 4, 64  # bytes of a line
_HEAD = re.compile(r"\s*00 01 02 03 04 ")  # over the columns, as PowerShell prints them
_LINE = re.compile(
    r"[ \t]{0,8}(?:0x)?([0-9A-Fa-f]{4,16})[:;]?(?:[ \t]{1,4}([0-9A-Fa-f]{2,8}(?:[ \t].{0,400})?))?[ \t]*"
)
_FIGURES = re.compile(r"[ \t]{0,3}([0-9A-Fa-f]+)(?=[ \t|]|$)")
_INTEL = re.compile(r":([0-9A-Fa-f]{10,600})[ \t]*")
_MOTOROLA = re.compile(r"S([0-9])([0-9A-Fa-f]{6,600})[ \t]*")
_ADDRESS = {"1": 2, "2": 3, "3": 4}  # bytes of an address of each kind of record that holds something
_ARRAY = re.compile(r"(?:(?:0[xX]|\\x)[0-9A-Fa-f]{1,2}[ \t\r\n]{0,8},[ \t\r\n]{0,8}){15,}0[xX][0-9A-Fa-f]{1,2}")
_POINTS = re.compile(r"(?:[Uu]\+[0-9A-Fa-f]{4,6}[ ,;\r\n]{0,4}){12,}")
_POINT = re.compile(r"[Uu]\+([0-9A-Fa-f]{4,6})")
_DECIMALS = re.compile(r"\d{1,6}(?:[ \t\r\n,;]{1,6}\d{1,6}){23,}")
_DECIMAL = re.compile(r"\d+")
_STEP, _SURELY = 17, 2.4  # of some signs as many bytes tell of all of them
_BYTE, _LAST = 256, 0x10FFFF
_PRINTED = 0.95  # of code points that Japanese text has
_NEWLINES = 2  # of a text in figures, at least


def _per_sign(text: str) -> float:
    """Bytes a character in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass")) / max(1, len(text))


def likely(head: str) -> bool:
    """Whether a text that begins so (`LOOK` characters) is such a dump: what parts its lines into cells is chance."""
    if _per_sign(head[::_STEP]) > _SURELY or _per_sign(head) > _ASCII:
        return False  # letters of Japanese, mostly
    if head.count("0") < _ZEROS:  # of addresses, of 0x
        return _in_figures(head)
    lines = [line.rstrip("\r") for line in head.split("\n")[:60] if line.strip()]
    if sum(map(_is_record, lines)) >= max(_FEWEST, _SHARE * len(lines)) or _filled(lines) >= _SHARE * len(lines) > 0:
        return True
    return ("0x" in head and _ARRAY.search(head) is not None) or _in_figures(head)


def _is_record(line: str) -> bool:
    return line[0] in ":S" and (_INTEL.fullmatch(line) or _MOTOROLA.fullmatch(line)) is not None


def _filled(lines: Sequence[str]) -> int:
    """How many lines have an address and as many bytes as there are up to the next: years before figures have not."""
    held = [(match[1], match[2] or "") for line in lines if (match := _LINE.fullmatch(line))]
    sizes = _sizes([address for address, _ in held]) if len(held) >= _FEWEST else []
    told = zip(held[:-1], sizes, strict=False)
    full = sum(size >= _NARROWEST and sum(map(_bytes_of, _figures(said, size))) == size for (_, said), size in told)
    return full + 1 if full >= _FEWEST - 1 else 0


def without(text: str) -> str:
    """`text` without lines of bytes behind an address, which are read as what they stand for."""
    if not likely(text[:LOOK]):
        return text
    return "\n".join(line for line in text.split("\n") if not (_LINE.fullmatch(line.rstrip("\r")) or _HEAD.match(line)))


def _in_figures(head: str) -> bool:
    """Whether a text is code points, or bytes in decimals, and hardly anything else."""
    if "U+" in head or "u+" in head:
        return _POINTS.search(head) is not None
    first = head.lstrip(" \t\r\n[{(")
    return first[:1].isdecimal() and (found := _DECIMALS.match(first)) is not None and 2 * found.end() > len(first)


def found(text: str) -> Iterator[bytes]:
    """What may be meant by each dump in `text`; of words whose order nobody knows, both. Whoever asks looks which of it
    is a text or a file."""
    if not likely(text[:LOOK]):
        return
    rows = [line.rstrip("\r") for line in text.split("\n")]
    yield from _addressed(rows)
    yield from _records(rows)
    for match in _ARRAY.finditer(text):
        yield bytes(int(figure, 16) for figure in re.findall(r"0[xX]([0-9A-Fa-f]{1,2})", match.group()))
    for match in _POINTS.finditer(text):
        yield _of_points([int(figure, 16) for figure in _POINT.findall(match.group())])
    if _in_figures(text[:LOOK]):
        for match in _DECIMALS.finditer(text):
            yield _of_decimals([*map(int, _DECIMAL.findall(match.group()))])


def _addressed(rows: Sequence[str]) -> Iterator[bytes]:
    lines = [(match[1], match[2] or "") for row in rows if (match := _LINE.fullmatch(row))]
    if len(lines) < _FEWEST:
        return
    sizes = _sizes([address for address, _ in lines])
    if not sizes:
        return
    figures = [_figures(said, size) for (_, said), size in zip(lines, sizes, strict=True)]
    width = Counter(len(figure) for line in figures for figure in line).most_common(1)
    if not width:
        return
    for data in _ways([figure for line in figures for figure in line], width[0][0]):
        yield data.rstrip(b"\0") or data  # the last word is filled up


def _sizes(addresses: Sequence[str]) -> list[int]:
    """How many bytes stand on each line: what its address and the next are apart, in hex or in octal. None where the
    addresses do not go on evenly."""
    for base in (16, 8):
        if base == 8 and any(digit in "89abcdefABCDEF" for address in addresses for digit in address):
            return []
        places = [int(address, base) for address in addresses]
        apart = [after - before for before, after in pairwise(places)]
        step, often = Counter(apart).most_common(1)[0]
        if 0 < step <= _WIDEST and often >= 0.6 * len(apart):
            if base == 16 and step == 32 and all(len(address) == 7 for address in addresses) and _octal(addresses):
                continue
            return [*(size if 0 < size <= step else step for size in apart), step]
    return []


def _octal(addresses: Sequence[str]) -> bool:
    """Whether addresses pass over every figure that octal does not have."""
    return len(addresses) > 1 and not any(digit in "89abcdefABCDEF" for address in addresses for digit in address)


def _figures(said: str, size: int) -> list[str]:
    """The figures of a line that stand for `size` bytes at most, all of one width."""
    found: list[str] = []
    at, held = 0, 0
    while (match := _FIGURES.match(said, at)) and held < size:
        if found and len(match[1]) != len(found[0]):
            break
        found.append(match[1])
        held += _bytes_of(match[1])
        at = match.end()
    return found


def _bytes_of(figure: str) -> int:
    """Bytes that a figure stands for, told by its width: an octal one of three and six, a binary one of eight."""
    if len(figure) == 8:
        return 1 if not figure.strip("01") else 4
    return {2: 1, 3: 1, 4: 2, 6: 2}.get(len(figure), len(figure) // 2 or 1)


def _ways(figures: Sequence[str], width: int) -> Iterator[bytes]:
    """The bytes of figures of one width, words in either order."""
    figures = [figure for figure in figures if len(figure) == width]
    if width == 8 and not any(figure.strip("01") for figure in figures):
        yield bytes(int(figure, 2) for figure in figures)
        return
    if width in (3, 6):
        values = [int(figure, 8) for figure in figures if not figure.strip("01234567")]
        size = 1 if width == 3 else 2
        if all(value < _BYTE**size for value in values):
            yield from dict.fromkeys(b"".join(v.to_bytes(size, order) for v in values) for order in ("little", "big"))
        return
    whole = [bytes.fromhex(figure) for figure in figures if width % 2 == 0]
    yield b"".join(whole)
    if width > 2:
        yield b"".join(word[::-1] for word in whole)


def _records(rows: Sequence[str]) -> Iterator[bytes]:
    """The bytes of Intel's or Motorola's records whose sums are right."""
    held = bytearray()
    for row in rows:
        if match := _INTEL.fullmatch(row):
            data = bytes.fromhex(match[1][: len(match[1]) // 2 * 2])
            if len(data) == data[0] + 5 and sum(data) % _BYTE == 0 and data[3] == 0:
                held += data[4:-1]
        elif (match := _MOTOROLA.fullmatch(row)) and (address := _ADDRESS.get(match[1])):
            data = bytes.fromhex(match[2][: len(match[2]) // 2 * 2])
            if len(data) == data[0] + 1 and sum(data) % _BYTE == _BYTE - 1:
                held += data[1 + address : -1]
    if held:
        yield bytes(held)


def _of_decimals(values: Sequence[int]) -> bytes:
    return bytes(values) if all(value < _BYTE for value in values) else _of_points(values)


def _of_points(values: Sequence[int]) -> bytes:
    """Code points as text in UTF-8; none where they are no Japanese text of several lines: figures of a table may be
    characters by chance, but hardly any of them is one that Japanese writes."""
    if not values or max(values) > _LAST:
        return b""
    text = "".join(map(chr, values)).encode("utf-8", "replace").decode()
    printed = len(text.encode("cp932", "ignore").decode("cp932")) / len(text)
    return text.encode() if printed >= _PRINTED and text.count("\n") >= _NEWLINES else b""
