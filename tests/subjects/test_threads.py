"""Threads, couples and sentences broken at a width: names that stand in no list, told by what is around them."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import Case, inspected

pytestmark = pytest.mark.timeout(60)

#: Surnames and given names that stand in no shipped list.
_WHO = [
    (f"{surname}{given}", surname, given)
    for surname, given in zip(
        "硯瀬 鱒木戸 澪﨑 朧ノ原 樋畑 楡杜 蕗久保 汀本".split(),
        "詢平 まさよし 穣美 巌平 こすずの 碩一郎 緋香 やえの".split(),
        strict=True,
    )
]


def _thread(mark: str) -> str:
    """Each answer quotes the one before it, and tells of one more."""
    quoted: list[str] = []
    for i, (name, _, _) in enumerate(_WHO):
        told = [
            "市民課 ご担当者様",
            "",
            f"{name}様の件、電話は{'0463-2' if i % 2 else '080-111'}{i}-110{i}です。",
            f"碧ヶ森{i + 1}-2-{i + 3}",
            "",
        ]
        quoted = [*told, *(f"{mark}{line}" for line in quoted)]
    return "\n".join(quoted)


def _wrapped(width: int) -> str:
    said = "".join(
        f"{('相談者の', '利用者の', '申請者である')[i % 3]}{name}さん（{41 + i}歳、0463-3{i}-220{i}）から手続の相談を受け、書類を案内した。"
        for i, (name, _, _) in enumerate(_WHO)
    )
    return "受付の記録\n\n" + "\n".join(said[i : i + width] for i in range(0, len(said), width)) + "\n"


def _couples() -> str:
    lines = [f"{surname} {given}・{other}ご夫妻　碧ヶ森{100 + i}" for i, ((_, surname, given), other) in enumerate(
        zip(_WHO[::2], (given for _, _, given in _WHO[1::2]), strict=True))]  # fmt: skip
    return "金婚式 対象者\n\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("mark", [">", "> ", "| "])
def test_a_thread_names_one_more_at_each_depth(mark: str, ruleset: Ruleset) -> None:
    assert inspected(Case("thread", 8, _thread(mark)), ruleset).subjects == len(_WHO)


@pytest.mark.parametrize("width", [26, 31, 36])
def test_a_name_broken_at_the_end_of_a_line_is_one_name(width: int, ruleset: Ruleset) -> None:
    assert inspected(Case("wrapped", 8, _wrapped(width)), ruleset).subjects == len(_WHO)


def test_both_of_a_couple_count_line_after_line(ruleset: Ruleset) -> None:
    assert inspected(Case("couples", 8, _couples()), ruleset).subjects == len(_WHO)


@pytest.mark.parametrize(
    "text",
    [
        "市民課 ご担当者様\n\n霞台1-2-3\n関係者様\n\n電話は0463-21-1111です。\n",
        "優勝は硯瀬詢平さん（背番号10）、二位は楡杜碩一郎さん（東部班12）でした。\n",
        "保護者の皆様、工事業者様の電話は090-1111-2222です。\n",
        "日本通運様の件、電話は0463-22-1111です。\n三菱電機様の件、電話は0463-22-1112です。\n",
    ],
)
def test_whoever_is_addressed_without_a_name_is_nobody(text: str, ruleset: Ruleset) -> None:
    assert inspected(Case("nobody", 0, text), ruleset).subjects == 0


def test_what_a_signature_stands_above_in_an_answer_is_read(ruleset: Ruleset) -> None:
    """The mail that is answered stood within the lines a signature may have, and was taken for a part of it."""
    sign = "--------------\n鏡浜市 市民課\n主事 佐藤\nTEL 0463-21-1111\n"
    for i, (_, surname, given) in enumerate(_WHO[::2]):
        text = f"了解しました。\n{sign}> お疲れさまです。\n> {surname} {given}（03-5216-52{i:02}）\n> よろしくお願いします。\n"
        assert inspected(Case("x", 1, text, "a.txt"), ruleset).subjects == 1, text
    assert inspected(Case("x", 0, f"了解しました。\n{sign}> お疲れさまです。\n", "a.txt"), ruleset).subjects == 0


def test_a_line_of_a_name_with_an_address_before_the_telephone(ruleset: Ruleset) -> None:
    for i, (_, surname, given) in enumerate(_WHO):
        for mark in ("", "> > ", "・"):
            text = f"{mark}{surname} {given}（碧ヶ森２－３－{i + 2}、070-9027-99{i:02}）\n"
            assert inspected(Case("x", 1, text, "a.txt"), ruleset).subjects == 1, text
    shop = "中央公民館（本町2-3-2、0463-22-1111）\n南会議室（碧ヶ森2-3、担当 070-9027-9900）\n"
    assert inspected(Case("x", 0, shop, "a.txt"), ruleset).subjects == 0
