"""People told of in several rows, hosts' fields without blanks, numbers up to the name; and tables that only look so."""

from __future__ import annotations

from itertools import batched

import pytest

from dlp.extract.plain import aligned
from dlp.subjects.books import Books
from dlp.subjects.cells import cells
from dlp.subjects.cells.values import Names
from dlp.subjects.plan.header import Label, Reader
from dlp.subjects.plan.plans import plan
from dlp.subjects.tables import combined, cycled, frames, melted, parted

PEOPLE = [
    (f"霞見{c} 壮太", f"碧野{i}番地", f"090-1234-567{i}", f"昭和4{i}年5月6日") for i, c in enumerate("沢崎塚畑淵倉")
]
HEADS = [["番号", "氏名", "電話番号"], [None, "住所", "生年月日"]]
CYCLED = [row for i, p in enumerate(PEOPLE) for row in ([str(i), p[0], p[2]], [None, p[1], p[3]])]


@pytest.fixture(scope="module")
def names(ruleset):
    return Names(ruleset)


@pytest.fixture(scope="module")
def reader(ruleset):
    return Reader(ruleset.headers, Books(ruleset))


def test_two_rows_a_person_become_one(reader, names):
    rows = [*HEADS, *CYCLED]
    made = cycled.uncycled(rows, rows, reader, names)
    assert made is not None
    assert made[0] == [*HEADS[0], *HEADS[1]]
    assert [(row[1], row[4], row[2], row[5]) for row in made[1:]] == PEOPLE


def test_a_blank_row_and_a_new_page_break_no_person(reader, names):
    short = [row for row in CYCLED if row[1] != PEOPLE[2][1]]  # a second row with nothing in it is gone
    rows = [*HEADS, *short[:5], *HEADS, *short[5:]]
    made = cycled.uncycled(rows, rows, reader, names)
    assert made is not None
    assert [row[1] for row in made[1:]] == [p[0] for p in PEOPLE]
    assert made[3][4] is None


def test_a_heading_of_two_levels_is_no_cycle(reader, names):
    rows = [["氏名", None, "住所"], ["姓", "名", None], *([p[0][:3], p[0][4:], p[1]] for p in PEOPLE)]
    assert cycled.uncycled(rows, rows, reader, names) is None
    below = [["氏名", "住所", "電話番号"], ["保護者氏名", "保護者住所", "保護者電話番号"], *([*p[:3]] for p in PEOPLE)]
    assert cycled.uncycled(below, below, reader, names) is None


@pytest.mark.parametrize("each", [True, False])
def test_a_row_for_each_thing_said(reader, names, each):
    rows = [["氏名", "項目", "内容"]]
    for p in PEOPLE:
        rows += [[p[0], "電話", p[2]], [p[0] if each else None, "生年月日", p[3]]]
    made = melted.unmelted(rows, rows, reader, names)
    assert made is not None
    assert made[0] == ["氏名", "電話", "生年月日"]
    assert [tuple(row) for row in made[1:]] == [(p[0], p[2], p[3]) for p in PEOPLE]


def test_a_form_with_notes_is_nothing_said_one_by_one(reader, names):
    rows = [
        ["氏名", "霞見沢 壮太", "必須"],
        ["電話番号", "090-1234-5678", "日中"],
        ["住所", "碧野1番地", "番地まで"],
        ["生年月日", "昭和4年5月6日", "和暦"],
    ]
    assert melted.unmelted(rows, rows, reader, names) is None


def test_fields_of_a_host_are_parted_where_digits_end_in_every_line():
    people = "霞 ｶｽﾐ 霞見沢 ｶｽﾐｻﾞﾜ 碧野 ﾐﾄﾞﾘﾉ 朧 ｵﾎﾞﾛ 橡之内 ﾄﾁﾉｳﾁ 楸 ﾋｻｷﾞ".split()
    lines = [
        f"0000000{i}{name + '　壮太':　<10}{kana + ' ｿｳﾀ':<18}1954010{i + 1}11234567碧野{i}番地"
        for i, (name, kana) in enumerate(batched(people, 2))
    ]
    cells = aligned.cells_of("\n".join(lines))
    assert cells is not None
    assert cells[2] == ["00000002", "碧野　壮太", "ﾐﾄﾞﾘﾉ ｿｳﾀ", "19540103", "11234567", "碧野2番地"]


