"""Internet mail: headers, bodies in any charset, attachments as children. Never trusts a mail to be well formed."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.extract.blocks import Block, Extracted, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.sniff import MAIL
from dlp.extract.text import blocks_of, of_text
from dlp.transfer import Part

# compat32 keeps what it cannot parse instead of raising: policy.default raised on 57 of 1,428 public mails.
_POLICY = email.policy.compat32
_ADDRESSED = ("from", "to", "cc", "bcc", "reply-to", "sender", "resent-to", "resent-cc")


def extract(part: Part, budget: Budget) -> Extracted:
    """Subject and bodies as blocks, attachments as children, addresses of the mail's own parties."""
    data = re.sub(rb"\A>?From [^\n]*\n", b"", part.data)
    try:
        message = email.message_from_bytes(data, policy=_POLICY)
    except Exception:  # the parser's own faults are many
        return Extracted(MAIL, of_text(charset.decode(data)).blocks, unread=(Why.CORRUPT,))
    blocks: list[Block] = []
    children: list[Part] = []
    unread: list[Why] = []
    subject = header_text(message, "subject")
    if subject:
        blocks.append(Text(subject + "\n", "subject"))
    for leaf in _leaves(message, budget):
        try:
            _take(leaf, part, blocks, children, unread)
        except Incomplete as fault:
            unread.append(Why(fault.why))
    return Extracted(MAIL, blocks, tuple(children), tuple(dict.fromkeys(unread)), _parties(message))


def header_text(message: Message, name: str) -> str:
    """A header's text, RFC 2047 words and raw 8-bit bytes decoded; "" if it is missing."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        pieces = decode_header(value)
    except Exception:
        pieces = [(str(value).encode("utf-8", "surrogateescape"), None)]
    out = []
    for piece, encoding in pieces:
        raw = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
        try:
            out.append(charset.decode(raw, encoding if encoding and encoding != "unknown-8bit" else ""))
        except Incomplete:
            out.append(raw.decode("latin-1"))
    return "".join(out).replace("\r", "").replace("\n", " ")


def _parties(message: Message) -> frozenset[str]:
    values = [header_text(message, name) for name in _ADDRESSED if message.get(name) is not None]
    return frozenset(address.lower() for _, address in getaddresses(values) if "@" in address)


def _leaves(message: Message, budget: Budget, depth: int = 0) -> Iterator[Message]:
    """Parts that hold content; multiparts opened, mails inside mails left whole."""
    if depth > budget.max_depth * 3:
        raise Incomplete(Why.TOO_DEEP)
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for outside in (message.preamble, message.epilogue):
            if outside and outside.strip() and "multi-part" not in outside.lower():
                yield _text_message(outside)
        for inner in message.get_payload():
            yield from _leaves(inner, budget, depth + 1)  # type: ignore[arg-type]
    else:
        yield message


def _text_message(text: str) -> Message:
    message = Message()
    message.set_payload(text.encode("utf-8", "surrogateescape"))
    return message


def _take(leaf: Message, part: Part, blocks: list[Block], children: list[Part], unread: list[Why]) -> None:
    kind = leaf.get_content_type()
    if kind == "message/rfc822" and leaf.is_multipart():
        for inner in leaf.get_payload():
            data = inner.as_bytes(policy=_POLICY)  # type: ignore[union-attr]
            children.append(Part(path=(*part.path, _name(leaf) or "message"), data=data, declared=MAIL))
        return
    data = _payload(leaf)
    name = _name(leaf)
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"):
        unread.append(Why.ENCRYPTED)
    if (
        name
        or leaf.get_content_disposition() == "attachment"
        or leaf.get_content_maintype() not in ("text", "multipart")
    ):
        if kind == "application/pkcs7-signature" or kind == "application/pgp-signature":
            return
        declared = leaf.get("content-type", "") or kind
        children.append(Part(path=(*part.path, name or kind), data=data, declared=str(declared)))
    elif kind == "text/html":
        children.append(Part(path=(*part.path, "body.html"), data=data, declared=str(leaf.get("content-type", kind))))
    else:
        hint = leaf.get_param("charset")
        text = charset.decode(data, hint if isinstance(hint, str) else "")
        blocks += [Text(b.text, "body") if isinstance(b, Text) else b for b in blocks_of(text)]


def _payload(leaf: Message) -> bytes:
    payload = leaf.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    raw = leaf.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _name(leaf: Message) -> str:
    """The file name of a part, however it is encoded: RFC 2231, RFC 2047 in a parameter, raw 8-bit."""
    try:
        name = leaf.get_filename("")
    except Exception:
        name = ""
    if not name:
        return ""
    holder = Message()
    holder["subject"] = name.replace("\r", "").replace("\n", " ")
    return header_text(holder, "subject").replace("\0", "")
