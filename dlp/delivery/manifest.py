"""The manifest: for each file written to a device, who wrote what under which loan; on the device and in the register.

The line is written after the file's bytes were read back and before the file gets its name: a file without its line
never stands on a device. It names no file and no content; the digest finds both.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from dlp.delivery import beneath
from dlp.delivery.media import Seal
from dlp.directory import Directory
from dlp.directory.devicebook import DeviceBook, Written
from dlp.standing import Standing
from dlp.transfer import Channel

#: Below the device's root; hidden from whoever uses the mount.
NAME = f"{beneath.RESERVED}manifest.jsonl"


class Line(NamedTuple):
    """What the manifest is to say of one file: whose transfer it is, what the device gave back, who wrote it."""

    transfer: str
    sha256: str
    size: int
    standing: Standing


class Manifest:
    """Writes manifest lines. Thread-safe; one process writes to a device."""

    def __init__(self, directory: Directory, book: DeviceBook) -> None:
        self._directory, self._book = directory, book
        self._turn = threading.Lock()  # a line is compared with what stands where it was put

    def of(self, *, transfer: str, sender: str, serial: str, folder: Path, standing: Standing | None = None) -> Seal:
        """What `media.write` calls once the bytes are on the device at `folder`. It raises OSError or GatewayFault
        when the line cannot be kept or the device gives back another one. `standing`: asked for just now, else it is
        asked for when the line is written."""

        def seal(sha256: str, size: int) -> None:
            known = standing or self._directory.standing(Channel.MEDIA, sender, datetime.now(UTC), serial)
            self.keep(folder, [Line(transfer, sha256, size, known)], serial)

        return seal

    def keep(self, folder: Path, lines: Sequence[Line], serial: str) -> None:
        """Write the lines of several files, with one sync, and put them on record in one transaction. Raises as a
        seal does: then none of them counts."""
        now = datetime.now(UTC)
        written = [_written(line, serial, now) for line in lines]
        said = [_said(one, line.standing) for one, line in zip(written, lines, strict=True)]
        with self._turn:
            _append(folder, b"".join(orjson.dumps(one) + b"\n" for one in said))
        self._book.record(*written)


def _written(line: Line, serial: str, now: datetime) -> Written:
    known = line.standing
    return Written(
        transfer=line.transfer,
        serial=serial,
        at=now,
        person=known.person.id if known.person else "",
        loan=known.loan.id if known.loan else None,
        purpose=known.loan.purpose if known.loan else "",
        size=line.size,
        sha256=line.sha256,
    )


def _said(line: Written, standing: Standing) -> dict[str, str | int | None]:
    return {
        "at": line.at.isoformat(timespec="seconds"),
        "sha256": line.sha256,
        "size": line.size,
        "device": line.serial,
        "number": standing.device.number if standing.device else "",
        "person": line.person,
        "purpose": line.purpose,
        "loan": line.loan,
        "transfer": line.transfer,
    }


def _append(folder: Path, line: bytes) -> None:
    """Append a line or several, sync, and compare with what the device gives back."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    with beneath.folder(folder, ()) as at:
        fd = os.open(NAME, flags, 0o644, dir_fd=at)
        try:
            end = os.fstat(fd).st_size
            if os.write(fd, line) != len(line):
                os.ftruncate(fd, end)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(fd)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            if os.pread(fd, len(line) + 1, end) != line:
                raise OSError(errno.EIO, "the device gives back another manifest line")
        finally:
            os.close(fd)
        if not end:  # its name is new
            os.fsync(at)
