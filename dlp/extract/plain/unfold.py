"""Text that was written so that nobody reads it, made plain in place.

`plain()` undoes in place what keeps the lines of a text: entities, percent signs, quoted-printable, escapes, digits in
kanji, combining marks, right-to-left overrides. What has lines of its own is :mod:`dlp.extract.plain.unpack`'s.
Each step has a check that costs next to nothing on text that needs no undoing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import polars as pl

from dlp.extract import charset
from dlp.extract.plain import base85, binhex, sql_literals, uuencoded
from dlp.native.look import Look
from dlp.native.text import Sign, signs

_ENTITY = re.compile(r"&(?:amp;)?#(?:[xX]0{0,8}([0-9A-Fa-f]{1,6})|0{0,8}([0-9]{1,7}));")
#: Without the sign that ends them, as pages may leave it away: of letters beyond ASCII alone, several in a row.
_OPEN_ENTITIES = re.compile(r"(?:&#(?:[xX][0-9A-Fa-f]{2,6}|[0-9]{2,7})(?![0-9A-Fa-f;])){2,}")
_OPEN_ENTITY = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{2,6})|([0-9]{2,7}))")
#: Of letters beyond ASCII, of an escape, of a percent sign, entity or escape that was encoded again.
_PERCENTS = re.compile(r"%(?:[89A-Fa-f][0-9A-Fa-f]|1[Bb]|25[0-9A-Fa-f]{2}|25u|26%23|26#|5[Cc][ux])")
_PERCENT_BYTES = re.compile(
    rb"%(?:[89A-Fa-f][0-9A-Fa-f]|u[0-9A-Fa-f]{4}|1[Bb]|25[0-9A-Fa-f]{2}|25u|26%23|26#|5[Cc][ux])"
)
#: As JavaScript's escape() writes what is no letter of ASCII (ECMA-262, B.2.1.1): in units of UTF-16 or low bytes.
_UNITS = re.compile(r"(?:%u[0-9A-Fa-f]{4})+")
_LOW = re.compile(r"%([0-7][0-9A-Fa-f])")
_QUOTED_BYTES = re.compile(rb"=(?:[89A-F][0-9A-F]=[89A-F][0-9A-F]|1B)")
_TOKEN = re.compile(r"[!-~]+")
_QUOTEDS = re.compile(r"=(?:[89A-F][0-9A-F]=[89A-F][0-9A-F]|1B)")
_QUOTED = re.compile(r"(?:=[0-9A-F]{2})+")
_ESCAPE = re.compile(r"(?:\\{1,2}u[0-9A-Fa-f]{4})+")
_ESCAPED_BYTES = re.compile(r"(?:\\x[0-9A-Fa-f]{2}){3,}")
_OCTAL_BYTES = re.compile(r"(?:\\[2-3][0-7]{2}(?:[ -\[\]-~]?(?=\\[2-3]))?){3,}")  # CP932 has letters of ASCII between
_OCTAL = re.compile(rb"\\([2-3][0-7]{2})")
_BRACED = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}")  # ECMAScript, Rust, Swift
_STYLED = re.compile(r"\\0([0-9A-Fa-f]{5}) ?")  # six figures, as style sheets may have
_OVERRIDE = re.compile("\u202e([^\u202c\n]*)\u202c?")
_KANJI_DIGITS = "〇一二三四五六七八九"
_KANJI_NUMBER = re.compile(rf"[零{_KANJI_DIGITS}][零{_KANJI_DIGITS}‐‑‒–—―−ー－ｰ()（） 　-]{{8,18}}[零{_KANJI_DIGITS}]")
_TO_DIGITS = {ord(c): str(i) for i, c in enumerate(_KANJI_DIGITS)} | {ord("零"): "0"}
_AT = re.compile(
    r"[ 　]{0,3}[\[(（<【](?:at|AT|アット|アットマーク|あっと)[\])）>】][ 　]{0,3}"
    r"|[ 　]{1,3}(?:アットマーク|アット)[ 　]{1,3}"
)
_ATS = ("アット", "[at]", "(at)", "<at>", "[AT]", "(AT)")
_DOT = re.compile(r"(?<=[A-Za-z0-9])[ 　]{0,3}(?:[\[(（]?(?:dot|DOT|ドット)[\])）]?)[ 　]{0,3}(?=[A-Za-z])")
_QUERY = re.compile(r"[?&](?=[^=&\s]{1,40}=)")
#: A letter that only Japanese text has.
JAPANESE = re.compile(r"[ぁ-ヶ一-鿿々ｦ-ﾝ]")
_UTF7 = re.compile(r"\+[A-Za-z0-9+/]{2,}-?[\s,:;]")
_HALVES = re.compile("[\ud800-\udfff]")  # of a character that needs two
CODECS = ("utf-8", "cp932", "euc_jp", "iso2022_jp_ext")  # in which unpacked bytes are read
_ALIKE = ("cp932", "euc_jp")  # the bytes of one may be read in the other
_AGAIN = 3  # times that a run may be percent-encoded
_LOOK = 4000  # characters by which an encoding of a whole text is told


def plain(text: str, seen: Look | None = None) -> str:
    """`text` with in-place encodings undone; line breaks stay where they are, but for soft ones. `seen`: what
    `normalize.told` said of it."""
    if (made := sql_literals.plain(text, seen)) is not text:
        text, seen = made, None
    if seen is not None and not seen.written_oddly(ascii_only=text.isascii()):
        return text
    held = uuencoded.around(text, _undone) if "begin " in text or "\nM" in text else None
    if held is None and base85.may_hold(text, seen):
        held = base85.around(text, _undone)
    if held is None:
        held = binhex.around(text, _undone)
    return _undone(text) if held is None else held


def _undone(text: str) -> str:
    text = _entities(text)
    if "%" in text:
        if "%u" in text and _UNITS.search(text):
            text = _LOW.sub(lambda m: chr(int(m[1], 16)), _UNITS.sub(_units, text))
        if _PERCENTS.search(text):
            text = _by_line(text, _PERCENTS, _percents)
    if "=" in text and _QUOTEDS.search(text):
        text = _by_line(re.sub(r"=\r?\n", "", text), _QUOTEDS, _quoted)
    text = _escapes(text)
    if text.isascii():
        return _at(_utf7(text)) if "+" in text else _at(text)
    if "\u202e" in text:
        text = _OVERRIDE.sub(lambda m: m[1][::-1], text)
    if "\u3099" in text or "\u309a" in text:
        text = unicodedata.normalize("NFC", text)
    if "〇" in text:
        text = _KANJI_NUMBER.sub(_digits, text)
    return _at(text)


#: What `plain` looks for in Japanese text; few enough signs for polars to look for all of them at once.
_ODD = r"\x{202e}|\x{3099}|\x{309a}|〇|アット"
_ODD_AT = r"\[at\]|\(at\)|<at>|\[AT\]|\(AT\)"


def nothing_written_oddly(raw: bytes, held: Sign | None = None) -> bool:
    """Whether `plain` has nothing to do in a text, told from its UTF-8; false where that is not sure.

    A tenth of the time `plain` takes: single bytes are looked for first, all else in one pass of native code. `held`:
    the signs in it, where they are known.
    """
    held = signs(raw) if held is None else held
    return _nothing_odd(raw) if held is None or held & _MAYBE else not held & (Sign.BACKSLASH | Sign.ODD)


#: Signs that are looked at more closely.
_MAYBE = Sign.AMPERSAND | Sign.PERCENT | Sign.EQUALS | Sign.PLUS | Sign.BOX


def _nothing_odd(raw: bytes) -> bool:
    if (b"&" in raw and b"#" in raw) or (b"%" in raw and _PERCENT_BYTES.search(raw)):
        return False
    if (b"=" in raw and _QUOTED_BYTES.search(raw)) or (b"+" in raw and raw.isascii()):
        return False
    text = pl.Series([raw], dtype=pl.Binary).cast(pl.String)
    boxed = any(sign in raw for sign in (b"[", b"(", b"<")) and text.str.contains(_ODD_AT).item()
    return not (b"\\" in raw or boxed or text.str.contains(_ODD).item())


def _by_line(text: str, sign: re.Pattern[str], undo: Callable[[str], str]) -> str:
    return "\n".join(undo(line) if sign.search(line) else line for line in text.split("\n"))


def _entity(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 8)])


def _letter(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()


def _percents(line: str) -> str:
    return _TOKEN.sub(_percent, line)


def _percent(match: re.Match[str]) -> str:
    """A percent-encoded run: an address's query becomes lines "key=value"."""
    run = match.group()
    if not _PERCENTS.search(run):
        return run
    data = unquote_to_bytes(_QUERY.sub("\n", run).replace("+", " "))
    for _ in range(_AGAIN):
        if made := readable(data):
            return made
        if not data.isascii():
            break
        said = data.decode("ascii")  # percent-encoded, or written otherwise, before
        if (made := _UNITS.sub(_units, _escapes(_entities(said)))) != said and not made.isascii():
            return made if shown(made) else run
        data = unquote_to_bytes(said)
    return run


