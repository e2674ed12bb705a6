"""Heads of clubs: a list that gives their own telephones and addresses is of people, one of offices is not."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, Clerk, inspected

_CLUBS = "さくら会 みどり俳句会 太鼓の会 囲碁同好会 卓球クラブ 山野草の会 婦人会 歌う会 ひまわり会 剣道クラブ".split()


def listed(header: str, n: int) -> str:
    return "\n".join([header, *(",".join(_cell(word, C[i]) for word in header.split(",")) for i in range(n))]) + "\n"


def _cell(heading: str, clerk: Clerk) -> str:
    if heading.endswith("名"):
        firm = heading == "会社名"
        return f"株式会社{clerk.surname}建設" if firm else f"第{clerk.i}{_CLUBS[clerk.i % len(_CLUBS)]}"
    if "携帯" in heading:
        return clerk.mobile
    if "電話" in heading:
        return clerk.phone
    return clerk.short if heading.endswith(("住所", "所在地")) else clerk.name


@pytest.mark.parametrize("n", [4, 20])
@pytest.mark.parametrize(
    "header",
    [
        "団体名,代表者,住所,携帯電話",
        "団体名,代表者,代表者住所,電話番号",
        "団体名,代表者,代表者電話",
        "団体名,代表者,自宅住所",
    ],
)
def test_heads_reached_at_home_count(ruleset: Ruleset, header: str, n: int) -> None:
    assert inspected(Case("clubs", n, listed(header, n), "a.csv"), ruleset).subjects == n


def test_a_mobile_telephone_tells_whatever_heads_it(ruleset: Ruleset) -> None:
    content = listed("団体名,代表者,住所,携帯電話", 20).replace("携帯電話", "電話番号")
    assert inspected(Case("clubs", 20, content, "a.csv"), ruleset).subjects == 20


@pytest.mark.parametrize(
    "header", ["団体名,代表者,所在地,電話番号", "会社名,代表者,住所,電話番号", "会社名,代表者,代表者電話,所在地"]
)
def test_heads_reached_at_an_office_are_nobody(ruleset: Ruleset, header: str) -> None:
    assert inspected(Case("offices", 0, listed(header, 20), "a.csv"), ruleset).subjects == 0
