"""A word without end costs what its length does, not its square: in a name, in a header beside an upload, in a text."""

from __future__ import annotations

import pytest

from dlp.inspection import inspect
from dlp.subjects.mask import mask_figures
from dlp.transfer import Channel, Transfer
from tests.extract.people import inspected, ruleset

_SIZE = 300_000  # by the square of it minutes, and then the suite's timeout ends it


@pytest.mark.parametrize("word", ["a" * _SIZE, "a" * _SIZE + "@" + "b" * _SIZE, "a.-" * (_SIZE // 3) + "@"])
def test_a_word_without_end(word: str) -> None:
    named = Transfer(channel=Channel.WEB, sender="clerk", destination=("h",), name=f"x {word}", data=b"memo\n")
    found = inspect(named, ruleset(), token_key=None)
    assert (found.subjects, found.inspected) == (0, True)
    found = inspected(f"memo {word} memo\n".encode())
    assert (found.subjects, found.inspected) == (0, True)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to hanako.sato@mail.example now", "to hana**.****@****.******* now"),
        ("a@b@c.example", "a@b@c.*******"),
        ("a@b.c+d@e.fg", "a@*.*+d@*.**"),
        ("x" * 100 + "@y.example", None),
        ("no@where", "no@where"),
    ],
)
def test_addresses_in_a_line_are_masked_as_ever(text: str, masked: str | None) -> None:
    made = mask_figures(text)
    assert made == masked if masked is not None else "@y.example" not in made
