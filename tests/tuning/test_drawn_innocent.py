"""Innocent files drawn at random: of each kind a few, none of which reaches ten people, and the private lists beside them."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected
from tests.tuning import drawn_innocent

pytestmark = pytest.mark.timeout(300)
_EACH, _SEED = 8, 41


@pytest.mark.parametrize("kind", drawn_innocent.KINDS)
def test_innocents(kind: str) -> None:
    counts = [inspected(one.data, one.name).subjects for one in drawn_innocent.drawn(kind, _EACH, _SEED)]
    assert counts == [0] * _EACH


@pytest.mark.parametrize("kind", drawn_innocent.SPECS)
def test_private_people_in_the_same_words(kind: str) -> None:
    found = [
        (one.people, inspected(one.data, one.name).subjects)
        for one in drawn_innocent.drawn(kind, _EACH, _SEED, twins=True)
    ]
    assert [pair for pair in found if pair[0] != pair[1]] == []


def test_the_same_seed_draws_the_same() -> None:
    def texts(seed: int) -> list[bytes]:
        """Of workbooks, which hold the time, no more than that one was drawn."""
        files = drawn_innocent.drawn("staff", 9, seed)
        return [one.name.encode() if one.name.endswith("x") else one.data for one in files]

    assert texts(3) == texts(3)
    assert texts(3) != texts(4)
