"""The chain's head, attested in a file beside the database under a key the database's writer need not have.

One line of fixed length, overwritten in place after each commit, so that a full disk does not stop it. It may
lag behind the chain (a crash after the commit), never run ahead of it: a head the chain does not reach means
that the chain's end was cut off. It is no defence against someone who can put back an old copy of both.
"""

from __future__ import annotations

import fcntl
import hmac
import logging
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from quarantine.audit import GENESIS, Entry, Mark

_log = logging.getLogger("quarantine")
_LENGTH = 20 + 1 + 64 + 1 + 64 + 1


class Head:
    """The last attested place of one chain. Thread-safe and safe between processes."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._known: tuple[bytes, Mark] | None = None  # what we wrote last: we need not read our own hand

    def begin(self) -> None:
        """Attest an empty chain, unless a head stands already."""
        fresh = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        file = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(file, self._line(Mark(seq=0, hash=GENESIS)), 0)
            os.fsync(file)
            with suppress(FileExistsError):
                self._path.hardlink_to(fresh)  # whole or not at all, and never over one that stands
        finally:
            os.close(file)
            fresh.unlink(missing_ok=True)

    def read(self) -> Mark | None:
        """The attested place; None when the file is missing or not attested by our key."""
        try:
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                return self._parse(file.read(_LENGTH + 1))
        except OSError:
            return None

    def witness(self, entry: Entry, hash_at: Callable[[int], str | None]) -> None:
        """Attest `entry` as the head, if it follows from the place attested before (`hash_at` tells).

        A head that does not fit is left standing, as evidence for `verify`. A failure to write is logged: the
        head then lags, which is no fault.
        """
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            _log.error("the audit head cannot be written")
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            standing = self._parse(os.pread(file, _LENGTH + 1, 0))
            if standing is not None and standing.seq < entry.seq and follows(entry, standing, hash_at):
                mark = Mark(seq=entry.seq, hash=entry.hash)
                line = self._line(mark)
                os.pwrite(file, line, 0)
                self._known = line, mark
        except OSError:
            _log.error("the audit head cannot be written")
        finally:
            os.close(file)

    def renew(self, entry: Entry) -> None:
        """Attest `entry` whatever stood there; only after the fault itself was recorded in `entry`."""
        fresh = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        fresh.touch(0o600)
        fresh.write_bytes(self._line(Mark(seq=entry.seq, hash=entry.hash)))
        fresh.replace(self._path)

    def _line(self, mark: Mark) -> bytes:
        text = f"{mark.seq:020d} {mark.hash}"
        mac = hmac.digest(self._key, text.encode(), "sha256").hex()
        return f"{text} {mac}\n".encode()

    def _parse(self, line: bytes) -> Mark | None:
        if self._known is not None and self._known[0] == line:
            return self._known[1]
        words = line.decode("ascii", "replace").split()
        if len(words) != 3 or not words[0].isdecimal():
            return None
        mark = Mark(seq=int(words[0]), hash=words[1])
        return mark if hmac.compare_digest(self._line(mark), line) else None


def follows(entry: Entry, mark: Mark, hash_at: Callable[[int], str | None]) -> bool:
    """Whether the chain that `entry` continues holds the attested place."""
    if mark.seq == 0:
        return True
    known = entry.previous if mark.seq == entry.seq - 1 else hash_at(mark.seq)
    return known == mark.hash
