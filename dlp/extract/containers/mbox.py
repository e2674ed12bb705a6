"""Mailboxes (mbox): many mails in one file, each a child."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.extract.blocks import Extracted
from dlp.extract.budget import Budget
from dlp.transfer import Part

KIND = "application/mbox"
_FROM = re.compile(rb"(?:\A|(?<=\n)\r?\n)From [^\r\n]*\r?\n(?=[\w-]+:[ \t])")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_mbox(data: bytes) -> bool:
    """Whether a line of an mbox begins the file, and another one a second mail. One alone is a mail."""
    first = _FROM.match(data)
    return first is not None and _FROM.search(data, first.end()) is not None


def extract(part: Part, budget: Budget) -> Extracted:
    """Each mail as a child."""
    return Extracted(KIND, children=_children(part))


def _children(part: Part) -> Iterator[Part]:
    starts = [match.end() for match in _FROM.finditer(part.data)]
    begins = [match.start() for match in _FROM.finditer(part.data)]
    for number, (start, end) in enumerate(zip(starts, [*begins[1:], len(part.data)], strict=True), 1):
        data = _ESCAPED.sub(rb"\1", part.data[start:end])
        yield Part(path=(*part.path, f"message {number}"), data=data, declared="message/rfc822")
