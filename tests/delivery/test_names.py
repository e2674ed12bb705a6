"""Names and sizes that a stick's file system cannot keep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.delivery import media, names
from dlp.errors import SenderFault
from tests.e2e.stick import Stick

_BAD = [
    "a:b.txt",
    "what?.txt",
    "a*b",
    'say "x"',
    "a<b",
    "a|b",
    "a\\b",
    "tab\t",
    "end.",
    "end ",
    "CON",
    "nul.txt",
    "Lpt1.csv",
]
_GOOD = ["名簿.csv", "CONTRACT.txt", "com10.txt", "a.b.c", ".hidden", "長" * 80, "console", "a b"]


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs3", "fuseblk"])
def test_what_windows_could_not_open_or_linux_would_cut_is_refused(kind: str) -> None:
    for name in _BAD:
        with pytest.raises(SenderFault):
            names.require(kind, ("folder", name))
    names.require(kind, _GOOD)


def test_a_linux_stick_keeps_what_it_can() -> None:
    names.require("ext4", [*_GOOD, *_BAD], 1 << 40)


def test_four_gibibytes_do_not_go_onto_fat() -> None:
    names.require("vfat", ("a",), (1 << 32) - 1)
    with pytest.raises(OSError, match="too large"):
        names.require("vfat", ("a",), 1 << 32)
    names.require("exfat", ("a",), 1 << 32)


def test_the_kind_of_a_real_stick(tmp_path: Path, need: Callable[..., None]) -> None:
    need("mkfs.ext4", "/dev/loop-control")
    with Stick(tmp_path) as stick:
        assert names.kind(stick.folder) == "ext4"


def test_nothing_is_written_under_such_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "kind", lambda folder: "vfat")  # this kernel may have no FAT
    (tmp_path / media.MARK).touch()
    before = set(tmp_path.rglob("*"))
    for path in ("report.", "a/con", "con/a", "x:y"):
        with pytest.raises(SenderFault):
            media.write_now(tmp_path, path, b"words")
    assert set(tmp_path.rglob("*")) == before
    media.write_now(tmp_path, "report.txt", b"words")
    assert (tmp_path / "report.txt").read_bytes() == b"words"
