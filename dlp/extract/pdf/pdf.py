"""PDF by pypdfium2: text in the order of the page, ruled tables by their rules, pictures by OCR.

Pages are read one after another. What stands beside the pages (form fields, annotations, bookmarks, properties,
attachments) is in `pdf_beside`, where the rules of a table are in `pdf_grid`.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
from collections.abc import Iterator, Sequence

import pypdfium2
import pypdfium2.raw as raw
from PIL import Image

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Lost, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.pdf import beside as pdf_beside
from dlp.extract.pdf import grid as pdf_grid
from dlp.extract.pdf import pages as pdf_pages
from dlp.extract.pdf import runs as pdf_runs
from dlp.extract.pdf import stripes as pdf_stripes
from dlp.extract.pdf.columns import Columns
from dlp.extract.pictures import ocr
from dlp.transfer import Part

KIND = "application/pdf"
_DPI = 200
_MOST_PIXELS = 30_000_000
_MUCH = 0.2  # share of a page that a picture covers to be read by OCR though the page has text
_LAYER = 40  # characters over a picture that show that it was read before
_STROKES = 40  # paths of a page without text: letters drawn as outlines
#: Blanks about the figures of a date or an age, which stand apart because their font is another: 平成 25 年 3 月 4 日.
_DATED = re.compile(r"(?<=\d) (?=[年月日歳才])|(?<=[明大昭平令治正和成年月]) (?=\d{1,2} ?[年月日])")
_ODD = re.compile(r"[\ufffd\ue000-\uf8ff\x01-\x08\x0e-\x1f]")
_JUNK = str.maketrans({"\ufffe": None, "\0": None, "\r": None, "\u00ad": None, "\ufffd": "\ufffd"})


def extract(part: Part, budget: Budget) -> Extracted:
    """Text of every page; fields, annotations and properties; attachments as children."""
    try:
        document = pypdfium2.PdfDocument(part.data)
    except pypdfium2.PdfiumError as error:
        why = Why.ENCRYPTED if "password" in str(error).lower() else Why.CORRUPT
        return Extracted(KIND, unread=(why,))
    try:
        children: list[Part] = []
        blocks = list(_blocks(document, part, budget, children))
        blocks = pdf_stripes.beside(blocks, pdf_beside.begun(document), _single(document, blocks))
        blocks = pdf_pages.run_on(pdf_grid.rejoined(blocks))
        children += pdf_beside.attachments(document, part, budget)
        if not blocks and not children and not _draws(document):
            blocks = [Lost(part.path, Why.CORRUPT)]  # blank to the last page, or nobody can decode what draws them
    finally:
        document.close()
    return Extracted(KIND, blocks, tuple(children))


def _blocks(
    document: pypdfium2.PdfDocument, part: Part, budget: Budget, children: list[Part]
) -> Iterator[Block | Lost]:
    """Pages one by one; what is attached to one goes to `children`, for to load a page again costs as much."""
    if not len(document):
        yield Lost(part.path, Why.CORRUPT)
    try:
        yield from pdf_beside.of_document(document, part.data)
        columns = Columns()
        for number in range(len(document)):
            budget.take_page()
            try:
                page = document[number]
                yield from _page(page, f"page {number + 1}", part, budget, columns)
                yield from pdf_beside.of_page(document, page, f"page {number + 1}")
                children += pdf_beside.on_page(page, part, budget)
                page.close()
            except pypdfium2.PdfiumError:
                yield Lost(part.path, Why.CORRUPT)
    except Incomplete as fault:
        yield Lost(part.path, Why(fault.why))


def _single(document: pypdfium2.PdfDocument, blocks: Sequence[Block | Lost]) -> dict[str, Table]:
    """By their place, pages of text with as many lines as a table has rows: perhaps one of the sheet's columns."""
    columns, found = Columns(), dict[str, Table]()
    for number, place in pdf_stripes.as_long(blocks):
        page = document[number - 1]
        text_page = page.get_textpage()
        with contextlib.suppress(pypdfium2.PdfiumError):
            found[place] = columns.alone(text_page, place)
        text_page.close()
        page.close()
    return found


def _draws(document: pypdfium2.PdfDocument) -> bool:
    """Whether anything at all is on any page."""
    return any(raw.FPDFPage_CountObjects(document[number]) for number in range(len(document)))


def _page(page: pypdfium2.PdfPage, place: str, part: Part, budget: Budget, columns: Columns) -> Iterator[Block | Lost]:
    text_page = page.get_textpage()
    text = text_page.get_text_range().translate(_JUNK) if text_page.count_chars() else ""
    lies = bool(text) and pdf_grid.lies(text_page)
    downwards = bool(text) and not lies and pdf_grid.written_downwards(text_page)
    if downwards:
        text = pdf_grid.downward_lines(text_page)
    ruled = not lies and pdf_grid.may_be_ruled(page, text, across=not downwards)
    tables = list(pdf_grid.tables(page, text_page, place)) if ruled else []
    across = not downwards and not lies
    if not tables and text and across and (tangled := pdf_runs.table(page, text_page, place)):
        tables = [tangled]
    if tables:
        yield from tables
    elif across and (found := columns.read(text_page, text, place)):
        yield found
    elif text.strip():
        yield Text(_DATED.sub("", text) + "\n", place)
    if _needs_eyes(page, text_page, text):
        try:
            yield from ocr.read(_picture(page), budget, f"{place} picture")
        except Incomplete as fault:
            yield Lost(part.path, Why(fault.why))
    text_page.close()


def _needs_eyes(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, text: str) -> bool:
    """Whether the page shows what its text does not say."""
    count = raw.FPDFPage_CountObjects(page)
    bare = text.strip()
    if bare and len(_ODD.findall(bare)) > len(bare) * 0.2:
        return True  # fonts that do not say which characters they draw
    if len(bare) > 200 and count > 4_000:
        return False
    kinds = list(page.get_objects(max_depth=3)) if count <= 4_000 else []
    pictures = [o for o in kinds if o.type == raw.FPDF_PAGEOBJ_IMAGE]
    if not bare:
        return bool(pictures) or len(kinds) >= _STROKES or count > 4_000
    width, height = page.get_size()
    covered = sum(_unsaid(page, text_page, picture) for picture in pictures)  # some scanners cut a page into strips
    return bool(covered >= width * height * _MUCH)


def _unsaid(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, picture: pypdfium2.PdfObject) -> float:
    """The area a picture covers of the page, where it was not made searchable before."""
    left, bottom, right, top = picture.get_bounds()
    width, height = page.get_size()
    across, up = min(right, width) - max(left, 0), min(top, height) - max(bottom, 0)
    if min(across, up) <= 0 or len(text_page.get_text_bounded(left, bottom, right, top).strip()) >= _LAYER:
        return 0.0
    return float(across * up)


def _picture(page: pypdfium2.PdfPage) -> Image.Image:
    """The page as it is seen, in grey. Raises Incomplete(TOO_LARGE)."""
    width, height = page.get_size()
    scale = min(_DPI / 72, 4000 / max(width, height, 1))
    if width * height * scale * scale > _MOST_PIXELS:
        raise Incomplete(Why.TOO_LARGE)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    data = ctypes.string_at(bitmap.buffer, bitmap.stride * bitmap.height)
    picture = Image.frombytes("L", (bitmap.width, bitmap.height), data, "raw", "L", bitmap.stride)
    bitmap.close()
    return picture
