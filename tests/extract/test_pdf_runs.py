"""A sheet printed to PDF whose cells are narrower than what is in them."""

from __future__ import annotations

import io

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from dlp.extract.blocks import Table, Text
from dlp.extract.budget import Budget
from dlp.extract.registry import extract
from dlp.transfer import Part

PLACES = (50, 110, 165, 220)  # a cell is 55 points wide, a letter 10
PEOPLE = [
    ("佐藤　太郎", "昭和40年12月13日", f"神奈川県平塚市見附町{n}-2-{n + 5}", f"0463-2{n % 8 + 1}-55{n:02}") for n in range(1, 13)
]  # fmt: skip


def _drawn(rows: list[tuple[str, ...]], size: int = 10) -> list[Table]:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    held = io.BytesIO()
    canvas = Canvas(held)
    canvas.setFont("HeiseiMin-W3", size)
    for number, row in enumerate(rows):
        for place, cell in zip(PLACES, row, strict=True):
            canvas.drawString(place, 780 - 16 * number, cell)
    canvas.save()
    blocks = extract(Part(path=("a.pdf",), data=held.getvalue()), Budget()).blocks
    return [block for block in blocks if isinstance(block, Table)]


def test_what_reaches_over_the_next_cell_stays_in_its_own() -> None:
    rows = [("氏名", "生年月日", "住所", "電話番号"), *PEOPLE]
    (table,) = _drawn(rows)
    assert table.frame.rows() == rows


def test_a_cell_that_ends_where_the_next_begins_is_parted_from_it() -> None:
    rows = [
        ("氏名", "続柄", "住所", "電話"),
        *(("佐藤", "長男", "見附町2-3", f"0463-21-55{n:02}") for n in range(1, 13)),
    ]
    full = [
        rows[0],
        *(
            (name, "長男または孫"[: 5 + (n % 2)], address, phone)
            for n, (name, _, address, phone) in enumerate(rows[1:])
        ),
    ]
    (table,) = _drawn(full)
    assert table.frame.rows() == full


def test_a_given_name_after_a_wide_blank_is_no_column() -> None:
    rows = [("氏名", "生年月日", "住所", "電話番号"), *PEOPLE]
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    held = io.BytesIO()
    canvas = Canvas(held)
    canvas.setFont("HeiseiMin-W3", 10)
    for number, (name, *cells) in enumerate(rows):
        surname, _, given = name.partition("　")
        canvas.drawString(PLACES[0], 780 - 16 * number, surname)
        canvas.drawString(PLACES[0] + 30, 780 - 16 * number, given)
        for place, cell in zip(PLACES[1:], cells, strict=True):
            canvas.drawString(place, 780 - 16 * number, cell)
    canvas.save()
    blocks = extract(Part(path=("a.pdf",), data=held.getvalue()), Budget()).blocks
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert [" ".join((row[0] or "").split()) for row in table.frame.rows()] == ["氏名", *["佐藤 太郎"] * 12]


def test_a_text_drawn_in_parts_is_one() -> None:
    rows = [("山岸　稔一郎", f"070-4393-77{n:02}", f"見附町{n}-2-{n + 5}番地の{n}号室") for n in range(10, 22)]
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    held = io.BytesIO()
    canvas = Canvas(held)
    canvas.setFont("HeiseiMin-W3", 10)
    for number, (name, phone, address) in enumerate(rows):
        height = 780 - 16 * number
        canvas.drawString(50, height, name)
        canvas.drawString(113, height, phone)  # three points after the name, as after a blank
        canvas.drawString(165, height, address)  # what is before it reaches over
    canvas.save()
    blocks = extract(Part(path=("a.pdf",), data=held.getvalue()), Budget()).blocks
    (table,) = [block for block in blocks if isinstance(block, Table)]
    said = [tuple(" ".join((cell or "").split()) for cell in row) for row in table.frame.rows()]
    assert said == [(f"{name.replace(chr(0x3000), chr(32))} {phone}", address) for name, phone, address in rows]


def test_sentences_with_figures_of_another_font_at_one_place_are_no_table() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    held = io.BytesIO()
    canvas = Canvas(held)
    for number in range(12):
        height = 780 - 32 * number
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, height, str(number % 3 + 1))
        canvas.setFont("HeiseiMin-W3", 10)
        canvas.drawString(
            68, height, f"年 2 組の山岸 稔一郎（平成 25 年 3 月 {number + 1} 日生、男）は、登校している。"
        )
        canvas.drawString(50, height - 16, "家庭訪問を行った。連絡先は、")
        canvas.drawString(193, height - 16, f"070-4393-77{number + 10}。")
    canvas.save()
    blocks = list(extract(Part(path=("a.pdf",), data=held.getvalue()), Budget()).blocks)
    assert not [block for block in blocks if isinstance(block, Table)]
    text = "".join(block.text for block in blocks if isinstance(block, Text))
    assert [f"平成25年3月{day}日生" in text for day in range(1, 13)] == [True] * 12
