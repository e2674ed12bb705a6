"""What is packed into text: base64, base32, hex and uuencoded runs, JSON among other lines, text written backwards or
downwards. Small findings of one block become one child part, files (archives, documents) one each.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest

import orjson
import polars as pl

from dlp.extract.budget import Budget
from dlp.extract.plain import base85, binhex, cut_json, dumps, literals, runs, serialized, unfold, uuencoded
from dlp.extract.plain.folded_cells import folded
from dlp.native.look import Look
from dlp.native.text import longest
from dlp.transfer import Part

_BYTES = 20  # of a dump in hex that stand in a row, with a sign behind each
_HEXES = re.compile(r"[0-9A-Fa-f][0-9A-Fa-f][ :-]{1,2}(?:[0-9A-Fa-f]{2}[ :-]{1,2}){19,}[0-9A-Fa-f]{2}")
_PARTED = 5  # signs of a dump without addresses, of which one at least parts bytes: words are longer
#: Rows below each other, without an address before them.
_HEX_ROW = r"(?:[0-9A-Fa-f]{2}[ :-]{1,2}){7,127}[0-9A-Fa-f]{2}[ :-]{0,2}"
_HEX_ROWS = re.compile(
    rf"^[ \t>]{{0,8}}({_HEX_ROW}(?:\r?\n[ \t>]{{0,8}}{_HEX_ROW}){{2,}}"
    r"(?:\r?\n[ \t>]{0,8}(?:[0-9A-Fa-f]{2}[ :-]{0,2}){1,127})?)$",
    re.MULTILINE,
)
#: Labels as they read backwards.
_BACKWARDS = ("名氏", "話電", "日月年生", "号番人個", "ナガリフ")
_TURNED_LABELS = tuple((word, word[::-1]) for word in _BACKWARDS)
_PHONE_BACKWARDS = re.compile(r"-0[789]0(?!\d)(?<=(?<!\d)\d{4}-\d{4}-0[789]0)")
_PHONE_FORWARDS = re.compile(r"0(?<!\d0)[789]0-\d{4}-\d{4}(?!\d)")
_LABEL = re.compile(r"^(氏名|住所|電話番号|電話|携帯|生年月日|性別|年齢|個人番号)[:： ]*")
_WORD_FIRST = re.compile(r"\s*\S\S")
#: Lines of a block that is written downwards, at least; its columns; how many of these say something, and their share.
_TALL, _COLUMNS, _LEAST_DOWN, _SHARE_DOWN = 8, (3, 200), 1, 0.4
#: What hardly any line of letters from so many columns has: words in kana or in Latin letters, and signs of a sentence.
_ACROSS = re.compile(r"[ぁ-ん]{4}|[A-Za-z]{3}|[:。][^ ]|、[^ ]{4}")
_SAYS = re.compile(r"\d年\d{1,2}月|\d-\d|\d丁目|\d番|\d歳")
_RECORDS = 100_000
LOOK = 4000  # characters by which a text of single characters, or a dump in hex, is told
_UTF8 = "text/plain; charset=utf-8"
_FEW = 12  # bytes that may be text by chance


TURNED = "backwards"
#: LDIF: "cn:: 5bGx…". The lines are read with these decoded, each with its own label.
#: Of these attributes (RFC 4519, RFC 2798) what is said is read by its label; under any other it may be a whole list.
_NAMED = frozenset("dn cn sn givenname displayname street postaladdress homepostaladdress l st o ou title".split())
#: A long value goes on behind a blank on the next line (RFC 2849).
LDIF_VALUE = re.compile(
    r"^(\w{1,40})(?:;[\w-]{1,40}){0,4}:: ([A-Za-z0-9+/=]{4,400}(?:\n [A-Za-z0-9+/=]{1,400}){0,40})$", re.MULTILINE
)


def packed(text: str, path: tuple[str, ...], budget: Budget, seen: Look | None = None) -> list[Part]:
    """Child parts of what is packed into `text`. Raises Incomplete when the budget ends. `seen`: what
    `normalize.told` said of it."""
    texts: list[str] = []
    files: list[bytes] = []
    values: list[bytes] = []
    left = LDIF_VALUE.sub(lambda match: _taken(match, values), text) if ":: " in text else text
    for data in chain(values, _runs(left, seen)):
        budget.take_bytes(len(data))
        if runs.is_file(data):
            files.append(data)
        elif made := _text_of(data):
            texts.append(made)
    texts += filter(None, (_downwards(text), _in_columns(text, seen)))
    may_turn = path[-1:] != (TURNED,) and (seen is None or seen.turned)  # what was turned is not turned back
    turned = backwards(text) if may_turn else ""
    found = [Part(path=(*path, f"encoded {i}"), data=data) for i, data in enumerate(files, 1)]
    if texts:
        found.append(Part(path=(*path, "encoded"), data="\n".join(texts).encode("utf-8", "replace"), declared=_UTF8))
    if turned:
        found.append(Part(path=(*path, TURNED), data=turned.encode("utf-8", "replace"), declared=_UTF8))
    if records := _records(text, seen):
        found.append(Part(path=(*path, "records"), data=records, declared="application/json"))
    return found


def _text_of(data: bytes) -> str:
    """Unpacked bytes as the text they are; "" where they are no text. Each of its own: beside other letters UTF-7 is
    none."""
    made = runs.of_bytes(data)
    return (made.isascii() and unfold.from_utf7(made)) or made


def value_of(match: re.Match[str]) -> str:
    """The text of a value of LDIF, in whichever encoding it is; "" where it is none."""
    data = _bytes_of(match)
    try:
        made = data.decode()
    except ValueError:
        return _text_of(data)
    return (made.isascii() and (unfold.from_utf7(f"{made}\n").strip() or _text_of(data))) or made


def _bytes_of(match: re.Match[str]) -> bytes:
    try:
        return base64.b64decode(match[2].replace("\n ", ""), validate=True)
    except ValueError:
        return b""


def _taken(match: re.Match[str], values: list[bytes]) -> str:
    """What is left of a line of LDIF: nothing of one whose value is read decoded under its label, as one line of text
    is, or is taken to `values`."""
    value = value_of(match)
    if match[1].lower() in _NAMED:
        return "" if value.isprintable() and not value.isascii() else match[0]
    data = _bytes_of(match)
    if not value and not runs.is_file(data):
        return match[0]
    values.append(data)
    return ""


def packed_cells(frame: pl.DataFrame, path: tuple[str, ...], budget: Budget) -> list[Part]:
    """The same for the cells of a table: only cells that are ASCII and long can be packed."""
    pieces, columns = folded(frame)
    cells = [pieces] if pieces else []
    for series, most in zip(columns, longest(columns), strict=True):
        if most >= runs.WIDE:
            size = series.str.len_bytes()
            long = series.filter((size >= runs.WIDE) & (size == series.str.len_chars()))
            cells += long.filter(long.str.contains(r"[A-Za-z0-9+/_-]{24}")).to_list()
    return packed("\n\n".join(cells), path, budget) if cells else []


def _runs(text: str, seen: Look | None) -> Iterator[bytes]:
    """The bytes of each encoded run, however it is written."""
    yield from runs.runs(text, seen)
    if " " in text and (held := uuencoded.found(text)):
        yield from (uuencoded.decoded(body)[0] for body in uuencoded.BEGIN.findall(held))
    yield from (uuencoded.decoded(body)[0] for _, _, body in uuencoded.without_begin(text))
    if binhex.MARK in text:
        yield from binhex.files(text)
    head = text[:LOOK]
    if (parted := _parted(head)) >= _BYTES:
        rows: list[bytes] = []
        if _PARTED * parted >= len(head) and _HEX_ROWS.search(head):
            together = (bytes.fromhex(re.sub(r"[ :>\s-]+", "", m[1])) for m in _HEX_ROWS.finditer(text))
            yield from (rows := list(filter(_says_something, together)))
        if not rows and _HEXES.search(head):
            yield from (bytes.fromhex(re.sub(r"[ :-]+", "", m.group())) for m in _HEXES.finditer(text))
    yield from filter(_says_something, dumps.found(text))
    yield from filter(_says_something, base85.found(text, seen))


def without_packed(text: str, seen: Look | None) -> str:
    """`text` without blocks of lines that are nothing but packed bytes, read unpacked if they are anything."""
    return dumps.without(runs.without_blocks(text, seen))


def _says_something(data: bytes) -> bool:
    """Whether bytes of which there are several ways to read them are Japanese text or a file."""
    return runs.is_file(data) or (len(data) >= _FEW and unfold.JAPANESE.search(runs.of_bytes(data)) is not None)


def _parted(head: str) -> int:
    """How many signs there are that may part bytes."""
    return head.count(" ") + head.count(":") + head.count("-")


def told_by(head: str) -> bool:
    """Whether a text's beginning (LOOK characters) may tell of a dump in hex, or of lines written downwards."""
    dumped = _parted(head) >= _BYTES and _HEXES.search(head) is not None
    return dumped or not _WORD_FIRST.match(head) or dumps.likely(head)


