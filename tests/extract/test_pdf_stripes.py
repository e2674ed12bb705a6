"""Sheets wider than a page, headings over empty columns, and cells that break a bracket or a lot."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from dlp.extract.blocks import Block, Lost, Table, Text
from dlp.extract.budget import Budget
from dlp.extract.pdf import grid as pdf_grid
from dlp.extract.pdf import stripes as pdf_stripes
from dlp.extract.plain.text import frame_of
from dlp.extract.registry import extract
from dlp.transfer import Part

ROWS = 12
LEFT = [
    ("番号", "氏名", "性別"),
    *((str(n), f"佐藤{'一二三四五六七八九十百千'[n - 1]}郎", "男") for n in range(1, ROWS + 1)),
]
RIGHT = [("住所", "電話番号"), *((f"平塚市見附町{n}-2-3", f"0463-21-55{n:02}") for n in range(1, ROWS + 1))]


def _page(canvas: Canvas, rows: Sequence[Sequence[str]], places: Sequence[int]) -> None:
    canvas.setFont("HeiseiMin-W3", 10)
    for number, row in enumerate(rows):
        for place, cell in zip(places, row, strict=True):
            draw = canvas.drawRightString if cell.isdigit() else canvas.drawString  # as sheets print numbers
            draw(place + 25 * cell.isdigit(), 780 - 16 * number, cell)
    canvas.showPage()


def _blocks(draw: Callable[[Canvas], None]) -> Sequence[Block | Lost]:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    held = io.BytesIO()
    canvas = Canvas(held)
    draw(canvas)
    canvas.save()
    return extract(Part(path=("a.pdf",), data=held.getvalue()), Budget()).blocks


def test_pages_that_go_on_to_the_right_are_one_table() -> None:
    def draw(canvas: Canvas) -> None:
        _page(canvas, RIGHT, (50, 250))
        _page(canvas, LEFT, (50, 160, 260))

    (table,) = [block for block in _blocks(draw) if isinstance(block, Table)]
    for row, (_, name, _), (address, phone) in zip(table.frame.iter_rows(), LEFT, RIGHT, strict=True):
        assert row[:2] == (address, phone)
        assert name in " ".join(filter(None, row))


def _tables(*pages: Sequence[Sequence[str]]) -> list[Block | Lost]:
    return [Table(frame_of([list(row) for row in rows]), f"page {n} table") for n, rows in enumerate(pages, 1)]


def test_stripes_of_several_pages_go_beside_each_other() -> None:
    left, right = [(a, b) for a, b, _ in LEFT], RIGHT
    for pages in ((left[:7], left[7:], right[:7], right[7:]), (left[:7], right[:7], left[7:], right[7:])):
        found = pdf_stripes.beside(_tables(*pages))
        assert [block.frame.height for block in found if isinstance(block, Table)] == [7, 6]
        assert all(block.frame.width == 4 for block in found if isinstance(block, Table))


def test_lists_of_one_heading_or_of_the_same_words_stay_below_each_other() -> None:
    once, again = RIGHT[:6], [RIGHT[0], *RIGHT[7:12]]
    assert len(pdf_stripes.beside(_tables(once, again))) == 2
    yes = [("佐藤太郎", "出席"), ("佐藤花子", "欠席"), ("佐藤一郎", "出席")]
    no = [("鈴木太郎", "欠席"), ("鈴木花子", "出席"), ("鈴木一郎", "出席")]
    assert len(pdf_stripes.beside(_tables(yes, no))) == 2
    assert len(pdf_stripes.beside([*_tables(LEFT, RIGHT[:5])])) == 2
    assert len(pdf_stripes.beside([*_tables(LEFT, [r for r in RIGHT]), Text("a\n", "page 3")])) == 3


def test_numbers_flush_right_and_their_heading_are_one_column() -> None:
    cells = [["番号", "", "氏名"], ["", "1", "甲"], ["", "2", "乙"], ["10", "", "丙"]]
    assert pdf_stripes.joined(cells) == [["番号", "氏名"], ["1", "甲"], ["2", "乙"], ["10", "丙"]]
    both = [["番号", "枝"], ["1", ""], ["2", "3"]]
    assert pdf_stripes.joined(both) == both


def test_a_bracket_that_a_cell_breaks_is_closed_in_it() -> None:
    assert pdf_grid._open("佐藤花子（66")
    assert not pdf_grid._open("佐藤花子（66歳）")

    def draw(canvas: Canvas) -> None:
        canvas.setFont("HeiseiMin-W3", 10)
        for number in range(7):
            canvas.line(50, 780 - 30 * number, 290, 780 - 30 * number)
        for place in (50, 140, 290):
            canvas.line(place, 780, place, 600)
        for number in range(6):
            canvas.drawString(52, 768 - 30 * number, "佐藤花子（6")
            canvas.drawString(52, 756 - 30 * number, "6歳）")
            canvas.drawString(142, 768 - 30 * number, f"0463-21-55{number:02}")
        canvas.showPage()

    (table,) = [block for block in _blocks(draw) if isinstance(block, Table)]
    assert {row[0] for row in table.frame.iter_rows() if row[0]} == {"佐藤花子（66歳）"}
