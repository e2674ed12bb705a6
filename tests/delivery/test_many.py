"""Many files to a device at once: each whole or not at all, one's fault nobody else's."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from dlp.delivery import beside, media
from dlp.delivery.many import Small, write_many
from dlp.errors import SenderFault
from dlp.transfer import digest_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "device"
    made.mkdir()
    (made / media.MARK).touch()
    return made


def small(path: str, content: bytes = b"content") -> Small:
    return Small(path, content, digest_of(content))


def visible(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != media.MARK
    }


def test_each_arrives_or_is_told_why_not(folder: Path) -> None:
    (folder / "a folder").mkdir()
    (folder / "out").symlink_to("/tmp")
    (folder / "old").write_bytes(b"old")
    files = [
        small("d/e/1"),
        small("../2"),
        small("a folder"),
        Small("old", b"changed on its way", digest_of(b"judged")),
        small("out/5"),
        small("d/6", b""),
        small("old/7"),
    ]
    found = write_many(folder, files)
    assert [type(fault) for fault in found] == [
        type(None), SenderFault, SenderFault, OSError, SenderFault, type(None), SenderFault,
    ]  # fmt: skip
    assert visible(folder) == {"d/e/1": b"content", "d/6": b"", "old": b"old"}
    assert not list(folder.rglob(f"{beside.MARK[:9]}*.part"))


def test_the_later_of_two_of_one_name_is_what_stays(folder: Path) -> None:
    assert write_many(folder, [small("a", b"1"), small("a", b"2")]) == [None, None]
    assert visible(folder) == {"a": b"2"}


def test_what_is_not_sealed_gets_no_name(folder: Path) -> None:
    def seal(good: Sequence[int]) -> None:
        assert list(good) == [0, 2]
        assert visible(folder).keys() != {"d/1"}
        raise OSError(errno.ENOSPC, "full")

    found = write_many(folder, [small("d/1"), small(""), small("3")], seal)
    assert [isinstance(fault, OSError) for fault in found] == [True, False, True]
    assert visible(folder) == {}
    assert [p.name for p in folder.iterdir()] == [media.MARK]  # nor a folder that was made for it


def test_what_the_device_gives_back_otherwise_does_not_arrive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.pread

    def rotten(fd: int, size: int, offset: int) -> bytes:
        return real(fd, size, offset).replace(b"good", b"g00d")

    monkeypatch.setattr(os, "pread", rotten)
    found = write_many(folder, [small("1"), small("2", b"good")])
    assert found[0] is None
    assert isinstance(found[1], OSError)
    assert visible(folder) == {"1": b"content"}


def test_an_absent_device_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    assert isinstance(write_many(tmp_path / "d", [small("a")])[0], beside.Absent)
    assert list((tmp_path / "d").iterdir()) == []


def test_one_that_does_not_fit_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def room(_: Path, size: int) -> None:
        if size > 100:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(beside, "check_space", room)
    found = write_many(folder, [small("a"), small("b", bytes(101))])
    assert found[0] is None
    assert isinstance(found[1], OSError)
    assert visible(folder) == {"a": b"content"}
