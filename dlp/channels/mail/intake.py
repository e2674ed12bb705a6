"""One mail's content on its way in: up to a size in memory, beyond it on disk, checked while it comes.

Only CR LF . CR LF ends a mail, wherever a block ends; dots are undoubled, bare CR and LF and long lines found, for
both alike. A large content is never whole in memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from dlp.delivery.spooled import has_dots, is_sound
from dlp.native import wire

log = logging.getLogger(__name__)

#: Bytes of a content that stay in memory; what is larger is spooled.
IN_MEMORY = 1 << 20
_END = b"\r\n.\r\n"
_SLACK = 1 << 16

TOO_LARGE = "552 5.3.4 message size exceeds fixed limit"
BARE = "550 5.6.0 bare CR or LF in the message: refused"
LONG_LINE = "500 5.6.0 line too long"
NO_ROOM = "452 4.3.1 no room to keep this mail; try again later"


class Intake:
    """`feed` blocks as they come until it is true; then `refusal`, else `data` or `spool`. `drop` at the end."""

    def __init__(self, *, limit: int, line_length: int, folder: Path | None) -> None:
        """`limit`: bytes of a content, 0 for none; `folder`: where large contents lie, None keeps all in memory."""
        self.refusal = ""
        self.data: bytes | None = None
        self.spool: Path | None = None
        self.digest = ""  # SHA-256 of a spooled content
        self.head = b""  # its first bytes, with the header
        self.rest = b""  # what came behind the end: commands of a pipelining client
        self._limit, self._line, self._folder = limit, line_length, folder
        self._kept = bytearray(b"\r\n")  # begins with the end of the line before: the first line may be the dot
        self._size = 0
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()

    def feed(self, block: bytes) -> bool:
        """Take what came; whether the content has ended."""
        kept = self._kept
        kept += block
        end = kept.find(_END, max(0, len(kept) - len(block) - len(_END) + 1))
        if end >= 0:
            self.rest = bytes(kept[end + len(_END) :])
            self._finish(bytes(kept[: end + 2]))
            return True
        if self.refusal:
            del kept[: 1 - len(_END)]
        elif len(kept) > IN_MEMORY and self._folder is not None:
            self._flush()
        elif self._limit and len(kept) > self._limit * 4 // 3 + _SLACK:  # ".\r\n" comes as "..\r\n"
            self._refuse(TOO_LARGE)
        return False

    def drop(self) -> None:
        """Throw away what lies on disk."""
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
        self._file = None
        if self.spool is not None:
            self.spool.unlink(missing_ok=True)
            self.spool = None

    def _refuse(self, reply: str) -> None:
        """The rest is read for its end alone."""
        self.refusal = self.refusal or reply
        self.drop()
        del self._kept[: 1 - len(_END)]

    def _flush(self) -> None:
        """Whole lines go to disk."""
        cut = self._kept.rfind(b"\r\n")
        if cut:
            lines = bytes(self._kept[: cut + 2])
            del self._kept[:cut]
            self._write(lines)
        if not self.refusal and len(self._kept) > self._line + _SLACK:
            self._refuse(LONG_LINE)

    def _write(self, lines: bytes) -> None:
        """`lines` with the end of the line before them."""
        plain = _undoubled(lines)
        self._size += len(plain)
        refusal = TOO_LARGE if self._limit and self._size > self._limit else content_fault(plain, self._line)
        if refusal:
            self._refuse(refusal)
            return
        try:
            self._spooled().write(plain)
        except OSError as error:
            self._no_room(error)
            return
        self._hash.update(plain)
        self.head = self.head or plain

    def _spooled(self) -> BinaryIO:
        if self._file is None:
            assert self._folder is not None
            handle, name = tempfile.mkstemp(dir=self._folder, prefix="mail-")  # mode 0600
            self.spool = Path(name)
            self._file = os.fdopen(handle, "wb")
        return self._file

    def _no_room(self, error: OSError) -> None:
        log.error("a large mail cannot be kept on disk", extra={"error": error.strerror})
        self._refuse(NO_ROOM)

    def _finish(self, lines: bytes) -> None:
        self._kept.clear()
        if self.refusal:
            return
        if self._file is None:
            known = wire.told(lines, self._line) == 0  # nothing to undouble, nothing wrong: as nearly always
            plain = lines[2:] if known else _undoubled(lines)
            too_large = self._limit and len(plain) > self._limit
            self.refusal = TOO_LARGE if too_large else "" if known else content_fault(plain, self._line)
            self.data = None if self.refusal else plain
            return
        self._write(lines)
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError as error:
                self._no_room(error)
            self._file = None
        self.digest = self._hash.hexdigest()


def _undoubled(lines: bytes) -> bytes:
    """Lines without the dots doubled for the way, and without the end of the line before them."""
    return lines.replace(b"\r\n.", b"\r\n")[2:] if has_dots(lines) else lines[2:]


def content_fault(content: bytes, line_length: int) -> str:
    """The refusal of a content no relay may pass on; "" when it is sound."""
    if not is_sound(content):
        return BARE
    return LONG_LINE if has_longer_line(content, line_length) else ""


def has_longer_line(content: bytes, limit: int) -> bool:
    """Whether a line, without its CRLF, has more than `limit` bytes."""
    start = 0
    while len(content) - start > limit:
        end = content.rfind(b"\n", start, start + limit + 2)
        if end < 0:
            return True
        start = end + 1
    return False
