"""Disk: an ext4 of its own under a gateway's state, that fills up, turns read-only or loses its power."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import subprocess
from pathlib import Path

_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
_NO_FLUSH = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH: what was not synced is lost, as when the plug is pulled


class Disk:
    """A file system in `folder`. Needs root, mkfs.ext4 and a loop device."""

    def __init__(self, folder: Path, *, megabytes: int = 256) -> None:
        self.folder, self.image = folder, folder.with_suffix(".img")
        folder.mkdir(parents=True)
        with self.image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(self.image))
        self.plug()

    def __enter__(self) -> Disk:
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, timeout=30)

    def plug(self) -> None:
        """Mount; what the journal holds is played back."""
        _run("mount", "-o", "loop", str(self.image), str(self.folder))

    def unplug(self) -> None:
        """Unmount: nobody may have a file open on it any more."""
        _run("umount", str(self.folder))

    def fill(self) -> None:
        """Leave no free block, as far as whoever writes here frees none meanwhile."""
        with (self.folder / "ballast").open("ab", buffering=0) as file:
            for _ in range(5):
                for size in (1 << 20, 1 << 12):
                    with contextlib.suppress(OSError):
                        while file.write(bytes(size)):
                            pass
                if not os.statvfs(self.folder).f_bavail:
                    return

    def relieve(self) -> None:
        """Free what `fill` took, so that no power cut brings it back."""
        (self.folder / "ballast").unlink(missing_ok=True)
        at = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(at)
        finally:
            os.close(at)

    def turn_read_only(self) -> None:
        """As ext4 does by itself after an error: every write fails (EROFS) until `unplug` and `plug`."""
        _run("mount", "-o", "remount,abort", str(self.folder))

    def lose_power(self) -> None:
        """All that was not synced is gone, and everything fails (EIO) until `unplug` and `plug`."""
        at = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(at, _SHUTDOWN, struct.pack("I", _NO_FLUSH))
        finally:
            os.close(at)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{command}: {done.stderr}"
