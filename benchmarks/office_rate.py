"""Office files and PDF from bytes to a count of people, against the library alone that only reads them.

The bars: a 31,429-row xlsx at 0.6 × python-calamine alone or better, 200 pages of Japanese text at 0.5 × pypdfium2.
"""

from __future__ import annotations

import csv
import io
import time

from benchmarks import ours
from benchmarks.lists import make
from benchmarks.report import Row, rates, row

ROWS, PAGES = 31429, 200
PAGE_LINES = 38


def workbook() -> tuple[bytes, int]:
    """The incident's list as a workbook of xlsxwriter's, and how many people in it count."""
    import xlsxwriter

    text, truth = make(ROWS)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("名簿")
    for y, cells in enumerate(csv.reader(io.StringIO(text))):
        sheet.write_row(y, 0, cells)
    book.close()
    return out.getvalue(), truth


def report() -> bytes:
    """200 pages of prose in which nobody is named, by reportlab with a font that is not embedded."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    for number in range(PAGES):
        page.setFont("HeiseiMin-W3", 10)
        for line in range(PAGE_LINES):
            text = (
                f"第{number + 1}章　公の施設の管理及び運営に関する条例の施行について必要な事項を定める（{line + 1}）。"
            )
            page.drawString(60, 800 - line * 20, text)
        page.showPage()
    page.save()
    return out.getvalue()


def calamine(data: bytes) -> int:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def pdfium(data: bytes) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    return sum(len(page.get_textpage().get_text_range()) for page in document)


def run(runs: int = 5) -> list[Row]:
    """Rows and pages a second on one core, and seconds of OCR a page."""
    ours.one_core()
    inspect = ours.inspector()

    def count(data: bytes, truth: int) -> int:
        found = inspect(data, "file")
        if found.subjects != truth or not found.inspected:
            raise SystemExit(f"counted {found.subjects}, true are {truth}: a fast wrong count is not measured")
        return found.subjects

    (book, truth), prose = workbook(), report()
    contestants = {"python-calamine alone": lambda: calamine(book), "sekisho inspect": lambda: count(book, truth)}
    figures = rates(f"{ROWS:,}-row xlsx, bytes to count", ROWS, "rows/s", contestants, runs=runs)
    contestants = {"pypdfium2 alone": lambda: pdfium(prose), "sekisho inspect": lambda: count(prose, 0)}
    figures += rates(f"{PAGES}-page Japanese PDF", PAGES, "pages/s", contestants, runs=runs)
    return figures + _ocr()


def _ocr() -> list[Row]:
    """One page of a list of 40 as tesseract reads it through us; nothing where it is not installed."""
    from PIL import Image

    from dlp.extract.budget import Budget
    from dlp.extract.pictures import ocr
    from tests.extract.test_ocr import FONTS, scan

    if not ocr.program()[0] or not FONTS:
        return []
    figures = []
    for angle in (0, 90):
        sheet: Image.Image = scan().rotate(angle, expand=True)
        begun = time.perf_counter()
        ocr.read(sheet, Budget(), "page")
        figures.append(
            row("OCR of a 200 dpi list", f"turned by {angle}°", "pages/s", [1 / (time.perf_counter() - begun)])
        )
    return figures
