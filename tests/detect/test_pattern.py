"""Windows around digits find what the whole text finds."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.detect.pattern import Windows, scan
from dlp.detect.ruleset import Signature


def signature(**more: object) -> Signature:
    values: dict[str, object] = {
        "id": "x", "revision": 1, "title": {"ja": "x", "en": "x"}, "category": "phone", "matcher": "pattern",
        "pattern": re.compile(r"(?<![\d-])(?P<value>\d{3,4}-\d{4})(?![\d-])", re.ASCII), "score": 0.8,
    }  # fmt: skip
    return Signature(**{**values, **more})  # type: ignore[arg-type]


def places(sig: Signature, text: str) -> list[tuple[int, int, float]]:
    return list(scan(sig, Windows(text)))


@given(
    st.lists(st.sampled_from(["123-4567", "あ" * 300, "い", "9", "\n", "-", "x" * 41, "0120-1234", " "]), max_size=30)
)
def test_the_same_as_over_the_whole_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    for anchor in ("digit", "number"):
        assert places(signature(anchor=anchor), text) == places(signature(), text)


@given(st.text("12-あ\n", max_size=600))
def test_windows_are_in_order_and_hold_every_anchor(text: str) -> None:
    windows = Windows(text).around("digit")
    assert all(a[1] < b[0] for a, b in pairwise(windows))
    assert all(any(low <= i < high for low, high in windows) for i, c in enumerate(text) if c in "12")


def test_literal_anchor() -> None:
    mail = signature(pattern=re.compile(r"(?P<value>[a-z]+@[a-z.]+)"), anchor="@")
    assert [(s, e) for s, e, _ in places(mail, "あ" * 500 + "taro@example.jp")] == [(500, 515)]
    assert places(mail, "あ" * 500) == []


def test_context() -> None:
    weak = signature(near=("電話",), score=0.1, near_score=0.9, threshold=0.5, reach=10)
    assert places(weak, "番号 123-4567") == []
    assert places(weak, "電話 123-4567") == [(3, 11, 0.9)]
    assert places(weak, "123-4567 が電話") == [(0, 8, 0.9)]
    assert places(weak, "電話" + "あ" * 20 + "123-4567") == []


@pytest.mark.parametrize("mark", ["", ":", "：", " ", "(", "= ", "「"])
def test_a_denying_word_directly_before(mark: str) -> None:
    denied = signature(not_near=("品番",))
    assert places(denied, f"品番{mark}123-4567") == []
    assert places(denied, f"品番と電話{mark}123-4567")


def test_the_check_decides() -> None:
    even = signature(check=lambda value: value.endswith("2"))
    assert [s for s, _, _ in places(even, "111-1111 222-2222")] == [9]
