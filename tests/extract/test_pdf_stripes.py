"""Sheets wider than a page, headings over empty columns, and cells that break a bracket or a lot."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from openpyxl import Workbook
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
from tests.extract import makers
from tests.extract.people import count

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
        (table,) = [block for block in found if isinstance(block, Table)]
        assert (table.frame.shape, table.seams) == ((13, 4), (2,))


def test_lists_of_one_heading_or_of_the_same_words_stay_below_each_other() -> None:
    once, again = RIGHT[:6], [RIGHT[0], *RIGHT[7:12]]
    assert len(pdf_stripes.beside(_tables(once, again))) == 2
    yes = [("佐藤太郎", "出席"), ("佐藤花子", "欠席"), ("佐藤一郎", "出席")]
    no = [("鈴木太郎", "欠席"), ("鈴木花子", "出席"), ("鈴木一郎", "出席")]
    assert len(pdf_stripes.beside(_tables(yes, no))) == 2
    assert len(pdf_stripes.beside([*_tables(LEFT, RIGHT[:5])])) == 2
    assert len(pdf_stripes.beside([*_tables(LEFT, RIGHT), Text("a\n", "page 3")])) == 2  # whatever follows them
    assert len(pdf_stripes.beside(_tables(LEFT, RIGHT), sheets=(1, 2))) == 2  # another sheet begins on page 2


def _standing(down: Sequence[float], rows: Sequence[Sequence[str]], page: int) -> Table:
    return Table(frame_of([list(row) for row in rows]), f"page {page} table", tuple(down))


def test_a_row_is_known_by_where_it_stands() -> None:
    places = [780.0 - 15 * n for n in range(ROWS + 2)]
    names = _standing(places, [("滞納者一覧", "", ""), *LEFT], 1)  # the title is on the first page alone
    said = [row for n, row in enumerate(RIGHT) if n != 4]  # somebody has nothing there
    answers = _standing([place - 3 for n, place in enumerate(places[1:]) if n != 4], said, 2)  # another font
    (table,) = pdf_stripes.beside([names, answers])
    assert isinstance(table, Table)
    rows = table.frame.rows()
    assert [bool(row[3]) for row in rows] == [False, *(n != 4 for n in range(ROWS + 1))]
    assert (rows[6][1], rows[6][3]) == (LEFT[5][1], RIGHT[5][0])
    lower = _standing([place - 7 for place in places[1:]], RIGHT, 2)  # between the rows
    assert len(pdf_stripes.beside([names, lower])) == 2
    longer = _standing([*places[1:], 500.0], [*RIGHT, ("平塚市見附町", "0463-21-5599")], 2)
    assert len(pdf_stripes.beside([names, longer])) == 2


def test_what_is_on_every_page_is_no_heading_and_remarks_need_not_be_in_every_row() -> None:
    remarks = [("備考",), *[("送迎あり" if n % 3 else "",) for n in range(ROWS)]]
    pages = [
        _standing(
            [800, *(780.0 - 15 * n for n in range(ROWS + 1)), 40],
            [("名簿", *[""] * (len(rows[0]) - 1)), *rows, (f"{n} ページ", *[""] * (len(rows[0]) - 1))],
            n,
        )
        for n, rows in enumerate((LEFT, RIGHT, remarks), 1)
    ]
    table, left = pdf_stripes.beside(pages)
    assert isinstance(table, Table)
    assert left == Text("1 ページ\n2 ページ\n3 ページ\n", "page 1 table")
    assert (table.frame.row(0)[0], table.frame.row(1)) == ("名簿", (*LEFT[0], *RIGHT[0], *remarks[0]))


def _all_said(pages: Sequence[Sequence[tuple[float, float, str]]]) -> Sequence[Text | Table]:
    """The blocks of pages of words, each of which must be in one."""

    def draw(canvas: Canvas) -> None:
        for page in pages:
            canvas.setFont("HeiseiMin-W3", 10)
            for across, down, word in page:
                canvas.drawString(across, down, word)
            canvas.showPage()

    blocks = [block for block in _blocks(draw) if isinstance(block, Text | Table) and block.place != "properties"]
    texts = [block.text for block in blocks if isinstance(block, Text)]
    cells = [cell for block in blocks if isinstance(block, Table) for row in block.frame.iter_rows() for cell in row]
    said = "".join("".join([*texts, *filter(None, cells)]).split())
    assert [word for page in pages for _, _, word in page if word not in said] == []
    return blocks


def _list(rows: Sequence[Sequence[str]]) -> list[tuple[float, float, str]]:
    return [(50 + 150 * i, 760 - 22 * n, cell) for n, row in enumerate(rows) for i, cell in enumerate(row)]


def test_two_lines_beside_one_row_are_both_read() -> None:
    names = [row[1:] for row in LEFT]
    lines = _list(RIGHT)[:2]
    for n, (address, phone) in enumerate(RIGHT[1:], 1):
        lines += [(50, 766 - 22 * n, address), (200, 766 - 22 * n, phone)]
        lines += [(50, 754 - 22 * n, f"夫鈴木{n}郎"), (200, 754 - 22 * n, f"090-1234-56{n:02}")]
    assert len(_all_said([_list(names), lines])) == 2
    notes = [*_list(RIGHT), (50, 760 - 22 * 5 - 7, "方書アリ荘"), (200, 760 - 22 * 5 - 7, "昼のみ")]
    (table,) = _all_said([_list(names), notes])  # a cell of two lines
    assert isinstance(table, Table)
    assert table.frame.row(6) == (None, None, "方書アリ荘", "昼のみ")


def test_rows_of_one_height_are_all_read() -> None:
    names, said = ((rows[0], *rows[1:6], *rows[5:]) for rows in ([row[1:] for row in LEFT], RIGHT))
    places = [760.0 - 22 * min(n, max(5, n - 1)) for n in range(len(names))]
    for first, then in ((names, said), (said, names)):
        for pages in ((places, places), (places, sorted({*places, 40.0}, reverse=True))):
            tables = [
                _standing(down, rows, n) for n, (down, rows) in enumerate(zip(pages, (first, then), strict=True), 1)
            ]
            cells = [cell for t in pdf_stripes.beside(tables) for row in t.frame.iter_rows() for cell in row if cell]
            assert sorted(cells) == sorted(cell for row in (*first, *then) for cell in row)


def test_what_stands_alone_on_every_page_is_read() -> None:
    alone = [[(50.0, 300.0 - 22 * n, f"090-1234-5{page}{n}{page}") for n in range(2)] for page in (1, 2)]
    blocks = _all_said([_list([row[1:] for row in LEFT]) + alone[0], _list(RIGHT) + alone[1]])
    assert [type(block) for block in blocks] == [Table, Text]


def _printed(rows: Sequence[Sequence[str]], widths: Sequence[int], folder: Path, *, over: bool) -> int:
    """The people of a sheet that LibreOffice prints over several pages, down or over first."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for letter, width in zip("ABCD", widths, strict=True):
        sheet.column_dimensions[letter].width = width
    if over:
        sheet.page_setup.pageOrder, sheet.print_title_rows = "overThenDown", "2:2"
    book.save(folder / "wide.xlsx")
    return count(makers.office(folder / "wide.xlsx", "pdf", folder))[0]


