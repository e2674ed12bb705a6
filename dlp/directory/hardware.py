"""Which stick is plugged in: the serial that the hardware behind a folder reports, by udev or the kernel.

The ledger's word is for one stick, and a folder is only where some stick is mounted: another one in the same slot would
take its place. udev keeps what it found of each block device in a file (/run/udev/data/bMAJ:MIN, which systemd calls
private but libudev and others read); of a partition it has its disk's properties. Where there is no udev, the USB
device's own attribute in sysfs says the same.
"""

from __future__ import annotations

import os
from pathlib import Path

UDEV = Path("/run/udev/data")
_SYSFS = Path("/sys")
_KEY = "E:ID_SERIAL_SHORT="
_DEPTH = 4  # of devices above one another: LUKS on a partition


def serial_of(folder: str, *, udev: Path = UDEV, sysfs: Path = _SYSFS) -> str | None:
    """The serial that what is mounted on `folder` reports; "" where it reports none, None where nothing is mounted."""
    try:
        here, above = os.stat(folder), os.stat(f"{folder}/..")  # noqa: PTH116  asked at every write
    except OSError:
        return None
    if here.st_dev == above.st_dev:
        return None
    return _told(f"{os.major(here.st_dev)}:{os.minor(here.st_dev)}", udev, sysfs, _DEPTH)


def is_same(one: str, other: str) -> bool:
    """Whether two spellings are one serial."""
    return one.strip().casefold() == other.strip().casefold()


def _told(number: str, udev: Path, sysfs: Path, depth: int) -> str:
    """Of a block device "major:minor": its own word, or that of the only one that lies under it."""
    if said := _by_udev(udev / f"b{number}"):
        return said
    place = sysfs / "dev" / "block" / number
    below = [_number(one) for one in _listed(place / "slaves")]
    if below and depth:
        under = {_told(one, udev, sysfs, depth - 1) for one in below}
        return under.pop() if len(under) == 1 else ""
    return _by_kernel(place)


def _by_udev(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line[len(_KEY) :].strip() for line in lines if line.startswith(_KEY)), "")


def _by_kernel(place: Path) -> str:
    """The `serial` of the USB device among those above a block device."""
    try:
        real = place.resolve(strict=True)
    except OSError:
        return ""
    for above in real.parents:
        if (above / "idVendor").exists():
            return _text(above / "serial")
    return ""


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _number(block: Path) -> str:
    return _text(block / "dev")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
