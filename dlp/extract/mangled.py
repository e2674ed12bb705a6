"""Text that programs mangled: two encodings in one file, one read as Latin-1 and saved again, escapes that were lost.

Concatenated exports and logs hold lines of UTF-8 among lines of CP932. A program that takes UTF-8 or CP932 for
Windows-1252 saves "æ°å" for 氏. A gateway of seven bits that drops ESC leaves ISO-2022-JP as "$B;aL>(B".
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SIDE = 1 << 15  # bytes of either end that are looked at: files are joined, lines take turns
#: Three letters of Japanese in UTF-8: in CP932 and EUC-JP a row of rare signs that no line has.
_UTF8 = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){3}")
_EITHER = ("cp932", "euc_jp")
_LEAST_LINES = 2  # of UTF-8
_HEAD, _LEADS = 4096, 24  # bytes looked at, and how many of them begin a letter of Latin-1
#: From a mark to the next that ends it; a run that none ends is passed over as a whole, for from each mark in
#: it to its end takes the square of its length.
_LOST = re.compile(rb"\$[@B](?:((?:[\x21-\x7e]{2})+?)\([BJ]|[\x21-\x7e]*+)")
_LEAST_LOST, _SHARE = 2, 0.8  # runs without their ESC; share of Japanese in what is restored
ESCAPE = b"\x1b$"  # Japanese follows, in two bytes a letter
_LATIN = {i: i for i in range(256)} | {ord(bytes([i]).decode("cp1252", "ignore") or chr(i)): i for i in range(128, 160)}
_JAPANESE = re.compile(r"[぀-ヿ一-龥、。「」・（）！-ｚ｡-ﾟ々　]")


def escaped(data: bytes) -> bool:
    """Whether `ESCAPE` stands in `data`. One sign, which no other text has, is found thirty times as fast."""
    return b"\x1b" in data and ESCAPE in data


def may_be_mixed(data: bytes) -> bool:
    """Whether bytes that are no UTF-8 have Japanese in UTF-8 near either end."""
    sides = data if len(data) <= 2 * _SIDE else data[:_SIDE] + b"\n" + data[-_SIDE:]
    return _UTF8.search(sides) is not None


def mixed(data: bytes, of: Callable[[bytes], tuple[str, str] | None]) -> str | None:
    """The text of bytes that are UTF-8 in some lines and one other encoding in all others; None where they are not.

    `of`: the text and the encoding of what is no UTF-8.
    """
    if not may_be_mixed(data):
        return None
    lines = [(line, _strict(line, "utf-8")) for line in data.splitlines(keepends=True)]
    other = of(b"".join(line for line, text in lines if text is None))
    if other is None or sum(text is not None and not line.isascii() for line, text in lines) < _LEAST_LINES:
        return None
    texts = [_strict(line, other[1]) if text is None else text for line, text in lines]
    return None if None in texts else "".join(filter(None, texts))


def latin(head: bytes) -> bool:
    """Whether text in UTF-8 begins with so many letters above ASCII, all of Latin-1, that it may be mangled."""
    head = head[:_HEAD]
    return head.count(b"\xc3") + head.count(b"\xc2") >= _LEADS


def unmangled(text: str) -> str | None:
    """What `text` was before a program took it for Latin-1 or Windows-1252; None where it says what it says."""
    try:
        data = bytes(_LATIN[ord(letter)] for letter in text)
    except KeyError:
        return None
    for encoding in ("utf-8", *_EITHER):
        made = _strict(data, encoding)
        if made is not None and is_japanese(made):
            return made
        if made is not None and encoding == "utf-8" and latin(made[:_HEAD].encode()):  # it was done twice
            return unmangled(made)
    return None


def is_japanese(text: str) -> bool:
    """Whether what of a text is not ASCII is mostly Japanese."""
    return _share(text) >= _SHARE


def with_escapes(data: bytes, of: Callable[[bytes], str]) -> str:
    """The text of UTF-8 some lines of which are ISO-2022-JP. `of`: the text of such a line."""
    lines = data.splitlines(keepends=True)
    return "".join(of(line) if ESCAPE in line and line.isascii() else line.decode() for line in lines)


def may_lack_escapes(data: bytes) -> bool:
    """Whether a text begins with marks of ISO-2022-JP that no ESC stands before."""
    head = data[:_HEAD]
    return b"(B" in head and head.count(b"$B") >= _LEAST_LOST and b"\x1b" not in head


def restored(data: bytes) -> bytes | None:
    """ISO-2022-JP whose escapes were dropped, with them; None for any other text in ASCII."""
    if not may_lack_escapes(data):
        return None
    said = b"".join(b"\x1b$B" + run for run in _LOST.findall(data[:_SIDE]) if run)
    text = _strict(said + b"\x1b(B", "iso2022_jp_ext")
    if text is None or _share(text) < _SHARE:
        return None
    return _LOST.sub(lambda run: b"\x1b$B" + run[1] + b"\x1b(B" if run[1] else run[0], data)


def _share(text: str) -> float:
    """How much of what is not ASCII is Japanese."""
    sample = [letter for letter in text[:8000] if not letter.isascii()]
    return len(_JAPANESE.findall("".join(sample))) / max(1, len(sample))


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
