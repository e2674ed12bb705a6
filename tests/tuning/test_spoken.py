"""Sentences, mails and forms drawn at random: of each kind a few, most of them exactly counted; docs/measure.md says what is missed."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected
from tests.tuning import spoken

pytestmark = pytest.mark.timeout(300)

#: Texts of a kind that may be counted otherwise, of twelve.
_OTHERWISE = {"sentences": 3, "sentences in English": 2, "mails": 1, "forms": 0}


@pytest.mark.parametrize("kind", spoken.KINDS)
def test_drawn_texts(kind: str) -> None:
    counts = [(one.people, inspected(one.data, one.name).subjects) for one in spoken.drawn(kind, 12, 28)]
    wrong = [pair for pair in counts if pair[0] != pair[1]]
    assert len(wrong) <= _OTHERWISE[kind], wrong
    assert not [pair for pair in wrong if pair[1] > pair[0]], "people in office, firms and authors are nobody"


def test_the_same_seed_draws_the_same() -> None:
    assert [*spoken.drawn("mails", 5, 3)] == [*spoken.drawn("mails", 5, 3)]
    assert [*spoken.drawn("mails", 5, 3)] != [*spoken.drawn("mails", 5, 4)]
