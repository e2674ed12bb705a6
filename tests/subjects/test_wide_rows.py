"""Rows of a thousand cells: a row's people are asked for no more cells than answer."""

from __future__ import annotations

import polars as pl

from dlp.subjects.people.body import Body


def test_the_first_key_there_is_ends_the_search() -> None:
    asked = []

    def of(cells: pl.Series) -> pl.Series:
        asked.append(cells.to_list())
        return cells

    body = Body(pl.DataFrame({"c0": ["a", ""], "c1": ["b", "c"], "c2": ["d", "e"]}))
    found = body.first([[0], [1], [2]], of)
    assert found is not None
    assert found.to_list() == ["a", "c"]
    assert len(asked) == 2
