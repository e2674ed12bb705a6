"""Lists below one another and side by side in one table, of other columns each, and public ones between them."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.extract.people import inspected

_NAMES = "鏑木 奏汰,小此木 心結,比企 琉生,相楽 芽依,生方 蒼空,鵜飼 紬希,仁科 壱成,沼尻 咲楽,蓮見 凜音,柚木 楓真,樋渡 莉央,稲生 泰雅".split(
    ","
)
_MORE = [f"{a.split()[0]} {b.split()[1]}" for a, b in zip(_NAMES, _NAMES[3:] + _NAMES[:3], strict=True)]
_TOWNS = "汐見 若葉 北原 本町 緑町 桜ヶ丘 中央 浅間".split()

type _Rows = list[list[str]]


def _count(*sheets: _Rows) -> int:
    book = openpyxl.Workbook()
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append([cell or None for cell in row])
    data = io.BytesIO()
    book.save(data)
    return inspected(data.getvalue(), "a.xlsx").subjects


def _phone(i: int) -> str:
    return f"0467-{20 + i}-{1000 + i * 37}"


def _mobile(i: int) -> str:
    return f"090-{1000 + i * 71}-{1000 + i * 137}"


_INSURED = [["氏名（漢字）", "被保険者証番号"], *([name, str(2073143963 + 7 * i)] for i, name in enumerate(_MORE))]
_BORN = [["生年月日", "登録者の氏名"], *([f"昭和{30 + i}年5月{i + 1}日", name] for i, name in enumerate(_MORE))]
_CALLED = [["No", "氏名", "誕生日", "携帯"], *([str(i + 1), name, f"19{60 + i}/4/{i + 1}", _mobile(i)] for i, name in enumerate(_NAMES))]  # fmt: skip
_PUBLIC = {
    "offices": [["課名", "係名", "内線"], *([f"{a}課", f"{b}係", str(2100 + i)] for i, (a, b) in enumerate(zip(("市民", "税務", "福祉", "総務"), ("窓口", "管理", "給付", "相談"), strict=True)))],
    "facilities": [["施設名", "所在地", "電話番号", "定員"], *([f"{town}公民館", f"汐見町{i + 1}", _phone(i), str(30 + i)] for i, town in enumerate(_TOWNS))],
    "counts": [["町名", "世帯数", "男", "女", "計"], *([f"{town}町", str(310 + i), str(400 + i), str(420 + i), str(820 + 2 * i)] for i, town in enumerate(_TOWNS))],
}  # fmt: skip


@pytest.mark.parametrize("public", _PUBLIC)
def test_public_tables_between(public: str) -> None:
    rows = [["年齢（歳）", "加入者氏名", "誕生日"], *([str(40 + i), name, f"S{40 + i}.4.{i + 1}"] for i, name in enumerate(_MORE))]  # fmt: skip
    assert _count([*rows, [""], *_PUBLIC[public], [""], *_CALLED]) == 24
    assert _count([*_CALLED, *_PUBLIC[public], *rows]) == 24
    assert _count([*_PUBLIC[public]]) == 0


_SPACED = [["年齢", "氏\u3000名"], *([str(30 + i), name] for i, name in enumerate(_MORE))]


@pytest.mark.parametrize("other", [_INSURED, _BORN, _SPACED])
def test_headings_that_end_in_known_words(other: _Rows) -> None:
    assert _count([*_CALLED, [""], *other]) == 24
    assert _count([*other, [""], *_CALLED]) == 24


def test_a_sheet_of_as_many_columns() -> None:
    first = [["氏名", "送付先住所"], *([name, f"汐見町{i + 1}-{i + 3}"] for i, name in enumerate(_NAMES))]
    assert _count(first, [["利用者の氏名", "ご住所"], *first[1:]]) == 12
    first = [["未納額", "加入者氏名", "ご連絡先"], *([str(6000 + i), name, _phone(i)] for i, name in enumerate(_NAMES))]
    assert (
        _count(first, [["氏名", "会員区分", "入所者電話番号"], *([row[1], "正会員", row[2]] for row in first[1:])])
        == 12
    )


def test_the_same_headings_side_by_side() -> None:
    """What is said of somebody stands before his name, or has a word of its own before it."""
    rows = [[str(i), _mobile(i), name, "", str(i + 13), _mobile(i + 30), _MORE[i]] for i, name in enumerate(_NAMES)]
    assert _count([["№", "携帯", "お名前", "", "№", "携帯", "お名前"], *rows]) == 24
    rows = [[name, str(4738124446 + i), _MORE[i], str(5169281971 + i)] for i, name in enumerate(_NAMES)]
    assert _count([["契約者名", "介護保険被保険者番号"] * 2, *rows]) == 24


def test_other_headings_behind_a_blank_column() -> None:
    rows = [[str(i), name, str(30 + i), "", _MORE[i], str(5169281971 + i)] for i, name in enumerate(_NAMES)]
    assert _count([["No.", "会員氏名", "満年齢", "", "ご芳名", "被保険者番号"], *rows]) == 24


def test_a_list_of_grades_above_a_larger_one() -> None:
    rows = [["氏名（漢字）", "障害等級"], *([name, f"{i % 3 + 1}級"] for i, name in enumerate(_MORE))]
    assert _count([*rows, *_CALLED]) == 24


def test_headings_again_of_which_one_is_known() -> None:
    head = ["項番", "所在地", "Name"]
    people = [[str(i), f"東京都世田谷区三軒茶屋1-2-{i}", f"{a} {b}"] for i, (a, b) in enumerate(zip(("SATO", "SUZUKI", "TANAKA", "MORI"), ("TARO", "HANAKO", "KENICHI", "AIKO"), strict=True), 1)]  # fmt: skip
    assert _count([head, *people[:2], head, *people[2:]]) == 4
