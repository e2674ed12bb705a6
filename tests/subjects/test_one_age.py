"""Births of people of one age, who says what he is called, and residents from abroad."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.subjects.cells import cohort
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(60)
A, B = C[2], C[9]
_YEAR = date(2014, 4, 2)


def _days(count: int, seed: int, *, working: bool = False, within: int = 365) -> list[str]:
    chance = random.Random(seed)
    days = [_YEAR + timedelta(chance.randrange(within)) for _ in range(9 * count)]
    return [f"{day:%Y/%m/%d}" for day in days if not working or day.weekday() < 5][:count]


@pytest.mark.parametrize("seed", range(8))
def test_children_of_one_year_were_born_on_any_day(seed: int) -> None:
    born = _days(30, seed)
    assert cohort.born(born)
    assert not cohort.born(sorted(born)), "one after the other"
    assert not cohort.born(_days(30, seed, working=True)), "what an office does"
    assert not cohort.born(born, today=date(2015, 6, 1)), "of late"
    assert not cohort.born([f"{day[:8]}01" for day in born]), "first days of months"


def test_a_few_of_long_ago_are_born_so() -> None:
    assert cohort.born(["S31.2.8", "S29.12.1", "S33.7.30"])
    assert not cohort.born(["S31.2.8", "S29.12.1"])
    assert not cohort.born(["S31.2.8", "S31.2.8", "S33.7.30"])
    assert not cohort.born(["2016/2/8", "2014/12/7", "2015/7/30"])
    assert not cohort.born([])


_CLASS = C[:24]
PEOPLE = [
    Case("old", 3, "".join(f"・{c.name}　S{27 + i}.2.{8 + i}　汐入\n" for i, c in zip((4, 1, 3), C, strict=False))),
    Case("class", 24, "".join(f"{i}　{c.name}　{d}\n" for i, (c, d) in enumerate(zip(_CLASS, _days(24, 3), strict=True)))),
    Case(
        "class-in-cells", 24, "".join(f"{c.name},{d}\n" for c, d in zip(_CLASS, _days(24, 3), strict=True)), "a.csv"
    ),
    Case("called", 1, "名前は若宮誠一です。会員番号は5512、電話は090-8812-3344です。\n"),
    Case("called-apart", 1, "氏名は若宮 誠一、昭和50年9月1日生まれです。\n"),
    Case(
        "from-abroad",
        3,
        "NGUYEN VAN HUNG　1995/03/12　ベトナム　技能実習\nTRAN THI MAI　1998/11/02　ベトナム　留学\n"
        "GURUNG MAYA　1999/12/30　ネパール　留学\n",
    ),
]  # fmt: skip
NOBODY = [
    Case("received", 0, "".join(f"{c.name},{d}\n" for c, d in zip(_CLASS, _days(24, 3, working=True), strict=True)), "a.csv"),
    Case("in-order", 0, "".join(f"{c.name},{d}\n" for c, d in zip(_CLASS, sorted(_days(24, 3)), strict=True)), "a.csv"),
    Case("films", 0, "STAR WARS 1977/05/25\nJAWS TWO 1978/06/16\nALIEN AGAIN 1979/12/02\n"),
    Case("halls", 0, "施設名 定員 年齢\nあおば保育園 71 3\nひまわり園 68 4\n"),
    Case("not-called", 0, "氏名は戸籍のとおり記入してください。電話は090-8812-3344です。\n"),
    Case("cats", 0, "出品猫：ミケ（3歳・雌）、トラ（1歳・雄）、クロ（5歳・雌）\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*PEOPLE, *NOBODY], ids=lambda case: case.id)
def test_of_one_age(case: Case, ruleset: Ruleset) -> None:
    assert inspected(case, ruleset).subjects == case.people
