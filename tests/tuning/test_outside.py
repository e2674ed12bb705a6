"""Our checks and readings against what others publish."""

from __future__ import annotations

import pytest

from tests.tuning import outside


@pytest.fixture(scope="module")
def sources() -> list[outside.Source]:
    return list(outside.compare(seed=7))


def test_all_of_it_is_read_as_it_says(sources: list[outside.Source]) -> None:
    assert [(source.name, source.wrong[:3]) for source in sources if source.wrong] == []


def test_there_is_enough_of_it(sources: list[outside.Source]) -> None:
    held = {source.name: source.right for source in sources}
    assert held["python-stdnum jp.in_: individual numbers"] == 20_000
    assert held["phonenumbers: examples"] == 15
    assert held["phonenumbers: columns of numbers"] > 5_000
    assert sum(n for name, n in held.items() if name.startswith("ICU japanese")) > 40_000


def test_what_is_read_otherwise_is_told() -> None:
    source = outside.Source("x").hold([1, 2, 3], [1, 5, 3], ["one", "two", "three"])
    assert (source.right, source.wrong) == (2, ["two"])
    assert "MISSED" in outside.text([source])
