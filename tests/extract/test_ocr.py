"""Scanned lists: pictures drawn by Pillow and by PDF printers, read by tesseract, in every orientation, or held."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dlp.errors import Incomplete
from dlp.extract.blocks import Why
from dlp.extract.budget import Budget
from dlp.extract.pictures import ocr
from dlp.extract.pictures.layout import Word, blocks_of
from dlp.extract.registry import extract
from dlp.transfer import Part
from tests.extract import makers
from tests.extract.people import count

PEOPLE = makers.PEOPLE[:40]
ROWS = [("番", "氏名", "生年月日", "住所", "電話番号")]
ROWS += [(str(i), p.name, f"{p.birth:%Y/%m/%d}", p.address, p.phone) for i, p in enumerate(PEOPLE, 1)]
FONTS = list(Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc"))


def scan(*, ruled: bool = True, people: int = 40) -> Image.Image:
    """An A4 sheet at 200 dpi."""
    if not FONTS:
        pytest.skip("missing on this machine: fonts-noto-cjk")
    sheet = Image.new("L", (1654, 2339), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(FONTS[0]), 28)
    edges = (60, 110, 360, 560, 1150, 1420)
    for number, row in enumerate(ROWS[: people + 1]):
        y = 100 + number * 48
        for x, cell in zip(edges, row, strict=False):
            draw.text((x + 6, y + 4), cell, font=font, fill=0)
        if ruled:
            draw.rectangle((edges[0], y, edges[-1], y + 48), outline=0)
            for x in edges:
                draw.line((x, y, x, y + 48), fill=0)
    return sheet


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.fixture(autouse=True)
def _program(request: pytest.FixtureRequest, need: Callable[..., None]) -> None:
    if "without" not in request.node.name and "layout" not in request.node.name:
        need("tesseract", "/usr/share/tesseract-ocr/5/tessdata/jpn.traineddata")


@pytest.mark.parametrize(
    ("kind", "angle", "people"), [("PNG", 0, 40), ("JPEG", 90, 40), ("TIFF", 180, 15), ("BMP", 270, 15)]
)
def test_a_clean_list(kind: str, angle: int, people: int) -> None:
    sheet = scan(ruled=angle != 0, people=people).rotate(angle, expand=True)
    found, unread = count(saved(sheet, kind, dpi=(200, 200)))
    assert unread == []
    assert people * 0.9 <= found <= people * 1.05


KANJI = str.maketrans("0123456789-", "〇一二三四五六七八九―")


def downwards(people: int) -> Image.Image:
    """A sheet at 200 dpi whose lines run downwards and from right to left, numbers in kanji; a scan is a little soft."""
    if not FONTS:
        pytest.skip("missing on this machine: fonts-noto-cjk")
    sheet = Image.new("L", (60 * people + 300, 1654), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(FONTS[0]), 34)
    lines = [f"{p.name} 様 {p.address.translate(KANJI)} 電話{p.phone.translate(KANJI)}" for p in PEOPLE[:people]]
    for number, line in enumerate(["住民名簿", *lines]):
        x, y = sheet.width - 120 - 60 * number, 60
        for letter in line:
            if letter in "ー―":
                draw.line((x, y + 4, x, y + 30), fill=0, width=3)
            else:
                draw.text((x, y), letter, font=font, fill=0, anchor="mt")
            y += 46 if letter.isspace() else 36
    return sheet.filter(ImageFilter.GaussianBlur(0.6))


def test_a_list_written_downwards(need: Callable[..., None]) -> None:
    need("/usr/share/tesseract-ocr/5/tessdata/jpn_vert.traineddata")
    found, unread = count(saved(downwards(16), "PNG", dpi=(200, 200)))
    assert unread == []
    assert found >= 14


def test_a_page_scanned_in_strips_under_a_stamp_of_text() -> None:
    """None of the strips covers a fifth of the page, all of them do."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    sheet, out = scan(people=12), io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for strip in range(10):
        piece = sheet.crop((0, strip * 234, sheet.width, min(sheet.height, (strip + 1) * 234)))
        canvas.drawImage(ImageReader(piece), 0, 842 - (strip + 1) * 84.2, 595, 84.2)
    canvas.drawString(20, 10, "2026-11-25 page 1")
    canvas.save()
    found, unread = count(out.getvalue())
    assert (unread, found >= 11) == ([], True)


def test_a_scanned_pdf_and_a_fax_of_two_pages() -> None:
    sheets = [scan(people=12).convert("1"), Image.new("1", (1654, 2339), 1)]
    people, unread = count(saved(sheets[0], "PDF", resolution=200))
    assert (unread, people >= 11) == ([], True)
    people, unread = count(saved(sheets[0], "TIFF", compression="group4", save_all=True, append_images=sheets[1:]))
    assert (unread, people >= 11) == ([], True)


def test_a_picture_on_a_page_with_text() -> None:
    from docx import Document
    from docx.shared import Cm

    document = Document()
    document.add_paragraph("名簿は次のとおりです。")
    document.add_picture(io.BytesIO(saved(scan(people=12), "PNG")), width=Cm(16))
    out = io.BytesIO()
    document.save(out)
    people, unread = count(out.getvalue())
    assert (unread, people >= 11) == ([], True)


def test_scrawl_is_held() -> None:
    rng = random.Random(4)
    scrawl = Image.new("L", (1600, 500), 255)
    draw = ImageDraw.Draw(scrawl)
    for row in range(4):
        x = 100
        for _ in range(30):
            points = [(x + rng.randint(0, 40), 60 + row * 90 + rng.randint(0, 50)) for _ in range(5)]
            draw.line(points, fill=0, width=4)
            x += 48
    assert count(saved(scrawl, "PNG"))[1] == [Why.IMAGE_ONLY]


def test_the_budget_of_pictures_and_seconds() -> None:
    budget = Budget(pictures_left=0)
    found = extract(Part(path=("x",), data=saved(scan(), "PNG")), budget)
    assert [block.why for block in found.blocks] == [Why.TOO_MANY]  # type: ignore[union-attr]
    budget = Budget(ocr_seconds=0.2)
    found = extract(Part(path=("x",), data=saved(scan(), "PNG")), budget)
    assert [block.why for block in found.blocks] == [Why.TIMED_OUT]  # type: ignore[union-attr]


def test_without_the_program_a_picture_is_unread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ocr.program.cache_clear()
    try:
        with pytest.raises(Incomplete):
            ocr.read(Image.new("L", (500, 500), 255), Budget(), "page 1")
        assert count(saved(Image.new("L", (500, 500), 255), "PNG")) == (0, [Why.IMAGE_ONLY])
        assert count(saved(Image.new("L", (500, 500), 255), "PDF")) == (0, [Why.IMAGE_ONLY])
    finally:
        ocr.program.cache_clear()


def test_layout_of_columns_by_what_crosses_them() -> None:
    """A surname and a given name stand apart like columns; the header tells that they are one."""
    words = []
    for y, row in enumerate(
        [
            ("氏名", "", "電話番号"),
            ("霧窪井", "侑伍", "090-1"),
            ("茜牧野", "凪江", "090-2"),
            ("柊良瀬", "汐美", "090-3"),
        ]
    ):
        for x, text in zip((0, 110, 300), row, strict=True):
            if text:
                words.append(Word(text, x, y * 50, x + len(text) * 30, y * 50 + 30))
    (table,) = blocks_of(words, "page 1")
    assert table.frame.rows()[1] == ("霧窪井 侑伍", "090-1")  # type: ignore[union-attr]