def _entities(text: str) -> str:
    # One sign is looked for thirty times as fast as two.
    if "&" not in text or ("&#" not in text and "&amp;#" not in text):
        return text
    text = _ENTITY.sub(_entity, text)
    return _OPEN_ENTITIES.sub(lambda m: _OPEN_ENTITY.sub(_entity, m.group()), text)


def _escapes(text: str) -> str:
    """Escapes of programs: \\u4f50, \\u{4f50}, \\xe4\\xbd\\x90, \\344\\275\\220; style sheets: \\004f50."""
    if "\\" not in text:
        return text
    if "\\u" in text and _ESCAPE.search(text):
        text = _ESCAPE.sub(_escape, text).replace("\\n", "\n")
    text = _ESCAPED_BYTES.sub(lambda m: readable(bytes.fromhex(m.group().replace("\\x", ""))) or m.group(), text)
    text = _OCTAL_BYTES.sub(lambda m: readable(_OCTAL.sub(_byte, m.group().encode())) or m.group(), text)
    return _STYLED.sub(_letter, _BRACED.sub(_letter, text))


def _quoted(line: str) -> str:
    if line.isascii() and (made := readable(_unquoted(line))):
        return made
    return _QUOTED.sub(lambda m: readable(_unquoted(m.group())) or m.group(), line)