@pytest.mark.parametrize(("cells", "numbered"), [
    ([f"{i}{p[0]}" for i, p in enumerate(PEOPLE, 1)], True),
    ([f"{i}. {p[0]}" for i, p in enumerate(PEOPLE, 7)], True),
    ([f"{i}丁目" for i in range(1, 9)], False),
    ([f"{9 - i}{p[0]}" for i, p in enumerate(PEOPLE)], False),
    ([p[1] for p in PEOPLE], False),
])  # fmt: skip
def test_numbers_in_the_list_before_names(cells, numbered):
    assert combined.apart(Label("氏名", "name"), cells) is numbered


THREES = [["霞見", "0463", "21", f"123{i}", "1954", "10", "3", f"19{60 + i}", str(i + 1), "28"] for i in range(6)]


def test_telephones_and_births_in_three_columns_are_put_into_one():
    assert parted.places(THREES, None) == [1, 7]  # what never changes is no birth
    assert parted.in_rows(THREES, [1, 7])[2] == [
        "霞見",
        "0463-21-1232",
        None,
        None,
        "1954",
        "10",
        "3",
        "1962-3-28",
        None,
        None,
    ]
    assert parted.in_frame(frames.frame_of(THREES), [1, 7]).rows() == [
        tuple(row) for row in parted.in_rows(THREES, [1, 7])
    ]


def test_years_months_and_days_under_a_heading_are_left_to_it(reader):
    rows = [["地点", "年", "月", "日"], *([f"霞橋{i}", "1990", str(i + 1), "3"] for i in range(6))]
    header = reader.find(rows, 4)
    assert not parted.places(rows, header)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("★霞見沢　壮太", "霞見沢壮太"),
        ("（故）霞見沢 壮太※", "霞見沢壮太"),
        ("霞見沢 壮太　外2名", "霞見沢壮太"),
        ("○○ ○○", "○"),
    ],
)
def test_marks_of_a_list_are_no_letters_of_a_name(written, key):
    assert cells.name_key(written) == key


@pytest.mark.parametrize(
    ("asked", "role", "group"),
    [
        ("お子さまのお名前を教えてください", "name", "お子さま"),
        ("Q3. 緊急連絡先電話番号をご記入ください。", "phone", "緊急連絡先"),
        ("ご記入ください。", "", ""),
    ],
)
def test_a_question_is_a_heading_where_there_is_one(reader, asked, role, group):
    header = reader.find([["タイムスタンプ", asked, "生年月日"]], 3)
    assert (header.labels[1].role, header.labels[1].group) == (role, group)


def test_what_is_sampled_of_names_has_no_numbers_left():
    frame = frames.frame_of([[f"{i}{p[0]}", p[1]] for i, p in enumerate(PEOPLE, 1)])
    bare, _, samples = combined.split(frame, None)
    assert bare["c0"].to_list() == [p[0] for p in PEOPLE]
    assert samples is None or samples[0] == [p[0] for p in PEOPLE]


def test_ones_and_twos_beside_births_and_readings_are_sexes(names):
    births = [
        "19540102",
        "19671130",
        "19880704",
        "20010315",
        "19490909",
        "19750621",
        "19930228",
        "19620817",
        "19811105",
        "20100412",
    ]
    rows = [
        [f"霞見沢{c} 壮太", f"カスミザワ{chr(ord('ア') + 2 * i)} ソウタ", born, str(i % 2 + 1), str(i % 2)]
        for i, (c, born) in enumerate(zip("甲乙丙丁戊己庚辛壬癸", births, strict=True))
    ]
    roles = [c.role for c in plan(frames.frame_of(rows), None, names).columns]
    assert roles == ["name", "kana", "birth_date", "sex", ""]
    nobody = [c.role for c in plan(frames.frame_of([row[2:] for row in rows]), None, names).columns]
    assert "sex" not in nobody
