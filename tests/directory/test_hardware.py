"""The serial of what is mounted on a folder, as udev or the kernel has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlp.directory import hardware
from dlp.directory.hardware import is_same, serial_of

MOUNTED = "/dev/shm"


@pytest.fixture
def number() -> str:
    """Of what is mounted on a folder of every Linux."""
    found = os.stat(MOUNTED).st_dev  # noqa: PTH116
    return f"{os.major(found)}:{os.minor(found)}"


def _usb(sysfs: Path, number: str, serial: str | None, *, at: str) -> Path:
    """A USB device with a disk below it, as /sys has them."""
    device = sysfs / "devices" / "pci0" / "usb1" / at
    block = device / f"{at}:1.0" / "host0" / "target0" / "block" / "sdb" / "sdb1"
    block.mkdir(parents=True)
    (device / "idVendor").write_text("0951\n")
    if serial is not None:
        (device / "serial").write_text(f"{serial}\n")
    (block / "dev").write_text(f"{number}\n")
    (sysfs / "dev" / "block").mkdir(parents=True, exist_ok=True)
    (sysfs / "dev" / "block" / number).symlink_to(block)
    return block


def test_udev_says_it(tmp_path: Path, number: str) -> None:
    (tmp_path / f"b{number}").write_text("E:ID_SERIAL=Maker_AA-0:0\nE:ID_SERIAL_SHORT=AA00\nE:ID_SERIAL_SHORT=BB\n")
    assert serial_of(MOUNTED, udev=tmp_path, sysfs=tmp_path) == "AA00"


def test_without_udev_the_kernel_does(tmp_path: Path, number: str) -> None:
    _usb(tmp_path, number, "AA00", at="1-2")
    assert serial_of(MOUNTED, udev=tmp_path, sysfs=tmp_path) == "AA00"


def test_a_disk_that_reports_none(tmp_path: Path, number: str) -> None:
    _usb(tmp_path, number, None, at="1-2")
    assert serial_of(MOUNTED, udev=tmp_path, sysfs=tmp_path) == ""
    assert serial_of(MOUNTED, udev=tmp_path / "none", sysfs=tmp_path / "none") == ""


@pytest.mark.parametrize(("second", "told"), [(None, "AA00"), ("BB", "")])
def test_what_is_encrypted_is_on_a_stick(tmp_path: Path, number: str, second: str | None, told: str) -> None:
    crypt = tmp_path / "devices" / "virtual" / "block" / "dm-0"
    (crypt / "slaves").mkdir(parents=True)
    (crypt / "slaves" / "sdb1").symlink_to(_usb(tmp_path, "8:17", "AA00", at="1-2"))
    if second is not None:
        (crypt / "slaves" / "sdc1").symlink_to(_usb(tmp_path, "8:33", second, at="1-3"))
    (tmp_path / "dev" / "block" / number).symlink_to(crypt)
    assert serial_of(MOUNTED, udev=tmp_path, sysfs=tmp_path) == told


def test_where_nothing_is_mounted_nothing_is_said(tmp_path: Path) -> None:
    assert serial_of(str(tmp_path), udev=tmp_path) is None
    assert serial_of(str(tmp_path / "gone"), udev=tmp_path) is None


def test_serials_are_compared_as_people_write_them() -> None:
    assert is_same(" 4C530001ab ", "4c530001AB")
    assert not is_same("", "4C53")
    assert Path("/run/udev/data") == hardware.UDEV