def _unquoted(run: str) -> bytes:
    return re.sub(rb"=([0-9A-F]{2})", lambda m: bytes.fromhex(m[1].decode()), run.encode())


def _escape(match: re.Match[str]) -> str:
    return _of_units(re.sub(r"\\+u", "", match.group())) or match.group()


def _units(match: re.Match[str]) -> str:
    return _of_units(match.group().replace("%u", "")) or match.group()


def _of_units(digits: str) -> str:
    """The text of units of UTF-16, each in four digits; "" where they are none."""
    try:
        return bytes.fromhex(digits).decode("utf-16-be")
    except UnicodeDecodeError:
        return ""


def _utf7(text: str) -> str:
    """UTF-7, told by its beginning: nobody else writes Japanese in ASCII between + and a sign. But base64 may, here and
    there: behind what it would say stands what was written, to be unpacked."""
    made = from_utf7(text)
    return f"{made}\n{text}" if made else text


def from_utf7(text: str) -> str:
    """What a text in ASCII says that is UTF-7; "" where it is none."""
    head = text[:_LOOK] if "+" in text else ""
    return _of_utf7(text) if _UTF7.search(head) and _of_utf7(head[: head.rfind("\n")]) else ""


def utf7(data: bytes) -> str:
    """The text of UTF-7; the codec takes halves of a character, which nothing else does. Raises UnicodeDecodeError."""
    return _HALVES.sub("\ufffd", data.decode("utf-7"))


def _of_utf7(text: str) -> str:
    try:
        made = utf7(text.encode())
    except (UnicodeDecodeError, UnicodeEncodeError):
        return ""
    return made if len(JAPANESE.findall(made)) >= 0.2 * len(made) else ""


def _digits(match: re.Match[str]) -> str:
    made = match.group().translate(_TO_DIGITS)
    return made if sum(c.isdigit() for c in made) >= 7 else match.group()


def _at(text: str) -> str:
    """Mail addresses whose @ and dots are spelled out."""
    if not any(sign[0] in text and sign in text for sign in _ATS):
        return text
    return "\n".join(_DOT.sub(".", _AT.sub("@", line)) if _AT.search(line) else line for line in text.split("\n"))


def readable(data: bytes) -> str:
    """`data` as Japanese text; "" where it is none. What two encodings read is of that in which it is plainer."""
    best, most = "", 0.0
    for codec in CODECS:
        try:
            made = data.decode(codec).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if not JAPANESE.search(made) or not shown(made):
            continue
        if codec not in _ALIKE:
            return best or made
        if not best or charset.plainness(made) > most:
            best, most = made, charset.plainness(made)
    return best


def shown(text: str) -> bool:
    """Whether every sign of a text is one that shows, or a blank or a break."""
    for blank in "\r\n\t\u3000":
        text = text.replace(blank, "")
    return text.isprintable()
