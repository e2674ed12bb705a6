"""The process behind one mount: libfuse on one side, the gateway (our parent) on the other.

A process of its own keeps libfuse's signal handlers, its threads and any crash in it out of the gateway.
One JSON object a line: we ask on standard output, answers come on standard input. When the parent is gone
we end at once, and the kernel ends the mount: no parent, no verdict.

    {"ask": "ready"}
    {"ask": "grown", "spool": str, "path": str, "uid": int, "size": int}     so much of a large file is there
    {"ask": "judge", "id": 7, "spool": str, "path": str, "uid": int, "sync": bool, "times": [a, m],
     "certain": bool, "claim": str}
                                            -> {"id": 7, "errno": 0 or errno, "landing": bool}
                                               and of all that were landing {"landed": [[7, 0 or errno], ...]}
    {"ask": "may", "id": 8, "uid": int}     -> {"id": 8, "errno": 0 or errno}
    {"ask": "named", "id": 9, "uid": int, "path": its new name, "before": its name}     the same
    {"ask": "hasten"}                       somebody waits for what is landing

A verdict that does not come in time is given up: the writer gets EIO. So that nothing arrives afterwards, the
parent makes the file `claim` before it touches the device, and we make it when we give up: who comes first decides.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import json
import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from dlp import log as logs
from dlp.channels.mount import native as mount_native
from dlp.channels.mount.files import MediaFiles
from dlp.channels.mount.open import LANDING, Question, fail
from dlp.transfer import extra_seconds

log = logging.getLogger(__name__)

_THREADS = 64  # of libfuse
#: libfuse's file system name; /proc/self/mountinfo shows it as "fuse.sekisho".
SUBTYPE = "sekisho"


class Parent:
    """Our end of the pipes."""

    def __init__(self, asks: IO[str], answers: IO[bytes], patience: float) -> None:
        self._asks, self._answers, self._patience = asks, answers, patience
        self._lock = threading.Lock()
        self._open: dict[int, SimpleQueue[int]] = {}  # of one answer: a Future costs several times as much
        self._landing: dict[int, Callable[[int], None]] = {}
        self._given_up: dict[int, str | None] = {}  # the claim must stay until the parent has seen it
        self._last = 0

    def listen(self) -> None:
        """Hand answers to who waits for them; ends the process when the parent is gone."""
        for line in self._answers:
            answer = json.loads(line)
            if "landed" in answer:
                for number, code in answer["landed"]:
                    self._end(int(number), int(code))
            else:
                self._answered(int(answer["id"]), int(answer["errno"]), landing=bool(answer["landing"]))
        os._exit(0)  # the kernel answers what is still open with ENOTCONN

    def _end(self, number: int, code: int) -> None:
        with self._lock:
            landed = self._landing.pop(number, None)
        if landed is not None:
            landed(code)

    def _answered(self, number: int, code: int, *, landing: bool) -> None:
        with self._lock:
            waiting = self._open.pop(number, None)
            claim = self._given_up.pop(number, None)
            if not landing:
                self._landing.pop(number, None)
        if waiting is not None:
            waiting.put(LANDING if landing else code)
        elif claim is not None:
            _remove(claim)

    def tell(self, **message: Any) -> None:
        """One line to the parent."""
        with self._lock:
            self._asks.write(json.dumps(message) + "\n")
            self._asks.flush()

    def ask(
        self,
        claim: str | None = None,
        landed: Callable[[int], None] | None = None,
        /,
        *,
        extra: float = 0.0,
        **message: Any,
    ) -> int:
        """The parent's answer: 0 or an errno; ETIMEDOUT when it gave none in time, and will do nothing any more."""
        waiting: SimpleQueue[int] = SimpleQueue()
        with self._lock:
            self._last += 1
            number = self._last
            self._open[number] = waiting
            if landed is not None:
                self._landing[number] = landed
        self.tell(id=number, **message)
        try:
            return waiting.get(timeout=self._patience + extra)
        except Empty:
            if self._give_up(number, claim):
                return errno.ETIMEDOUT
        return waiting.get()  # answered just now, or on its way to the device: as slow as that is

    def _give_up(self, number: int, claim: str | None) -> bool:
        with self._lock:
            if number not in self._open or (claim is not None and not claimed(claim)):
                return False
            del self._open[number]
            self._landing.pop(number, None)
            self._given_up[number] = claim
        log.error("no verdict in time", extra={"seconds": self._patience})
        return True

    def judge(self, what: Question) -> int:
        """Have a content judged and, if allowed, written to the device, or on its way there."""
        spool = os.fspath(what.spool)
        claim = f"{spool}.{time.monotonic_ns():x}"
        code = self.ask(
            claim,
            what.landed,
            extra=extra_seconds(os.stat(spool).st_size),  # noqa: PTH116  a Path's costs more than the system's
            ask="judge",
            spool=spool,
            path=what.path,
            uid=what.uid,
            sync=what.sync,
            times=what.times,
            certain=what.certain,
            claim=claim,
        )
        if code != errno.ETIMEDOUT:
            _remove(claim)
        return code

    def grown(self, spool: Path, path: str, uid: int, size: int) -> None:
        """So many bytes of a content are there, before it is closed."""
        self.tell(ask="grown", spool=str(spool), path=path, uid=uid, size=size)

    def hasten(self) -> None:
        """Somebody waits for what is landing."""
        self.tell(ask="hasten")

    def may(self, uid: int) -> bool:
        """Whether this person may rename and remove on the device."""
        return self.ask(ask="may", uid=uid) == 0

    def named(self, uid: int, before: str, path: str) -> int:
        """0 where this person may call something on the device so, else an errno."""
        return self.ask(ask="named", uid=uid, before=before, path=path)


