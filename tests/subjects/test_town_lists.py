"""Lists as offices keep and export them, each kind of which was counted wrongly once."""

from __future__ import annotations

import base64

import polars as pl
import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table, Text
from tests.subjects.clerks import Case, Clerk, inspected

CLERKS = [Clerk(i) for i in range(24)]


def mobile(i: int) -> str:
    return f"090-{3000 + i * 7}-{4000 + i * 13}"


def home(clerk: Clerk) -> str:
    return f"{clerk.town}{'-'.join(map(str, clerk.house))}"


def table(rows: list[list[str | None]]) -> Table:
    width = max(map(len, rows))
    columns = zip(*([*row, *[None] * (width - len(row))] for row in rows), strict=True)
    return Table(pl.DataFrame({f"c{i}": list(column) for i, column in enumerate(columns)}, strict=False))


def test_a_text_in_a_cell_names_who_is_addressed_behind_a_blank(count):
    """ "様 S24/11/4生": messages of a chat, one a cell, named nobody."""
    cells = [
        ["text"],
        *([f"窓口対応：{c.name.replace(' ', '')}様 S24/11/4生 {mobile(c.i)} 折り返し希望"] for c in CLERKS),
    ]
    assert count(table(cells)).subjects == len(CLERKS)


def test_how_a_name_is_read_is_set_smaller_beside_it(ruleset: Ruleset):
    rows = "".join(
        f"<div class=slot><span>{c.i}</span><span>{c.name}<small>{c.kana}</small></span><span>{mobile(c.i)}</span></div>"
        for c in CLERKS
    )
    page = f"<html><meta charset=utf-8><body><div>{rows}</div></body></html>"
    assert inspected(Case("a.html", len(CLERKS), page.encode()), ruleset).subjects == len(CLERKS)
    rows = "".join(f"<tr><td>{c.name}<small>{c.kana}</small></td><td>{mobile(c.i)}</td></tr>" for c in CLERKS)
    page = f"<html><meta charset=utf-8><body><table>{rows}</table></body></html>"
    assert inspected(Case("a.html", len(CLERKS), page.encode()), ruleset).subjects == len(CLERKS)


def test_names_that_end_as_headings_do_turn_no_list_that_lies(count):
    """大木 かな among two hundred names made a row of headings of readings of them."""
    names = [c.name for c in CLERKS[:20]] + ["大木 かな", "大泉 かな", "森 よみ"]
    rows: list[list[str | None]] = [
        ["受験番号", *(str(1000 + i) for i in range(len(names)))],
        ["氏名", *names],
        ["生年月日", *(f"199{i % 10}-04-{1 + i:02}" for i in range(len(names)))],
        ["電話", *map(mobile, range(len(names)))],
    ]
    assert count(table(rows)).subjects == len(names)


def test_a_list_in_sections_whose_rows_begin_with_what_somebody_is_is_no_form(count):
    rows: list[list[str | None]] = [["明ケ島市消防団員名簿"]]
    for section in range(3):
        rows += [[f"第{section + 1}分団"], ["階級", "氏名", "生年月日", "住所", "携帯番号", "入団年月日"]]
        for c in CLERKS[section * 8 : section * 8 + 8]:
            rank = ["分団長", "副分団長", "部長", "班長", "団員", "団員", "団員", "団員"][c.i % 8]
            rows.append([rank, c.name, f"S{40 + c.i}.10.02", home(c), mobile(c.i), "H28.04.01"])
        rows.append([None])
    assert count(table(rows)).subjects == len(CLERKS)


def test_whoever_is_greeted_with_somebody_on_his_card_counts(count):
    """連名1名 in an address book: a given name, in the household's address."""
    heads: list[str | None] = ["姓", "名", "敬称", "連名1姓", "連名1名", "連名1敬称", "自宅郵便番号", "自宅住所1"]
    rows = [heads]
    for c in CLERKS:
        with_him = "好美" if c.i % 2 else None
        rows.append([c.surname, c.given, "様", None, with_him, "様", "254-0041", home(c)])
    assert count(table(rows)).subjects == len(CLERKS) + len(CLERKS) // 2


