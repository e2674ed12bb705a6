"""Two people a row, each under headings that say whose everything is: 児童氏名 and 児童（携帯） beside 保護者の氏名 and 保護者住所."""

from __future__ import annotations

import itertools

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(120)
PAIRS = [
    ("児童", "保護者"), ("夫", "妻"), ("申請者", "代理人"), ("世帯主", "世帯員"), ("受給者", "扶養義務者"), ("会員", "紹介者"),
    ("患者", "付添者"), ("被相続人", "相続人"), ("貸主", "借主"), ("妊婦", "パートナー"), ("利用者", "家族"),
]  # fmt: skip
NAMED, SAID = ("{}氏名", "{}の氏名", "{}（氏名）", "{}名"), ("{0}{1}", "{0}の{1}", "{0}（{1}）")


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_whose_everything_is(pair: tuple[str, str], ruleset: Ruleset) -> None:
    one, other = pair
    for named, said in itertools.product(NAMED, SAID):
        head = [named.format(one), said.format(one, "生年月日"), named.format(other), said.format(other, "携帯")]
        rows = [
            (a.name, f"昭和{30 + i}年{i + 1}月{i + 2}日", b.name, f"090-{2000 + i}-{4000 + 7 * i}")
            for i, (a, b) in enumerate(zip(C[:10], C[20:30], strict=True))
        ]
        text = "".join(",".join(row) + "\n" for row in (head, *rows))
        assert inspected(Case("two", 20, text, "a.csv"), ruleset).subjects == 20, head


def test_who_asks_for_help_is_told_by_what_he_is(ruleset: Ruleset) -> None:
    rows = "".join(f"{a.name},{a.phone},{b.name},{b.phone}\n" for a, b in zip(C[:10], C[20:30], strict=True))
    text = "対象者（氏名）,対象者（電話番号）,緊急連絡先（氏名）,緊急連絡先（電話番号）\n" + rows
    assert inspected(Case("emergency", 20, text, "a.csv"), ruleset).subjects == 20


def test_words_chosen_again_and_again_are_nobodys_names(ruleset: Ruleset) -> None:
    chosen = ("家族", "友人", "民生委員", "その他")
    rows = "".join(f"{c.name},090-{2000 + i}-4321,{chosen[i % 4]}\n" for i, c in enumerate(C[:32]))
    assert inspected(Case("chosen", 32, "氏名,電話番号,紹介者\n" + rows, "a.csv"), ruleset).subjects == 32
