# ruff: noqa: PTH101, PTH104
"""IllDisk: a file system that errs while it is told to and is well again afterwards (FUSE over another folder).

    python -m tests.e2e.ill_disk FOLDER MOUNTPOINT ILLNESS

While the file ILLNESS holds "write EIO", "sync EIO", "write ENOSPC" or the like, that kind of call fails so.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mfusepy as fuse

from benchmarks.fuse_peer import Passthrough

_WORDS = {"write": ("write", "create", "truncate", "mkdir", "rename"), "sync": ("fsync", "fsyncdir", "flush")}


class _Ill(Passthrough):
    def __init__(self, root: str, illness: Path) -> None:
        super().__init__(root)
        self._illness = illness

    def check(self, op: str) -> None:
        """Raise where this call is to fail just now."""
        try:
            word, _, code = self._illness.read_text().partition(" ")
        except OSError:
            return
        if op in _WORDS.get(word, (word,)):
            raise OSError(getattr(errno, code), os.strerror(getattr(errno, code)))

    def create(self, path: str, mode: int, fi: object = None) -> int:
        return os.open(self._at(path), os.O_RDWR | os.O_CREAT, mode)

    def open(self, path: str, flags: int) -> int:
        return os.open(self._at(path), (flags & ~os.O_APPEND & ~os.O_ACCMODE) | self._access(flags))

    @staticmethod
    def _access(flags: int) -> int:
        return os.O_RDONLY if flags & os.O_ACCMODE == os.O_RDONLY else os.O_RDWR

    def rename(self, old: str, new: str) -> int:
        os.rename(self._at(old), self._at(new))
        return 0

    def link(self, target: str, source: str) -> int:
        os.link(self._at(source), self._at(target))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        os.chmod(self._at(path), mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        os.chown(self._at(path), uid, gid)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        os.utime(self._at(path), ns=times)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        os.fsync(fh)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        found = os.statvfs(self._at(path))
        return {name: getattr(found, name) for name in dir(found) if name.startswith("f_")}


def _checked(op: str) -> Callable[..., object]:
    healthy = getattr(_Ill, op)

    def call(ill: _Ill, *args: object, **named: object) -> object:
        ill.check(op)
        return healthy(ill, *args, **named)

    return call


for _op in ("read", "write", "create", "truncate", "mkdir", "rename", "unlink", "fsync", "fsyncdir", "flush"):
    setattr(_Ill, _op, _checked(_op))


class IllDisk:
    """`with IllDisk(folder) as disk:` a file system in `folder`; `disk.errs("write EIO")`, `disk.heals()`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._below = folder, folder.with_suffix(".below")
        self._illness = folder.with_suffix(".ill")
        for made in (folder, self._below):
            made.mkdir(parents=True)

    def __enter__(self) -> IllDisk:
        command = [sys.executable, "-m", "tests.e2e.ill_disk", *map(str, (self._below, self.folder, self._illness))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while not os.path.ismount(self.folder):
            assert self._process.poll() is None, "nothing mounted"
            assert time.monotonic() < until, "nothing mounted"
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["fusermount3", "-u", "-z", str(self.folder)], capture_output=True, timeout=20)
        self._process.kill()
        self._process.wait()

    def errs(self, how: str) -> None:
        """From now on."""
        fresh = self._illness.with_suffix(".new")
        fresh.write_text(how)
        fresh.replace(self._illness)

    def heals(self) -> None:
        """It works again."""
        self._illness.unlink(missing_ok=True)


if __name__ == "__main__":
    ill = _Ill(sys.argv[1], Path(sys.argv[3]))
    fuse.FUSE(ill, sys.argv[2], foreground=True, hard_remove=True)
