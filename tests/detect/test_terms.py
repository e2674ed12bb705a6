"""Aho–Corasick over UTF-8 as latin-1 finds what a plain search finds, at the right characters."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from dlp.detect.terms import Terms

LETTERS = "ab佐藤東京都😀𠮷é"
WORDS = st.sets(st.text(LETTERS, min_size=1, max_size=4), min_size=1, max_size=8)


def leftmost_longest(words: set[str], text: str) -> list[tuple[int, int, str]]:
    found, place = [], 0
    while place < len(text):
        here = [word for word in words if text.startswith(word, place)]
        if here:
            word = max(here, key=len)
            found.append((place, place + len(word), word))
            place += len(word)
        else:
            place += 1
    return found


@given(words=WORDS, text=st.text(LETTERS + "xー", max_size=60))
@example(words={"東京", "東京都", "京都"}, text="東京都京都東京")
@example(words={"ab", "b佐藤"}, text="ab佐藤")
@example(words={"😀佐", "佐"}, text="x😀佐藤佐")
@example(words={"a都a", "都"}, text="a都")
@example(words={"b", "京東東a東", "京京東a"}, text="京京東aa京京東東")
@example(words={"東", "京東東a東", "京京東a"}, text="京京東b")
def test_same_as_a_plain_search(words: set[str], text: str) -> None:
    assert list(Terms(words).find(text)) == leftmost_longest(words, text)


@given(words=WORDS, rows=st.lists(st.text(LETTERS + "x", max_size=12), max_size=5))
def test_lines_that_hold_a_word(words: set[str], rows: list[str]) -> None:
    assert Terms(words).lines(rows) == {n for n, row in enumerate(rows) if any(word in row for word in words)}


def test_lone_surrogates_and_no_words() -> None:
    assert list(Terms(["佐藤"]).find("\ud800佐藤\udfff")) == [(1, 3, "佐藤")]
    assert list(Terms([]).find("佐藤")) == []


def test_bytes_of_two_letters_are_no_third_one() -> None:
    # ム is E3 83 A0; A0 E3 83 stands across the border of two of them.
    across = b"\xa0\xe3\x83".decode("latin-1")
    assert list(Terms([across]).find("ムムム")) == []
