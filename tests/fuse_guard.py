"""What frees a FUSE test that hangs: a process beside pytest that ends the mount's process and takes the mount off.

A system call on a mount whose process does not answer cannot be interrupted by a signal, and may hold the
interpreter's lock: neither asyncio's time limits nor pytest-timeout's get a turn. Once the process behind the
mount is gone, the kernel answers everything that waits with ENOTCONN, and the test fails as any other.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_CHILD = b"dlp.channels.mount.child"


class Guard:
    """Watches between `watch` and `rest`. Use as a context manager, one for many tests."""

    def __init__(self, seconds: float = 60.0) -> None:
        command = [sys.executable, "-S", __file__, str(seconds), str(os.getpid())]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd="/")

    def watch(self, folder: Path) -> None:
        """From now on a test runs that mounts below `folder`."""
        self._say(os.fsencode(folder))

    def rest(self) -> None:
        """The test is over."""
        self._say(b"")

    def _say(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _main(seconds: float, parent: int) -> None:
    """Read a folder or an empty line at a time; what lasts too long is freed, again and again until it is over."""
    folder, due = b"", 0.0
    while True:
        wait = max(0.0, due - time.monotonic()) if folder else None
        ready, _, _ = select.select([0], [], [], wait)
        if ready:
            told = os.read(0, 65536)
            if not told:
                return
            folder, due = told.split(b"\n")[-2], time.monotonic() + seconds
            continue
        print(f"\na mount did not answer for {seconds:g} s: ended", file=sys.stderr, flush=True)
        _free(folder, parent)
        due = time.monotonic() + 2.0


def _free(folder: bytes, parent: int) -> None:
    for pid in _below(parent):
        with suppress(OSError):
            if _CHILD in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
    for line in Path("/proc/self/mountinfo").read_bytes().splitlines():
        point = line.split(b" ")[4].decode("unicode_escape").encode("latin-1")
        if b" - fuse.sekisho " in line and point.startswith(folder):
            with suppress(subprocess.TimeoutExpired):
                subprocess.run([b"umount", b"-l", point], timeout=5, check=False, stderr=subprocess.DEVNULL)


def _below(parent: int) -> list[int]:
    """All processes under `parent`, its grandchildren's children included."""
    found, above = [], {parent}
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    while above:
        above = {pid for pid, its in parents.items() if its in above}
        found += above
    return found


if __name__ == "__main__":
    _main(float(sys.argv[1]), int(sys.argv[2]))