def _records(text: str, seen: Look | None) -> bytes:
    """JSON objects that stand on lines among others, and records as programs print them, as one array."""
    if seen is not None and not seen.printed:
        return b""
    found: list[object] = list(_objects(text)) if "{" in text and '{"' in text else []
    if not found and (values := serialized.values_of(text)) is not None:
        found = values[0]
    found = found or list(literals.records(text, seen))
    return _as_json(found) if found else b""


def _as_json(found: list[object]) -> bytes:
    try:
        return orjson.dumps(found)
    except orjson.JSONEncodeError:  # deeper than it goes
        with contextlib.suppress(RecursionError):
            return json.dumps(found).encode()
        return b""


def _objects(text: str) -> Iterator[object]:
    for line in islice((line for line in text.split("\n") if '{"' in line), _RECORDS):
        try:
            yield orjson.loads(line[line.find('{"') : line.rfind("}") + 1])
        except orjson.JSONDecodeError:
            yield from cut_json.values(line)


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
    for word, forwards in _TURNED_LABELS:
        if word in look and forwards not in look:
            return True
    may = "-070" in look or "-080" in look or "-090" in look
    return bool(may and _PHONE_BACKWARDS.search(look) and not _PHONE_FORWARDS.search(look))


def _downwards(text: str) -> str:
    """Lines of single characters with blanks between them, read from top to bottom, the right column first."""
    if _WORD_FIRST.match(text, 0, LOOK):
        return ""
    rows = [row for row in text[:LOOK].split("\n") if row.strip()]
    if len(rows) < 5 or not all(len(word) == 1 for row in rows[:-1] for word in row.split()):
        return ""
    lines = text[: 50 * LOOK].split("\n")
    if max(map(len, rows)) == 1:
        return "\n".join(_labelled("".join(block.split("\n"))) for block in re.split(r"\n\s*\n", text))
    columns = zip_longest(*(row[::2] for row in lines), fillvalue=" ")
    return "\n".join(_labelled("".join(column).strip()) for column in reversed(list(columns)))


