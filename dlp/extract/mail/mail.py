"""Internet mail: headers, bodies in any charset, attachments as children. Never trusts a mail to be well formed."""

from __future__ import annotations

import contextlib
import email.errors
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from email.message import Message

from dlp.errors import Incomplete
from dlp.extract import charset, sniff
from dlp.extract.blocks import Block, Extracted, Lost, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.containers import members
from dlp.extract.mail import body as mail_body
from dlp.extract.mail import fields as mail_fields
from dlp.extract.mail import flowed, inline_files, stretches
from dlp.extract.mail import heads as mail_heads
from dlp.extract.mail.heads import POLICY, ambiguous, header_text, param, parsed
from dlp.extract.plain import normalize, unfold
from dlp.extract.plain.text import blocks_of, of_text
from dlp.extract.plain.unpack import backwards
from dlp.extract.sniff import MAIL
from dlp.native.words import Words
from dlp.transfer import Part

_UNREADABLE = (email.errors.StartBoundaryNotFoundDefect, email.errors.MultipartInvariantViolationDefect)
#: What may stand in a body that has to be looked at, and its places in this list.
_SOUGHT = (b"-----BEGIN PGP MESSAGE-----", b"content-transfer-encoding:", b"begin ", b"begin-base64 ", b"=ybegin ")
_PGP_BEGINS, _ENCODES, *_FILES = range(len(_SOUGHT))
_MARKS = Words(_SOUGHT, [mark == b"content-transfer-encoding:" for mark in _SOUGHT])
_GLANCE = 512  # bytes from which one pass for all of them pays
_ENVELOPE = re.compile(rb">?From [^\n]*\n")
_PGP = re.compile(rb"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
#: A mail that lies as text in another: its encoded parts would be letters to us, and a mail to its reader.
_ENCODED = re.compile(rb"^content-transfer-encoding:[ \t]*(?:base64|quoted-printable)", re.MULTILINE | re.IGNORECASE)
_ENCODING = re.compile(rb"^content-transfer-encoding:", re.MULTILINE | re.IGNORECASE)
_HEADER_LINE = re.compile(rb"[\w-]+:")
_ANY = "application/octet-stream"  # as which clients send what they have no name for
_NO_BODY = frozenset(
    ("application/zip", "application/pdf", sniff.OLE, sniff.XLSX, sniff.DOCX, sniff.PPTX, "application/octet-stream",
     "application/gzip", "application/rtf", "application/x-7z-compressed", "image/png", "image/jpeg")
)  # fmt: skip
_RAW_NAME = re.compile(rb"name=(?:\"([^\"]+)\"|([^;\s]+))", re.IGNORECASE)
_NAMING = ("content-disposition", "content-type")  # headers whose parameters name a file
_SAID = 20_000  # characters of a body in which a password is looked for


def extract(part: Part, budget: Budget) -> Extracted:
    """Subject and bodies as blocks, attachments as children, addresses of the mail's own parties."""
    envelope = _ENVELOPE.match(part.data)
    data = part.data[envelope.end() :] if envelope else part.data
    try:
        message = parsed(data)
    except Exception:  # the parser's own faults are many
        return Extracted(MAIL, of_text(charset.decode(data)).blocks, unread=(Why.CORRUPT,))
    found = _Found(part.path)
    names = mail_heads.names_of(message)
    for text in filter(None, (header_text(message, name) for name in mail_fields.SAYING if name in names)):
        found.blocks.append(Text(text + "\n", "subject"))
        found.headings.append(text)
    for leaf in _leaves(message, budget, found):
        try:
            _take(leaf, found)
        except Incomplete as fault:
            found.unread.append(Why(fault.why))
    budget.tell(["\n".join((*found.headings, text)) for text in found.said])
    return Extracted(
        MAIL,
        found.blocks,
        tuple(found.children),
        tuple(dict.fromkeys(found.unread)),
        mail_heads.parties(message),
        mail_heads.recipients(message),
    )


@dataclass(slots=True)
class _Found:
    """What was found of one mail so far."""

    path: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)
    children: list[Part | Lost] = field(default_factory=list)
    unread: list[Why] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)  # subject and the like
    said: list[str] = field(default_factory=list)  # texts that may give a password

    def child(self, name: str, data: bytes, declared: str = "") -> None:
        self.children.append(Part(path=(*self.path, name), data=data, declared=declared))

    def text(self, body: _Body, hint: str, *, wrapped: bool = False, joined: bool = False) -> None:
        """A body; a mail written into it is read as one."""
        data = body.data
        if _PGP_BEGINS in body.marks and _PGP.search(data):
            self.unread.append(Why.ENCRYPTED)
        if _ENCODES in body.marks and _ENCODED.search(data):
            self.child("message in the text", data[_encoded_header(data) :], MAIL)
        if hint.lower() in ("utf-7", "unicode-1-1-utf-7"):
            text = _utf7(data)
        else:
            text = charset.decode(data, hint) if body.text is None else body.text
        if wrapped:
            text = flowed.unwrapped(text, joined=joined)
        self.said.append(text[:_SAID])
        found = blocks_of(whole := normalize.whole(text))
        if any(isinstance(block, Table) for block in found) and (turned := backwards(whole)):
            found += blocks_of(turned)  # of running text that is asked as of any other
        self.blocks += [Text(b.text, "body", raw=b.raw, seen=b.seen) if isinstance(b, Text) else b for b in found]


