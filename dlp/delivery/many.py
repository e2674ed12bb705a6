"""Many small files to a device at once: each as `media.write` does it, but they wait for the device together.

A stick takes as long for one sync as for thirty: so all are written, then all are synced, read back, put on the
manifest with one line each and one sync, and then get their names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

from dlp.delivery import beneath, beside, names
from dlp.errors import GatewayFault, SenderFault

#: Told which files (by their places) the device has given back, before they get their names.
type SealMany = Callable[[Sequence[int]], None]
type Fault = OSError | SenderFault | GatewayFault


class Small(NamedTuple):
    """One file: its path below the device's root, its bytes, the SHA-256 (hex) of what was judged, and its times of
    access and change in nanoseconds, where they are not those of its being written here."""

    relative: str
    content: bytes
    digest: str
    times: tuple[int, int] | None = None


class _Part:
    """One file under way."""

    __slots__ = ("at", "fault", "fd", "file", "name", "part")

    def __init__(self, file: Small) -> None:
        self.file = file
        self.at = self.fd = -1
        self.part = self.name = ""
        self.fault: Fault | None = None


def write_many(folder: Path, files: Sequence[Small], seal: SealMany | None = None) -> list[Fault | None]:
    """Put the files on the device at `folder`, whole, in their order: for each why it is not there, or None.

    Faults are those of `media.write`, beside.Absent among them. What is not there has left nothing behind.
    """
    with ExitStack() as stack:
        batch = _Batch(folder, stack)
        parts = [_Part(file) for file in files]
        for work in (batch.put, batch.confirm):
            for part in parts:
                _try(part, work)
        batch.seal(parts, seal)
        for part in parts:
            _try(part, batch.call)
        batch.sync(parts)
    if any(part.fault for part in parts):
        beside.remove(batch.folders)
    return [part.fault for part in parts]


def _try(part: _Part, work: Callable[[_Part], None]) -> None:
    """Do it, where nothing has gone wrong yet."""
    if part.fault is None:
        try:
            work(part)
        except (OSError, SenderFault, GatewayFault) as error:
            _fail(part, error)


def _fail(part: _Part, fault: Fault) -> None:
    if isinstance(fault, OSError) and beneath.in_the_way(fault):
        fault = SenderFault("a link or a file stands in the way")
    part.fault = fault
    if part.part:
        with suppress(OSError):
            os.unlink(part.part, dir_fd=part.at)
    if part.fd >= 0:
        with suppress(OSError):
            os.close(part.fd)
        part.fd = -1


class _Batch:
    """The folders that the files go to, open until all have their names."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self._root, self._stack = root, stack
        self._at: dict[tuple[str, ...], int] = {}
        self._kind = ""
        self.folders: list[Path] = []  # that were made

    def put(self, part: _Part) -> None:
        """Write it beside its place; its way to the device begins."""
        *above, name = beneath.steps(part.file.relative)
        part.at, part.name = self._folder(tuple(above)), name
        names.require(self._kind, (*above, name), len(part.file.content))
        beside.check_space(self._root, len(part.file.content))
        part.fd, part.part = beside.made(part.at)
        beside.written(part.fd, iter([part.file.content]), part.file.digest)
        if part.file.times is not None:
            with suppress(OSError):  # a file system that keeps none
                os.utime(part.fd, ns=part.file.times)
        os.posix_fadvise(part.fd, 0, 0, os.POSIX_FADV_DONTNEED)

    def _folder(self, above: tuple[str, ...]) -> int:
        found = self._at.get(above)
        if found is None:
            if not beside.present(self._root):
                raise beside.Absent("the device is not present")
            self._kind = self._kind or names.kind(self._root)
            found = self._stack.enter_context(beneath.folder(self._root, above, make=True, made=self.folders))
            beside.require_same(self._root, found)
            beside.sweep(found)
            self._at[above] = found
        return found

    def confirm(self, part: _Part) -> None:
        """On the device, and given back by it."""
        os.fsync(part.fd)
        beside.read_back(part.fd, part.file.digest)
        fd, part.fd = part.fd, -1
        os.close(fd)

    def seal(self, parts: Sequence[_Part], seal: SealMany | None) -> None:
        """Nothing gets a name that `seal` does not know of."""
        good = [place for place, part in enumerate(parts) if part.fault is None]
        if seal is None or not good:
            return
        try:
            seal(good)
        except (OSError, SenderFault, GatewayFault) as error:
            for place in good:
                _fail(parts[place], error)

    def call(self, part: _Part) -> None:
        """Its own name."""
        try:
            os.rename(part.part, part.name, src_dir_fd=part.at, dst_dir_fd=part.at)
        except IsADirectoryError:
            raise SenderFault("a folder of that name stands there") from None
        part.part = ""

    def sync(self, parts: Sequence[_Part]) -> None:
        """The names are on the device, too."""
        for at in {part.at for part in parts if part.fault is None}:
            try:
                os.fsync(at)
            except OSError as error:
                for part in parts:
                    if part.at == at:
                        part.fault = part.fault or error
