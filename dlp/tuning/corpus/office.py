"""Office documents and PDF, by the libraries of the development group. Text comes as one-cell rows without a title."""

from __future__ import annotations

import io
from functools import cache

from dlp.tuning.corpus.layout import Rows

type Sheets = list[tuple[str, Rows]]


def xlsx(sheets: Sheets) -> bytes:
    """A workbook."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, rows in sheets:
        page = book.create_sheet(title or "Sheet1")
        for row in rows:
            page.append([None if cell == "" else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _is_text(title: str, rows: Rows) -> bool:
    return not title and all(len(row) == 1 for row in rows)


def docx(sheets: Sheets) -> bytes:
    """A document with a table for each sheet, or a paragraph for each line."""
    from docx import Document

    document = Document()
    for title, rows in sheets:
        if _is_text(title, rows):
            for row in rows:
                document.add_paragraph(str(row[0]))
            continue
        document.add_heading(title, 2)
        document.element.body.insert(len(document.element.body) - 1, _docx_table(rows))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_table(rows: Rows) -> object:
    """The table as markup: python-docx takes seconds for some hundred rows."""
    from xml.sax.saxutils import escape

    from docx.oxml import parse_xml

    width = max(map(len, rows), default=1)
    lines = []
    for row in rows:
        padded = [*row, *[""] * (width - len(row))]
        cells = (
            "".join(f"<w:p><w:r><w:t>{escape(t)}</w:t></w:r></w:p>" for t in _text(cell).split("\n")) for cell in padded
        )
        lines.append("<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>")
    grid = "<w:gridCol/>" * width
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return parse_xml(f'<w:tbl xmlns:w="{space}"><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{"".join(lines)}</w:tbl>')


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def pptx(sheets: Sheets) -> bytes:
    """Slides with fifteen rows of a table each, the header on the first only."""
    from pptx import Presentation
    from pptx.util import Cm

    deck = Presentation()
    for _, rows in sheets:
        width = max(map(len, rows), default=1)
        for start in range(0, len(rows), 15):
            page = rows[start : start + 15]
            slide = deck.slides.add_slide(deck.slide_layouts[6])
            table = slide.shapes.add_table(len(page), width, Cm(1), Cm(1), Cm(23), Cm(15)).table
            for y, row in enumerate(page):
                for x, cell in enumerate(row):
                    table.cell(y, x).text = _text(cell)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


@cache
def _font() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    return "HeiseiMin-W3"


def pdf(sheets: Sheets) -> bytes:
    """Pages with cells at fixed places, or with lines."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    width, height = landscape(A4)
    canvas = Canvas(out, pagesize=(width, height))
    for title, rows in sheets:
        text = _is_text(title, rows)
        places, size = ([30.0], 8.0) if text else _places(rows, width - 60)
        for start in range(0, max(1, len(rows)), 36):
            canvas.setFont(_font(), size)
            for i, row in enumerate(rows[start : start + 36]):
                for x, cell in zip(places, row, strict=False):
                    canvas.drawString(x, height - 40 - 14 * i, _text(cell).replace("\n", " "))
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _places(rows: Rows, room: float) -> tuple[list[float], float]:
    """Where columns begin, each as wide as its longest cell, and the size of letters that fit."""
    count = max(map(len, rows), default=1)
    widest = [max((_width(row[i]) for row in rows if i < len(row)), default=1) + 2 for i in range(count)]
    unit = min(4.2, room / sum(widest))
    return [30 + unit * sum(widest[:i]) for i in range(count)], 2 * unit * 0.95


def _width(cell: object) -> int:
    return sum(2 if ord(c) > 0x2000 else 1 for c in _text(cell))
