"""A renaming that was held and is approved: done once, over nothing, and nowhere but on the device."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp.delivery import media, renamed
from dlp.errors import SenderFault
from dlp.transfer import Channel, Transfer
from tests.delivery.test_media import device, folder, visible

__all__ = ["folder"]


def renaming(before: str, path: str) -> Transfer:
    envelope = {"serial": "USB-7", "path": path, "before": before}
    return Transfer(channel=Channel.MEDIA, sender="c", destination=("USB-7",), name="", data=b"", envelope=envelope)


async def test_what_stands_there_gets_the_new_name_once(folder: Path) -> None:
    await media.write(folder, "a/plan.txt", b"content")
    asked = renaming("a/plan.txt", "b/new name.txt")
    for _ in range(2):  # after a crash it is tried again
        assert "name" not in (await media.deliver(asked, device(folder))).replace("renamed", "")
        assert visible(folder) == {"b/new name.txt": b"content"}


async def test_a_folder_goes_with_what_is_in_it(folder: Path) -> None:
    await media.write(folder, "a/plan.txt", b"content")
    await media.deliver(renaming("a", "b"), device(folder))
    assert visible(folder) == {"b/plan.txt": b"content"}
    with pytest.raises(SenderFault):
        await media.deliver(renaming("b", "b/c"), device(folder))
    assert visible(folder) == {"b/plan.txt": b"content"}


async def test_it_overwrites_nothing(folder: Path) -> None:
    await media.write(folder, "plan.txt", b"content")
    await media.write(folder, "new.txt", b"newer")
    assert "beside" in await media.deliver(renaming("plan.txt", "new.txt"), device(folder))
    assert visible(folder) == {"new.txt": b"newer", "new (2).txt": b"content"}


async def test_what_comes_to_stand_there_meanwhile_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await media.write(folder, "plan.txt", b"content")
    await media.write(folder, "new.txt", b"newer")
    stands = renamed._stands
    monkeypatch.setattr(renamed, "_stands", lambda at, name: name != "new.txt" and stands(at, name))
    assert "beside" in await media.deliver(renaming("plan.txt", "new.txt"), device(folder))
    assert visible(folder) == {"new.txt": b"newer", "new (2).txt": b"content"}


async def test_what_is_gone_or_leads_out_is_undeliverable(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"outside")
    (folder / "link").symlink_to(tmp_path)
    await media.write(folder, "a", b"content")
    for before, path in (("gone", "b"), ("../outside", "b"), ("link/outside", "b"), ("a", "link/b"), ("a", "../b")):
        with pytest.raises(SenderFault):
            await media.deliver(renaming(before, path), device(folder))
    assert (folder / "a").read_bytes() == b"content"
    assert (tmp_path / "outside").read_bytes() == b"outside"
    assert not (tmp_path / "b").exists()