@dataclass(slots=True)
class _Body:
    """The bytes of a text, the marks that may stand in them, and what they say, where that is beyond doubt."""

    data: bytes
    marks: Container[int]
    text: str | None = field(init=False)

    def __post_init__(self) -> None:
        self.text = charset.plain_utf8(self.data)


def _marks(data: bytes) -> Container[int]:
    found = _MARKS.beginning(data) if len(data) >= _GLANCE else None  # each counts at a line's beginning alone
    return range(len(_SOUGHT)) if found is None else found


def _encoded_header(data: bytes) -> int:
    """Where the headers begin among which the first encoding stands. Line by line: a pattern takes squared time."""
    found = _ENCODING.search(data)
    begin = at = found.start() if found else 0
    while at:
        line = data.rfind(b"\n", 0, at - 1) + 1
        if _HEADER_LINE.match(data, line, at):
            begin = line
        elif data[line : line + 1] not in (b" ", b"\t"):
            break
        at = line
    return begin


def _utf7(data: bytes) -> str:
    try:
        return unfold.utf7(data)
    except UnicodeDecodeError:
        raise Incomplete(Why.CHARSET) from None


def _leaves(message: Message, budget: Budget, found: _Found, depth: int = 0) -> Iterator[Message]:
    """Parts that hold content; multiparts opened, mails inside mails left whole."""
    if depth > budget.max_depth * 3:
        raise Incomplete(Why.TOO_DEEP)
    if ambiguous(message):
        found.unread.append(Why.CORRUPT)  # two programs would read two different mails
    if depth and (text := header_text(message, "content-description")):
        found.blocks.append(Text(text + "\n", "subject"))
    if said := mail_fields.said(message):
        found.child("header fields", said.encode("utf-8", "replace"), "text/plain; charset=utf-8")
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        if any(isinstance(defect, _UNREADABLE) for defect in message.defects):
            found.unread.append(Why.CORRUPT)
        for outside in (message.preamble, message.epilogue):
            if outside and outside.strip():
                yield _text_message(outside)
        for inner in message.get_payload():
            yield from _leaves(inner, budget, found, depth + 1)  # type: ignore[arg-type]
    else:
        yield message


def _text_message(text: str) -> Message:
    message = Message()
    message.set_payload(text.encode("utf-8", "surrogateescape"))
    return message


