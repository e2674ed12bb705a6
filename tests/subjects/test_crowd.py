"""More people than are compared at a time: counted the same, each once, in batches."""

from __future__ import annotations

import pytest

from dlp.subjects import crowd
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


def test_a_ledger_is_given_a_bounded_number_of_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "BATCH", 10)
    monkeypatch.setattr(crowd, "MOST_TOKENS", 100)
    found = inspect_bytes(makers.CSV.encode())
    assert (found.subjects, len(found.tokens)) == (150, 100)
