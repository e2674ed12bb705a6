"""Layouts that clerks' lists have and no maker of lists had: each was counted as nobody, in part, or twice."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table, Text
from dlp.subjects.books import Books
from dlp.subjects.counter import Count
from dlp.subjects.plan.header import Reader
from dlp.subjects.tables import newspaper
from tests.extract.people import count, inspected

#: Surnames and given names in no shipped list, and some in it.
_NAMES = ("樫尾 颯", "高橋 朔", "嶺岸 円", "佐藤 美玖", "鍬形 文彦", "鈴木 勝江", "籾山 徳治", "田中 沙織")
_CALLS = [f"090-31{k}7-45{k}1" for k in range(8)]


def _table(rows: list[list[str | None]], place: str = "") -> Table:
    width = max(map(len, rows))
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    return Table(pl.DataFrame({f"c{i}": [row[i] for row in filled] for i in range(width)}), place)


@pytest.mark.parametrize(
    "head", ["相談者 {}　{} 様", "申請者No.{}　{}", "ケース{}　{}", "受付番号{}　{}さん", "{}番 {}"]
)
def test_a_numbered_head_is_the_name_of_the_fields_below(head: str) -> None:
    text = "\n\n".join(
        f"{head.format(k, name)}\n年齢：4{k}歳　職業：会社員\n希望：農業" for k, name in enumerate(_NAMES, 1)
    )
    assert count(text.encode()) == (len(_NAMES), [])


@pytest.mark.parametrize("head", ["講師1　高橋 朔 様", "審査員 2　高橋 朔", "議員3　高橋朔"])
def test_whoever_is_numbered_for_his_office_is_nobody(head: str) -> None:
    assert count(f"{head}\n所属：桜大学\n電話：0463-22-1111\n".encode()) == (0, [])


def test_tables_on_their_side_one_below_another(count) -> None:
    rows: list[list[str | None]] = [["安否確認訓練", None, None, None, None, None]]
    for group in range(2):
        four = slice(4 * group, 4 * group + 4)
        rows += [
            [f"{group + 1}班", "氏名", *_NAMES[four]],
            [None, "電話", *_CALLS[four]],
            [None, "人数", "3", "2", "5", "1"],
        ]
    assert count(_table(rows)).subjects == len(_NAMES)
    assert count(_table([row[1:] for row in rows[1:]])).subjects == len(_NAMES)


def test_however_many_stand_one_below_another(count) -> None:
    """A list of more than 600 rows was nobody."""
    letters = [chr(0x4E00 + 7 * k) for k in range(400)]
    rows: list[list[str | None]] = []
    for k, letter in enumerate(letters):
        rows += [
            [f"{k + 1}班", "氏名", f"佐藤 {letter}", f"鈴木 {letter}"],
            [None, "電話", f"090-31{k % 90 + 10}-{k + 2000}", f"080-42{k % 90 + 10}-{k + 3000}"],
        ]
    assert count(_table(rows)).subjects == 2 * len(letters)


def test_forms_one_below_another_are_no_such_table(count) -> None:
    rows: list[list[str | None]] = []
    for name, call in zip(_NAMES[:4], _CALLS[:4], strict=True):
        rows += [["氏名", name, "電話", call], ["住所", "桜町1-2-3", "性別", "男"]]
    assert count(_table(rows)).subjects == 4


def test_a_field_above_the_headings_is_no_part_of_them(count) -> None:
    heads = ["整理番号", "住所", "世帯主", "加入者1氏名", "加入者1生年月日", "加入者2氏名", "加入者2生年月日"]
    rows: list[list[str | None]] = [["町内会名", "桜町三区", None, "取りまとめ者", "区長", None, None], heads]
    for k, name in enumerate(_NAMES):
        child = f"{name.split()[0]} 凪"
        rows.append([str(k), f"桜町{k + 1}-2-3", name, name, f"S4{k}.5.6", child, f"H2{k}.7.8"])
    found = count(_table(rows))
    assert (found.subjects, found.counts["birth_date"]) == (2 * len(_NAMES), 2 * len(_NAMES))


def test_headings_of_two_rows_are_still_joined(count) -> None:
    rows: list[list[str | None]] = [
        ["申請者", None, None, "対象児童", None],
        ["氏名", "住所", "電話", "氏名", "生年月日"],
    ]
    rows += [
        [name, f"桜町{k + 1}-2-3", call, f"{name.split()[0]} 凪", f"H2{k}.7.8"]
        for k, (name, call) in enumerate(zip(_NAMES, _CALLS, strict=True))
    ]
    assert count(_table(rows)).subjects == 2 * len(_NAMES)


def test_a_keeper_in_brackets_makes_nobody_an_official() -> None:
    rows = [f"J{k},{name},桜町{k}-2-3,0463-22-11{k}1" for k, name in enumerate(_NAMES)]
    assert count("\n".join(["管理番号,設置者（管理者）,設置場所,電話", *rows]).encode()) == (len(_NAMES), [])


def test_a_page_set_in_columns_goes_on_in_the_next(ruleset: Ruleset) -> None:
    reader = Reader(ruleset.headers, Books(ruleset))
    column = [line for name, call in zip(_NAMES, _CALLS, strict=True) for line in (name, "桜町1-2-3", call, None)]
    shifted = [None, *column[:-1]]
    frame = pl.DataFrame({"c0": column, "c1": shifted})
    told = newspaper.text(frame, "page 1 columns", reader)
    assert told == "\n".join(cell or "" for cell in column) + "\n\n" + "\n".join(cell or "" for cell in shifted)
    assert newspaper.text(frame, "table 1", reader) is None
    each = pl.DataFrame({"c0": _NAMES, "c1": _CALLS})
    assert newspaper.text(each, "page 1 columns", reader) is None


def test_a_form_on_a_page_is_no_newspaper(count: Callable[[Table], Count]) -> None:
    rows: list[list[str | None]] = [
        ["履歴書", None, None], ["氏名", "籾山　徳治", None], ["生年月日", "平成11年5月", "7日"],
        ["現住所", "桜町見附4丁目", "19番6号"], ["電話", "070-7133-6736", None], ["年", "月", "学歴・職歴"],
        ["2015", "4", "花水高等学校入学"], ["2018", "3", "同 卒業"], ["2018", "4", "アサヒ建設株式会社 入社"],
    ]  # fmt: skip
    assert count(_table(rows, "page 1 columns")).subjects == 1


def test_a_mail_address_among_telephones_is_his_whose_they_are() -> None:
    rows = [
        f"{name},{call if k % 2 else f'neko{k}@gmail.com'},{k},山田 {given}"
        for k, (name, call, given) in enumerate(zip(_NAMES, _CALLS, "守学至翼光司元満", strict=True))
    ]
    text = "\n".join(["代表者氏名,代表者連絡先,会員数,会計氏名", *rows])
    assert count(text.encode()) == (len(_NAMES), [])


def _register(homes: bool = True) -> str:
    lines = [" 記号番号     世帯主（漢字）        診療年月", "              住所                    電話番号"]
    for k, (name, call) in enumerate(zip(_NAMES, _CALLS, strict=True)):
        home = f"平塚市桜町{k + 1}-2-3" if homes and k % 3 else ""
        lines += [
            f" 汐651{k}693    {name.replace(' ', '　')}            R08.03",
            f"              {home}{' ' * (24 - len(home) - 6 * bool(home))}{call}",
        ]
    return "\n".join(lines)


def test_a_printed_register_of_two_lines_is_a_table() -> None:
    found = inspected(_register().encode("cp932"), "a.txt")
    assert (found.subjects, found.counts["phone"]) == (len(_NAMES), len(_NAMES))
    assert inspected(_register(homes=False).encode("cp932"), "a.txt").subjects == len(_NAMES)


def test_cards_of_a_page_with_a_number_and_a_reading() -> None:
    cards = [
        f"#{k} {name} かしお はやて\n4{k}歳 / 男性 / 農業\n平塚市\n✉ neko{k}@gmail.com\n☎ {call}\n当選 落選\n"
        for k, (name, call) in enumerate(zip(_NAMES, _CALLS, strict=True), 1)
    ]
    found = inspected("\n".join(cards).encode(), "a.txt")
    assert (found.subjects, found.counts["phone"], found.counts["email"]) == (len(_NAMES),) * 3


def test_a_calendars_bookings_tell_of_guests_in_their_notes() -> None:
    notes = ("生年月日 1967/07/03、2回目", "電話: 090-2078-7755 / O型", "abc@gmail.com（57歳）", "電話: 090-2078-7715")
    rows = [f"献血予約 {name}様,12/1/2026,12:15,{note},桜駅前" for name, note in zip(_NAMES[1::2], notes, strict=True)]
    text = "\n".join(["Subject,Start Date,Start Time,Description,Location", *rows])
    assert count(text.encode()) == (4, [])


def test_a_cat_is_nobody_beside_whoever_has_it() -> None:
    one = "  - shimei: {}\n    denwa: {}\n    neko:\n      - {{name: {}, sex: {}, fee: 20000}}\n"
    text = "applications:\n" + "".join(
        one.format(name, call, pet, sex)
        for name, call, pet, sex in zip(_NAMES, _CALLS, ("トラ", "花子") * 4, ("メス", "オス") * 4, strict=True)
    )
    assert count(text.encode()) == (len(_NAMES), [])


def test_a_line_that_names_another_is_no_fact_of_whoever_stands_alone_above() -> None:
    lines = [f"・{_NAMES[0]}", f"・{_NAMES[1]}（47歳、男性）", f"・{_NAMES[2]}（36歳、女性）"]
    lines += [f"・{name}（5{k}歳、女性）" if k % 2 else f"・{name}" for k, name in enumerate(_NAMES[3:])]
    told = sum("歳" in line for line in lines)
    assert count(("皆様の名簿です。\n" + "\n".join(lines)).encode()) == (told, [])


@pytest.mark.parametrize("call", ["new Date({}, {}, 6)", "Date.new({}, {}, 6)", "LocalDate.of({},{},6)"])
def test_a_day_that_a_program_makes_is_a_birth(call: str) -> None:
    lines = [
        f"  {{ id: {k}, name: '{name}', birth: {call.format(1930 + k, k + 1)} }}," for k, name in enumerate(_NAMES)
    ]
    found = count(("export const members = [\n" + "\n".join(lines) + "\n];\n").encode())
    assert found == (len(_NAMES), [])


def test_an_empty_column_makes_no_headings_of_a_list_without_any() -> None:
    rows = [f"0032{k}0411|{name}|19{k + 2}20{k + 1}11|{'' if k % 2 else '桜町1-2-3'}|" for k, name in enumerate(_NAMES)]
    found = inspected("\n".join(rows).encode(), "a.unl")
    assert (found.subjects, found.counts["birth_date"]) == (len(_NAMES), len(_NAMES))


def test_what_a_member_says_of_somebody_is_prose() -> None:
    text = "小川委員：桜町の高橋朔さん、91歳。認知症が進み徘徊あり。\n滝委員：本町の佐藤美玖さん、84歳。配食を希望。\n"
    assert count(text.encode()) == (2, [])
    assert count("会議録\n小川委員：道路の位置は決定か。\n滝委員：高橋朔\n電話：0463-22-1111\n".encode()) == (0, [])


def test_headings_above_other_columns_than_theirs_hide_no_list(count: Callable[[Table], Count]) -> None:
    """氏名 and 住所 run together on a page, and what stands below them does not."""
    rows: list[list[str | None]] = [["No", "氏名 住所", "電話"]]
    people = [*zip(_NAMES, _CALLS, strict=True)]
    rows += [[str(i), name.replace(" ", ""), f"桜町4-17-{i} {call}"] for i, (name, call) in enumerate(people, 1)]
    assert count(_table(rows, "page 1 columns")).subjects == len(_NAMES)


def test_facilities_under_such_headings_stay_nobody(count: Callable[[Table], Count]) -> None:
    rows: list[list[str | None]] = [["No", "名称 住所", "電話"]]
    rows += [[str(i), f"{name.split()[0]}医院", f"桜町4-17-{i} 0463-22-11{i:02}"] for i, name in enumerate(_NAMES)]
    assert count(_table(rows, "page 1 columns")).subjects == 0


def test_a_firm_of_some_grade_is_not_disabled(count) -> None:
    rows: list[list[str | None]] = [["登録番号", "商号又は名称", "代表者", "所在地", "電話", "等級"]]
    rows += [
        [
            f"10{k}",
            f"{name.split()[0]}建設株式会社",
            f"代表取締役　{name}",
            f"樅入町{k}-3",
            f"0463-21-10{k}1",
            "ABC"[k % 3],
        ]
        for k, name in enumerate(_NAMES)
    ]
    assert count(_table(rows)).subjects == 0
    people = [["氏名", "住所", "手帳", "等級", "事業所名"]]
    people += [[name, f"樅入町{k}-3", "身体", f"{k % 6 + 1}級", "桜作業所"] for k, name in enumerate(_NAMES)]
    assert count(_table(people)).counts["sensitive"] == len(_NAMES)


def test_words_that_are_chosen_again_and_again_name_nobody(count) -> None:
    wishes = ("貸付希望", "自作継続", "売渡希望", "未定")
    rows: list[list[str | None]] = [["No", "大字", "地番", "意向", "連絡先"]]
    rows += [[str(k + 1), "樅入町", f"{k + 1}-2", wishes[k % 4], f"0463-2{k % 10}-1{k:03}"] for k in range(40)]
    assert count(_table(rows)).subjects == 0


@pytest.mark.parametrize("head", ["所有者（住所・氏名）", "氏名", "申請者 住所・氏名"])
def test_names_below_where_they_live_in_one_cell(count, head: str) -> None:
    rows: list[list[str | None]] = [["No", head, "地目", "連絡先"]]
    rows += [
        [str(k), f"樅入町{k + 1}番地{k + 4}{'　コーポ鳰101号' if k == 2 else ''}\n{name}", "田畑"[k % 2], _CALLS[k]]
        for k, name in enumerate(_NAMES)
    ]
    found = count(_table(rows))
    assert (found.subjects, found.counts["address"], found.counts["phone"]) == (len(_NAMES),) * 3


def test_an_extension_is_no_address(count) -> None:
    said = "\n\n".join(
        f"{post}\n{name}\n内線{k}21"
        for k, (name, post) in enumerate(zip(_NAMES, ("総務部長", "福祉課長") * 4, strict=True))
    )
    assert count(Text(said + "\n")).subjects == 0


def test_each_of_a_household_lives_where_its_cell_says(count) -> None:
    heads = ["世帯番号", "世帯主", "住所", "続柄", "氏名", "異動事由"]
    rows: list[list[str | None]] = [heads]
    for k, name in enumerate(_NAMES):
        surname, given = name.split()
        first = [f"00{k}", name, f"樅入町{k + 1}-3", "世帯主", name, "転入"]
        rows += [first, [None, None, None, "妻", f"{surname} {given[0]}乃", None], [None, None, None, "子", f"{surname} {given[0]}斗", None]]  # fmt: skip
    assert count(_table(rows)).subjects == 3 * len(_NAMES)
    assert count(
        _table([*rows, *[[f"9{k}", None, None, "世帯主", f"鍬形 {k}郎", None] for k in "一二三"]])
    ).subjects == 3 * len(_NAMES)
    assert count(_table(rows[:7])).subjects == 6


def test_words_of_few_kinds_name_nobody_under_no_heading(count) -> None:
    rows: list[list[str | None]] = [["種別", "名称", "所在地", "所有者・管理", "指定年月日", "年代"]]
    rows += [[("彫刻", "史跡")[k % 2], "石造宝塔", f"樅入町{k + 1}-2", ("区", "龍泉寺")[k % 2], "###", ("江戸時代", "鎌倉時代")[k % 2]] for k in range(20)]  # fmt: skip
    assert count(_table(rows)).subjects == 0


def test_lists_side_by_side_whose_headings_stand_in_different_rows(count) -> None:
    rows: list[list[str | None]] = [[None] * 9 for _ in range(12)]
    rows[0][0], rows[2][:3], rows[4][6:] = (
        "スポーツ少年団",
        ["団員", "生年月日", "学年"],
        ["指導者氏名", "住所", "電話"],
    )
    for k in range(4):
        rows[3 + k][:3] = [_NAMES[k], f"2014.{k + 1}.1{k}", "5"]
        rows[5 + k][6:] = [_NAMES[4 + k], f"樅入町{k + 1}-3", _CALLS[k]]
    found = count(_table(rows))
    assert (found.subjects, found.counts["birth_date"], found.counts["phone"]) == (8, 4, 4)


@pytest.mark.parametrize("form", ["{}／{}／{}", "{}（{}・{}）", "{} {}、{}性"])
def test_ages_and_sexes_behind_names_in_one_cell(count, form: str) -> None:
    rows: list[list[str | None]] = [["覚知", "現場", "氏名／年齢／性別", "程度"]]
    rows += [
        [f"11/{k + 1} 8:33", f"樅入町{k + 1}番3号", form.format(name, 61 + k, "男女"[k % 2]), "軽症"]
        for k, name in enumerate(_NAMES)
    ]
    found = count(_table(rows))
    assert (found.subjects, found.counts["sex"]) == (len(_NAMES),) * 2


@pytest.mark.parametrize("place", ["行政区", "地区名", "町内"])
def test_lots_beside_the_district_they_lie_in_are_an_address(count, place: str) -> None:
    rows: list[list[str | None]] = [["貸与番号", place, "世帯主", "番地", "機器番号"]]
    rows += [
        [f"{k}", ("雫入台", "鴫瀬町")[k % 2], name, f"{101 + k}番{k + 1}号", f"SN66{k}"]
        for k, name in enumerate(_NAMES)
    ]
    assert count(_table(rows)).subjects == len(_NAMES)
    assert count(_table([[row[0], *row[2:]] for row in rows])).subjects == 0
    halls = [
        ["施設名", place, "番地", "電話"],
        *[["集会所", "雫入台", f"{101 + k}番", f"0463-21-10{k}1"] for k in range(8)],
    ]
    assert count(_table(halls)).subjects == 0


def test_who_was_brought_to_a_hospital(count) -> None:
    rows: list[list[str | None]] = [["覚知", "出場", "現場", "傷病者", "程度", "収容先"]]
    rows += [
        [f"11/{k + 1} 8:33", "急病", f"樅入町{k + 1}番3号", f"{a}窪　{b}瀬／{61 + k}／男", "軽症", "市民病院"]
        for k, (a, b) in enumerate(zip("樗絹鍬渚砥櫟蓬榀", "碩迪昊敦暁椰芙綺", strict=True))
    ]
    assert count(_table(rows)).subjects == 8


def test_the_time_of_a_call_is_no_birth(count) -> None:
    for head in ("覚知", "覚知日時", "出場日時", "入電時刻"):
        rows: list[list[str | None]] = [[head, "種別", "氏名"]]
        rows += [
            [f"2026年4月{k + 1}日", "急病", f"{a}窪　{b}瀬"]
            for k, (a, b) in enumerate(zip("樗絹鍬渚砥櫟蓬榀", "碩迪昊敦暁椰芙綺", strict=True))
        ]
        assert count(_table(rows)).subjects == 0