def _in_columns(text: str, seen: Look | None) -> str:
    """Lines of letters and blanks of which each column is a line, as on paper written downwards; "" if they are none.

    Told by days, lots and telephones, which most columns have and hardly any line. `text` is folded: its wide blanks
    are plain ones.
    """
    made: list[str] = []
    if text[:LOOK].count("\n") < _TALL or (seen is not None and seen.tallest < _TALL):
        return ""
    for paragraph in text[: 50 * LOOK].split("\n\n"):
        if paragraph.count("\n") < _TALL - 1:
            continue
        block = paragraph.strip("\n")
        if block.count("\n") < _TALL - 1 or _ACROSS.search(block):
            continue
        rows = block.split("\n")
        width = max(map(len, rows))
        if not _COLUMNS[0] <= width <= _COLUMNS[1]:
            continue
        made += _turned(rows, width)
    return "\n".join(made)


def _turned(rows: Sequence[str], width: int) -> list[str]:
    """The columns of lines, `width` of them, where these say more than the lines; else none."""
    across, down, columns = sum(_SAYS.search(row) is not None for row in rows), 0, list[str]()
    for left, column in zip(range(width - 1, -1, -1), zip_longest(*rows, fillvalue=" "), strict=True):
        columns.append(line := "".join(column).strip())
        down += _SAYS.search(line) is not None
        if down + left <= across:
            return []  # whatever the others say
    return columns if down > max(_LEAST_DOWN, _SHARE_DOWN * sum(map(bool, columns))) else []


def _labelled(line: str) -> str:
    """A line that was written downwards: no sign stands between its label and the value."""
    return _LABEL.sub(r"\1：", line, count=1)
