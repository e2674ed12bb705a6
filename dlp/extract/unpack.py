"""What is packed into text: base64, base32, hex and uuencoded runs, JSON among other lines, text written backwards or
downwards. Small findings of one block become one child part, files (archives, documents) one each.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from itertools import zip_longest

import orjson
import polars as pl

from dlp.errors import Incomplete
from dlp.extract import charset, sniff
from dlp.extract.budget import Budget
from dlp.extract.unfold import readable
from dlp.native import scan
from dlp.transfer import Part

_MAGIC = tuple(magic for magic, _ in sniff.MAGIC if len(magic) > 3)
#: How unpacked bytes begin that may be something though there are controls in them.
_BEGINS = (*_MAGIC, b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")
#: For every two bytes, whether anything of `_BEGINS` begins with them.
_TWO = frozenset(begin[0] << 8 | begin[1] for begin in _BEGINS)
_PAIRS = bytes(i in _TWO for i in range(1 << 16))
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
#: Lines of one width that are nothing but packed bytes: no words, no figures by themselves. "AAAA" are zeros.
_BLOCK = re.compile(
    r"^(?:(?:A{60,80}+|(?=[A-Z0-9+/]*[a-z])(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{60,80}+)\r?\n){8,}+", re.MULTILINE
)
_SIGN, _SIGNS = re.compile("[A-Za-z0-9+/_-]"), re.compile("[A-Za-z0-9+/_-]{24}")
_RUN = r"[A-Za-z0-9+/_-]{24,}={0,6}(?:\r?\n[A-Za-z0-9+/_-]+={0,6})*"
_FOLDED = 40  # characters of a line from which runs below each other are one run that was folded
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_HEXES = re.compile(r"(?:[0-9A-Fa-f]{2}[ :]{1,2}){20,}[0-9A-Fa-f]{2}")
_BASE32 = re.compile(r"(?:[A-Z2-7]{8})*(?:[A-Z2-7]{2,7}=+)?")
_BEGIN = re.compile(r"^begin [0-7]{3,4} [^\n]+\n(.*?)^(?:`|end)", re.MULTILINE | re.DOTALL)
#: Labels as they read backwards.
_BACKWARDS = ("名氏", "話電", "日月年生", "号番人個", "ナガリフ")
_PHONE_BACKWARDS = re.compile(r"(?<!\d)\d{4}-\d{4}-0[789]0(?!\d)")
_PHONE_FORWARDS = re.compile(r"(?<!\d)0[789]0-\d{4}-\d{4}(?!\d)")
_LABEL = re.compile(r"^(氏名|住所|電話番号|電話|携帯|生年月日|性別|年齢|個人番号)[:： ]*")
_ASCII = 12  # bytes of ASCII that are no accident
_RECORDS = 100_000
LOOK = 4000  # characters by which a text of single characters, or a dump in hex, is told
_UTF8 = "text/plain; charset=utf-8"
_WIDE = 24  # bytes of a cell that may be packed


_TURNED = "backwards"


def packed(text: str, path: tuple[str, ...], budget: Budget) -> list[Part]:
    """Child parts of what is packed into `text`. Raises Incomplete when the budget ends."""
    texts: list[str] = []
    files: list[bytes] = []
    for data in _runs(text):
        budget.take_bytes(len(data))
        if _is_file(data):
            files.append(data)
        elif made := of_bytes(data):
            texts.append(made)
    texts += filter(None, (_downwards(text),))
    turned = backwards(text) if path[-1:] != (_TURNED,) else ""  # what was turned is not turned back
    found = [Part(path=(*path, f"encoded {i}"), data=data) for i, data in enumerate(files, 1)]
    if texts:
        found.append(Part(path=(*path, "encoded"), data="\n".join(texts).encode("utf-8", "replace"), declared=_UTF8))
    if turned:
        found.append(Part(path=(*path, _TURNED), data=turned.encode("utf-8", "replace"), declared=_UTF8))
    if records := _records(text):
        found.append(Part(path=(*path, "records"), data=records, declared="application/json"))
    return found


def packed_cells(frame: pl.DataFrame, path: tuple[str, ...], budget: Budget) -> list[Part]:
    """The same for the cells of a table: only cells that are ASCII and long can be packed."""
    cells: list[str] = []
    for series in frame.get_columns():
        if (series.str.len_bytes().max() or 0) >= _WIDE:  # type: ignore[operator]
            size = series.str.len_bytes()
            long = series.filter((size >= _WIDE) & (size == series.str.len_chars()))
            cells += long.filter(long.str.contains(r"[A-Za-z0-9+/_-]{24}")).to_list()
    return packed("\n\n".join(cells), path, budget) if cells else []


def of_bytes(data: bytes) -> str:
    """Unpacked bytes as the text they are; "" where they are no text."""
    made = readable(data)
    if made or len(data) < _ASCII:
        return made
    if data.isascii() and all(c >= 32 or c in b"\r\n\t" for c in data):
        return data.decode("ascii")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return charset.decode(data)
        except Incomplete:
            return ""
    return ""


def _is_file(data: bytes) -> bool:
    """Whether unpacked bytes are a file of a known format: two accidental bytes do not make a gzip."""
    if data[:2] == b"\x1f\x8b":
        try:
            return bool(zlib.decompressobj(31).decompress(data[:512]))
        except zlib.error:
            return False
    return len(data) > 20 and data.startswith(_MAGIC)


def _runs(text: str) -> Iterator[bytes]:
    """The bytes of each encoded run; lines of one length below each other are one run that was folded."""
    # The regular expressions of polars run an order of magnitude faster than Python's over a whole text.
    if _long_run(text):
        for run in pl.Series([text]).str.extract_all(_RUN).explode().drop_nulls().to_list():
            yield from _lines(run.split())
    if "begin " in text:
        end = max(text.rfind("\nend"), text.rfind("\n`"))  # what never ends is not searched for its end again and again
        yield from map(_uu, _BEGIN.findall(text[: end + 4]))
    if _HEXES.search(text[:LOOK]):
        yield from (bytes.fromhex(re.sub(r"[ :]+", "", m.group())) for m in _HEXES.finditer(text))


def _long_run(text: str) -> bool:
    """Whether there is a run of signs long enough: one must stand over every 24th place of it."""
    places = (_WIDE * match.start() + _WIDE - 1 for match in _SIGN.finditer(text[_WIDE - 1 :: _WIDE]))
    return any(_SIGNS.search(text, max(0, at - _WIDE + 1), at + _WIDE) for at in places)


def _lines(lines: list[str]) -> Iterator[bytes]:
    size = len(lines[0])
    full = next((i for i, length in enumerate(map(len, lines)) if length != size), len(lines))
    if (end := "\n".join(lines[:full]).find("=")) >= 0:
        full = end // (size + 1)
    if (size >= _FOLDED and full > 1) or (size >= _FOLDED and len(lines) == 2):
        for end in (full + 1, full):  # the last line is shorter; what follows it may be a word
            data = _decoded("".join(lines[:end]))
            if _is_file(data) or of_bytes(data):
                yield data
                lines = lines[end:]
                break
    wide = scan.telling([line for line in lines if len(line) >= _WIDE], _PAIRS)
    yield from filter(_likely, map(_decoded, wide))


def _likely(data: bytes) -> bool:
    """Whether unpacked bytes can be a text or a file: hardly any by chance are without controls."""
    if not data or data.count(data[0]) == len(data):
        return False  # one byte over and over says nothing
    return len(data.translate(None, _CONTROLS)) == len(data) or data.startswith(_BEGINS)


def without_blocks(text: str) -> str:
    """`text` without blocks of packed lines, read unpacked if they are anything: their letters say nothing."""
    return _BLOCK.sub("\n", text) if _long_run(text) else text


def _decoded(run: str) -> bytes:
    if _HEX.fullmatch(run):
        return bytes.fromhex(run)
    if len(run) % 8 == 0 and _BASE32.fullmatch(run):
        try:
            return base64.b32decode(run)
        except binascii.Error:
            return b""
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return b""


def _uu(body: str) -> bytes:
    out = b""
    for line in body.splitlines():
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            break
    return out


def _records(text: str) -> bytes:
    """JSON objects that stand on lines among others, as one array."""
    if '{"' not in text:
        return b""
    found: list[object] = []
    for line in text.split("\n"):
        start = line.find('{"')
        if start < 0 or len(found) >= _RECORDS:
            continue
        try:
            found.append(orjson.loads(line[start : line.rfind("}") + 1]))
        except orjson.JSONDecodeError:
            continue
    return orjson.dumps(found) if found else b""


def backwards(text: str) -> str:
    """The text read from its end, when labels or telephones in it read that way and none the usual way."""
    if not reads_backwards(text[:LOOK] + text[-LOOK:]):
        return ""
    rows = text.split("\n")
    head = next((row for row in rows if row.strip()), "")
    if any(word in head for word in _BACKWARDS):
        return "\n".join(row[::-1] for row in rows)
    return text[::-1]


def reads_backwards(look: str) -> bool:
    """Whether labels or telephones in `look`, the two ends of a text, read backwards and none the usual way."""
    if any(word in look and word[::-1] not in look for word in _BACKWARDS):
        return True
    return bool("-0" in look and _PHONE_BACKWARDS.search(look) and not _PHONE_FORWARDS.search(look))


def _downwards(text: str) -> str:
    """Lines of single characters with blanks between them, read from top to bottom, the right column first."""
    rows = [row for row in text[:LOOK].split("\n") if row.strip()]
    if len(rows) < 5 or not all(len(word) == 1 for row in rows[:-1] for word in row.split()):
        return ""
    lines = text[: 50 * LOOK].split("\n")
    if max(map(len, rows)) == 1:
        return "\n".join(_labelled("".join(block.split("\n"))) for block in re.split(r"\n\s*\n", text))
    columns = zip_longest(*(row[::2] for row in lines), fillvalue=" ")
    return "\n".join(_labelled("".join(column).strip()) for column in reversed(list(columns)))


def _labelled(line: str) -> str:
    """A line that was written downwards: no sign stands between its label and the value."""
    return _LABEL.sub(r"\1：", line, count=1)
