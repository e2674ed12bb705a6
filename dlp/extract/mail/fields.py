"""What a mail's header fields say beside the subject: who wants to take a list out may write it into any of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import Message
from typing import Final

from dlp.extract.mail.heads import ADDRESSED, text_of

#: Fields that people write in, which the mail's reader shows.
SAYING: Final = ("subject", "comments", "keywords", "content-description", "thread-topic")
#: Fields that programs write, each in a form of its own (RFC 5322, 5321, 2045, 2369, 6376, 8601, 8617): in ASCII, and
#: not longer than that takes.
_FORMAL: Final = frozenset(
    """received return-path date message-id in-reply-to references mime-version dkim-signature domainkey-signature
    arc-seal arc-message-signature arc-authentication-results authentication-results received-spf x-received
    x-google-dkim-signature x-mailer user-agent x-priority x-msmail-priority priority importance thread-index
    auto-submitted precedence list-id list-unsubscribe list-unsubscribe-post list-post list-help list-archive
    list-subscribe list-owner delivered-to x-original-to content-language accept-language content-id content-length
    disposition-notification-to return-receipt-to errors-to""".split()
)
_SAYING_SIZE: Final = 400  # characters of a field that is read with the mail's own words; a longer one has lines
_FORMAL_SIZE: Final = 1000  # characters of such a field
#: What decides how a part is read; a file's name in it is read with the file.
_DECIDING: Final = frozenset(("content-type", "content-disposition", "content-transfer-encoding"))
_DECIDING_SIZE: Final = 400
_TOKEN: Final = 40  # characters without a blank that name a thing: a number, an address of a machine, a UUID
_TOKENS: Final = 16  # of such that one mail has; more may be something cut into pieces
_NAME: Final = 60  # characters of a field's name from which it is read too
_FOLD = re.compile(r"\n[ \t]*")
_MAILBOX = re.compile(r"<[^<>\s]*>\s*[,;]?\s*")
#: A name beside an address says no more than a name: no figures, and no more letters than one takes.
_MERE_NAME = re.compile(r"[^0-9０-９]{0,40}")  # a line's end may be in it, where it was folded


def said(message: Message) -> str:
    """The lines of all fields of a mail or its part that may say something, but for a usual subject and its like."""
    lines: list[str] = []
    tokens: list[str] = []
    for name, value in message.items():
        small = name.lower()
        if _formal(small, value) or (small in SAYING and len(str(value)) <= _SAYING_SIZE):
            continue
        if small in ADDRESSED:
            lines += _beside_addresses(text_of(value, breaks="\n"))
        elif isinstance(value, str) and len(value) < _TOKEN and value.isascii() and " " not in value:
            tokens.append(value)
        else:
            lines += filter(None, _FOLD.split(text_of(value, breaks="\n").strip()))
        if len(name) > _NAME:
            lines.append(name)
    if len(tokens) > _TOKENS:
        lines += tokens
    return "\n".join(lines)


def _formal(name: str, value: object) -> bool:
    """Whether it is a field of a program's, written as such are."""
    if name in _DECIDING:
        return len(str(value)) <= _DECIDING_SIZE
    if name not in _FORMAL or not isinstance(value, str):
        return False
    return len(value) <= _FORMAL_SIZE and value.isascii() and "=?" not in value


def _beside_addresses(text: str) -> Iterator[str]:
    for beside in _MAILBOX.split(_FOLD.sub("\n", text)):
        if not _MERE_NAME.fullmatch(beside) and not _bare(beside):
            yield beside  # with its lines: words that were encoded may hold a whole list


def _bare(beside: str) -> bool:
    """Whether addresses alone stand there, with figures in them."""
    words: Iterable[str] = beside.replace(",", " ").split()
    return all("@" in word and word.isascii() for word in words)
