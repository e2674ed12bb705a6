"""What is said outward in a WebSocket connection, judged message by message with what was said before it.

A list typed over many messages is one list: each message is read with those before it, as lines, as one run, and, of
messages in JSON, with what stands in the same place of each put together.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from mitmproxy import http

from dlp.channels.web.judging import Answer, Ask
from dlp.channels.web.upload import content_digest, transfer_of
from dlp.transfer import SoFar, Transfer, new_transfer_id

_WINDOW = 256 * 1024  # bytes of earlier messages that a message is read with
_MESSAGES = 8192  # of them at most: each is looked at with each message that is judged
_QUIET = 200  # bytes of messages that say nothing of anybody, before they are looked at, too
_SPEAKS = re.compile(rb"[0-9\x80-\xff]")  # a number, or a letter beyond ASCII
_PREFIX = re.compile(rb"\A[0-9a-z]{0,8}(?=[\[{])")  # of Socket.IO and SockJS, before their JSON
_DEPTH = 20
_KEY = "sekisho socket"  # in a flow's metadata


@dataclass
class Talk:
    """One connection's outward direction."""

    base: Transfer
    said: deque[bytes] = field(default_factory=deque)
    size: int = 0  # bytes of what was said
    quiet: int = 0  # bytes that passed since the last look
    people: int = 0  # in what was said, that are on record

    def add(self, content: bytes) -> None:
        """One more message; what is too old to be read with the next is forgotten."""
        if not content:  # it tells nothing, and a client could say it for ever
            return
        self.said.append(content)
        self.size += len(content)
        while self.size - len(self.said[0]) >= _WINDOW or len(self.said) > _MESSAGES:
            self.size -= len(self.said.popleft())
        if (excess := self.size - _WINDOW) > 0:
            self.said[0] = self.said[0][excess:]
            self.size = _WINDOW

    def is_quiet(self, content: bytes) -> bool:
        """Whether a message says nothing of anybody: keep-alives, cursors, names of rooms."""
        self.quiet += len(content)
        return self.quiet <= _QUIET and not _SPEAKS.search(content)


def talk_of(flow: http.HTTPFlow, login: str, limit: int) -> Talk:
    """The connection's own; made at its first message."""
    talk = flow.metadata.get(_KEY)
    if not isinstance(talk, Talk):
        peer = flow.client_conn.peername
        base = transfer_of(flow.request, b"", login, limit)
        envelope = base.envelope | {"peer": str(peer[0]).removeprefix("::ffff:") if peer else ""}
        talk = flow.metadata[_KEY] = Talk(replace(base, envelope=envelope))
    return talk


async def judge(talk: Talk, content: bytes, submit: Ask) -> Answer | None:
    """The answer to one outward message; None for one that need not be looked at, which passes."""
    earlier = list(talk.said)
    talk.add(content)
    if talk.is_quiet(content):
        return None
    talk.quiet = 0
    alone = _as(talk.base, _declared(content), content)
    if not earlier:
        answer = await submit(alone)
    else:
        joined = _as(talk.base, *together([*earlier, content]))
        answer = await submit(alone, SoFar(joined=joined, last=False, trusted=False, known=talk.people))
    talk.people = max(talk.people, answer.people)
    return answer


def together(said: list[bytes]) -> tuple[str, bytes]:
    """Media type and content of several messages, in every way in which they may belong together."""
    views = [b"\n".join(said), b"".join(said), *_unwrapped(said)]
    mark = hashlib.sha256(views[0]).hexdigest()
    fields = [
        f'--{mark}\r\nContent-Disposition: form-data; name="said"; filename="messages-{number}"\r\n\r\n'.encode() + view
        for number, view in enumerate(dict.fromkeys(views), 1)
    ]
    return f"multipart/form-data; boundary={mark}", b"\r\n".join([*fields, f"--{mark}--\r\n".encode()])


def _unwrapped(said: list[bytes]) -> list[bytes]:
    """The texts of messages in JSON: all of them as lines, and those in the same place put together."""
    lines: list[str] = []
    places: dict[tuple[str, ...], list[str]] = {}
    for content in said:
        if (value := _json(content)) is None:
            lines.append(content.decode("utf-8", "replace"))
        for place, text in _leaves(value, ()):
            lines.append(text)
            places.setdefault(place, []).append(text)
    views = ["\n".join(lines), *("".join(texts) for texts in places.values() if len(set(texts)) > 1)]
    return [view.encode("utf-8", "replace") for view in views] if places else []


def _json(content: bytes) -> Any:
    try:
        return orjson.loads(content[match.end() :] if (match := _PREFIX.match(content)) else content)
    except ValueError:
        return None


def _leaves(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts in a JSON value by their place; a place in a list is any place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict) and len(place) < _DEPTH:
        for name, inner in value.items():
            yield from _leaves(inner, (*place, name))
    elif isinstance(value, list) and len(place) < _DEPTH:
        for inner in value:
            yield from _leaves(inner, (*place, ""))


def _declared(content: bytes) -> str:
    """A hint of ours: the protocol tells text from bytes and no more."""
    if _json(content) is not None and not _PREFIX.match(content):
        return "application/json"
    try:
        content.decode()
    except UnicodeDecodeError:
        return ""
    return "text/plain; charset=utf-8"


def _as(base: Transfer, declared: str, content: bytes) -> Transfer:
    now = datetime.now(UTC)
    digest = content_digest(declared, content)
    return replace(base, data=content, declared=declared, digest=digest, id=new_transfer_id(), at=now)
