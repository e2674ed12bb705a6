"""The benchmarks' own truth: lists are decidable, and what is timed gives the right answer."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

from benchmarks import lists, ours, peers


def test_namesakes_in_the_list_share_nothing_that_would_make_them_one_person() -> None:
    seen: Counter[tuple[str, object]] = Counter()
    for one in lists.people(4000, seed=5):
        seen.update({(one.name, one.birth), (one.name, one.address), (one.name, one.phone), (one.name, one.email)})
    assert max(seen.values()) == 1
    assert len({name for name, _ in seen}) < 4000  # there are namesakes


def test_truth_is_rows_with_a_name_and_an_attribute() -> None:
    text, truth = lists.make(500, seed=5)
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert truth == sum(1 for row in rows if row[1] and any(row[i] for i in (3, 4, 6, 7, 8)))
    assert 450 < truth < 500


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_ours_and_bare_polars_agree_with_the_truth(encoding: str) -> None:
    text, truth = lists.make(2000, seed=5)
    data = text.encode(encoding)
    assert ours.inspector()(data, "list.csv").subjects == truth
    assert ours.table_pass()(data) == truth
    assert peers.bare_polars(text.encode()) == truth
    assert peers.naive(text) >= truth
