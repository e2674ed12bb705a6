"""What a mount's writers were promised: allowed files that are not on their device yet, listed beside their content.

Both lie in memory (`/dev/shm`), where a power cut ends them as it ends what a kernel keeps for a stick; the end of
the gateway's process does not: what is on the list when it starts again is judged again and brought to the device.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from dlp.transfer import Transfer, digest_of

log = logging.getLogger(__name__)

_LIST = "promised"
_MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it, and looked at before it is used


class Left(NamedTuple):
    """A file that was promised and not delivered."""

    spool: Path
    path: str
    login: str
    content: bytes


class Owed(NamedTuple):
    """A promised file that never came, of which its sender has not been told yet."""

    transfer: str
    path: str
    login: str
    digest: str
    at: datetime


def quick_folder(spool: Path) -> Path:
    """A folder in memory that belongs to this spool and to nobody else; the spool itself where there is none."""
    folder = _MEMORY / f"sekisho-{os.geteuid()}-{sha256(os.fsencode(spool)).hexdigest()[:16]}"
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
    except OSError:
        return spool
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return folder if ours else spool


class Promises:
    """The list in one folder. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._list = folder, str(folder / _LIST)
        self._lock = threading.Lock()
        self._gathered: list[dict[str, str]] | None = None  # ends that are written down together
        self._open: set[str] = set()  # names of spool files on the list, and transfers of which somebody is to be told

    def add(self, spool: Path, path: str, login: str, digest: str) -> None:
        """It is promised from now on. Raises OSError."""
        with self._lock:
            self._write({"spool": spool.name, "path": path, "login": login, "digest": digest})
            self._open.add(spool.name)

    def kept(self, spool: Path) -> None:
        """It is on the device, or its end was told. Its content stays: its writer may have it open still."""
        self._end({"kept": spool.name}, spool.name)

    def owe(self, transfer: Transfer) -> None:
        """Its sender is to be told that it never came, whatever becomes of us. Raises OSError."""
        about = {"path": transfer.envelope["path"], "login": transfer.sender, "digest": transfer.digest}
        with self._lock:
            self._write({"owed": transfer.id, "at": transfer.at.isoformat(), **about})
            self._open.add(transfer.id)

    def told(self, transfers: Sequence[Transfer]) -> None:
        """Their senders will be told. Raises OSError."""
        for transfer in transfers:
            self._end({"told": transfer.id}, transfer.id)

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """What is kept meanwhile is written down at its end, in one go, as well as that can be done."""
        with self._lock:
            self._gathered = []
        try:
            yield
        finally:
            with self._lock:
                ends, self._gathered = self._gathered or [], None
                try:
                    self._write_ends(ends)
                except OSError:
                    log.error("kept promises stay on the list", extra={"part_count": len(ends)})

    def _end(self, said: dict[str, str], name: str) -> None:
        with self._lock:
            self._open.discard(name)
            if self._gathered is not None:
                self._gathered.append(said)
            else:
                self._write_ends([said])

    def _write_ends(self, ends: Sequence[dict[str, str]]) -> None:
        if not ends:
            return
        if self._open:
            self._write(*ends)
        else:
            (self._folder / _LIST).unlink(missing_ok=True)

    def _write(self, *said: dict[str, str]) -> None:
        line = b"".join(json.dumps(one).encode() + b"\n" for one in said)
        fd = os.open(self._list, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            end = os.fstat(fd).st_size
            if os.write(fd, line) < len(line):  # what comes next must not go on in the same line
                os.ftruncate(fd, end)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(fd)

    def left(self) -> list[Left]:
        """What an earlier process promised and did not deliver. It stays on the list."""
        said = dict[str, dict[str, str]]()
        for line in self._lines():
            if "kept" in line:
                said.pop(line["kept"], None)
            elif "spool" in line:
                said[line["spool"]] = line
        found = [left for line in said.values() if (left := self._found(line))]
        with self._lock:
            self._open |= {left.spool.name for left in found}
        return found

    def owing(self) -> list[Owed]:
        """Of which files an earlier process had still to tell their senders. It stays on the list."""
        said = dict[str, Owed]()
        for line in self._lines():
            if "told" in line:
                said.pop(line["told"], None)
            elif "owed" in line:
                at = datetime.fromisoformat(line["at"])
                said[line["owed"]] = Owed(line["owed"], line["path"], line["login"], line["digest"], at)
        with self._lock:
            self._open |= said.keys()
        return list(said.values())

    def _lines(self) -> Iterator[dict[str, str]]:
        with suppress(FileNotFoundError):
            for line in (self._folder / _LIST).read_bytes().splitlines():
                with suppress(ValueError):  # cut off by the end of its writer
                    yield json.loads(line)

    def _found(self, line: dict[str, str]) -> Left | None:
        spool = self._folder / line["spool"]
        try:
            content = spool.read_bytes()
        except OSError:
            return None
        if digest_of(content) != line["digest"]:  # its writer has gone on writing, and was not told of that yet
            log.error("a promised file is not what was judged")
            return None
        return Left(spool, line["path"], line["login"], content)

    def empty(self) -> None:
        """Remove what nobody was promised."""
        with self._lock, suppress(FileNotFoundError):
            for path in self._folder.iterdir():
                if path.name not in self._open and not (self._open and path.name == _LIST):
                    path.unlink(missing_ok=True)
