"""Which names and sizes a device's file system can keep: told before anything is written, not found out at home.

Linux lets most of it through to FAT, exFAT and NTFS and then cuts it ("report." becomes "report", over another file),
or writes what Windows cannot open ("CON", "a:b").
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable
from pathlib import Path

from dlp.delivery import mounts
from dlp.errors import SenderFault

#: File systems of sticks that Windows reads, as mountinfo names them; fuseblk is ntfs-3g or exfat-fuse.
_OF_FAT = frozenset({"vfat", "msdos", "fuse.fusefat"})
_OF_WINDOWS = _OF_FAT | {"exfat", "fuse.exfat", "ntfs", "ntfs3", "fuseblk"}
#: Bytes of one file that every file system takes; FAT takes no more.
LARGEST_ANYWHERE = (1 << 32) - 1
_FORBIDDEN = re.compile(r'[\x00-\x1f"*:<>?\\|]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(\..*)?", re.IGNORECASE)
_UNITS = 255  # UTF-16 units of one name


def kind(folder: Path) -> str:
    """The type of the file system behind a folder ("ext4", "vfat"); "" where it cannot be told."""
    return mounts.TABLE.kind_of(os.stat(folder).st_dev)  # noqa: PTH116  asked of every file


def require(file_system: str, names: Iterable[str], size: int = 0) -> None:
    """Raises SenderFault for a name this file system cannot keep as it is, OSError (EFBIG) for more than it can."""
    if size > LARGEST_ANYWHERE and file_system in _OF_FAT:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    if file_system in _OF_WINDOWS:
        for name in names:
            _require_for_windows(name)


def _require_for_windows(name: str) -> None:
    if _FORBIDDEN.search(name):
        raise SenderFault('the device cannot keep a name with one of these characters: " * : < > ? \\ |')
    if name[-1:] in (".", " "):
        raise SenderFault("the device cannot keep a name that ends in a dot or a blank")
    if _DEVICES.fullmatch(name):
        raise SenderFault("the device cannot keep this name: Windows means something else by it")
    if len(name.encode("utf-16-le", "surrogatepass")) // 2 > _UNITS:
        raise SenderFault("the name is too long for the device")
