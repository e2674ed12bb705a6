# ruff: noqa: PTH102, PTH106, PTH108, PTH120, PTH208
"""`python -m benchmarks.fuse_peer FOLDER MOUNTPOINT [synced]`: a passthrough by the same library, looking at nothing.

Plain, what was copied lies in the machine's memory when `cp` ends. `synced`, it is on the device, file and name.
"""

from __future__ import annotations

import os
import sys

import mfusepy as fuse


class Passthrough(fuse.Operations):  # type: ignore[misc]
    """Every call handed to the folder below."""

    use_ns = True

    def __init__(self, root: str) -> None:
        self._root = root

    def _at(self, path: str) -> str:
        return self._root + path

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        found = os.lstat(self._at(path))
        return {name: getattr(found, name) for name in ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid")} | {
            "st_mtime": found.st_mtime_ns,
            "st_atime": found.st_atime_ns,
            "st_ctime": found.st_ctime_ns,
        }

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *os.listdir(self._at(path))]

    def mkdir(self, path: str, mode: int) -> int:
        os.mkdir(self._at(path), mode)
        return 0

    def create(self, path: str, mode: int, fi: object = None) -> int:
        return os.open(self._at(path), os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)

    def open(self, path: str, flags: int) -> int:
        return os.open(self._at(path), flags)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        return os.pwrite(fh, data, offset)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(self._at(path), length)
        return 0

    def flush(self, path: str, fh: int) -> int:
        return 0

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def unlink(self, path: str) -> int:
        os.unlink(self._at(path))
        return 0

    def rmdir(self, path: str) -> int:
        os.rmdir(self._at(path))
        return 0


class Synced(Passthrough):
    """What is closed is on the device."""

    def flush(self, path: str, fh: int) -> int:
        os.fsync(fh)
        folder = os.open(os.path.dirname(self._at(path)), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return 0


if __name__ == "__main__":
    fuse.FUSE((Synced if "synced" in sys.argv else Passthrough)(sys.argv[1]), sys.argv[2], foreground=True)
