"""The shipped signatures are whole, and the check finds what is wrong with others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dlp import bundle
from dlp.cli import main
from dlp.errors import ConfigError


def test_the_shipped_signatures_pass_their_own_samples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["signatures", "check"]) == 0
    assert " 0 faults" in capsys.readouterr().out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "signatures"
    shutil.copytree(bundle.default_folder(), copy)
    return copy


def fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["signatures", "check", "--signatures", str(folder)]) == 1
    return capsys.readouterr().out


def test_a_sample_that_is_not_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "phone" / "match" / "01.txt").write_text("電話なし\n")
    assert "phone/match/01.txt: not found by phone" in fails(folder, capsys)


def test_a_clean_sample_that_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "email" / "clean" / "01.txt").write_text("{phone}\n")
    assert "email/clean/01.txt: found by phone" in fails(folder, capsys)


def test_too_few_samples(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "phone" / "match" / "01.txt").unlink()
    assert "phone/match: 2 samples" in fails(folder, capsys)


@pytest.mark.parametrize("signature", ["person-name", "citizen-table", "office-context", "honorifics"])
def test_lists_have_samples_too(folder: Path, capsys: pytest.CaptureFixture[str], signature: str) -> None:
    (folder / signature / "clean" / "02.txt").unlink()
    assert f"{signature}/clean: 2 samples" in fails(folder, capsys)


def test_a_sample_of_a_list_that_decides_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "honorifics" / "match" / "01.txt").write_text("氏名：{name}\n電話：{phone}\n")
    assert "honorifics/match/01.txt: nothing depends on honorifics" in fails(folder, capsys)


def test_a_clean_sample_with_somebody_in_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "person-name" / "clean" / "01.txt").write_text("氏名：{name}\n性別：男\n")
    assert "person-name/clean/01.txt: 1 people counted" in fails(folder, capsys)


def test_it_says_how_many_samples_it_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["signatures", "check", "--signatures", str(folder)])
    files = len([*folder.glob("*/match/*.txt"), *folder.glob("*/clean/*.txt")])
    folders = len([*folder.glob("*/signature.toml")])
    assert f"{folders} signatures, {files} sample files read" in capsys.readouterr().out


def test_a_literal_that_passes_a_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from dlp.tuning.samples import render

    (folder / "phone" / "match" / "01.txt").write_bytes(render("{phone} {individual_number}"))
    assert "holds a value that passes a check digit" in fails(folder, capsys)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("phone/signature.toml", 'id = "fon"\n', "revision is missing|id"),
        ("phone/signature.toml", "id = \n", "phone/signature.toml"),
        ("confidentiality-marking/rule.yar", "rule x { condition: nothing }", "rule.yar"),
        ("policy.toml", "[held]\n", "held"),
        ("citizen-table/headers.toml", 'name = ["氏名"]\nkana = ["氏名"]\n', "氏名"),
    ],
)
def test_a_fault_is_named(folder: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, says: str) -> None:
    import re

    (folder / file).write_text(text, encoding="utf-8")
    assert re.search(says, fails(folder, capsys))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no signature folder"):
        bundle.read(tmp_path)


def test_the_digest_covers_every_file(folder: Path) -> None:
    before = bundle.read(folder).digest
    (folder / "person-name" / "surnames.txt").open("a").write("霧窪井\n")
    assert bundle.read(folder).digest != before
    assert bundle.read().digest == before


def test_the_synthetic_town_stands_in_no_dictionary() -> None:
    from dlp.detect.loader import load
    from dlp.tuning import town

    words = load(bundle.read().files).words
    assert {s for s, _ in town._SURNAMES} & words["surnames"] == set()
    assert {g for names in town._GIVEN.values() for g, _ in names} & words["given_names"] == set()
    assert set(town._STREETS) & words["towns"] == set()
