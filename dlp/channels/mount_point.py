"""Mount points: whether one of our mounts is there, and taking it off."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

from dlp.channels.mount_child import SUBTYPE

log = logging.getLogger(__name__)


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
