"""RTF: text in any code page (\\'xx, mostly CP932) and in Unicode (\\u), tables, notes, deletions, embedded files.

A small reader of its own: striprtf drops notes, hidden text and embedded objects, and decodes byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.pictures import picture
from dlp.extract.plain.text import frame_of
from dlp.transfer import Part

KIND = "application/rtf"
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\'?",
    re.DOTALL,
)
_BREAKS = {word: "\n" for word in ("par", "line", "page", "sect", "column")} | {
    "tab": "\t", "emdash": "—", "endash": "–", "bullet": "・", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "emspace": "\u3000", "enspace": " ",
}  # fmt: skip
#: Groups that hold settings, not text.
_SETTINGS = frozenset(
    """
    fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator latentstyles themedata
    colorschememapping datastore xmlnstbl mmathPr pgptbl revtbl filetbl listtext pntext fldtype falt panose
    blipuid picprop objclass objname defchp defpap ftnsep ftnsepc aftnsep aftnsepc wgrffmtfilter nonshppict
    sp
    """.split()
)
#: Destinations with text of their own, apart from the paragraph they are anchored in.
_APART = frozenset(
    """
    footnote annotation header headerl headerr headerf footer footerl footerr footerf shptxt title subject
    author keywords doccomm comment company manager operator hlinkbase txfieldtext bkmkstart atnid atnauthor
    ffdeftext ffname ffl private info userprops xmlopen docvar object sn sv
    """.split()
)
CHARSETS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gb2312",
    136: "big5",
    161: "cp1253",
    204: "cp1251",
    238: "cp1250",
}
_DEEPEST = 2000


@dataclass(slots=True)
class _State:
    """What a group inherits from the group around it."""

    encoding: str = "cp932"
    skip: int = 1  # bytes that stand for a \u to those who cannot read it
    silent: bool = False
    hexed: str = ""  # "objdata" or "pict": what its digits are
    kind: str = ""  # destination
    apart: bool = False


@dataclass(slots=True)
class _Reader:
    part: Part
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    pending: bytearray = field(default_factory=bytearray)
    to_skip: int = 0
    ignorable: bool = False
    lines: list[str] = field(default_factory=list)  # pieces of the running text
    apart: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    cell: int = 0  # where in `lines` the cell at hand begins
    rows: list[list[str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    digits: bytearray = field(default_factory=bytearray)
    children: list[Part] = field(default_factory=list)
    high: int = 0
    in_table: bool = False
    begin: int = 0  # where in `lines` the first paragraph of a table begins

    # ------------------------------------------------------------------ tokens

    def read(self, data: bytes, budget: Budget) -> None:
        for number, match in enumerate(_TOKEN.finditer(data)):
            if number % 50_000 == 0:
                budget.check_time()
            word, value, code, sign, brace, text = match.groups()
            if text is not None:
                self._bytes(text)
            elif code is not None:
                self._byte(int(code, 16))
            elif word is not None:
                self._decode()
                if word == b"bin":
                    raise Incomplete(Why.UNKNOWN)
                self._word(word.decode(), int(value) if value else None)
            elif brace == b"{":
                self._decode()
                self._open()
            elif brace == b"}":
                self._decode()
                self._close()
            elif sign is not None:
                self._decode()
                self._sign(sign)
        self._decode()

    def _open(self) -> None:
        if len(self.stack) > _DEEPEST:
            raise Incomplete(Why.TOO_DEEP)
        self.stack.append(self.state)
        self.state = replace(self.state, hexed=self.state.hexed, kind="")
        self.to_skip = 0

    def _close(self) -> None:
        ended = self.state
        if self.stack:
            self.state = self.stack.pop()
        if ended.hexed and not self.state.hexed:
            self._object(ended.hexed)
        if ended.apart and not self.state.apart:
            self.apart.append("\n")
        self.ignorable, self.to_skip = False, 0

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.ignorable = True
        elif sign in b"\\{}":
            self._bytes(sign)
        elif sign == b"~":
            self._put(" ")
        elif sign in (b"_", b"-"):
            self._put("-" if sign == b"_" else "")
        elif sign in b"\r\n":
            self._put("\n")

    # ------------------------------------------------------------------ characters

    def _bytes(self, text: bytes) -> None:
        if self.state.hexed:
            self.digits += text
            return
        while self.to_skip and text:
            text, self.to_skip = text[1:], self.to_skip - 1
        self.pending += text

    def _byte(self, byte: int) -> None:
        if self.to_skip:
            self.to_skip -= 1
        else:
            self.pending.append(byte)

    def _decode(self) -> None:
        if self.pending:
            raw = bytes(self.pending)
            self.pending.clear()
            encoding = self.fonts.get(self.font) or self.state.encoding
            if self.state.kind == "fonttbl":
                return
            try:
                text = raw.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                text = raw.decode("cp932", "replace")
            self._put(text)

    def _put(self, text: str) -> None:
        if self.state.silent or self.state.hexed:
            return
        (self.apart if self.state.apart else self.lines).append(text)

    # ------------------------------------------------------------------ words

    def _word(self, word: str, value: int | None) -> None:
        if word == "u" and value is not None:
            self._unicode(value & 0xFFFF)
        elif word in _BREAKS:
            self._put(_BREAKS[word])
            if word == "par" and not self.state.apart:
                self._paragraph()
        elif word in ("cell", "nestcell"):
            self._cell()
        elif word in ("row", "nestrow"):
            self._row()
        elif word in ("intbl", "pard", "trowd"):
            self.in_table = word != "pard"
        elif word == "uc":
            self.state.skip = value if value is not None else 1
        elif word == "f" and value is not None:
            self.font = value
        elif word == "fcharset" and value is not None:
            self.fonts[self.font] = CHARSETS.get(value, "")
        elif word == "ansicpg" and value:
            self.state.encoding = "cp932" if value in (932, 0) else "utf-8" if value == 65001 else f"cp{value}"
        elif word in ("objdata", "pict"):
            self.state.hexed, self.state.silent = word, False
            self.digits.clear()
        elif word in _SETTINGS:
            self.state.silent, self.state.kind = True, word
        elif word in _APART or (self.ignorable and word not in ("shppict", "shpinst", "fldinst", "result")):
            self.state.apart, self.state.kind = True, word
            self.apart.append("\n")
        self.ignorable = False

    def _unicode(self, code: int) -> None:
        if 0xD800 <= code < 0xDC00:
            self.high = code
        elif 0xDC00 <= code < 0xE000 and self.high:
            self._put(chr(0x10000 + ((self.high - 0xD800) << 10) + (code - 0xDC00)))
            self.high = 0
        else:
            self._put(chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd")
        self.to_skip = self.state.skip

    # ------------------------------------------------------------------ tables

    def _cell(self) -> None:
        if not self.row and not self.rows:
            self._flush(self.begin)
        self.row.append("".join(self.lines[self.cell :]).strip("\n"))
        del self.lines[self.cell :]

    def _row(self) -> None:
        if self.row:
            self.rows.append(self.row)
        self.row = []

    def _paragraph(self) -> None:
        """A paragraph outside of a row ends the table before it; the next may be the first of another."""
        if not self.in_table:
            self.begin = len(self.lines)
        if self.rows and not self.row and not self.in_table and "".join(self.lines[self.cell :]).strip():
            self._end_table()

    def _end_table(self) -> None:
        rows = [*self.rows, self.row] if self.row else self.rows
        if rows:
            self.blocks.append(Table(frame_of(rows), f"table {len(self.blocks) + 1}"))
        self.rows, self.row = [], []

    def _flush(self, end: int | None = None) -> None:
        """The running text as a block; up to `end`, where what follows is a cell's."""
        text, rest = "".join(self.lines[:end]), "" if end is None else "".join(self.lines[end:])
        if text.strip():
            self.blocks.append(Text(text + "\n", "body"))
        self.lines = [rest] if rest else []
        self.cell = self.begin = 0

    # ------------------------------------------------------------------ objects

    def _object(self, kind: str) -> None:
        raw = re.sub(rb"[^0-9a-fA-F]", b"", bytes(self.digits))
        data = bytes.fromhex(raw[: len(raw) // 2 * 2].decode())
        self.digits.clear()
        if kind == "pict":
            if picture.may_hold_text(data) and data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
                self.children.append(Part(path=(*self.part.path, f"picture {len(self.children) + 1}"), data=data))
        elif data:
            self.children.append(Part(path=(*self.part.path, f"object {len(self.children) + 1}"), data=unwrapped(data)))

    def finish(self) -> Iterator[Block]:
        self._end_table()
        self._flush()
        yield from self.blocks
        if text := re.sub(r"\n{4,}", "\n\n\n", "".join(self.apart)).strip():
            yield Text(text + "\n", "notes and properties")


def extract(part: Part, budget: Budget) -> Extracted:
    """Text and tables; notes, headers, comments and properties apart; embedded files as children."""
    reader = _Reader(part)
    try:
        reader.read(part.data, budget)
    except Incomplete as fault:
        return Extracted(KIND, list(reader.finish()), tuple(reader.children), (Why(fault.why),))
    torn = bool(reader.stack)
    return Extracted(KIND, list(reader.finish()), tuple(reader.children), (Why.CORRUPT,) if torn else ())


def unwrapped(data: bytes) -> bytes:
    """The native data of an OLE 1 object ([MS-OLEDS] 2.2.5), or the bytes as they are."""
    at = data.find(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    if at < 0:
        at = data.find(b"PK\x03\x04")
    return data[at:] if at > 0 else data
