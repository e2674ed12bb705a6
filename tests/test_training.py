"""The town's own rule at the moment of blocking: told, replaced, and never in the way of a verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from mitmproxy.test import tflow

from dlp.channels.web import block_page
from dlp.channels.web.judging import Answer
from dlp.inspection import Inspection
from dlp.outcome import Outcome
from dlp.standing import PersonStatus, Standing
from dlp.texts import REASONS
from dlp.training import LONGEST, SHIPPED, Training, known
from dlp.verdict import Action, Reason, Verdict


def outcome(training: Training, *codes: str, action: Action = Action.QUARANTINE) -> Outcome:
    values: dict[str, int | str] = {"subjects": 150, "limit": 100, "count": 3, "title": "部外秘"}
    verdict = Verdict(action=action, reasons=tuple(Reason(code, values) for code in codes), ruleset="r")
    inspection = Inspection(subjects=150, lower=150, upper=150, counts={"name": 150})
    standing = Standing(status=PersonStatus.ACTIVE)
    return Outcome(
        verdict=verdict, transfer="t", case="7F3K9Q", inspection=inspection, standing=standing, training=training
    )


def test_every_shipped_text_is_of_a_reason_and_in_both_languages() -> None:
    assert set(SHIPPED) <= set(REASONS)
    assert all(0 < len(text) <= LONGEST for pair in SHIPPED.values() for text in pair)


def test_the_shipped_text_is_told_without_a_folder(tmp_path: Path) -> None:
    for training in (Training(), Training(tmp_path / "none")):
        told = outcome(training, "individual_number")
        assert f"きまり：{SHIPPED['individual_number'][0]}" in told.lines("ja")
        assert f"Rule: {SHIPPED['individual_number'][1]}" in told.lines("en")


def test_the_town_s_own_text_stands_in_its_place_at_once(tmp_path: Path) -> None:
    training = Training(tmp_path)
    (tmp_path / "bulk_subjects.ja.txt").write_text("平塚市では\n部長に電話してください。\n", encoding="utf-8")
    assert "きまり：平塚市では 部長に電話してください。" in outcome(training, "bulk_subjects").lines("ja")
    training.write("bulk_subjects", "ja", "")
    assert not [line for line in outcome(training, "bulk_subjects").lines("ja") if line.startswith("きまり")]
    training.forget("bulk_subjects", "ja")
    assert training.text("bulk_subjects", "ja") == SHIPPED["bulk_subjects"][0]


@pytest.mark.parametrize("raw", ["平塚".encode("cp932"), b"\xff\xfe\x00", b"x" * (LONGEST + 1)])
def test_a_text_that_cannot_be_used_is_as_good_as_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "sensitive.ja.txt").write_bytes(raw)
    assert Training(tmp_path).text("sensitive", "ja") == SHIPPED["sensitive"][0]


def test_a_folder_in_the_place_of_a_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "sensitive.ja.txt").mkdir()
    assert Training(tmp_path).text("sensitive", "ja") == SHIPPED["sensitive"][0]


def test_no_text_is_markup_or_a_template(tmp_path: Path) -> None:
    training = Training(tmp_path)
    training.write("sensitive", "ja", "<script>alert(1)</script> {{ 7*7 }} {case} \x1b[31m \u202e")
    request = tflow.tflow().request
    page = (block_page.refused(request, Answer.of(outcome(training, "sensitive"))).content or b"").decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} {case}" in page
    assert "\x1b" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("code", ["../people", "nothing", "", "sensitive/x"])
def test_only_reasons_have_texts(tmp_path: Path, code: str) -> None:
    with pytest.raises(ValueError):
        Training(tmp_path).write(code, "ja", "x")
    assert Training(tmp_path).text(code, "ja") == ""
    assert code not in known()


def test_what_passes_is_not_lectured() -> None:
    assert not [
        line for line in outcome(Training(), "few_subjects", action=Action.MONITOR).lines("ja") if "きまり" in line
    ]


def test_a_default_is_told_where_no_reason_has_a_text(tmp_path: Path) -> None:
    training = Training(tmp_path)
    training.write("default", "ja", "情報システム課まで。")
    assert "きまり：情報システム課まで。" in outcome(training, "marking").lines("ja")
    assert "きまり：情報システム課まで。" not in outcome(training, "marking", "financial").lines("ja")


def test_at_most_three_the_gravest_first() -> None:
    told = Training().lines(["unknown_sender", "exposure", "financial", "sensitive", "individual_number"], "en")
    assert told == [SHIPPED[code][1] for code in ("individual_number", "sensitive", "financial")]


def test_an_outcome_of_a_test_has_texts_too() -> None:
    assert replace(outcome(Training(), "sensitive")).lines("en")
