"""A mail's content that lies on disk and is sent from there, piece by piece. Behaves like bytes where a relay asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dlp.native import wire

_PIECE = 1 << 18
_MANY = 4096  # bytes from which a comparison of all at once is quicker than to count what stands at each line's end


@dataclass(frozen=True, slots=True)
class Spooled:
    """What `path` holds behind `head`: whole lines with CRLF ends, as `head` is."""

    head: bytes
    path: Path

    def __len__(self) -> int:
        return len(self.head) + self.path.stat().st_size

    def isascii(self) -> bool:
        """Whether no byte has its eighth bit set. Reads all of it."""
        return all(piece.isascii() for piece in self._lines())

    def sound(self) -> bool:
        """Whether CR and LF stand together everywhere. Reads all of it."""
        return all(map(is_sound, self._lines()))

    def stuffed(self) -> Iterator[bytes]:
        """As it goes over the wire: dots doubled, ended."""
        last = b"\r\n"
        for piece in self._lines():
            yield (b"\r\n" + piece).replace(b"\r\n.", b"\r\n..")[2:]
            last = piece[-2:]
        yield b".\r\n" if last == b"\r\n" else b"\r\n.\r\n"

    def _lines(self) -> Iterator[bytes]:
        """Pieces that begin at a line's beginning."""
        kept = self.head
        with self.path.open("rb") as file:
            while block := file.read(_PIECE):
                kept += block
                if end := kept.rfind(b"\r\n") + 1:
                    yield kept[: end + 1]
                    kept = kept[end + 1 :]
        if kept:
            yield kept


def is_sound(content: bytes) -> bool:
    """Whether CR and LF stand together everywhere.

    A bare one is a line end to some servers and not to others: the root of SMTP smuggling.
    """
    if (told := wire.told(content)) is not None:
        return not told & wire.BARE
    if len(content) < _MANY:
        return content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    returns, feeds = _where(content, b"\r"), _where(content, b"\n")
    return not feeds[0] and not returns[-1] and returns[:-1].tobytes() == feeds[1:].tobytes()


def has_dots(content: bytes) -> bool:
    """Whether a line but the first may begin with a dot; a search for them by text stops at each line."""
    if (told := wire.told(content)) is not None:
        return bool(told & wire.DOTTED)
    if len(content) < _MANY:
        return b"\n." in content
    return bool((_where(content, b"\n")[:-1] & _where(content, b".")[1:]).any())


def _where(content: bytes, one: bytes) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = np.frombuffer(content, np.uint8) == one[0]
    return found
