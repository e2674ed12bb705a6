from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dlp.subjects.mask import mask, mask_figures, mask_row


def test_masks_of_the_usual_things():
    assert mask("佐藤花子", 1) == "佐●●●"
    assert mask("0463-12-3456") == "0463-**-****"
    assert mask("林一") == "●●"
    assert mask("") == ""


@given(st.text(min_size=1, max_size=40))
def test_at_most_the_first_third_is_shown(value):
    masked = mask(value)
    bare = value.strip()
    if bare:
        assert masked != bare or not any(c.isalnum() for c in bare)
        shown = len(bare) // 3
        assert not any(a == b and a.isalnum() for a, b in zip(masked[shown:], bare[shown:], strict=False))


def test_rows_and_lines():
    assert mask_row(["佐藤花子", None, "男"]) == ("佐●●●", "", "●")
    assert "5678" not in mask_figures("Re: 090-1234-5678 hana@example.jp")
