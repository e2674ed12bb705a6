"""Literals of SQL in which nobody reads what they say, as quoted text: U&'\\540d', 0xE5908D, X'…', UNHEX('…').

PostgreSQL and Oracle write letters beyond ASCII so, mysqldump --hex-blob and SQL Server whole columns.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from dlp.native.look import Look, marks

_ASKED = marks("(,")
_STATEMENTS = ("INSERT", "insert", "VALUES", "values", "MERGE", "merge", "UPDATE", "update")
_UNICODE = re.compile(r"(?i:\bU&'((?:[^']|'')*+)'|\bUNISTR\s{0,9}\(\s{0,9}N?'((?:[^']|'')*+)'\s{0,9}\))")
_ESCAPED = re.compile(r"\\(?:\+([0-9A-Fa-f]{6})|([0-9A-Fa-f]{4}))")
#: Bytes in hex, with a character set's name before them or a function that undoes it around them.
_HEX = re.compile(
    r"(?:\b_\w{1,40}\s{1,9})?(?:\b0x((?:[0-9A-Fa-f]{2})+)\b|\b[xX]'((?:[0-9A-Fa-f]{2})+)'"
    r"|\b(?i:HEXTORAW|UNHEX)\s{0,9}\(\s{0,9}'((?:[0-9A-Fa-f]{2})+)'\s{0,9}\)"
    r"|\b(?i:DECODE)\s{0,9}\(\s{0,9}'(?:\\x)?((?:[0-9A-Fa-f]{2})+)'\s{0,9},\s{0,9}'(?i:hex)'\s{0,9}\))"
)
_BASE64 = re.compile(
    r"\b(?i:FROM_BASE64|DECODE)\s{0,9}\(\s{0,9}'([A-Za-z0-9+/]+={0,2})'\s{0,9}(?:,\s{0,9}'(?i:base64)'\s{0,9})?\)"
)
#: What a value is made, whose length stands in brackets of its own.
_CAST = re.compile(
    r"\b(?i:CAST)\s{0,9}\(\s{0,9}([Nn]?'(?:[^']|'')*+')\s{1,9}(?i:AS)\s{1,9}\w{1,40}(?:\s{0,9}\(\s{0,9}\w{1,9}\s{0,9}\))?\s{0,9}\)"
)
_LAST = 0x10FFFF


def plain(text: str, seen: Look | None) -> str:
    """`text` with such literals as quoted text; the same object where it has none. `seen`: what `normalize.told` said
    of it."""
    if (seen is not None and seen.lacks(_ASKED)) or not any(word in text for word in _STATEMENTS):
        return text
    made = text
    if "&'" in made or "NISTR" in made or "nistr" in made:
        made = _UNICODE.sub(_unescaped, made)
    made = _HEX.sub(_of(bytes.fromhex), made)
    made = _BASE64.sub(_of(_from_base64), made)
    made = _CAST.sub(r"\1", made) if made != text else made
    return made if made != text else text


def _unescaped(match: re.Match[str]) -> str:
    return f"'{_ESCAPED.sub(_letter, match[1] if match[1] is not None else match[2])}'"


def _letter(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= _LAST and not 0xD800 <= code < 0xE000 else match[0]


def _of(read: Callable[[str], bytes]) -> Callable[[re.Match[str]], str]:
    """Replaces a literal by what its bytes say; what is no text stays as it stands."""

    def replaced(match: re.Match[str]) -> str:
        said = _text(read(next(group for group in match.groups() if group)))
        return f"'{said.replace("'", "''")}'" if said else match[0]

    return replaced


def _from_base64(run: str) -> bytes:
    try:
        return base64.b64decode(run, validate=True)
    except ValueError:
        return b""


def _text(data: bytes) -> str:
    """Bytes of a column as text: UTF-8, UTF-16 as SQL Server keeps it, or CP932; "" where they are none."""
    for codec in ("utf-8", "utf-16-le", "cp932"):
        try:
            said = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if said and said.replace("\n", "").replace("\u3000", "").isprintable() and _is_japans(said):
            return said
    return ""


def _is_japans(text: str) -> bool:
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
