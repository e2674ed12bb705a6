"""The own municipality's town names, for several real ones."""

from __future__ import annotations

import random

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.errors import ConfigError
from dlp.subjects.own import check_known, names_of
from tests.subjects.clerks import C, Case, inspected

TOWNS = [
    "平塚市",
    "神奈川県平塚市",
    "大磯町",
    "浜中町",
    "四日市市",
    "横浜市",
    "札幌市",
    "千代田区",
    "府中市",
    "湯梨浜町",
    "鉾田市",
]


def streets(ruleset: Ruleset, town: str, n: int) -> list[str]:
    cities = names_of(ruleset, town)
    named = {t for c in cities for t in ruleset.towns_by_city[c] if len(t) > 1 and t[0] not in "一二三四五六七八九十"}
    return random.Random(7).sample(sorted(named), n)


@pytest.mark.parametrize("town", TOWNS)
def test_a_residents_bare_address_is_found(town: str, ruleset: Ruleset) -> None:
    """Town and house number alone, without prefecture, city and 丁目: only the own town's names tell it."""
    found = streets(ruleset, town, 6)
    for p, street in zip(C, found, strict=False):
        case = Case("note", 1, f"{p.surname}{p.given}さんは{street}{p.i + 12}に住んでいます。\n")
        assert inspected(case, ruleset, town=town).counts == {"name": 1, "address": 1}, street


@pytest.mark.parametrize("town", TOWNS)
def test_with_and_without_the_municipality_it_is_one_address(town: str, ruleset: Ruleset) -> None:
    bare = town.removeprefix("神奈川県")
    for p, street in zip(C, streets(ruleset, town, 4), strict=False):
        rows = [f"{p.name},{street}{p.i + 3}-2", f"{p.name},{bare}{street}{p.i + 3}番地2"]
        case = Case("list", 1, "氏名,住所\n" + "\n".join(rows) + "\n", "a.csv")
        assert inspected(case, ruleset, town=town).subjects == 1, street


def test_towns_with_counts_and_dates_are_no_addresses(ruleset: Ruleset) -> None:
    street = streets(ruleset, "平塚市", 1)[0]
    name = f"{C[1].surname}{C[1].given}さん"
    text = "".join(f"{name}が{street}{more}と話しました。\n" for more in ("12人", "3回", "2024年", "10時", "5世帯"))
    assert inspected(Case("counts", 0, text), ruleset, town="平塚市").subjects == 0


def test_an_unknown_town_knows_no_more(ruleset: Ruleset) -> None:
    assert names_of(ruleset, "") == names_of(ruleset, "どこにもない市") == []
    text = f"{C[1].surname}{C[1].given}さん　{C[1].address}\n"
    assert inspected(Case("plain", 1, text), ruleset, town="どこにもない市").subjects == 1


@pytest.mark.parametrize(
    ("town", "meant"),
    [("平塚", ""), ("平塚町", "平塚市"), ("大磯", "中郡大磯町"), ("平塜市", "平塚市"), ("湯梨浜市", "東伯郡湯梨浜町")],
)
def test_a_town_nobody_knows_is_an_error_that_names_those_it_may_be(town: str, meant: str, ruleset: Ruleset) -> None:
    if not meant:
        return check_known(ruleset.towns_by_city, town)
    with pytest.raises(ConfigError, match=meant) as fault:
        check_known(ruleset.towns_by_city, town)
    assert "did you mean" in str(fault.value)
    assert "近い名前は" in str(fault.value)


def test_a_town_in_latin_letters_is_told_how_to_write_it(ruleset: Ruleset) -> None:
    with pytest.raises(ConfigError, match="write it in Japanese, as 平塚市"):
        check_known(ruleset.towns_by_city, "hiratsuka")


def test_where_no_town_is_named_or_no_list_is_known_to_hold_it(ruleset: Ruleset) -> None:
    check_known(ruleset.towns_by_city, " ")
    with pytest.raises(ConfigError):
        check_known({}, "平塚市")