def test_two_headings_with_one_blank_between_them_are_taken_apart(count):
    """The last page of a print, too short to tell its columns apart."""
    rows: list[list[str | None]] = [["整理番号 氏名", "生年月日", "住所", "電話"]]
    rows += [[f"{9975784 + c.i} {c.name}", f"S{40 + c.i}.09.25", home(c), mobile(c.i)] for c in CLERKS[:6]]
    assert count(table(rows)).subjects == 6


def test_a_text_that_reads_backwards_counts_once(ruleset: Ruleset):
    """With telephones that are some the other way round, too (090-…-080)."""
    lines = [f"{c.name},{home(c)},080-{3000 + c.i}-{4000 + 10 * c.i}"[::-1] for c in CLERKS]
    found = inspected(Case("a.csv", len(CLERKS), "\n".join(lines).encode()), ruleset)
    assert found.subjects == len(CLERKS)
    assert found.lower == len(CLERKS)


@pytest.mark.parametrize("name", ["金平 鉄山", "屋良 湊斗"])
def test_a_record_on_a_line_and_the_line_are_of_one(ruleset: Ruleset, name: str):
    line = f"2026-06-01 09:00:23 INFO [exec-2] - 申込受付 {{name={name}, birth=1950-09-24, tel=090-3463-5989, addr=本町5-17-1}}"
    assert inspected(Case("a.log", 1, line.encode()), ruleset).subjects == 1


def test_a_directory_in_base64_is_read_once(ruleset: Ruleset):
    def coded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    records = [
        f"dn:: {coded(f'cn={c.name},ou=people,dc=city,dc=jp')}\ncn:: {coded(c.name)}\nsn:: {coded(c.surname)}\n"
        f"givenName:: {coded(c.given)}\nmobile: {mobile(c.i)}\nhomePostalAddress:: {coded('神奈川県平塚市' + home(c))}\n"
        for c in CLERKS
    ]
    ldif = "version: 1\n\n" + "\n".join(records)
    assert inspected(Case("a.ldif", len(CLERKS), ldif.encode()), ruleset).subjects == len(CLERKS)


def test_a_bare_lot_is_an_address_in_a_list_also_before_the_name_of_a_house(count):
    houses = ["3-8-5", "1036コーポ浜田203", "494グリーンハイツA-102", "2丁目1番15号", "675県営住宅2棟401", "6-13-14"]
    lines = [f"　{c.surname}{c.given}　{c.town}{houses[c.i % 6]}　{22 + c.i}-{3498 + c.i}" for c in CLERKS]
    assert count(Text("会員名簿\n" + "\n".join(lines))).subjects == len(CLERKS)


def test_from_whom_word_came_is_not_whom_it_is_of(count):
    found = count(Text("　民生委員から、本町4-19-2の山崎太郎様（86）が入院したと連絡。\n"))
    assert (found.subjects, found.counts.get("address")) == (1, 1)


def test_records_on_one_line_are_not_told_of_their_neighbours(ruleset: Ruleset):
    """A list printed by a program: prose gave some of them the next one's telephone, and counted them again."""
    names = [
        "渡辺 あすか",
        "若菜 ゆき",
        "加茂 あすか",
        "金田 翔太",
        "森 結衣",
        "柳瀬 ちひろ",
        *(c.name for c in CLERKS),
    ]
    said = [
        f"{{'name': '{n}', 'tel': '{mobile(i)}', 'birth': datetime.date(1999, 11, {1 + i % 28})}}"
        for i, n in enumerate(names)
    ]
    assert inspected(Case("a.txt", 0, f"[{', '.join(said)}]".encode()), ruleset).subjects == len(names)


def test_what_a_line_says_beside_its_record_is_kept(ruleset: Ruleset):
    line = '生活保護受給者 佐藤 花子様（090-3463-5989） {"name": "佐藤 花子", "tel": "090-3463-5989"}'
    found = inspected(Case("a.log", 1, line.encode()), ruleset)
    assert (found.subjects, found.counts.get("sensitive")) == (1, 1)


