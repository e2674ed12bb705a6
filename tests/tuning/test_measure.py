from __future__ import annotations

import pytest

from dlp import bundle
from dlp.cli import main
from dlp.tuning import corpus, measure
from dlp.tuning.measure import Report, Result


@pytest.fixture(scope="module")
def stick():
    return measure.Stick(bundle.read().files)


def result(truth: int, found: int) -> Result:
    return Result("x", "csv", "utf-8", truth, found, 0, 100, 0.1, unread=False)


def test_figures_are_what_they_are_called():
    report = Report(
        lists=[result(200, 200), result(200, 99), result(50, 50), result(20, 9)],
        innocents=[result(0, 0), result(0, 1), result(0, 10), result(0, 0)],
        replay=[result(100, 99), result(100, 100)],
    )
    figures = report.figures()
    assert figures["bulk_found"] == 0.5
    assert figures["small_found"] == 0.5
    assert figures["innocents_10"] == 0.25
    assert figures["innocents_1"] == 0.5
    assert figures["replay"] == 0.005
    assert figures["recall"] == (200 + 99 + 50 + 9) / 470
    assert figures["precision"] == (200 + 99 + 50 + 9) / (358 + 11)
    assert set(report.missed()) == {
        "bulk_found",
        "small_found",
        "error_median",
        "error_p95",
        "innocents_10",
        "innocents_1",
    }
    assert "MISSED" in measure.text(report)


def test_counting_too_many_is_an_error_too():
    assert result(100, 150).error == 0.5


def test_the_command_prints_the_figures(capsys):
    assert main(["signatures", "measure", "--each", "2", "--layout", "basic", "--layout", "facilities"]) == 0
    printed = capsys.readouterr().out
    assert "2 lists, 2 innocent files" in printed
    assert "recall" in printed


@pytest.mark.parametrize("name", corpus.INNOCENTS)
def test_innocent_files_hold_nobody(stick, name):
    found = [stick.count(corpus.innocent(name, size, stick.books, 7)) for size in (12, 40)]
    assert [(r.found, r.unread) for r in found] == [(0, False)] * 2


def test_bars_hold_at_small_scale(stick):
    report = Report(lists=[stick.count(f) for f in corpus.made(stick.books, each=1, seed=11, sizes=((14, 60),))])
    figures = report.figures()
    assert len(report.lists) == len(corpus.LAYOUTS)
    assert figures["small_found"] >= 0.98
    assert figures["error_median"] == 0
    assert figures["recall"] >= 0.98
    assert figures["precision"] >= 0.995
    assert sum(r.error <= 0.02 for r in report.lists) >= 0.9 * len(report.lists)
    assert {r.layout for r in report.lists if r.unread} <= {"two_encodings"}
