"""Folders in which workers may write while they live. What a gateway that was killed left of them is cleared away.

Who made one holds a lock on it as long as it lives, by which the next knows that nobody needs it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "sekisho-inspector-"


class Scratch:
    """One folder, of one worker."""

    def __init__(self) -> None:
        self.path, self._lock = _made()

    def clear(self) -> None:
        """Remove it, with what is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _made() -> tuple[Path, int]:
    """A folder and the lock on it; another one where somebody has swept it before we held the lock."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with suppress(FileNotFoundError):
            lock = _opened(path)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():  # now nobody may sweep it any more
                return path, lock
            os.close(lock)


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def sweep() -> int:
    """Clear away folders of ours whose gateway is gone; how many there were."""
    left = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another's, or cleared away meanwhile
            left += _swept(folder)
    return left


def _swept(folder: Path) -> bool:
    handle = _opened(folder)
    try:
        if os.fstat(handle).st_uid != os.geteuid():
            return False
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(handle)
    return True