def test_sheets_wider_than_a_page_as_an_office_program_prints_them(tmp_path: Path, need: Callable[..., None]) -> None:
    need("soffice")
    people = makers.PEOPLE[:70]
    lived = [
        ("名簿",),
        ("番号", "氏名", "住所", "電話"),
        *((str(i), p.name, p.address, p.phone) for i, p in enumerate(people)),
    ]
    for over in (False, True):
        assert _printed(lived, (12, 40, 56, 40), tmp_path, over=over) == len(people)
    offices = ("福祉", "市民", "税務", "水道", "農政", "防災", "教育", "環境", "都市計画", "観光")
    won = [("表彰",), ("氏名", "賞", "窓口", "電話")]
    won += [(people[i].name, "金賞", f"{office}課", f"0463-21-10{i}5") for i, office in enumerate(offices)]
    assert _printed(won, (40, 40, 60, 20), tmp_path, over=False) == 0


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


def test_forms_below_another_are_no_stripes() -> None:
    """Pages of as many lines, each a label and its answer: put beside each other nobody was found in them."""
    people = makers.PEOPLE[:26]

    def draw(canvas: Canvas) -> None:
        for begin in (0, 13):
            canvas.setFont("HeiseiMin-W3", 10)
            for number, person in enumerate(people[begin : begin + 13]):
                lines = (f"氏名：{person.name}", f"生年月日：{person.birth:%Y年%m月%d日}", f"連絡先：{person.phone}")
                for line, said in enumerate(lines):
                    canvas.drawString(80, 790 - 18 * (3 * number + line), said)
            canvas.showPage()

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    held = io.BytesIO()
    canvas = Canvas(held)
    draw(canvas)
    canvas.save()
    assert count(held.getvalue()) == (26, [])


def test_a_total_stands_below_one_stripe_alone() -> None:
    down = tuple(700.0 - 16 * i for i in range(8))
    left = [["代表者", "人数"], *[[f"樗窪　碩{k}", "2"] for k in "一二三四五六"], ["計", "12"]]
    right = [["住所", "電話"], *[[f"樅入町{k}-3", f"0463-21-10{k}1"] for k in range(6)]]
    pages = [Table(frame_of(left), "page 1 table", down), Table(frame_of(right), "page 2 table", down[:7])]
    (sheet, *_) = pdf_stripes.beside(pages, {1})
    assert isinstance(sheet, Table)
    assert sheet.frame.rows()[1] == (*left[1], *right[1])


def test_pages_of_names_go_on_downwards_where_only_a_later_stripe_begins_with_headings() -> None:
    down = tuple(700.0 - 16 * i for i in range(6))
    kanji = "一二三四五六七八九十百千"
    names = [["氏名", "国籍"], *[[f"樗窪　碩{k}", f"国{k}"] for k in (*kanji, *(f"十{k}" for k in kanji[:5]))]]
    reached = [["住所", "電話"], *[[f"樅入町{k}-3", f"0463-21-10{k:02}"] for k in range(17)]]
    cells = [names[:6], names[6:12], names[12:], reached[:6], reached[6:12], reached[12:]]
    pages = [Table(frame_of(rows), f"page {i} table", down) for i, rows in enumerate(cells, 1)]
    (sheet, *_) = pdf_stripes.beside(pages, {1})
    assert isinstance(sheet, Table)
    assert sheet.frame.rows() == [(*a, *b) for a, b in zip(names, reached, strict=True)]
