"""Lists of names beside a column whose heading says nothing, or something else, of what its cells are."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected

_NAMES = [f"{surname} {given}" for surname in "鏑木 相楽 生方 鵜飼 仁科 沼尻".split() for given in "奏汰 芽依".split()]
_SAID = {
    "birth": lambda i: f"{1940 + 4 * i}/{i + 1}/{2 * i + 1}",
    "era": lambda i: f"昭和{10 + 3 * i}年{i + 1}月{2 * i + 1}日",
    "mobile": lambda i: f"090-1{i:03}-20{i + 10}",
    "mail": lambda i: f"user{i * 7919}@gmail.com",
    "age": lambda i: f"{30 + 4 * i}歳",
    "home": lambda i: f"鏡浜市汐見町{i + 1}-2-{i + 3}",
}


def _count(name: str, heading: str, said: str) -> int:
    rows = [f"{name},{heading}", *(f"{person},{_SAID[said](i)}" for i, person in enumerate(_NAMES))]
    return inspected("\n".join(rows).encode(), "a.csv").subjects


@pytest.mark.parametrize("said", list(_SAID))
@pytest.mark.parametrize("heading", ["列2", "項目2", "COL2", "F2", "Unnamed: 1", "備考"])
def test_cells_tell_what_a_heading_does_not(heading, said):
    assert _count("氏名", heading, said) == len(_NAMES)


@pytest.mark.parametrize(
    ("name", "heading", "said"),
    [
        ("氏名", "番号", "mobile"),
        ("name", "No.", "mobile"),
        ("氏名", "ID", "mail"),
        ("利用者", "ログインID", "mail"),
        ("氏名", "contact", "mail"),
        ("住民", "情報", "birth"),
        ("氏名", "その他", "birth"),
        ("送付先", "電話", "mobile"),
        ("送付先", "生年月日", "birth"),
        ("対象者氏名", "項目2", "home"),
        ("名称", "住所", "home"),
        ("client", "address", "home"),
        ("列1", "列2", "home"),
    ],
)
def test_cells_tell_what_another_word_does_not(name, heading, said):
    assert _count(name, heading, said) == len(_NAMES)


def test_a_home_is_called_where_it_is():
    rows = ["氏名,自宅,勤務先", *(f"{name},0467-22-1{i:03},{name[:2]}商事" for i, name in enumerate(_NAMES))]
    assert inspected("\n".join(rows).encode(), "a.csv").subjects == len(_NAMES)


@pytest.mark.parametrize(
    "rows",
    [
        ["名称,住所", *(f"{name[:2]}商店,鏡浜市汐見町{i + 1}-2-3" for i, name in enumerate(_NAMES))],
        ["名称,所在地", *(f"{name[:2]}駅,鏡浜市汐見町{i + 1}-2-3" for i, name in enumerate(_NAMES))],
        [
            "名称,住所,電話",
            *(f"{name[:2]}町 会館,鏡浜市汐見町{i + 1}-2-3,0467-22-1{i:03}" for i, name in enumerate(_NAMES)),
        ],
        ["名称,所在地", *(f"{name}の墓,鏡浜市汐見町{i + 1}-2-3" for i, name in enumerate(_NAMES))],
        ["名称,電話", *(f"有限会社 {name[:2]},0467-22-1{i:03}" for i, name in enumerate(_NAMES))],
        ["氏名,就任日", *(f"{name},{1950 + 4 * i}/3/{i + 1}" for i, name in enumerate(_NAMES))],
        ["会長名,備考", *(f"{name},{1950 + 4 * i}/3/{i + 1}" for i, name in enumerate(_NAMES))],
        ["作者,備考", *(f"{name},{1850 + 4 * i}/3/{i + 1}" for i, name in enumerate(_NAMES))],
        ["項目1,項目2", *(f"{name[:2]}橋,{1950 + 4 * i}/3/{i + 1}" for i, name in enumerate(_NAMES))],
        ["職名,氏名,備考", *(f"課長,{name},{1970 + 4 * i}/4/1" for i, name in enumerate(_NAMES))],
        ["商号,代表者,備考", *(f"青葉設備(株),{name},{1950 + 4 * i}/3/{i + 1}" for i, name in enumerate(_NAMES))],
        ["商号,代表者,許可日", *(f"青葉設備(株),{name},{1950 + 4 * i}/3/{i + 1}" for i, name in enumerate(_NAMES))],
        ["職員番号,氏名,採用", *(f"{i},{name},{1970 + 4 * i}/4/1" for i, name in enumerate(_NAMES))],
        ["代,氏名,備考", *(f"{i},{name},{1950 + 4 * i}/4/1" for i, name in enumerate(_NAMES))],
        ["作品名,氏名,備考", *(f"海の朝,{name},{1950 + 4 * i}/4/1" for i, name in enumerate(_NAMES))],
        ["列1,列2,列3", *(f"{i},{name[:2]}町,{i}00" for i, name in enumerate(_NAMES))],
        ["職員名,ID", *(f"{name},u{i}@city.example.lg.jp" for i, name in enumerate(_NAMES))],
        ["担当者,備考", *(f"{name},u{i}@example.co.jp" for i, name in enumerate(_NAMES))],
        ["氏名,備考", *(f"{name},{2020 + i % 3}/3/{i + 1}" for i, name in enumerate(_NAMES))],
    ],
)
def test_days_in_office_works_and_bridges_are_nobodys(rows):
    assert inspected("\n".join(rows).encode(), "a.csv").subjects == 0


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("会員区分,氏名,区分,年齢,希望", "正会員,{},小学生,{}歳,第2希望"),
        ("希望,氏名,種目,住所,介護度", "第2希望,{},卓球,鏡浜市汐見町{}-10-8,要支援2"),
    ],
)
def test_a_row_that_tells_an_age_or_a_house_is_no_heading(head, row):
    """Below a smaller list of other columns, whose kinds say nothing of these."""
    small = [
        "氏名,性別,続柄,生年月日,校区",
        *(f"{n},男,長男,昭和5{i}年2月9日,第二小" for i, n in enumerate(_NAMES[:4])),
    ]
    large = [head, *(row.format(name, 20 + i) for i, name in enumerate(_NAMES[4:]))]
    assert inspected("\n".join([*small, *large]).encode(), "a.csv").subjects == len(_NAMES)
