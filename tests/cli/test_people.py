"""`dlp people`: what a newcomer is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp.cli import main


def test_a_folder_without_people_file_is_no_empty_town(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "list", "--var", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "--var" in said.err


def test_everybody_with_todays_standing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "people.toml").write_text(
        '[[person]]\nid = "E1"\n[[person]]\nid = "E2"\nend = 2018-12-21\n', encoding="utf-8"
    )
    assert main(["people", "list", "--var", str(tmp_path)]) == 0
    rows = [line.split("│") for line in capsys.readouterr().out.splitlines() if "│ E" in line]
    assert [(row[1].strip(), row[-2].strip()) for row in rows] == [("E1", "active"), ("E2", "retired")]
