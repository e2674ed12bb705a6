"""The nouns of what is being sent: Channel, Part, Transfer, SoFar. No I/O here."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

#: Bytes of a spooled content above which it is read piece by piece, and takes its time. What is read whole costs some
#: ten times its size, in each worker.
LARGE = 8 * 1024 * 1024
_BYTES_A_SECOND = 1024 * 1024  # of a large content, at the least; a list is counted at several times that


def extra_seconds(size: int) -> float:
    """What the inspection of a content of this size may take beyond its deadline, and who waits for it has to wait."""
    return max(0, size - LARGE) / _BYTES_A_SECOND


class Channel(StrEnum):
    """A way out of the town hall."""

    MAIL = "mail"
    WEB = "web"
    MEDIA = "media"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One piece of content, with its path inside the transfer."""

    path: tuple[str, ...]  # e.g. ("message", "list.zip", "a.xlsx"); names as found, so personal
    data: bytes
    declared: str = ""  # media type with parameters as the container declared it: a hint, never believed alone


def new_transfer_id() -> str:
    """A fresh identifier: 26 hex digits, sortable by time (48-bit milliseconds, then 56 random bits)."""
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(7).hex()}"


def digest_of(data: bytes) -> str:
    """SHA-256 of `data` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """One attempt to send something out: who, to whom or which device, through which channel, what.

    Exactly one of `data` and `spool` is set. `envelope` is what delivery needs to repeat the sending
    exactly, in JSON types only; by channel:

    * mail:  {"mail_from": str, "rcpt_to": [str], "mail_options": [str], "rcpt_options": [[str]], "peer": str}
    * web:   {"method": str, "scheme": str, "host": str, "port": int, "path": str, "peer": str}   (path without
      its query; peer: the address the upload came from)
    * media: {"serial": str, "path": str}   (path relative to the device's root, with "/")
    """

    channel: Channel
    sender: str  # as the channel knows it: envelope address, login, or proxy user
    destination: tuple[str, ...]  # mail addresses; "https://host:port"; or one device serial
    name: str  # what the person would call it: subject line, file name, URL path; personal, never logged
    data: bytes | None = None
    spool: Path | None = None
    declared: str = ""  # media type as declared, e.g. "message/rfc822", "multipart/form-data; boundary=x"
    digest: str = ""  # identity of the content for permits and release; SHA-256 hex of the bytes if left empty
    envelope: dict[str, Any] = field(default_factory=dict)
    beside: bytes = b""  # what is said beside the content, url-encoded: query and headers of a request
    id: str = field(default_factory=new_transfer_id)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        if (self.data is None) == (self.spool is None):
            raise ValueError("a transfer has either data or a spool file")
        if self.at.tzinfo is None:
            raise ValueError("a transfer's time carries its zone")
        if not self.digest:
            object.__setattr__(self, "digest", self._digest())

    def _digest(self) -> str:
        if self.spool is None:
            return digest_of(self.read())
        with self.spool.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def size(self) -> int:
        """Bytes of content."""
        if self.data is not None:
            return len(self.data)
        assert self.spool is not None
        return self.spool.stat().st_size

    def read(self) -> bytes:
        """The content."""
        if self.data is not None:
            return self.data
        assert self.spool is not None
        return self.spool.read_bytes()

    def part(self) -> Part:
        """The content as the root part of an inspection."""
        return Part(path=(self.name or self.channel.value,), data=self.read(), declared=self.declared)


@dataclass(frozen=True, kw_only=True, slots=True)
class SoFar:
    """What an upload sent in pieces amounts to, told with the transfer that is its newest piece."""

    joined: Transfer | None  # this piece with those before it; None: there are none before it
    last: bool  # `joined` is the whole upload, which is complete with this piece
    trusted: bool  # whoever receives it keeps nothing of an upload that is not completed
    known: int | None = None  # people in it up to which only the piece goes on record, all of it above; None: any