def test_infants_births_are_told_by_where_they_stand(count):
    """Without headings, all born within two years: days between a name with its reading and the code of a sex."""
    rows: list[list[str | None]] = [
        [f"{3100000000 + c.i * 7919}", c.kana, c.name, f"20250{1 + c.i % 9}1{c.i % 10}", "12"[c.i % 2], "BCG", "7731"]
        for c in CLERKS
    ]
    assert count(table(rows)).counts["birth_date"] == len(CLERKS)


def test_a_body_has_one_address_and_its_members_each_their_own(count):
    heads: list[str | None] = ["団体名", "部署", "役職", "氏名", "住所"]
    bodies = ["栄町自治会", "子ども会", "老人クラブ"]
    at_home: list[list[str | None]] = [[bodies[c.i % 3], "防災部", "部員", c.name, f"平塚市{home(c)}"] for c in CLERKS]
    assert count(table([heads, *at_home])).subjects == len(CLERKS)
    offices = [f"平塚市浅間町{i + 1}-1" for i in range(3)]
    at_work = [[*row[:4], offices[i % 3]] for i, row in enumerate(at_home)]
    assert count(table([heads, *at_work])).subjects == 0
    cards = [[*row, f"0463-21-{1000 + i}"] for i, row in enumerate(at_home)]
    assert count(table([[*heads, "電話"], *cards])).subjects == 0


def test_age_and_town_in_brackets_behind_a_name(count):
    towns = [c.town if c.i else "字堂ノ前" for c in CLERKS]

    def said(places: list[str]) -> str:
        return "、".join(f"{c.name.replace(' ', '')}（{40 + c.i}・{p}）" for c, p in zip(CLERKS, places, strict=True))

    assert count(Text(f"交通災害見舞金 支給者\n{said(towns)}")).subjects == len(CLERKS)
    assert count(Text(f"出場選手\n{said(['順大'] * len(CLERKS))}")).subjects == 0


def test_a_statement_that_inserts_all_is_a_list_with_its_dates(ruleset: Ruleset):
    rows = [f"  INTO meibo (id, namae, tanjobi) VALUES ({c.i}, '{c.name}', DATE '19{50 + c.i}-11-01')" for c in CLERKS]
    dump = "\n".join(("INSERT ALL", *rows, "SELECT * FROM dual;"))
    found = inspected(Case("a.sql", len(CLERKS), dump.encode()), ruleset)
    assert (found.subjects, found.counts.get("birth_date")) == (len(CLERKS), len(CLERKS))


@pytest.mark.parametrize("label", ["memo", "description"])
def test_whole_people_in_base64_under_any_label_are_read(label: str, ruleset: Ruleset):
    people = ["佐藤花子 平塚市浅間町1-2 090-1111-2222", "鈴木一郎 平塚市中原3-4 090-3333-4444", "高橋由紀 平塚市岡崎5-6 090-5555-6666"]  # fmt: skip
    text = "".join(f"{label}:: {base64.b64encode(one.encode()).decode()}\n" for one in people)
    assert inspected(Case("a.ldif", 3, text.encode()), ruleset).subjects == 3


@pytest.mark.parametrize("author", ["null", "3", "[null]", "[[1]]"])
def test_an_author_of_any_shape_breaks_no_inspection(author: str, ruleset: Ruleset):
    data = f'{{"name": "x", "version": "1", "author": {author}, "氏名": "佐藤 花子", "電話": "090-1111-2222"}}'
    assert inspected(Case("package.json", 1, data.encode()), ruleset).unread == ()


def test_namesakes_in_records_are_people_beside_those_in_lines(ruleset: Ruleset):
    lines = "".join(
        f"{name} 1980年4月{i}日生 090-1111-000{i}\n" for i, name in enumerate(("佐藤花子", "鈴木一郎", "高橋由紀"), 1)
    )
    records = "".join(
        f'{{"氏名": "{name}", "生年月日": "1955-06-1{i}", "電話": "080-2222-000{i}"}}\n'
        for i, name in enumerate(("佐藤花子", "鈴木一郎", "高橋由紀"), 1)
    )
    assert inspected(Case("a.txt", 6, f"{lines}\n{records}".encode()), ruleset).subjects == 6