def _take(leaf: Message, found: _Found) -> None:
    kind = leaf.get_content_type()
    main = kind.split("/")[0]
    if leaf.is_multipart() and main == "message":
        _messages(leaf, kind, found)
        return
    data, sound = mail_body.payload(leaf)
    if not sound:
        found.unread.append(Why.CORRUPT)
    if kind == "message/partial":
        found.unread.append(Why.PARTIAL)
    if kind == "application/pgp-encrypted" or main == "multipart":
        # A multipart whose parts nobody found is no text, whatever stands in it.
        found.unread.append(Why.ENCRYPTED if kind == "application/pgp-encrypted" else Why.CORRUPT)
    name = name_of(leaf)
    marks = _marks(data)
    if kind == "text/plain" and any(mark in marks for mark in _FILES):
        data, files = inline_files.taken_out(data, found.path)
        found.children += files
        marks = range(len(_SOUGHT))  # what stood around a file meets now
    attached = name or leaf.get_content_disposition() == "attachment"
    plain = kind == "text/plain" or main == "multipart"
    if plain or main == "text" or kind == _ANY:
        found.children += stretches.noise(data, (*found.path, name) if name else found.path, markup=kind == "text/html")
    if kind == "text/html" and not attached:
        found.said.append(re.sub(r"<[^>]*>", " ", data[:_SAID].decode("utf-8", "ignore")))
        found.child("body.html", data, str(leaf.get("content-type", kind)))
    elif attached or not plain:
        _attached(leaf, data, name, kind, found)
    else:
        _body(leaf, _Body(data, marks), name or kind, found)


def _body(leaf: Message, body: _Body, name: str, found: _Found) -> None:
    if sniff.form_of(body.data, is_text=body.text is not None) in _NO_BODY:
        found.child(name, body.data, str(leaf.get("content-type", "") or leaf.get_content_type()))
    else:
        wrapped, joined = _wrapping(leaf)
        found.text(body, _charset(leaf), wrapped=wrapped, joined=joined)


def _charset(leaf: Message) -> str:
    hint = param(leaf, "charset")
    return hint if isinstance(hint, str) else ""


def _wrapping(leaf: Message) -> tuple[bool, bool]:
    """Whether a text is format=flowed, and whether the blanks at its lines' ends go (delsp=yes)."""
    return str(param(leaf, "format")).lower() == "flowed", str(param(leaf, "delsp")).lower() == "yes"


def _attached(leaf: Message, data: bytes, name: str, kind: str, found: _Found) -> None:
    """A file; of a text whose reader would see its lines joined within words, those paragraphs."""
    declared = str(leaf.get("content-type", "") or kind)
    if kind == "text/plain" and _wrapping(leaf) == (True, True):
        with contextlib.suppress(Incomplete):  # no text after all
            text = flowed.unwrapped(charset.decode(data, _charset(leaf)), joined=True)
            data, declared = text.encode("utf-8", "replace"), "text/plain; charset=utf-8"
    found.child(name or kind, data, declared)


def _messages(leaf: Message, kind: str, found: _Found) -> None:
    """Mails and reports inside a mail, whole, each a child."""
    encoding = str(leaf.get("content-transfer-encoding", "")).strip().lower()
    for inner in leaf.get_payload():
        data = inner.as_bytes(policy=POLICY)  # type: ignore[union-attr]
        if encoding in ("base64", "quoted-printable"):  # forbidden, and done
            data, sound = mail_body.decode(data, encoding)
            if not sound:
                found.unread.append(Why.CORRUPT)
        if kind == "message/partial":
            found.unread.append(Why.PARTIAL)
        found.child(name_of(leaf) or "message", data, MAIL if kind in (MAIL, "message/global") else "")


def name_of(leaf: Message) -> str:
    """The file name of a part, however it is encoded: RFC 2231, RFC 2047 in a parameter, raw 8-bit."""
    if not any("name" in str(leaf.get(header, "")).lower() for header in _NAMING):
        return ""
    try:
        name = leaf.get_filename("")
    except Exception:
        name = ""
    if "\ufffd" in name:
        name = _raw_name(leaf) or name
    if not name:
        return ""
    holder = Message()
    holder["subject"] = name.replace("\r", "").replace("\n", " ")
    return header_text(holder, "subject").replace("\0", "")


def _raw_name(leaf: Message) -> str:
    """A name written as bare 8-bit bytes, which no standard allows."""
    for header, value in leaf.raw_items():
        if header.lower() in _NAMING:
            match = _RAW_NAME.search(str(value).encode("utf-8", "surrogateescape"))
            if match:
                return members.name_of(match.group(1) or match.group(2))
    return ""
