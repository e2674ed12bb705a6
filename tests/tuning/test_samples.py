"""Recipes make what they name, the same for the same seed, and nothing that lies in the repository."""

from __future__ import annotations

import re

import pytest

from dlp import bundle
from dlp.detect import checks
from dlp.tuning import samples
from dlp.tuning.check import literal_numbers
from dlp.tuning.samples import render

SEEDS = range(20)


def text(recipe: str, seed: int) -> str:
    return render(recipe, seed).decode()


@pytest.mark.parametrize(
    ("placeholder", "check"),
    [
        ("{individual_number}", "individual_number"),
        ("{resident_code}", "resident_code"),
        ("{licence}", "licence"),
        ("{card}", "card"),
        ("{parcel}", "parcel"),
        ("{jan}", "jan"),
        ("{corporate_number}", "corporate_number"),
        ("{insurer:8}", "insurer"),
        ("{insurer:6}", "insurer"),
        ("{yucho}", "yucho"),
        ("{phone}", "phone"),
        ("{birth}", "birth_date"),
        ("{age}", "age"),
    ],
)
def test_values_pass_their_checks(placeholder: str, check: str) -> None:
    assert all(checks.BY_NAME[check](text(placeholder, seed)) for seed in SEEDS)


def test_decoys_are_no_individual_numbers() -> None:
    assert not any(checks.individual_number(text("{parcel}", seed)) for seed in SEEDS)


def test_a_seed_repeats_and_another_differs() -> None:
    recipe = "{name} {address} {phone} {individual_number} {digits:9}"
    assert render(recipe, 1) == render(recipe, 1)
    assert len({render(recipe, seed) for seed in SEEDS}) == len(SEEDS)


def test_one_sample_is_about_one_person() -> None:
    first, again = text("{name}|{name}", 3).split("|")
    assert first == again


def test_bytes() -> None:
    assert render("a{hex:00ff}b") == b"a\x00\xffb"
    for name, codec in samples.CODECS.items():
        assert render("{" + name + ":部外秘}") == "部外秘".encode(codec)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_bank_records_have_120_bytes(end: str) -> None:
    made = render("{zengin:" + end + "}")
    width = 120 + len(end)
    assert len(made) == 2 * width
    head, data = made[:width].decode("cp932"), made[width:].decode("cp932")
    assert (head[0], data[0]) == ("1", "2")
    assert re.fullmatch(r"[ -~\uff61-\uff9f]+", data.rstrip(end)), "half-width letters only"


def test_an_unknown_placeholder_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown placeholder \{fon\}; known: .*phone"):
        render("{fon}")


def test_no_literal_in_the_shipped_recipes_passes_a_check_digit() -> None:
    recipes = sorted(bundle.default_folder().glob("*/*/*.txt"))
    assert len(recipes) > 100
    assert [path for path in recipes if literal_numbers(path.read_bytes().decode())] == []


@pytest.mark.parametrize("dressed", ["{}", "番号{}です", "{}-", "（{}）"])
@pytest.mark.parametrize("apart", ["", "-", " "])
def test_a_literal_is_seen_however_it_is_written(dressed: str, apart: str) -> None:
    number = text("{individual_number}", 5)
    written = dressed.format(apart.join(re.findall("....", number)))
    assert literal_numbers(written)
    assert literal_numbers(written.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}))
    assert not literal_numbers("{digits:12} {hex:" + number + "}")
