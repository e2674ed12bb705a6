"""Exports of other programs: address books, attendance, one fact a row, notes of headings and points, objects in lists."""

from __future__ import annotations

import json

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.budget import Budget
from dlp.extract.plain import aligned
from dlp.extract.plain.text import of_text
from dlp.extract.records import markup
from dlp.inspection import inspect
from dlp.transfer import Channel, Part, Transfer
from tests.subjects.town import frame

PEOPLE = [("霞見", "壮太"), ("碧江", "楓子"), ("蒼沢", "紬香"), ("榧里", "栞恵"), ("楡原", "諒介"), ("藤見", "大和")]
NAMES = [f"{surname}　{given}" for surname, given in PEOPLE]


def _subjects(ruleset, data, name="a.txt"):
    transfer = Transfer(channel=Channel.MEDIA, sender="", destination=("x",), name=name, data=data.encode())
    return inspect(transfer, ruleset, token_key=None).subjects


def test_a_name_with_its_halves_beside_it_is_one_person(count):
    rows = [["Name", "Given Name", "Family Name", "Given Name Yomi", "Family Name Yomi", "Phone 1 - Value"]]
    rows += [[f"{s} {g}", g, s, "ソウタ", "カスミ", f"090-1111-222{i}"] for i, (s, g) in enumerate(PEOPLE)]
    assert count(Table(frame(rows))).counts == {"name": 6, "kana": 6, "phone": 6}
    entries = (f"dn: uid={i}\ncn: {s} {g}\nsn: {s}\nmobile: 090-1111-222{i}\n" for i, (s, g) in enumerate(PEOPLE))
    assert count(Text("\n".join(entries))).subjects == 6


@pytest.mark.parametrize(
    "days",
    [
        [f"{day}日" for day in range(1, 16)],
        [f"4/{day}" for day in (1, 8, 15, 22, 29)],
        [f"第{n}回" for n in range(1, 13)],
        [f"R8.{month}" for month in range(4, 12)],
    ],
    ids=["days", "dates", "times", "months"],
)
def test_a_list_of_who_came_has_a_header(count, days):
    rows = [["氏名", "年齢", *days]] + [[name, str(30 + i), *["○"] * len(days)] for i, name in enumerate(NAMES)]
    assert count(Table(frame(rows))).subjects == 6


def test_one_fact_a_row_whose_name_is_one_of_the_facts(count):
    rows = [["record_id", "項目", "値"]]
    for i, name in enumerate(NAMES):
        rows += [
            [str(i), "氏名", name],
            [str(i), "生年月日", f"198{i}-05-11"],
            [str(i), "電話番号", f"090-1111-222{i}"],
        ]
    assert count(Table(frame(rows))).subjects == 6


@pytest.mark.parametrize("mark", ["## ", "* ", "■", "●"])
def test_a_name_that_heads_labelled_points(count, mark):
    told = (f"{mark}{name}\n- 住所: 霧ヶ森{i}-1-2\n- 電話: 0463-22-111{i}\n" for i, name in enumerate(NAMES, 1))
    assert count(Text("\n".join(told))).subjects == 6


def test_headings_of_a_manual_and_of_halls_name_nobody(count):
    heads = ["開催概要", "お問合せ", "申請方法", "中央公民館", "利用案内"]
    told = (f"## {head}\n- 住所: 霧ヶ森{i}-1-2\n- 電話: 0463-22-111{i}\n" for i, head in enumerate(heads, 1))
    assert count(Text("\n".join(told))).subjects == 0


def test_an_age_in_brackets_behind_a_name_is_its_age(count):
    rows = [
        ["参加者", "備考"],
        *([f"{name}（{age}）", "可"] for name, age in zip(NAMES, (47, 5, 31, 82, 66, 9), strict=True)),
    ]
    assert count(Table(frame(rows))).counts == {"name": 6, "age": 6}
    teams = [["班長", "人数"], *([f"{surname}班（{i + 11}）", "3"] for i, (surname, _) in enumerate(PEOPLE))]
    assert "age" not in count(Table(frame(teams[:4]))).counts


def test_lists_side_by_side_without_headings(count):
    rows = [
        [NAMES[i], f"0463-22-111{i}", NAMES[i + 3], f"0463-33-111{i}"]
        for i in range(3)
    ]  # fmt: skip
    assert count(Table(frame(rows))).subjects == 6


def test_objects_of_a_kind_and_a_value_in_a_record(ruleset):
    entries = [
        {
            "resource": {
                "resourceType": "Patient",
                "name": [{"use": "official", "text": f"{s} {g}", "family": s, "given": [g]}],
                "gender": "female",
                "telecom": [{"system": "phone", "value": f"090-1111-222{i}"}],
            }
        }
        for i, (s, g) in enumerate(PEOPLE)
    ]
    data = json.dumps({"entry": entries}, ensure_ascii=False)
    (table, *_) = markup.extract_json(Part(path=("a",), data=data.encode()), Budget()).blocks
    assert isinstance(table, Table)
    assert "phone" in (table.frame.row(0))
    assert _subjects(ruleset, data, "a.json") == 6


def test_a_log_without_quotes_is_rows():
    lines = (f"10:00 INFO [x] id={i} name={name} tel=090-1111-222{i}" for i, name in enumerate(NAMES))
    (table,) = of_text("\n".join(lines)).blocks
    assert isinstance(table, Table)
    assert table.frame.row(1)[:3] == ("0", NAMES[0], "090-1111-2220")


def test_places_are_counted_by_characters_where_lines_were_filled_up_by_them():
    rows = [
        ("工事名", "代表者", "金額"),
        *((f"橋{'梁' * (i % 3)}補修{i}", name, f"{i}0,000") for i, name in enumerate(NAMES)),
    ]
    text = "\n".join(f"{a:>8}  {b:>8}  {c:>8}" for a, b, c in rows)
    cells = aligned.cells_of(text)
    assert cells is not None
    assert [tuple(cell for cell in row if cell) for row in cells] == rows


def test_a_heading_wider_than_its_column_stays_whole():
    text = "\n".join(
        f"{a:<6}  {b:>4}" + "  x" for a, b in [("name", "定員"), *((f"h{i}", str(20 + i)) for i in range(30))]
    )
    cells = aligned.cells_of(text)
    assert cells is not None
    assert cells[0][1] == "定員"


def test_a_printed_list_of_people_in_their_function_is_not_read_again_as_prose(ruleset):
    rows = [("園名", "園長名", "住所", "TEL")]
    rows += [(f"第{i}保育園", name, f"霧ヶ森{i}-1-2", f"0463-22-111{i}") for i, name in enumerate(NAMES)]
    text = "\n".join(f"{a:<8}  {b:<8}  {c:<10}  {d:<12}" for a, b, c, d in rows)
    assert _subjects(ruleset, text) == 0
    assert _subjects(ruleset, text.replace("園長名", "氏名　").replace("園名", "番号")) == 6
