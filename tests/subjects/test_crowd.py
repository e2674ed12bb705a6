"""More people than are compared at a time: counted the same, each once, in batches."""

from __future__ import annotations

import pytest

from benchmarks import lists
from dlp.subjects.people import crowd
from tests.extract import makers
from tests.test_inspection_budget import inspect_bytes


@pytest.mark.parametrize("batch", [10, 40, 149])
def test_batches_count_as_one_list(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = inspect_bytes(makers.CSV.encode())
    twice = makers.zipped("a.csv", makers.CSV.encode()) + makers.zipped("b.csv", makers.CSV.encode("cp932"))
    monkeypatch.setattr(crowd, "BATCH", batch)
    for data in (makers.CSV.encode(), twice):
        found = inspect_bytes(data)
        assert (found.subjects, found.counts, found.tokens) == (whole.subjects, whole.counts, whole.tokens)
        assert found.lower <= 150 <= found.upper


@pytest.mark.parametrize(("batch", "compared"), [(300, 10_000), (300, 700), (1000, 10_000)])
def test_batches_tell_namesakes_apart_as_one_list(batch: int, compared: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """People of whom nothing is known but a name, a sex and a register's number have one token, and are many."""
    text, truth = lists.make(1_500, 9)
    header, *rows = text.splitlines()
    again = "\r\n".join((header, *rows, *rows[::3]))
    monkeypatch.setattr(crowd, "BATCH", batch)
    monkeypatch.setattr(crowd, "COMPARED", compared)
    found = inspect_bytes(again.encode())
    assert found.subjects == (truth if compared > len(rows) else pytest.approx(truth, rel=0.01))
    assert found.lower <= truth <= found.upper
    assert len(found.tokens) == found.subjects


def test_a_person_of_several_batches_is_known_by_the_most_that_any_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [
        "1,飛鷹 凪紗,1985/03/02,090-0000-0001",
        *(f"{i},空木 {c}子,1990/01/{i:02},090-1111-00{i:02}" for i, c in enumerate("一二三四五六七八九", 2)),
        "11,飛鷹 凪紗,1985/03/02,",
        "12,飛鷹 凪紗,,090-0000-0001",
    ]
    data = "\n".join(("行,氏名,生年月日,電話番号", *said)).encode()
    whole = inspect_bytes(data)
    assert whole.subjects == 10
    monkeypatch.setattr(crowd, "BATCH", 4)
    found = inspect_bytes(data)
    assert (found.subjects, found.counts, found.tokens) == (10, whole.counts, whole.tokens)


def test_a_ledger_is_given_a_bounded_number_of_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "BATCH", 10)
    monkeypatch.setattr(crowd, "MOST_TOKENS", 100)
    found = inspect_bytes(makers.CSV.encode())
    assert (found.subjects, len(found.tokens)) == (150, 100)