def _remove(claim: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(claim)  # noqa: PTH108  a Path's costs more than the system's


def claimed(claim: str) -> bool:
    """Make the file that only one can make; whether it was us."""
    try:
        os.close(os.open(claim, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return False
    return True


def _load_fuse() -> Any:
    """mfusepy over libfuse 3. Left alone it takes libfuse 2 where both are installed."""
    for name in ("libfuse3.so.3", "libfuse3.so.4"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        os.environ.setdefault("FUSE_LIBRARY_PATH", name)
        break
    import mfusepy

    return mfusepy


def _operations(fuse: Any, files: MediaFiles, parent: Parent) -> Any:
    """MediaFiles in libfuse's terms: absolute paths, a uid from its context, EPERM for what a stick has not."""

    def uid() -> int:
        return int(fuse.fuse_get_context()[0])

    def refuse(*_: Any) -> int:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    class Operations(fuse.Operations):  # type: ignore[misc]  # untyped base
        use_ns = True
        flag_nopath = flag_nullpath_ok = True  # an unlinked open file has no path

        def init_with_config(self, conn: Any, config: Any) -> None:
            # A verdict changes what a path shows, and so does what lands: the kernel asks each time.
            config.entry_timeout = config.attr_timeout = config.negative_timeout = 0.0
            config.hard_remove = 1  # no ".fuse_hidden" files: we keep unlinked open files ourselves
            parent.tell(ask="ready")

        def getattr(self, path: str | None, fh: int | None = None) -> dict[str, Any]:
            return files.attributes((path or "/")[1:], fh)

        def opendir(self, path: str) -> int:
            return files.open_folder(path[1:])

        def readdir(self, path: str | None, fh: int) -> list[str]:
            return [".", "..", *files.names(files.folder_of(fh))]

        def releasedir(self, path: str | None, fh: int) -> int:
            files.close_folder(fh)
            return 0

        def create(self, path: str, mode: int, flags: int) -> int:
            return files.open(path[1:], flags, uid(), new=True)

        def open(self, path: str, flags: int) -> int:
            try:
                return files.open(path[1:], flags, uid())
            except FileNotFoundError as error:
                # A verdict took it away since the kernel looked: it looks again, and makes the file where it may.
                raise fail(errno.ESTALE) from error

        def release(self, path: str | None, fh: int) -> int:
            files.release(fh)
            return 0

        def read(self, path: str | None, size: int, offset: int, fh: int) -> bytes:
            return files.read(fh, size, offset)

        def write(self, path: str | None, data: bytes | memoryview, offset: int, fh: int) -> int:
            return files.write(fh, data, offset)

        def truncate(self, path: str | None, length: int, fh: int | None = None) -> int:
            files.truncate((path or "/")[1:], length, fh, uid())
            return 0

        def flush(self, path: str | None, fh: int) -> int:
            files.flush(fh)
            return 0

        def fsync(self, path: str | None, datasync: int, fh: int) -> int:
            files.flush(fh, sync=True)
            return 0

        def fsyncdir(self, path: str | None, datasync: int, fh: int) -> int:
            files.sync_folder(files.folder_of(fh))
            return 0

        def unlink(self, path: str) -> int:
            files.unlink(path[1:], uid())
            return 0

        def rename(self, old: str, new: str) -> int:
            files.rename(old[1:], new[1:], uid())
            return 0

        def mkdir(self, path: str, mode: int) -> int:
            files.mkdir(path[1:])
            return 0

        def rmdir(self, path: str) -> int:
            files.rmdir(path[1:], uid())
            return 0

        def utimens(self, path: str | None, times: tuple[int, int] | None = None) -> int:
            if path is not None:
                files.set_times(path[1:], times, uid())
            return 0

        def statfs(self, path: str) -> dict[str, int]:
            return files.space()

        def chmod(self, path: str | None, mode: int) -> int:
            return 0  # as on FAT: nothing to keep, nobody to annoy

        def chown(self, path: str | None, owner: int, group: int) -> int:
            return 0

        symlink = link = mknod = refuse
        # Not there at all: the kernel asks once, instead of at each file's first write.
        getxattr = setxattr = listxattr = removexattr = None

    return Operations()


def _allow_descriptors() -> None:
    """As many as we may have: each open file and each that is landing holds some."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> None:
    """Mount, serve until unmounted. Arguments are the parent's."""
    options = argparse.ArgumentParser()
    options.add_argument("--mountpoint", required=True)
    options.add_argument("--device", type=Path, required=True)
    options.add_argument("--spool", type=Path, required=True)
    options.add_argument("--quick", type=Path, required=True)
    options.add_argument("--sync", action="store_true")
    options.add_argument("--max-size", type=int, required=True)
    options.add_argument("--patience", type=float, required=True)
    options.add_argument("--allow-other", action="store_true")
    chosen = options.parse_args()
    logs.setup()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent ends us, after the verdicts under way
    os.umask(0o077)
    _allow_descriptors()
    asks, answers = os.fdopen(os.dup(1), "w", encoding="utf-8"), os.fdopen(os.dup(0), "rb")
    parent = Parent(asks, answers, chosen.patience)
    os.dup2(2, 1)  # nothing else may write between our lines
    files = MediaFiles(
        chosen.device,
        (chosen.quick, chosen.spool),
        parent.judge,
        parent.may,
        max_size=chosen.max_size,
        hasten=parent.hasten,
        grown=parent.grown,
        named=parent.named,
        sync=chosen.sync,
    )
    fuse = _load_fuse()

    view = mount_native.view()
    keep_state = mount_native.keeper() if fuse.fuse_version_minor >= 12 else lambda: None

    class Fuse(fuse.FUSE):  # type: ignore[name-defined, misc]  # untyped base
        def write(self, path: bytes | None, buf: Any, size: int, offset: int, fip: Any) -> int:
            # mfusepy makes a copy of what is written first: new memory each time, which costs more than to write it.
            with view(ctypes.addressof(buf.contents), size, mount_native.TO_READ) as data:
                return int(self.operations.write(None, data, offset, fip.contents.fh))

        def _wrapper(self, func: Any, *args: Any, **more: Any) -> int:
            keep_state()
            return int(super()._wrapper(func, *args, **more))

        def create(self, path: bytes, mode: int, fip: Any) -> int:
            # mfusepy looks at each call how many arguments our function takes.
            name = path.decode(self.encoding, self.errors)
            fip.contents.fh = self.operations.create(name, mode, fip.contents.flags)
            return 0

        def rename_fuse_3(self, old: bytes, new: bytes, flags: int) -> int:
            # RENAME_NOREPLACE and RENAME_EXCHANGE would be dropped silently; EINVAL makes callers fall back.
            return -errno.EINVAL if flags else int(self.rename_fuse_2(old, new))

        def truncate_fuse_3(self, path: bytes | None, length: int, fip: Any) -> int:
            # mfusepy drops the handle of ftruncate(2)
            return int(self.ftruncate(path, length, fip))

    threading.Thread(target=parent.listen, daemon=True).start()
    more: dict[str, Any] = {"allow_other": True} if chosen.allow_other else {}
    if fuse.fuse_version_minor >= 12:
        # Each verdict under way holds one. None ends: what Python keeps of it would stay.
        more |= {"max_threads": _THREADS, "max_idle_threads": _THREADS}
    try:
        Fuse(
            _operations(fuse, files, parent),
            chosen.mountpoint,
            foreground=True,
            fsname="sekisho",
            subtype=SUBTYPE,
            nosuid=True,
            nodev=True,
            **more,
        )
    except RuntimeError as error:
        sys.exit(f"mount failed: {error}")


if __name__ == "__main__":
    main()
