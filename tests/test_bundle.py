"""Reading a signature folder: everything or a named fault."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dlp import bundle
from dlp.detect.loader import load
from dlp.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "signatures"
    shutil.copytree(bundle.default_folder(), copy)
    return copy


def test_the_default_folder_is_whole() -> None:
    read = bundle.read()
    assert read.files["policy.toml"]
    assert "person-name/surnames.txt" in read.files
    assert load(read.files).digest == read.digest


def test_samples_are_no_part_of_it(folder: Path) -> None:
    before = bundle.read(folder)
    assert not [name for name in before.files if "/match/" in name or "/clean/" in name]
    (folder / "phone" / "match" / "01.txt").write_text("x")
    assert bundle.read(folder).digest == before.digest


def test_a_copy_has_the_same_digest(folder: Path) -> None:
    assert bundle.read(folder).digest == bundle.read().digest


@pytest.mark.parametrize("change", ["append", "rename", "remove"])
def test_every_change_changes_the_digest(folder: Path, change: str) -> None:
    before = bundle.read(folder).digest
    file = folder / "public-bodies" / "titles.txt"
    if change == "append":
        file.write_text(file.read_text("utf-8") + "村おさ\n", "utf-8")
    elif change == "rename":
        file.rename(file.with_name("titles2.txt"))
    else:
        file.unlink()
    assert bundle.read(folder).digest != before


def test_hidden_files_of_editors_are_left_out(folder: Path) -> None:
    before = bundle.read(folder).digest
    (folder / "phone" / ".signature.toml.swp").write_bytes(b"x")
    assert bundle.read(folder).digest == before


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"policy\.toml is missing"):
        bundle.read(tmp_path / "none")


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    (folder / "phone" / "terms.txt").symlink_to(outside)
    with pytest.raises(ConfigError, match=r"phone/terms\.txt: .*link"):
        bundle.read(folder)


def test_too_much(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_MAX", 1000)
    with pytest.raises(ConfigError, match="more than 1,000 bytes"):
        bundle.read(folder)
