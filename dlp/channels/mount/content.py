"""Opening, reading and changing on a mount: what is written lies in a buffer in the spool, outside the device."""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from dlp.channels.mount.open import CHUNK, READ, SMALL, Buffered, Handle, Written, fail
from dlp.channels.mount.verdict import Verdicts
from dlp.delivery import beside, names

_LOOKED = 0.25  # seconds for which a look at the device's room counts
_SPARE = 256 << 20  # bytes that others are left in memory's file system


class Contents(Verdicts):
    """What is done to content."""

    # opening and closing

    def open(self, path: str, flags: int, uid: int, *, new: bool = False) -> int:
        """Open or create; a handle."""
        writes = flags & os.O_ACCMODE != os.O_RDONLY
        while (opened := self._opened(path, flags, uid, new=new)) is None:
            self._settle_names(path)
        number, file = opened
        if new or (writes and flags & os.O_TRUNC):
            try:
                with file.lock:
                    self._resize(file, 0, uid)
            except OSError:
                self.release(number, judge=False)
                raise
        return number

    def _opened(self, path: str, flags: int, uid: int, *, new: bool) -> tuple[int, Buffered] | None:
        """A handle; None for a writer while something is landing there, which nobody has open any more."""
        writes = flags & os.O_ACCMODE != os.O_RDONLY
        with self._lock:
            file = self._files.get(path)
            if file is None:
                if (writes or new) and path in self._landings:
                    return None
                if not writes and path in self._refused:
                    self._require_content(path)
                file = self._find(path, new)
            file.handles += 1
            number, self._next = self._next, self._next + 1
            self._handles[number] = Handle(file, uid, writes, bool(flags & os.O_APPEND))
            return number, file

    def _require_content(self, path: str) -> None:
        """Raises the refusal of a path that has nothing else: its emptiness must not be copied as what was written."""
        there = self._on_device(path)
        if there is not None and not there.st_size:
            raise fail(self._refused[path])

    def _find(self, path: str, new: bool) -> Buffered:
        if (landing := self._landings.get(path)) is not None:
            file = self._files[path] = Buffered(path, base=os.dup(landing.source), landing=landing)
            return file
        try:
            with self._at(path) as (at, name):
                base = os.open(name, READ, dir_fd=at)
        except FileNotFoundError:
            if not new or not self._is_folder(path.rpartition("/")[0]):
                raise
            self._require_name(path)
            base = -1
        except OSError as error:
            raise fail(errno.ENOENT) if error.errno in (errno.ELOOP, errno.ENXIO) else error from None
        if base >= 0 and not stat.S_ISREG(os.fstat(base).st_mode):
            os.close(base)
            raise fail(errno.EISDIR)
        file = self._files[path] = Buffered(path, base=base)
        return file

    def release(self, number: int, *, judge: bool = True) -> None:
        """Close; what was written after the last flush (a shared mapping can) is judged now, untold."""
        handle = self._handles[number]
        file = handle.file
        with file.lock:
            if judge and handle.writes and file.dirty:
                with suppress(OSError):
                    self._settle(file, sync=False)
            with self._lock:
                del self._handles[number]
                file.handles -= 1
                if file.handles:
                    return
                if self._files.get(file.path) is file:
                    del self._files[file.path]
                if file.base >= 0:
                    os.close(file.base)
                if file.buffer >= 0:
                    os.close(file.buffer)
                    if file.landing is not None and file.landing.source >= 0:
                        file.landing.closed = True
                    else:
                        file.spool.unlink(missing_ok=True)
                file.base = file.buffer = -1

    # reading and changing

    def read(self, number: int, size: int, offset: int) -> bytes:
        """Bytes as the writers see them. Who only reads keeps what was allowed when a writer is refused."""
        handle = self._handles[number]
        file = handle.file
        if file.fault and (handle.writes or file.base < 0):
            raise fail(file.fault)
        return os.pread(file.source, size, offset)

    def write(self, number: int, data: bytes | memoryview, offset: int) -> int:
        """Into the buffer. Raises ENOSPC when the device could not take it, EFBIG above the limit."""
        handle = self._handles[number]
        file = handle.file
        with file.lock:
            self._change(file, handle.uid)
            if handle.appends:
                offset = os.fstat(file.buffer).st_size
            try:
                self._check_room(file, offset + len(data))
                self._require_place(file, offset + len(data))
                written = 0
                while written < len(data):
                    written += os.pwrite(file.buffer, data[written:], offset + written)
            except OSError as error:
                self._void(file, error.errno or errno.EIO)  # half a file is nobody's wish
                raise
            file.written.add(offset, offset + written)
            if file.written.news():
                self._grown(file.spool, file.path, file.uid, file.written.size)
        return written

    def truncate(self, path: str, length: int, number: int | None, uid: int) -> None:
        """Change the length: of an open file, or of a path at once with its verdict."""
        if number is not None:
            with self._handles[number].file.lock:
                self._resize(self._handles[number].file, length, uid)
            return
        number = self.open(path, os.O_WRONLY, uid)
        try:
            with self._handles[number].file.lock:
                self._resize(self._handles[number].file, length, uid)
            self.flush(number, sync=True)
        finally:
            self.release(number)

    def _resize(self, file: Buffered, length: int, uid: int) -> None:
        self._change(file, uid, keep=length > 0)
        self._check_room(file, length)
        self._require_place(file, length)
        os.ftruncate(file.buffer, length)
        file.written.cut(length)

    def _change(self, file: Buffered, uid: int, *, keep: bool = True) -> None:
        """Give the file a buffer of its own before it is changed, filled from the device where `keep`."""
        if file.fault:
            raise fail(file.fault)
        if file.landing is not None and file.buffer < 0:  # an earlier writer's, who is told its end
            self._wait_for(file.landing)
        elif file.landing is not None:  # what was judged is what arrives
            self._arrived(file.landing)
        file.landing = None
        file.uid = uid
        if file.buffer < 0:
            kept = os.fstat(file.base).st_size if keep and file.base >= 0 else 0
            file.spool, file.buffer = self._filled(file, file.base if kept else -1, kept)
            file.written = Written()
        file.dirty, file.times = True, None

    def _filled(self, file: Buffered, source: int, size: int) -> tuple[Path, int]:
        """A new buffer for a content of so many bytes, filled from `source`."""
        spool = self._place(size) / f"{id(file):x}-{time.time_ns():x}"
        buffer = os.open(spool, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            offset = 0
            while source >= 0 and (piece := os.pread(source, CHUNK, offset)):
                offset += os.pwrite(buffer, piece, offset)
        except OSError:
            os.close(buffer)
            spool.unlink()
            raise
        return spool, buffer

    def _place(self, size: int) -> Path:
        """Where a content of this size is buffered."""
        if size > SMALL:
            return self._spool
        return self._quick if beside.free(self._quick) > _SPARE else self._spool

    def _require_place(self, file: Buffered, size: int) -> None:
        """What has become too large for memory goes on on disk, behind the same descriptor."""
        if size <= SMALL or file.spool.parent == self._spool:
            return
        spool, buffer = self._filled(file, file.buffer, size)
        os.dup2(buffer, file.buffer, inheritable=False)
        os.close(buffer)
        file.spool.unlink(missing_ok=True)
        file.spool = spool

    def _check_room(self, file: Buffered, size: int) -> None:
        if size > self._max_size:
            raise fail(errno.EFBIG)
        if size > names.LARGEST_ANYWHERE:
            names.require(names.kind(self._device), (), size)
        if size > SMALL and size > self._free_bytes() and size > os.fstat(file.buffer).st_size:
            raise fail(errno.ENOSPC)

    def _free_bytes(self) -> int:
        """Of the device, as of just now: asked at every write, looked up now and then. Of what is small the delivery
        asks, before its writer is told."""
        now = time.monotonic()
        if now - self._looked > _LOOKED:
            self._free, self._looked = beside.free(self._device), now
        return self._free
