"""What is looked for in a whole content at once is what a look at each line finds."""

from __future__ import annotations

import random
import re

import pytest

from dlp.delivery.letter import stuffed
from dlp.delivery.spooled import has_dots, is_sound

_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_SIZES = (1, 2, 3, 100, 4095, 4096, 4097, 20_000)


def content(chance: random.Random, size: int, odd: tuple[bytes, ...]) -> bytes:
    """Lines with sound ends, and now and then something odd in them, at either end, too."""
    pieces = [chance.choice((b"x" * chance.randint(0, 90), b"\r\n")) for _ in range(size)]
    for _ in range(chance.randint(0, 2)):
        pieces.insert(chance.choice((0, len(pieces) // 2, len(pieces))), chance.choice(odd))
    return b"".join(pieces)[:size].removesuffix(b"\r")


@pytest.mark.parametrize("size", _SIZES)
def test_a_bare_cr_or_lf_is_found_wherever_it_stands(size: int) -> None:
    chance, found = random.Random(size), set()
    for _ in range(60):
        made = content(chance, size, (b"\r", b"\n", b"\r\r\n", b"\n\r", b"a\n", b"\ra"))
        assert is_sound(made) is (_BARE.search(made) is None)
        found.add(is_sound(made))
    assert size < 100 or found == {True, False}
    for end in (b"\r", b"\n"):
        assert not is_sound(b"x" * size + end)
        assert not is_sound(end + b"x" * size)
    assert is_sound(b"x" * size + b"\r\n")
    assert is_sound(b"\r\n" + b"x" * size)


@pytest.mark.parametrize("size", _SIZES)
def test_a_dot_that_begins_a_line_is_doubled_wherever_it_stands(size: int) -> None:
    chance, found = random.Random(size), set()
    for _ in range(60):
        made = content(chance, size, (b".", b"\r\n.", b"\r\n..\r\n", b"\r\n.\r\n", b"a.\r\n"))
        assert has_dots(made) is (b"\n." in made)
        wire = stuffed(made)
        assert wire.endswith(b"\r\n.\r\n") or wire == b".\r\n"
        end = b".\r\n" if not made or made.endswith(b"\r\n") else b"\r\n.\r\n"
        assert wire == re.sub(rb"(?:\A|(?<=\r\n))\.", b"..", made) + end
        found.add(has_dots(made))
    assert size < 100 or found == {True, False}
