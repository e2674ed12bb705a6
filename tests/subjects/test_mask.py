from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dlp.extract.blocks import Table
from dlp.subjects.counter import Counter
from dlp.subjects.mask import mask, mask_figures, mask_known, mask_row
from tests.subjects import town


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


def test_a_known_name_is_masked_however_it_stands():
    known = frozenset(["櫨之渕綺乃江", "林一"])
    assert mask_known("櫨之淵　綺乃江様.csv", known.intersection) == "櫨●●　●●●様.csv"
    assert mask_known("名簿_林 一.csv", known.intersection) == "名簿_林 ●.csv"
    assert mask_known("佐々木　櫨乃.csv", frozenset(("佐佐木櫨乃",)).intersection) == "佐●●　●●.csv"
    assert mask_known("名簿.csv", known.intersection) == "名簿.csv"
    assert mask_known("櫨之淵　綺乃江", frozenset().intersection) == "櫨之淵　綺乃江"


def test_a_file_s_name_says_nobody_of_its_list(ruleset):
    counter = Counter(ruleset, b"k")
    people = town.make(40, 3)
    counter.feed(("a",), Table(town.frame([["氏名", "電話"], *([c.name, c.phone] for c in people)])))
    for citizen in people:
        for name in (citizen.name, f"{citizen.surname}　{citizen.given}"):
            masked = counter.mask(f"{name}の件 {citizen.phone}.csv")
            assert name not in masked
            assert citizen.given not in masked
            assert masked.endswith(".csv")
