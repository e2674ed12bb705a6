"""A message as MAPI properties, however they were kept (msg, TNEF, pst): bodies as blocks, attachments as parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.extract.blocks import Block, Extracted, Lost, Text
from dlp.extract.budget import Budget
from dlp.extract.mail import lzfu
from dlp.extract.office import rtf
from dlp.extract.plain.text import of_text
from dlp.extract.records import markup
from dlp.transfer import Part

type Value = str | bytes | int

#: Properties by number ([MS-OXPROPS]).
SUBJECT, BODY, RTF, HTML, HEADERS = 0x0037, 0x1000, 0x1009, 0x1013, 0x007D
DATA, LONG_NAME, NAME, MIME, METHOD = 0x3701, 0x3707, 0x3704, 0x370E, 0x3705
CODE_PAGES = (0x3FDE, 0x3FFD)
_PARTIES = (0x0C1F, 0x5D01, 0x5D02, 0x0065, 0x3003, 0x39FE, 0x0E04, 0x0E03, 0x0E02, 0x0076, 0x0078, 0x403E, 0x5D0A)
_ENCODINGS = {932: "cp932", 65001: "utf-8", 50220: "iso2022_jp", 50221: "iso2022_jp", 51932: "euc_jp", 20127: "cp932"}
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
#: What a contact or an appointment says besides its body, under words a form would use.
_LABELS = {
    0x3001: "氏名", 0x3A02: "フリガナ", 0x3A1C: "携帯電話", 0x3A09: "自宅電話", 0x3A08: "電話番号", 0x3A2A: "電話番号",
    0x3A15: "住所", 0x3A26: "住所", 0x3A29: "住所", 0x3A42: "生年月日", 0x3A5D: "住所", 0x3A2F: "電話番号",
}  # fmt: skip
#: Read elsewhere, or about the message, not in it.
_SKIP = frozenset({SUBJECT, BODY, RTF, HTML, HEADERS, DATA, 0x001A, 0x0070, 0x0E1D, 0x3FFA, 0x3FF8, 0x0C1A, 0x0C1E})
_SKIP |= {0x0042, 0x0040, 0x0044, 0x0064, 0x0077, 0x0075, 0x1035, 0x1042, 0x1039, 0x003D, 0x3002, 0x0071}


@dataclass(slots=True)
class Properties:
    """Properties of one object: number -> value. `extra`: texts of named properties."""

    values: dict[int, Value] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)

    def text(self, number: int) -> str:
        """A text property; "" when it is missing. Raises Incomplete(CHARSET)."""
        value = self.values.get(number, "")
        if isinstance(value, bytes):
            return charset.decode(value.rstrip(b"\0"), self.encoding)
        return value.rstrip("\0") if isinstance(value, str) else ""

    @property
    def encoding(self) -> str:
        """The code page narrow texts are in."""
        for number in CODE_PAGES:
            page = self.values.get(number)
            if isinstance(page, int) and page:
                return _ENCODINGS.get(page, f"cp{page}")
        return "cp932"


def message(
    kind: str, part: Part, budget: Budget, own: Properties, others: Sequence[Properties], children: Sequence[Part]
) -> Extracted:
    """What a message says. `others`: its recipients."""
    blocks: list[Block | Lost] = []
    if subject := own.text(SUBJECT):
        blocks.append(Text(subject + "\n", "subject"))
    blocks += _bodies(part, budget, own)
    if lines := list(_said(own)):
        blocks.append(Text("\n".join(lines) + "\n", "fields"))
    parties = {word.lower() for one in (own, *others) for n in _PARTIES for word in _ADDRESS.findall(one.text(n))}
    headers = re.findall(r"(?im)^(?:from|to|cc|bcc|reply-to|sender):.*(?:\r?\n[ \t].*)*", own.text(HEADERS))
    parties |= {word.lower() for line in headers for word in _ADDRESS.findall(line)}
    return Extracted(kind, blocks, tuple(children), correspondents=frozenset(parties))


def _bodies(part: Part, budget: Budget, own: Properties) -> Iterator[Block | Lost]:
    """All of them: plain, HTML and RTF may differ, and a reader may be shown any."""
    if body := own.text(BODY):
        yield from (Text(b.text, "body") if isinstance(b, Text) else b for b in of_text(body).blocks)
    page = own.values.get(HTML)
    if page:
        data = page.encode() if isinstance(page, str) else bytes(page) if isinstance(page, bytes) else b""
        declared = f"text/html; charset={'utf-8' if isinstance(page, str) else own.encoding}"
        yield from markup.extract_html(Part(path=part.path, data=data, declared=declared), budget).blocks
    packed = own.values.get(RTF)
    if isinstance(packed, bytes) and packed:
        try:
            data = lzfu.decompress(packed)
        except ValueError:
            return
        if b"\\fromhtml" in data[:2000] and page:
            return  # the HTML once more, wrapped
        read = rtf.extract(Part(path=part.path, data=data), budget)
        yield from read.blocks


def _said(own: Properties) -> Iterator[str]:
    contact = own.text(0x001A).lower().startswith("ipm.contact")
    for number, value in own.values.items():
        if number in _SKIP or not isinstance(value, str | bytes) or number in _PARTIES:
            continue
        if contact and number in _LABELS:
            yield f"{_LABELS[number]}：{own.text(number)}"
        elif isinstance(value, str) and len(value) > 3:
            yield from ("", "", value)
    if contact:
        yield from (f"メールアドレス：{word}" for word in dict.fromkeys(_ADDRESS.findall("\n".join(own.extra))))
    else:
        yield from (line for text in own.extra for line in ("", "", text))


def attachment(own: Properties, path: tuple[str, ...], number: int) -> Part | None:
    """An attachment kept by value; None when it is kept otherwise."""
    data = own.values.get(DATA)
    if not isinstance(data, bytes):
        return None
    try:
        name = own.text(LONG_NAME) or own.text(NAME)
    except Incomplete:
        name = ""
    return Part(path=(*path, name or f"attachment {number}"), data=data, declared=own.text(MIME))
