"""The pieces of open uploads, on disk until the upload is whole or a day old: so that a restart loses none.

Only what was let through lies here: the server has it already. One folder an upload, named by a digest; one file a
piece, named by its place and size, encrypted (AES-256 in counter mode, so that any stretch can be read; a nonce of its
own before it). A piece counts from the moment its file has its name.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

_KEPT_SECONDS = 24 * 3600.0
_STEP = 1 << 20
_NONCE = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """One piece: where it belongs, and where its bytes are."""

    place: int  # offset, or the part's number
    size: int
    source: bytes | Path  # in clear; or a file of the store's, with its key
    numbered: bool = False
    key: bytes = field(default=b"", repr=False)

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.place + self.size

    def read(self, start: int = 0, size: int | None = None) -> Iterator[bytes]:
        """Its bytes from `start` on, some at a time. Raises OSError."""
        left = self.size - start if size is None else size
        if isinstance(self.source, bytes):
            yield self.source[start : start + left]
            return
        with self.source.open("rb") as file:
            clear = _cipher(self.key, file.read(_NONCE), start) if self.key else None
            file.seek(start + (_NONCE if clear else 0))
            while left > 0 and (data := file.read(min(left, _STEP))):
                left -= len(data)
                yield clear.update(data) if clear else data
        if left > 0:
            raise OSError("a piece is shorter than its name says")


class PieceStore:
    """Open uploads below `folder`: at most `limit` bytes each, and `most` of them. Its methods raise OSError."""

    def __init__(self, folder: Path, limit: int, key: bytes, most: int = 1000) -> None:
        """`key`: 32 bytes, the same after a restart."""
        self._folder, self._key = folder, key
        self.limit = limit
        self._most = most
        self._swept = 0.0

    def begin(self) -> None:
        """Make the folder, for us alone, and forget what nobody has gone on with for a day."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self.sweep()

    def sweep(self, seconds: float = _KEPT_SECONDS) -> None:
        """Forget uploads that nothing was added to for so long."""
        for place in self._folder.iterdir():
            if place.stat().st_mtime < time.time() - seconds:
                shutil.rmtree(place, ignore_errors=True)
        self._swept = time.monotonic()

    @staticmethod
    def key(*names: str) -> str:
        """The name of an upload's folder, by person, site and id."""
        return hashlib.sha256(orjson.dumps(names)).hexdigest()

    def pieces(self, key: str) -> list[Kept]:
        """What was let through of an upload, by place."""
        found = []
        for path in self._paths(key):
            kind, _, rest = path.name.partition("-")
            place, _, size = rest.partition("-")
            if kind in ("part", "range"):
                found.append(Kept(int(place), int(size), path, numbered=kind == "part", key=self._key))
        return sorted(found, key=lambda piece: (piece.place, -piece.size))

    def total(self, key: str) -> int | None:
        """Bytes of the whole, as its first request declared it."""
        totals = [path.name.partition("-")[2] for path in self._paths(key) if path.name.startswith("total-")]
        return int(totals[0]) if totals else None

    def _paths(self, key: str) -> list[Path]:
        place = self._folder / key
        return list(place.iterdir()) if place.is_dir() else []

    def has_room(self, key: str) -> bool:
        """Whether this upload is open or one more may be."""
        if time.monotonic() - self._swept > 3600:
            self.sweep()
        return (self._folder / key).is_dir() or sum(1 for _ in self._folder.iterdir()) < self._most

    def keep(self, key: str, piece: Kept) -> None:
        """Add a piece that is let through."""
        place = self._place(key)
        draft = place / f"draft-{secrets.token_hex(8)}"
        try:
            self._put(piece, draft)
            draft.rename(place / f"{'part' if piece.numbered else 'range'}-{piece.place}-{piece.size}")
        finally:
            draft.unlink(missing_ok=True)

    def declare(self, key: str, total: int) -> None:
        """Remember how long the whole will be."""
        (self._place(key) / f"total-{total}").touch(mode=0o600)

    def rename(self, key: str, other: str) -> None:
        """The server has named an upload that it began."""
        if (self._folder / key).is_dir():
            self.forget(other)
            (self._folder / key).rename(self._folder / other)

    def forget(self, key: str) -> None:
        """An upload is over."""
        shutil.rmtree(self._folder / key, ignore_errors=True)

    def scratch(self) -> Path:
        """A new name for a joined whole, swept like an upload should we die over it."""
        folder = self._folder / f"joined-{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        return folder / "joined"

    def _put(self, piece: Kept, there: Path) -> None:
        nonce = secrets.token_bytes(_NONCE)
        hidden = _cipher(self._key, nonce, 0)
        with os.fdopen(os.open(there, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(nonce)
            for data in piece.read():
                file.write(hidden.update(data))

    def _place(self, key: str) -> Path:
        place = self._folder / key
        place.mkdir(mode=0o700, exist_ok=True)
        return place


def _cipher(key: bytes, nonce: bytes, start: int) -> CipherContext:
    """What encrypts and decrypts from offset `start` on: the counter of that block, and the rest of it passed over."""
    counter = (int.from_bytes(nonce) + start // 16) % (1 << 128)
    context = Cipher(AES256(key), CTR(counter.to_bytes(16))).encryptor()
    context.update(bytes(start % 16))
    return context


def laid(pieces: Iterable[Kept]) -> Iterator[tuple[Kept, int, bool]]:
    """Pieces in their order: each with the bytes of it that were there before, and whether some are missing before it.

    Those that add nothing are left out.
    """
    end, first = 0, True
    for piece in sorted(pieces, key=lambda piece: (piece.place, -piece.size)):
        if piece.numbered:
            yield piece, 0, piece.place != (1 if first else end + 1)
            end = piece.place
        elif piece.end > end:
            yield piece, max(0, end - piece.place), piece.place > end
            end = piece.end
        first = False


def reach(pieces: Iterable[Kept]) -> int:
    """Up to which offset nothing is missing."""
    end = 0
    for piece, _, gap in laid(pieces):
        if gap:
            break
        end = piece.end
    return end


def joined(pieces: Iterable[Kept], between: bytes = b"") -> Iterator[bytes]:
    """The bytes of all pieces in their order, each once; `between` stands for what is missing. Raises OSError."""
    for piece, before, gap in laid(pieces):
        if gap:
            yield between
        yield from piece.read(before)


def contradicts(piece: Kept, others: Iterable[Kept]) -> bool:
    """Whether the same place of the upload was sent with other bytes. Raises OSError."""
    for other in others:
        if piece.numbered:
            if other.place == piece.place and not _same(piece, 0, other, 0, max(piece.size, other.size)):
                return True
            continue
        start, end = max(piece.place, other.place), min(piece.end, other.end)
        if start < end and not _same(piece, start - piece.place, other, start - other.place, end - start):
            return True
    return False


def _same(one: Kept, here: int, other: Kept, there: int, size: int) -> bool:
    if here + size > one.size or there + size > other.size:
        return False
    for at in range(0, size, _STEP):
        step = min(_STEP, size - at)
        if b"".join(one.read(here + at, step)) != b"".join(other.read(there + at, step)):
            return False
    return True
