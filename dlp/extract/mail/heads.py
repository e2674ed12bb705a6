"""Headers of a mail, as the standard library reads them: its parser for odd mails, a shorter way for plain ones."""

from __future__ import annotations

import binascii
import email
import re
from collections.abc import Iterable
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.extract.mail import lines as mail_lines

POLICY = mail_lines.POLICY
_HEADERS_END = re.compile(rb"\n\r?\n")
#: Headers of which the library makes what stands there: no envelope's line, nothing without a name, no bare returns.
_PLAIN = re.compile(rb"(?:[!-9;-~]++:[^\r\n]*+\r?\n(?:[ \t][^\r\n]*+\r?\n)*+)++\r?\n")
_HEADER = re.compile(r"[^ \t\r\n][^\n]*\n(?:[ \t][^\n]*\n)*")
#: Fields in which addresses stand, names beside them.
ADDRESSED = ("from", "to", "cc", "bcc", "reply-to", "sender", "resent-to", "resent-cc")
#: … of those it is sent to, and how many of them are many.
_SHOWN, _MANY = ("to", "cc", "bcc", "resent-to", "resent-cc"), 5
#: A word in base64, whole groups of it.
_WORD = re.compile(
    r"=\?([A-Za-z0-9-]+)\?[bB]\?((?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==))\?="
)
_ATOMS = r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
#: A content type with one parameter, which needs no quotes.
_ONE_PARAM = re.compile(r"[\w.+-]+/[\w.+-]+; ?([A-Za-z]+)=([\w.-]+)", re.ASCII)
#: An address as nearly all are, alone or behind a name of letters.
_ADDRESS = re.compile(rf"(?:\w+(?: \w+)* <({_ATOMS}@{_ATOMS})>|({_ATOMS}@{_ATOMS}))")


class Whole(Message):
    """A mail without parts, its body kept as it came, its headers found without a walk. Made once, never changed."""

    body: bytes
    _kind: str | None = None

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        super().__init__(POLICY)
        self._first: dict[str, Any] = {}
        self._fields: list[tuple[str, Any]] = []
        self.names: list[str] = []  # in small letters
        for name, value in headers:
            self.set_raw(name, value)
            found = value if value.isascii() else POLICY.header_fetch_parse(name, value)  # it changes no other
            self._fields.append((name, found))
            self.names.append(small := name.lower())
            self._first.setdefault(small, found)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._first

    def get(self, name: str, failobj: Any = None) -> Any:
        """The first header of that name, in the library's own spelling of it."""
        return self._first.get(name.lower(), failobj)

    def keys(self) -> list[str]:
        """The headers' names, as they came."""
        return [name for name, _ in self._fields]

    def items(self) -> list[tuple[str, Any]]:
        """The headers, likewise."""
        return self._fields.copy()

    def get_content_type(self) -> str:
        """What it is, as the library tells it."""
        if self._kind is None:
            self._kind = super().get_content_type()
        return self._kind

    def get_payload(self, i: Any = None, decode: Any = False) -> Any:
        """The same as a message's that was parsed."""
        if self._payload is None:  # type: ignore[has-type]
            self._payload = self.body.decode("ascii", "surrogateescape")
        return super().get_payload(i, decode)


def parsed(data: bytes) -> Message:
    """What `email` makes of a mail. The body of a mail without parts is nothing that it has to walk line by line."""
    if end := _HEADERS_END.search(data):
        message = _plain(data[: end.end()]) or email.message_from_bytes(data[: end.end()], policy=POLICY)
        whole = message.get_content_maintype() not in ("multipart", "message")
        if whole and isinstance(message, Whole):
            message.body = data[end.end() :]
            return message
        if whole and not message.defects and not message.get_payload():  # all before the body were headers
            message.set_payload(data[end.end() :].decode("ascii", "surrogateescape"))
            return message
    return mail_lines.parsed(data)


def _plain(head: bytes) -> Whole | None:
    """A message of headers that end with a blank line; None where only the library knows what they are."""
    if not _PLAIN.fullmatch(head):
        return None
    headers = _HEADER.findall(head.decode("ascii", "surrogateescape"))
    return Whole(POLICY.header_source_parse([header]) for header in headers)


def names_of(message: Message) -> list[str]:
    """The names of its headers in small letters, in their order."""
    if isinstance(message, Whole):
        return message.names
    return [name.lower() for name in message.keys()]  # noqa: SIM118  a message is no dict


def ambiguous(message: Message) -> bool:
    """Whether a header that decides how the body is read stands there twice and differs."""
    names = names_of(message)
    for name in ("content-type", "content-transfer-encoding", "content-disposition"):
        if names.count(name) > 1:
            values = message.get_all(name, [])
            if len({re.sub(r"\s+", "", str(value)).lower() for value in values}) > 1:
                return True
    return False


def param(message: Message, name: str) -> object:
    """A parameter of its content type; None where it has none."""
    kind = message.get("content-type", "")
    if isinstance(kind, str) and (alone := _ONE_PARAM.fullmatch(kind)):
        return alone[2] if alone[1].lower() == name else None
    return message.get_param(name) if name in str(message.get("content-type", "")).lower() else None


def header_text(message: Message, name: str) -> str:
    """A header's text, RFC 2047 words and raw 8-bit bytes decoded; "" if it is missing."""
    value = message.get(name)
    return "" if value is None else text_of(value)


def text_of(value: object, breaks: str = " ") -> str:
    """The same of a value as the library gives it; `breaks`: what a line's end in it becomes."""
    if isinstance(value, str) and value.isascii() and "=?" not in value and "\x1b" not in value and "\0" not in value:
        return value.replace("\r", "").replace("\n", breaks)
    try:
        pieces: Iterable[tuple[Any, str | None]] = _one_word(value) or decode_header(value)  # type: ignore[arg-type]
    except Exception:
        pieces = [(str(value).encode("utf-8", "surrogateescape"), None)]
    out = []
    for piece, encoding in pieces:
        raw = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
        try:
            out.append(charset.decode(raw, encoding if encoding and encoding != "unknown-8bit" else ""))
        except Incomplete:
            out.append(raw.decode("latin-1"))
    return "".join(out).replace("\r", "").replace("\n", breaks)


def _one_word(value: object) -> list[tuple[Any, str | None]]:
    """What the library makes of a header that is one word in base64, as most subjects in Japanese are; else nothing."""
    found = _WORD.fullmatch(value) if isinstance(value, str) else None
    return [(binascii.a2b_base64(found[2]), found[1].lower())] if found else []


def parties(message: Message) -> frozenset[str]:
    """The addresses of those it goes between, in small letters."""
    names = names_of(message)
    values = [header_text(message, name) for name in ADDRESSED if name in names]
    return frozenset(address.lower() for address in _addresses(values) if "@" in address)


def recipients(message: Message) -> tuple[tuple[str, str], ...]:
    """Names and addresses that a mail shows to all whom it is sent to; none where they are few."""
    names = names_of(message)
    values = [value for name in _SHOWN if name in names and "@" in (value := header_text(message, name))]
    if sum(value.count("@") for value in values) < _MANY:
        return ()
    found = {address.lower(): name for name, address in getaddresses(values) if name and "@" in address}
    return tuple((name, address) for address, name in found.items())


def _addresses(values: list[str]) -> list[str]:
    """Of all, as the library tells them: what is odd in one makes it doubt the others."""
    found = [_ADDRESS.fullmatch(one) for value in values for one in value.split(", ")]
    plain = [match[1] or match[2] for match in found if match]
    return plain if len(plain) == len(found) else [address for _, address in getaddresses(values)]
