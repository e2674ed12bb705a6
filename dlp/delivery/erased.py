"""Whether a device that comes back is empty: what its file system still shows."""

from __future__ import annotations

import os
from pathlib import Path

from dlp.delivery import beneath
from dlp.delivery.media import present
from dlp.standing import Device

#: What file systems and desktops put there by themselves; what lies in them counts.
_FOLDERS = frozenset({"lost+found", "System Volume Information", "$RECYCLE.BIN", ".fseventsd", ".Spotlight-V100"})
_FILES = frozenset({"System Volume Information/WPSettings.dat", "System Volume Information/IndexerVolumeGuid"})


def left_on(device: Device) -> int | None:
    """How many files and folders of somebody's are on the device; None when it is not present here.

    A folder that cannot be read counts as one: doubt is not emptiness.
    """
    if not device.folder or not present(Path(device.folder)):
        return None
    return _left(Path(device.folder))


def _left(root: Path) -> int:
    left = 0
    faults: list[OSError] = []
    for here, folders, files in os.walk(root, onerror=faults.append):
        at = Path(here).relative_to(root)
        left += sum((at / name).as_posix() not in _FOLDERS for name in folders)
        left += sum(not _ours(at, name) for name in files)
    return left + len(faults)


def _ours(at: Path, name: str) -> bool:
    return (at / name).as_posix() in _FILES or (at == Path() and name.startswith(beneath.RESERVED))
