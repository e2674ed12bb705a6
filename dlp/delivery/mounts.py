"""What is mounted here: the kernel's table, read again only when the kernel says that it has changed.

Each file written to a stick asks several times whether the stick is there and of what kind it is; on a machine with
many mounts the table is long. proc_pid_mountinfo(5): a change shows as an exceptional condition of the open file.
"""

from __future__ import annotations

import os
import select
import threading
from pathlib import Path
from typing import BinaryIO

_TABLE = Path("/proc/self/mountinfo")


class Table:
    """The table of the mounts we see. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._poll = select.poll()
        self._pid = 0
        self._points: frozenset[str] = frozenset()
        self._kinds: dict[bytes, str] = {}

    def points(self) -> frozenset[str]:
        """Where anything is mounted, bind mounts included. Raises OSError."""
        with self._lock:
            self._look()
            return self._points

    def kind_of(self, device: int) -> str:
        """The type of the file system of this device number ("ext4", "vfat"); "" where it cannot be told."""
        with self._lock:
            self._look()
            return self._kinds.get(f"{os.major(device)}:{os.minor(device)}".encode(), "")

    def _look(self) -> None:
        if self._file is None or self._pid != os.getpid():  # after a fork the mark of what was seen would be shared
            self._open()
        elif self._poll.poll(0):
            self._read()

    def _open(self) -> None:
        self._file = _TABLE.open("rb", buffering=0)
        self._pid = os.getpid()
        self._poll = select.poll()
        self._poll.register(self._file, select.POLLPRI | select.POLLERR)
        self._read()

    def _read(self) -> None:
        assert self._file is not None
        self._file.seek(0)
        points, kinds = set[str](), dict[bytes, str]()
        for line in self._file.read().splitlines():
            before, _, after = line.partition(b" - ")
            fields = before.split(b" ", 5)
            points.add(os.fsdecode(fields[4].decode("unicode_escape").encode("latin-1")))
            kinds[fields[2]] = after.split(b" ", 1)[0].decode("ascii", "replace")
        self._points, self._kinds = frozenset(points), kinds


#: The one of this process.
TABLE = Table()
