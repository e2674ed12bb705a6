"""What a mount shows and buffers: the device's files as they are, and new content that nobody has judged yet.

Nothing here writes content to the device. Content lies in the spool until `judge` (the gateway, in another
process) says yes; then the gateway has put it on the device before `judge` returns 0. A refused content is
gone, and the path shows again what was last allowed.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlp.delivery import beneath, media, names
from dlp.errors import SenderFault

_CHUNK = 1 << 20
_REFUSALS = 10_000  # paths of which a refusal is remembered
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

#: judge(spool file, path below the device, uid of the writer) -> 0 when it is on the device, else an errno;
#: ETIMEDOUT: not in time, and somebody may still be reading the spool file.
type Judge = Callable[[Path, str, int], int]
#: may(uid) -> whether this person may rename and remove on this device just now.
type May = Callable[[int], bool]


@dataclass(eq=False, slots=True)
class Buffered:
    """One path that is open: what the device has, and perhaps a buffer over it."""

    path: str  # below the root, without a leading "/"
    lock: threading.RLock = field(default_factory=threading.RLock)  # held while writing and while being judged
    handles: int = 0
    base: int = -1  # descriptor of the file on the device, -1 when there is none
    buffer: int = -1  # descriptor of the spool file, -1 while nothing was changed
    spool: Path = Path()
    dirty: bool = False
    fault: int = 0  # errno of a refused content: all that is left for its handles
    gone: bool = False  # unlinked while open: never judged, never delivered
    uid: int = 0  # who wrote last
    times: tuple[int, int] | None = None  # nanoseconds, set before the content is on the device

    @property
    def source(self) -> int:
        """The descriptor that holds the content as its writers see it; after a refusal what was last allowed."""
        return self.buffer if self.buffer >= 0 and not (self.fault and self.base >= 0) else self.base


@dataclass(eq=False, slots=True)
class Handle:
    """One open(2)."""

    file: Buffered
    uid: int
    writes: bool
    appends: bool


def fail(code: int) -> OSError:
    """An OSError of this errno, for the kernel."""
    return OSError(code, os.strerror(code))


class MediaFiles:
    """The files of one mounted device. Paths are relative, "" is the root. Thread-safe; raises OSError."""

    def __init__(self, device: Path, spool: Path, judge: Judge, may: May, *, max_size: int) -> None:
        self._device, self._spool = device, spool
        self._judge, self._may, self._max_size = judge, may, max_size
        self._lock = threading.RLock()  # over the tables below; never held while judging
        self._files: dict[str, Buffered] = {}
        self._folders: set[str] = set()  # made, but not yet on the device: that waits for the first allowed file
        self._refused: dict[str, int] = {}  # errno of the last content written there, where it was not accepted
        self._handles: dict[int, Handle] = {}
        self._listings: dict[int, str] = {}  # open folders
        self._next = 1
        self._born = time.time_ns()

    # the device

    @contextmanager
    def _at(self, path: str) -> Iterator[tuple[int, str]]:
        """The device's folder that holds `path`, and its last name."""
        if not media.present(self._device):
            raise fail(errno.ENODEV)
        try:
            with beneath.parent(self._device, path) as (at, name):
                yield at, name
        except SenderFault:
            raise fail(errno.EINVAL) from None
        except OSError as error:
            raise fail(errno.ENOENT) if beneath.in_the_way(error) else error from None

    def _on_device(self, path: str) -> os.stat_result | None:
        """What the device has there: a file or a folder. Links and special files are not shown."""
        try:
            with self._at(path) as (at, name):
                found = os.stat(name, dir_fd=at, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) else None

    def _is_folder(self, path: str) -> bool:
        if path == "" or path in self._folders:
            return True
        found = self._on_device(path)
        return found is not None and stat.S_ISDIR(found.st_mode)

    # looking

    def attributes(self, path: str, handle: int | None = None) -> dict[str, Any]:
        """stat(2) of a path or an open file, times in nanoseconds. Modes are those of a FAT stick."""
        with self._lock:
            file = self._handles[handle].file if handle in self._handles else self._files.get(path)
            if file is not None and file.source >= 0:
                return self._stat(os.fstat(file.source), file.times)
        if path == "" or path in self._folders:
            return self._folder_stat(self._born)
        found = self._on_device(path)
        if found is None:
            raise fail(errno.ENOENT)
        return self._folder_stat(found.st_mtime_ns) if stat.S_ISDIR(found.st_mode) else self._stat(found, None)

    @staticmethod
    def _stat(found: os.stat_result, times: tuple[int, int] | None) -> dict[str, Any]:
        accessed, changed = times or (found.st_atime_ns, found.st_mtime_ns)
        return {
            "st_mode": stat.S_IFREG | 0o666,
            "st_nlink": 1,
            "st_size": found.st_size,
            "st_blocks": found.st_blocks,
            "st_atime": accessed,
            "st_mtime": changed,
            "st_ctime": found.st_ctime_ns,
        }

    @staticmethod
    def _folder_stat(changed: int) -> dict[str, Any]:
        return {
            "st_mode": stat.S_IFDIR | 0o777,
            "st_nlink": 2,
            "st_atime": changed,
            "st_mtime": changed,
            "st_ctime": changed,
        }

    def names(self, path: str) -> list[str]:
        """What is in a folder."""
        if not self._is_folder(path):
            raise fail(errno.ENOENT)
        inside = f"{path}/" if path else ""
        with self._lock:
            new = {p for p in self._folders | {p for p, f in self._files.items() if f.source >= 0}}
        found = {p.removeprefix(inside) for p in new if p.startswith(inside)}
        if path not in self._folders:
            found |= self._listed(path)
        return sorted(name for name in found if "/" not in name)

    def open_folder(self, path: str) -> int:
        """A handle for listing."""
        if not self._is_folder(path):
            raise fail(errno.ENOENT)
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._listings[number] = path
        return number

    def folder_of(self, number: int) -> str:
        """The path behind a folder's handle."""
        return self._listings[number]

    def close_folder(self, number: int) -> None:
        """Forget a folder's handle."""
        self._listings.pop(number, None)

    def _listed(self, path: str) -> set[str]:
        with self._at(f"{path}/x" if path else "x") as (at, _), os.scandir(at) as entries:
            return {
                e.name
                for e in entries
                if not e.name.startswith(beneath.RESERVED) and (e.is_dir(follow_symlinks=False) or _is_file(e))
            }

    # opening and closing

    def open(self, path: str, flags: int, uid: int, *, new: bool = False) -> int:
        """Open or create; a handle."""
        with self._lock:
            file = self._files.get(path)
            writes = flags & os.O_ACCMODE != os.O_RDONLY
            if file is None:
                if not writes and path in self._refused:
                    self._require_content(path)
                file = self._find(path, new)
            file.handles += 1
            number, self._next = self._next, self._next + 1
            self._handles[number] = Handle(file, uid, writes, bool(flags & os.O_APPEND))
        if new or (writes and flags & os.O_TRUNC):
            try:
                with file.lock:
                    self._resize(file, 0, uid)
            except OSError:
                self.release(number, judge=False)
                raise
        return number

    def _require_content(self, path: str) -> None:
        """Raises the refusal of a path that has nothing else: its emptiness must not be copied as what was written."""
        there = self._on_device(path)
        if there is not None and not there.st_size:
            raise fail(self._refused[path])

    def _find(self, path: str, new: bool) -> Buffered:
        try:
            with self._at(path) as (at, name):
                base = os.open(name, _READ, dir_fd=at)
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
                    self._settle(file)
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
                    file.spool.unlink(missing_ok=True)
                file.base = file.buffer = -1

    # content

    def read(self, number: int, size: int, offset: int) -> bytes:
        """Bytes as the writers see them. Who only reads keeps what was allowed when a writer is refused."""
        handle = self._handles[number]
        file = handle.file
        if file.fault and (handle.writes or file.base < 0):
            raise fail(file.fault)
        return os.pread(file.source, size, offset)

    def write(self, number: int, data: bytes, offset: int) -> int:
        """Into the buffer. Raises ENOSPC when the device could not take it, EFBIG above the limit."""
        handle = self._handles[number]
        file = handle.file
        with file.lock:
            self._change(file, handle.uid)
            if handle.appends:
                offset = os.fstat(file.buffer).st_size
            try:
                self._check_room(file, offset + len(data))
                written = 0
                while written < len(data):
                    written += os.pwrite(file.buffer, data[written:], offset + written)
            except OSError as error:
                self._void(file, error.errno or errno.EIO)  # half a file is nobody's wish
                raise
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
        os.ftruncate(file.buffer, length)

    def _change(self, file: Buffered, uid: int, *, keep: bool = True) -> None:
        """Give the file a buffer of its own before it is changed, filled from the device where `keep`."""
        if file.fault:
            raise fail(file.fault)
        file.uid = uid
        if file.buffer < 0:
            spool = self._spool / f"{id(file):x}-{time.time_ns():x}"
            buffer = os.open(spool, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                offset = 0
                while keep and file.base >= 0 and (piece := os.pread(file.base, _CHUNK, offset)):
                    offset += os.pwrite(buffer, piece, offset)
            except OSError:
                os.close(buffer)
                spool.unlink()
                raise
            file.spool, file.buffer = spool, buffer
        file.dirty, file.times = True, None

    def _check_room(self, file: Buffered, size: int) -> None:
        if size > self._max_size:
            raise fail(errno.EFBIG)
        if size > names.LARGEST_ANYWHERE:
            names.require(names.kind(self._device), (), size)
        device = os.statvfs(self._device)
        if size > device.f_bavail * device.f_frsize and size > os.fstat(file.buffer).st_size:
            raise fail(errno.ENOSPC)

    # the verdict

    def flush(self, number: int, *, sync: bool = False) -> None:
        """close(2) of a writer, or fsync(2) (`sync`): judged when there is something new. Raises EACCES when refused.

        A shell closes a duplicate of its redirection before anything is written. If that emptiness were
        judged and delivered, a refused content would have cost the old version, or left a name. So an empty
        file waits for its release or for `sync`: that confirms what is on the device, whoever asks for it.
        """
        handle = self._handles[number]
        if not handle.writes and not sync:
            return
        with handle.file.lock:
            if handle.file.fault and handle.writes:
                raise fail(handle.file.fault)
            if handle.file.dirty and (sync or os.fstat(handle.file.buffer).st_size):
                self._settle(handle.file)

    def _settle(self, file: Buffered) -> None:
        """Have the content judged and delivered; the caller holds the file's lock."""
        if file.gone or file.fault:
            return
        try:
            fault = self._judge(file.spool, file.path, file.uid)
        except OSError as error:
            fault = error.errno or errno.EIO
        file.dirty = False
        if not fault:
            with self._lock:
                self._refused.pop(file.path, None)
                self._now_real(file.path.rpartition("/")[0])
            if file.times:
                self._set_times(file.path, file.times)
            return
        late = fault == errno.ETIMEDOUT
        fault = errno.EIO if late else fault
        self._void(file, fault, empty=not late)  # a late reader must not judge or hold an emptied content
        raise fail(fault)

    def _void(self, file: Buffered, fault: int, *, empty: bool = True) -> None:
        """Drop a content that will not be delivered. Its handles get `fault`; the path shows the device again."""
        file.fault, file.dirty = fault, False
        with self._lock:
            if self._files.get(file.path) is file:
                del self._files[file.path]
            self._refused[file.path] = fault
            if len(self._refused) > _REFUSALS:
                del self._refused[next(iter(self._refused))]
        if empty:
            os.ftruncate(file.buffer, 0)
        self._reopen(file)

    def _reopen(self, file: Buffered) -> None:
        """What was last allowed, perhaps since this file was opened, for those who only read."""
        with suppress(OSError), self._at(file.path) as (at, name):
            fresh = os.open(name, _READ, dir_fd=at)
            if file.base < 0:
                file.base = fresh
                return
            os.dup2(fresh, file.base, inheritable=False)
            os.close(fresh)

    def _now_real(self, folder: str) -> None:
        while folder:
            self._folders.discard(folder)
            folder = folder.rpartition("/")[0]

    # names

    def unlink(self, path: str, uid: int) -> None:
        """Remove a file."""
        self._require(uid)
        with self._lock:
            file = self._files.get(path)
            self._refused.pop(path, None)
        if file is not None:
            with file.lock, self._lock:
                file.gone, file.dirty = True, False
                if self._files.get(path) is file:
                    del self._files[path]
                if file.base < 0 and self._on_device(path) is None:
                    return
        with self._at(path) as (at, name):
            os.unlink(name, dir_fd=at)

    def rename(self, old: str, new: str, uid: int) -> None:
        """Move within the device. Content under way moves with its name and is judged at its flush."""
        self._require(uid)
        if self._is_folder(old):
            self._rename_folder(old, new)
            return
        if not self._is_folder(new.rpartition("/")[0]):
            raise fail(errno.ENOENT)
        if self._is_folder(new):
            raise fail(errno.EISDIR)
        self._require_name(new)
        with self._both(old, new) as (file, target):
            there = self._on_device(old)
            self._require_saved(old, new, file, there)
            if there is not None:
                self._move_on_device(old, new)
            elif file is None:
                raise fail(errno.ENOENT)
            with self._lock:
                self._refused.pop(old, None)
                self._refused.pop(new, None)
                if target is not None and target is not file:
                    target.gone, target.dirty = True, False
                    self._files.pop(new, None)
                if file is not None:
                    self._files.pop(old, None)
                    self._files[new], file.path = file, new

    def _require_saved(self, old: str, new: str, file: Buffered | None, there: os.stat_result | None) -> None:
        """Raises the refusal of `old`, where programs that save through a temporary file would not look at close(2).

        They would put an older or empty version of it over the file that was to be saved.
        """
        fault = self._refused.get(old)
        if fault is None or there is None or (file is not None and file.dirty):
            return
        if not there.st_size or (old != new and self._on_device(new) is not None):
            raise fail(fault)

    @contextmanager
    def _both(self, old: str, new: str) -> Iterator[tuple[Buffered | None, Buffered | None]]:
        """What is open at two paths, locked. Waiting for a lock is waiting for a verdict, after which it may be
        closed or refused and something else open there: then it is looked up again."""
        while True:
            with self._lock:
                found = self._files.get(old), self._files.get(new)
            with _held(*found):
                with self._lock:
                    same = found == (self._files.get(old), self._files.get(new))
                if same:
                    yield found
                    return

    def _move_on_device(self, old: str, new: str) -> None:
        folder = tuple(new.split("/")[:-1])
        with self._at(old) as (source, name), beneath.folder(self._device, folder, make=True) as target:
            beneath.steps(new)
            os.rename(name, new.rpartition("/")[2], src_dir_fd=source, dst_dir_fd=target)
            os.fsync(target)
            os.fsync(source)
        with self._lock:
            self._now_real("/".join(folder))

    def _rename_folder(self, old: str, new: str) -> None:
        if new == old or new.startswith(f"{old}/"):
            raise fail(errno.EINVAL)
        if not self._is_folder(new.rpartition("/")[0]):
            raise fail(errno.ENOENT)
        if self._is_folder(new) and self.names(new):
            raise fail(errno.ENOTEMPTY)
        if not self._is_folder(new) and self._on_device(new) is not None:
            raise fail(errno.ENOTDIR)
        self._require_name(new)
        with self._lock:
            inside = [file for path, file in self._files.items() if path.startswith(f"{old}/")]
        with _held(*inside), self._lock:
            if old not in self._folders:
                self._move_on_device(old, new)
                self._folders.discard(new)
            self._folders = {_moved(p, old, new) for p in self._folders}
            self._refused = {_moved(p, old, new): fault for p, fault in self._refused.items()}
            for path in [p for p in self._files if p.startswith(f"{old}/")]:
                file = self._files.pop(path)
                file.path = _moved(path, old, new)
                self._files[file.path] = file

    def mkdir(self, path: str) -> None:
        """A folder of which the device knows nothing until an allowed file is in it."""
        if self._is_folder(path) or self._on_device(path) is not None or path in self._files:
            raise fail(errno.EEXIST)
        if not self._is_folder(path.rpartition("/")[0]):
            raise fail(errno.ENOENT)
        self._require_name(path)
        with self._lock:
            self._folders.add(path)

    def _require_name(self, path: str) -> None:
        """Raises EINVAL, as a FAT stick does, for a name that the device cannot keep as it is."""
        try:
            names.require(names.kind(self._device), beneath.steps(path)[-1:])
        except SenderFault:
            raise fail(errno.EINVAL) from None

    def rmdir(self, path: str, uid: int) -> None:
        """Remove an empty folder."""
        if not self._is_folder(path):
            raise fail(errno.ENOTDIR if self._on_device(path) else errno.ENOENT)
        if self.names(path):
            raise fail(errno.ENOTEMPTY)
        with self._lock:
            if path in self._folders:
                self._folders.discard(path)
                return
        self._require(uid)
        with self._at(path) as (at, name):
            os.rmdir(name, dir_fd=at)

    def set_times(self, path: str, times: tuple[int, int] | None, uid: int) -> None:
        """Access and change time in nanoseconds; None: now."""
        both = times or (time.time_ns(), time.time_ns())
        file = self._files.get(path)
        if file is not None and file.dirty:
            file.times = both
        elif path not in self._folders and path:
            self._require(uid)
            self._set_times(path, both)

    def _set_times(self, path: str, times: tuple[int, int]) -> None:
        with suppress(OSError), self._at(path) as (at, name):
            os.utime(name, ns=times, dir_fd=at, follow_symlinks=False)

    def space(self) -> dict[str, int]:
        """statvfs(3) of the device."""
        if not media.present(self._device):
            raise fail(errno.ENODEV)
        found = os.statvfs(self._device)
        return {name: getattr(found, name) for name in dir(found) if name.startswith("f_")}

    def _require(self, uid: int) -> None:
        if not self._may(uid):
            raise fail(errno.EACCES)


def _is_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _moved(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path == old or path.startswith(f"{old}/") else path


@contextmanager
def _held(*files: Buffered | None) -> Iterator[None]:
    """The locks of some files, in one order for everybody."""
    locks = sorted({f for f in files if f is not None}, key=id)
    for file in locks:
        file.lock.acquire()
    try:
        yield
    finally:
        for file in reversed(locks):
            file.lock.release()
