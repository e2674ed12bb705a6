"""Mount points: whether one of our mounts is there, taking it off, and what the bare folder lets through meanwhile."""

from __future__ import annotations

import array
import asyncio
import fcntl
import logging
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from dlp.channels.mount.child import SUBTYPE

log = logging.getLogger(__name__)

_GET_FLAGS, _SET_FLAGS, _IMMUTABLE = 0x80086601, 0x40086602, 0x10  # ioctl_iflags(2), on 64 bits


def may_allow_other() -> bool:
    """Whether people other than we may use our mount: root says so itself, others need fuse.conf(5)."""
    if os.geteuid() == 0:
        return True
    with suppress(OSError):
        lines = Path("/etc/fuse.conf").read_text(encoding="utf-8", errors="replace").splitlines()
        return any(line.strip() == "user_allow_other" for line in lines)
    return False


def mounted(point: Path) -> bool:
    """Whether one of our mounts is at `point`, alive or left stale by a crash."""
    kind = f"fuse.{SUBTYPE}".encode()
    name = os.fsencode(point).replace(b"\\", b"\\134").replace(b" ", b"\\040").replace(b"\t", b"\\011")
    for line in Path("/proc/self/mountinfo").read_bytes().splitlines():
        before, _, after = line.partition(b" - ")
        if before.split(b" ")[4] == name and after.startswith(kind):
            return True
    return False


async def unmount(point: Path) -> None:
    """Take our mounts off `point`, at once or, while files are open in them, for newcomers."""
    tries = [["fusermount3", "-u"], ["fusermount3", "-u", "-z"], ["umount", "-l"]]
    for _ in range(8):  # crashes can have left several on top of each other
        if not mounted(point):
            return
        for command in tries:
            if shutil.which(command[0]) is None:
                continue
            process = await asyncio.create_subprocess_exec(
                *command, str(point), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
            )
            if await process.wait() == 0:
                break
    log.error("the mount point stays occupied")


def close(point: Path) -> None:
    """Let nobody write into the bare folder while no mount is over it: that would lie on our own disk, unseen by
    anybody, and be hidden by the next mount. Root is kept out by the immutable flag, where the file system has it."""
    root = os.geteuid() == 0
    mode = 0o000 if root else 0o700  # fusermount3 wants to be able to write where it mounts for us
    try:
        if stat.S_IMODE(point.stat().st_mode) != mode:
            point.chmod(mode)
    except OSError as error:
        log.error("the mount point's folder cannot be closed", extra={"error": type(error).__name__})
    if root:
        _set_immutable(point, on=True)


def reopen(point: Path) -> None:
    """Nothing is mounted there any more: the folder can be removed again. Its mode stays."""
    if os.geteuid() == 0:
        _set_immutable(point, on=False)


def _set_immutable(point: Path, *, on: bool) -> None:
    with suppress(OSError):  # a file system without it, or a container that may not
        folder = os.open(point, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            flags = array.array("l", [0])
            fcntl.ioctl(folder, _GET_FLAGS, flags)
            wanted = flags[0] | _IMMUTABLE if on else flags[0] & ~_IMMUTABLE
            if wanted != flags[0]:
                fcntl.ioctl(folder, _SET_FLAGS, array.array("l", [wanted]))
        finally:
            os.close(folder)
