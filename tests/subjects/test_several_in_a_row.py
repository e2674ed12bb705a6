"""Families and other people of one row, whatever word and number tell them apart, and what is said of each."""

from __future__ import annotations

import csv
import io

import pytest

from tests.extract.people import inspected

_NAMES = "鏑木 奏汰,小此木 心結,比企 琉生,相楽 芽依,生方 蒼空,鵜飼 紬希,仁科 壱成,沼尻 咲楽,蓮見 凜音,柚木 楓真".split(
    ","
)
_GIVEN = "健一 優子 茂 直美 清 節子 和子 隆 愛子 進".split()


def _count(head: str, rows: list[list[str]]) -> int:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head.split(","), *rows])
    return inspected(text.getvalue().encode(), "a.csv").subjects


def _phone(i: int) -> str:
    return f"0467-{20 + i}-{1000 + i * 37}"


@pytest.mark.parametrize(
    "member", ["第{}子,第{}子年齢", "同居者{}名,同居者{}年齢", "員{}名,員{}（年齢）", "第{}子（氏名）,第{}子の年齢"]
)
def test_members_by_given_names(member: str) -> None:
    head = "世帯主,住所," + ",".join(member.replace("{}", str(k)) for k in (1, 2))
    rows = [
        [name, f"汐見町{i + 1}-{i + 2}-{i + 3}", _GIVEN[i], str(i + 3), *(["", ""] if i % 2 else [_GIVEN[i - 1], str(i + 9)])]
        for i, name in enumerate(_NAMES)
    ]  # fmt: skip
    assert _count(head, rows) == 25


@pytest.mark.parametrize("said", ["{}（年齢）", "{}年齢", "{}の年齢"])
def test_members_with_a_number_each(said: str) -> None:
    whose = ("借受人", "連帯保証人1", "連帯保証人2")
    head = ",".join(f"{who},{said.format(who)},{who}（勤務先）" for who in whose)
    names = [a.split()[0] + " " + b.split()[1] for a in _NAMES[:4] for b in _NAMES[4:]]
    rows = [[c for k in range(3) for c in (names[3 * i + k], str(20 + i), "なし")] for i in range(8)]
    assert _count(head, rows) == 24


def test_numbers_of_each() -> None:
    """An insured number is his alone whose number the heading has: a namesake's is no other's."""
    head = "No,相続人1名,相続人1（被保険者番号）,相続人2名,相続人2（被保険者番号）"
    rows = [[str(i), _NAMES[i], str(2073143963 + 7 * i), _NAMES[0], str(5073143963 + 7 * i)] for i in range(1, 6)]
    assert _count(head, rows) == 10


def test_occupations_are_no_posts() -> None:
    rows = [[_NAMES[i], _phone(i), "公務員", _NAMES[-1 - i], _phone(i + 30), "無職"] for i in range(5)]
    assert _count("売主の氏名,売主電話番号,売主職業,買主の氏名,買主電話番号,買主職業", rows) == 10
    rows = [[_NAMES[i], "農業", _phone(i), _NAMES[-1 - i], "会社員", _phone(i + 30)] for i in range(5)]
    assert _count("父名,父（職業）,父（電話）,兄名,兄（職業）,兄（電話）", rows) == 10


def test_grades_of_each() -> None:
    rows = [[_NAMES[i], _NAMES[-1 - i], "1級", "3級"] for i in range(5)]
    assert _count("本人（氏名）,父（氏名）,本人（障害等級）,父（障害等級）", rows) == 10


def test_those_to_call() -> None:
    rows = [[_NAMES[i], f"{40 + i}歳", _NAMES[-1 - i], _phone(i)] for i in range(5)]
    assert _count("利用者,年齢,緊急連絡先,緊急連絡先電話番号", rows) == 10


def test_relations_side_by_side_are_no_cards() -> None:
    """母 and 長男 head columns elsewhere, and stand twice in rows of families."""
    head = "氏名,住所,子1氏名,子1続柄,子1年齢,子2氏名,子2続柄,子2年齢"
    rows = []
    for i, name in enumerate(_NAMES):
        kin = ("母", "夫", "妻")[i % 3]
        rows.append([name, f"汐見町{i + 1}-{i + 2}", _GIVEN[i], kin, str(20 + i), _GIVEN[i - 1], kin, str(60 + i)])
    assert _count(head, rows) == 30


def test_sites_and_their_telephones_are_nobody() -> None:
    sites = "汐見 若葉 北原 本町 緑町 桜ヶ丘 中央 浅間".split()
    rows = [[f"{a}会館", _phone(i), f"{b}公園", _phone(i + 40)] for i, (a, b) in enumerate(zip(sites, sites[::-1], strict=True))]  # fmt: skip
    assert _count("第1会場,第1会場電話,第2会場,第2会場電話", rows) == 0
    rows = [[f"令和8年度{a}祭", a, _phone(i), str(i + 9)] for i, a in enumerate(sites)]
    assert _count("催し,会場1,会場1電話,会場1年齢", rows) == 0
