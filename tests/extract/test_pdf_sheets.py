"""Sheets and lists as office programs and reports print them: rules about long lines, texts over the next cell, cells that
rows share, records of two lines, cards side by side."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Border, Side
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from dlp.extract.blocks import Table
from dlp.extract.budget import Budget
from dlp.extract.registry import extract
from dlp.transfer import Part
from tests.extract.makers import office
from tests.extract.people import count, inspected

#: Surnames and given names in no shipped list.
_PEOPLE = [
    (f"{a}{b}　{c}{d}", f"樅入町{n}{m}番地{n + 3}", f"090-3{m}{n}7-45{n}{m}", f"昭和{30 + n}年{m + 1}月{n + 9}日")
    for m in range(4)
    for n, (a, b, c, d) in enumerate(zip("樗絹鍬渚砥櫟蓬榀", "窪迫隈堂畠倉坪間"[m:] + "淵越嶺", "碩迪昊敦暁椰芙綺"[m:] + "瑠紗苑", "哉郷嗣磨朗埜禰於", strict=False), 1)
]  # fmt: skip
_READINGS = "きぬ くわ なぎ とぎ よも しな おう くぬ".split()
_LINE = Border(*[Side(style="thin")] * 4)


def _printed(rows: list[list[object]], merged: Iterator[str], folder: Path, widths: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.border = _LINE
    for place in merged:
        sheet.merge_cells(place)
    for letter, width in zip("ABCDEFGH", map(int, widths.split()), strict=False):
        sheet.column_dimensions[letter].width = width
    book.save(source := folder / "sheet.xlsx")
    return office(source, "pdf", folder)


def test_rules_about_long_lines_and_texts_over_the_next_cell(tmp_path: Path) -> None:
    rows: list[list[object]] = [["職員番号", "氏名", "所属", "住所", "携帯電話", "資格"]]
    rows += [
        [f"6{k:05}", name, ("図書館", "公民館")[k % 2], home, phone, None]
        for k, (name, home, phone, _) in enumerate(_PEOPLE)
    ]
    data = _printed(rows, iter(()), tmp_path, "10 16 14 22 11 8")
    blocks = extract(Part(path=("a.pdf",), data=data), Budget()).blocks
    table = next(block for block in blocks if isinstance(block, Table))
    assert table.place == "page 1 table"
    assert table.frame.rows()[1:] == [tuple(row) for row in rows[1:]][: table.frame.height - 1]


def test_a_cell_that_rows_share_is_the_first_ones(tmp_path: Path) -> None:
    rows: list[list[object]] = [["世帯番号", "住所", "続柄", "氏名", "生年月日"]]
    for k, (name, home, _, birth) in enumerate(_PEOPLE[:12]):
        rows.append([f"00{k // 3}", home, "世帯主", name, birth] if k % 3 == 0 else [None, None, "子", name, birth])
    data = _printed(
        rows, (f"{letter}{i}:{letter}{i + 2}" for i in (2, 5, 8, 11) for letter in "AB"), tmp_path, "9 20 9 16 20"
    )
    table = next(
        block for block in extract(Part(path=("a.pdf",), data=data), Budget()).blocks if isinstance(block, Table)
    )
    assert [row[:2] for row in table.frame.rows()] == [tuple(row[:2]) for row in rows]


def test_records_of_two_rows_go_on_without_their_heading(tmp_path: Path) -> None:
    rows: list[list[object]] = [["番号", "ふりがな", "生年月日", "住所"], [None, "氏名", "年齢", "電話番号"]]
    for k, (name, home, phone, birth) in enumerate(_PEOPLE):
        rows += [
            [k + 1, f"{_READINGS[k % 8]}くぼ　{_READINGS[k // 8]}や", birth, home],
            [None, name, f"{70 + k % 20}歳", phone],
        ]
    places = (f"A{i}:A{i + 1}" for i in range(1, len(rows), 2))
    assert count(_printed(rows, places, tmp_path, "6 24 20 34")) == (len(_PEOPLE), [])


def _drawn(draw: Callable[[canvas.Canvas], None]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(595, 842))
    draw(page)
    page.save()
    return out.getvalue()


def _begin(page: canvas.Canvas) -> None:
    page.setFont("HeiseiMin-W3", 10)


@pytest.mark.parametrize("left", [50, 120])
def test_records_of_two_lines(left: int) -> None:
    def draw(page: canvas.Canvas) -> None:
        _begin(page)
        page.drawString(50, 815, "軽自動車税　納税義務者名簿")
        for x, y, text in ((left, 795, "通知番号"), (190, 795, "氏名"), (290, 795, "生年月日"), (120, 782, "住所"), (440, 782, "電話番号")):  # fmt: skip
            page.drawString(x, y, text)
        for k, (name, home, phone, birth) in enumerate(_PEOPLE[:20]):
            y = 760 - 34 * k
            for x, text in ((left, f"8{k:05}"), (190, name), (290, birth)):
                page.drawString(x, y, text)
            page.drawString(120, y - 13, "新潟県茂里沢市" + home + "　コーポ鳰101号")
            page.drawString(440, y - 13, phone)

    assert count(_drawn(draw)) == (20, [])


def test_cards_side_by_side() -> None:
    def draw(page: canvas.Canvas) -> None:
        _begin(page)
        page.drawString(50, 815, "緊急時引渡しカード")
        for k, (name, home, phone, _) in enumerate(_PEOPLE[:12]):
            for j, text in enumerate((f"氏名：{name}", f"住所：{home}", f"電話：{phone}", "引渡し者：祖母")):
                page.drawString(50 + k % 2 * 260, 780 - k // 2 * 105 - 16 * j, text)

    assert count(_drawn(draw)) == (12, [])


@pytest.mark.parametrize(("wide", "narrow"), [(10.5, 5.6), (10.0, 5.0), (11.0, 6.2)])
def test_letters_drawn_one_by_one(wide: float, narrow: float) -> None:
    def spell(page: canvas.Canvas, x: float, y: float, text: str) -> None:
        for letter in text:
            page.drawString(x, y, letter)
            x += wide if letter > "\u00ff" else narrow

    def draw(page: canvas.Canvas) -> None:
        _begin(page)
        for x, text in ((50, "番号"), (90, "氏名"), (190, "住所"), (440, "電話番号")):
            spell(page, x, 790, text)
        for k, (name, home, phone, _) in enumerate(_PEOPLE):
            for x, text in ((50, str(k + 1)), (90, name), (190, home), (440, phone)):
                spell(page, x, 772 - 18 * k, text)

    found = inspected(_drawn(draw))
    assert (found.subjects, found.counts["phone"]) == (len(_PEOPLE), len(_PEOPLE))


def test_the_room_above_a_table_in_a_cell_is_no_row(tmp_path: Path) -> None:
    rows: list[list[object]] = []
    for name, home, phone, _ in _PEOPLE[:6]:
        rows += [[name, None, None], [None, "住所", home], [None, "電話", phone]]
    data = _printed(rows, (f"A{i}:A{i + 2}" for i in range(1, 18, 3)), tmp_path, "16 8 24")
    blocks = extract(Part(path=("a.pdf",), data=data), Budget()).blocks
    table = next(block for block in blocks if isinstance(block, Table))
    assert [row for row in table.frame.rows() if any(row)][:2] == [(rows[0][0], *rows[1][1:]), tuple(rows[2])]
