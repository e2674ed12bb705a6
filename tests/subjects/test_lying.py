from __future__ import annotations

import polars as pl
import pytest

from dlp.extract.blocks import Table, Text
from dlp.subjects.books import Books
from dlp.subjects.plan.header import Reader
from dlp.subjects.tables import lying
from dlp.tuning.town import citizens
from tests.extract.people import inspected

NUMBER, OTHER = "318472619500", "509182736457"


@pytest.fixture(scope="module")
def reader(ruleset):
    return Reader(ruleset.headers, Books(ruleset))


def table(*rows: str) -> Table:
    cells = [row.split("|") for row in rows]
    width = max(map(len, cells))
    columns = zip(*([*row, *[None] * (width - len(row))] for row in cells), strict=True)
    return Table(pl.DataFrame({f"c{i}": list(column) for i, column in enumerate(columns)}))


@pytest.mark.parametrize(
    ("label", "value", "category"),
    [
        ("個人番号", NUMBER, "individual_number"),
        ("生年月日", "昭和46年3月5日", "birth_date"),
        ("電話番号", "090-3827-1928", "phone"),
        ("メールアドレス", "a.b@mail.example", "email"),
        ("口座番号", "八十二銀行 上田支店 普通 1234567", "bank_account"),
        ("基礎年金番号", "4821-390572", "pension"),
        ("旅券番号", "TK1928374", "passport"),
        ("被保険者番号", "0012345678", "insurance"),
        ("病名", "肺がん", "sensitive"),
    ],
)
def test_a_label_behind_a_name_makes_a_small_grid_a_form(count, label, value, category):
    name, home = f"氏名|矢島 健太|{label}|{value}", "住所|長野県上田市天神1-2-3"
    for rows in (
        (name, home),
        (home, name),
        (name, home, "電話|0463-11-2222"),
        ("申請日|令和8年4月1日", name, home, "理由|転入のため"),
        (name, home, "理由|転入のため", "備考|なし", "受付|市民課"),
        ("フリガナ|ヤジマ ケンタ", name),
        ("申請書", name),
        (name, "理由|転入のため"),
    ):
        found = count(table(*rows))
        assert (found.subjects, found.counts.get(category)) == (1, 1), rows


def test_who_is_asked_for_again_is_another(count):
    rows = [f"対象者氏名|矢島 翔太|個人番号|{NUMBER}", f"保護者氏名|矢島 健太|個人番号|{OTHER}"]
    text = "\n".join(
        "　".join(f"{a}：{b}" for a, b in zip(r.split("|")[::2], r.split("|")[1::2], strict=True)) for r in rows
    )
    for block in (table(*rows), Text(text)):
        found = count(block)
        assert (found.subjects, found.counts.get("individual_number")) == (2, 2)


def test_one_person_under_two_names_of_roles_is_one(count):
    text = "申請者氏名：矢島 健太\n電話：090-3827-1928\n口座名義：矢島 健太\n電話：0463-11-2222"
    assert count(Text(text)).subjects == 1


@pytest.mark.parametrize(
    "rows",
    [
        [
            "氏名|矢島 健太|矢島 花子|矢島 翔太",
            "続柄|世帯主|妻|子",
            "生年月日|昭和46年3月5日|昭和48年3月5日|平成20年3月5日",
        ],
        ["氏名|矢島 健太|佐藤 花子", "認定区分|要支援|要介護", "年齢|71|82"],
        ["氏名|矢島 健太|佐藤 花子", "性別|男|女", "年齢|71|82"],
    ],
)
def test_a_list_on_its_side_with_values_that_are_header_words(reader, count, rows):
    assert lying.transposed([row.split("|") for row in rows], reader) is not None
    assert count(table(*rows)).subjects == len(rows[0].split("|")) - 1


_LAID = [(one.name, one.address, one.phone, f"{one.birth:%Y/%m/%d}") for one in citizens(30, seed=6) if one.phone]


@pytest.mark.parametrize("sign", [",", "\t"])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1, 3), (0, 2)])
def test_a_list_on_its_side_without_headings(order: tuple[int, ...], sign: str) -> None:
    rows = [sign.join(row[i] for row in _LAID) for i in order]
    assert inspected("\n".join(rows).encode()).subjects == len(_LAID)


@pytest.mark.parametrize(
    "rows",
    [
        [[f"第{i}公民館" for i in range(1, 13)], [f"0463-2{i % 9}-11{i:02}" for i in range(12)]],
        [[f"2026/8/{i}" for i in range(1, 13)], [row[0] for row in _LAID[:12]]],
        [["氏名に限らない注記", *[""] * 11], [f"0463-2{i % 9}-11{i:02}" for i in range(12)]],
        [[f"{i}月" for i in range(1, 13)], [str(1000 + i) for i in range(12)]],
    ],
)
def test_halls_duties_and_figures_on_their_side_are_nobody(rows: list[list[str]]) -> None:
    assert inspected("\n".join(map(",".join, rows)).encode()).subjects == 0
