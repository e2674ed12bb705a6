"""PDF: lists as other programs print them, everything beside the pages, and its malformed siblings."""

from __future__ import annotations

import io
import resource
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from dlp.extract.blocks import Extracted, Why
from dlp.extract.budget import Budget
from dlp.extract.pdf.grid import may_be_ruled
from dlp.extract.registry import extract
from dlp.transfer import Part
from tests.extract import makers
from tests.extract.people import count, inspected, line, malformed

PERSON = makers.PEOPLE[3]


def blank(draw: Callable[[canvas.Canvas], None], *, encrypt: object = None) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    out = io.BytesIO()
    page = canvas.Canvas(out, encrypt=encrypt)
    page.setFont("HeiseiMin-W3", 10)
    page.drawString(80, 800, "様式第一号")
    draw(page)
    page.save()
    return out.getvalue()


def test_written_downwards() -> None:
    def draw(page: canvas.Canvas) -> None:
        font = UnicodeCIDFont("HeiseiKakuGo-W5", isVertical=True)
        pdfmetrics.registerFont(font)
        page.setFont(font.fontName, 10)
        for number, person in enumerate(makers.PEOPLE[:30]):
            page.drawString(560 - number * 16, 780, f"{person.name}　{person.address}　{person.phone}")

    assert count(blank(draw)) == (30, [])


def test_blanks_that_a_font_does_not_draw_downwards() -> None:
    def draw(page: canvas.Canvas) -> None:
        font = UnicodeCIDFont("HeiseiKakuGo-W5", isVertical=True)
        pdfmetrics.registerFont(font)
        page.setFont(font.fontName, 10)
        for number, person in enumerate(makers.PEOPLE[:30]):
            at = 780
            for word in (*f"{person.name}　{person.address}".split("　"), person.phone):
                page.drawString(560 - number * 16, at, word)
                at -= 10 * (len(word) + 1)

    assert count(blank(draw)) == (30, [])


@pytest.mark.parametrize("way", [90, -90])
@pytest.mark.parametrize("apart", ["cells", "one text", "ruled"])
def test_a_sheet_across_the_page(way: int, apart: str) -> None:
    people = makers.PEOPLE[:20]

    def draw(page: canvas.Canvas) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
        page.showPage()
        page.setFont("HeiseiKakuGo-W5", 8)
        page.translate(*((590, 10) if way == 90 else (5, 830)))
        page.rotate(way)
        for number, person in enumerate([None, *people]):
            row = (person.name, person.address, person.phone) if person else ("氏名", "住所", "電話番号")
            if apart == "one text":
                page.drawString(30, 500 - number * 16, "  ".join(row))
                continue
            for left, right, cell in zip((30, 150, 500), (150, 500, 620), row, strict=True):
                page.drawString(left + 2, 500 - number * 16, cell)
                if apart == "ruled":
                    page.rect(left, 496 - number * 16, right - left, 16)

    assert count(blank(draw)) == (20, [])


@pytest.mark.parametrize("encoding", ["90ms-RKSJ-H", "UniJIS-UCS2-H", "EUC-H"])
def test_predefined_character_maps(encoding: str) -> None:
    """Fonts that are not embedded and name a Japanese CMap, as municipal systems print them."""
    from reportlab.pdfbase.cidfonts import CIDFont

    people = makers.PEOPLE[:20]

    def draw(page: canvas.Canvas) -> None:
        if encoding != "UniJIS-UCS2-H":
            font = CIDFont("HeiseiKakuGo-W5", encoding)
            pdfmetrics.registerFont(font)
            page.setFont(font.fontName, 9)
        for number, person in enumerate(people):
            text = f"{person.surname}{person.given} {person.phone}".replace("ヶ", "ケ")
            codec = {"90ms-RKSJ-H": "cp932", "EUC-H": "euc_jp"}.get(encoding)
            page.drawString(80, 780 - number * 14, text.encode(codec).decode("latin-1") if codec else text)

    data = blank(draw)
    text = "".join(block.text for block in extract(Part(path=("x",), data=data), Budget()).blocks)  # type: ignore[union-attr]
    assert all(person.phone in text for person in people)
    if encoding != "EUC-H":  # reportlab writes EUC's bytes through its own CMap; digits suffice there
        assert all(person.given in text for person in people)


def test_form_fields_comments_links_bookmarks_properties() -> None:
    def draw(page: canvas.Canvas) -> None:
        page.acroForm.textfield(name="name", tooltip="氏名", value="placeholder", x=80, y=600)
        page.textAnnotation(line(makers.PEOPLE[10]), (80, 500, 200, 520))
        page.bookmarkPage("a")
        page.addOutlineEntry(line(makers.PEOPLE[11]), "a")
        page.setSubject(line(makers.PEOPLE[12]))
        page.linkURL("mailto:somebody@mail.example.jp", (80, 400, 100, 420))

    data = blank(draw)
    assert count(data) == (3, [])
    texts = {block.place: block.text for block in extract(Part(path=("x",), data=data), Budget()).blocks}  # type: ignore[union-attr]
    assert texts["page 1 fields"] == "氏名：placeholder\n"
    assert "mailto:somebody@mail.example.jp" in texts["page 1 annotations"]


def test_deep_bookmarks_say_nothing_on_the_screen(caplog: pytest.LogCaptureFixture) -> None:
    def draw(page: canvas.Canvas) -> None:
        page.bookmarkPage("a")
        for level in range(5):
            page.addOutlineEntry(f"第{level + 1}章", "a", level)
        for number in range(3):
            page.drawString(80, 700, f"090-1234-567{number}")
            page.showPage()

    assert count(blank(draw)) == (0, [])
    assert not caplog.records


def test_attached_files(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("list.xlsx", makers.xlsx())
    out = io.BytesIO()
    writer.write(out)
    found = inspected(out.getvalue())
    assert (found.subjects, found.inspected) == (150, True)


def test_a_password_is_unread() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = blank(lambda page: page.drawString(10, 10, "x"), encrypt=StandardEncryption("secret", canPrint=0))
    assert count(locked) == (0, [Why.ENCRYPTED])
    only_rights = StandardEncryption("", ownerPassword="owner", canPrint=0, canCopy=0)
    open_to_read = blank(lambda page: page.drawString(80, 700, line(PERSON)), encrypt=only_rights)
    assert count(open_to_read) == (1, [])


def bordered() -> bytes:
    from docx import Document

    document = Document()
    table = document.add_table(rows=0, cols=len(makers.ROWS[0]))
    table.style = "Table Grid"
    for row in makers.ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_ruled_table_whose_cells_wrap(tmp_path: Path, need: Callable[..., None]) -> None:
    need("soffice")
    (tmp_path / "list.docx").write_bytes(bordered())
    data = makers.office(tmp_path / "list.docx", "pdf", tmp_path)
    assert count(data) == (150, [])
    for broken in malformed(data, seed=5, count=3):
        assert isinstance(extract(Part(path=("x",), data=broken), Budget(seconds=20, pictures_left=0)), Extracted)


def test_characters_beyond_the_first_plane(tmp_path: Path, need: Callable[..., None]) -> None:
    """𠮷, and a variation selector, are two halves to pdfium: a page in columns is read for all that."""
    need("soffice")
    from openpyxl import Workbook

    book = Workbook()
    for i, row in enumerate(makers.NARROW[:40]):
        book.active.append(
            [f"𠮷{row[0]}" if i % 9 == 4 else f"榊\U000e0100{row[0]}" if i % 9 == 7 else row[0], *row[1:]]
        )
    for column in "ABCD":
        book.active.column_dimensions[column].width = 20
    book.save(tmp_path / "list.xlsx")
    assert count(makers.office(tmp_path / "list.xlsx", "pdf", tmp_path)) == (39, [])


def test_half_is_unread() -> None:
    data = makers.pdf()
    found = extract(Part(path=("x",), data=data[: len(data) // 3]), Budget())
    assert found.unread or not list(found.blocks)


def test_pages_whose_drawing_cannot_be_decoded_are_no_blank_pages() -> None:
    """The stream is not what its filter says: nothing is drawn, and nobody knows what was meant to be."""
    drawing = bytes(range(128, 256)) * 20
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(drawing), drawing),
    ]
    data = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (n, o) for n, o in enumerate(objects, 1))
    data += b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"
    assert count(data) == (0, ["corrupt"])


def test_a_character_far_off_the_page_fills_no_memory() -> None:
    """Found by fuzzing: a line was filled with blanks up to where its last character stands."""

    def draw(page: canvas.Canvas) -> None:
        for number, person in enumerate(makers.PEOPLE[:20]):
            for at, word in zip((80, 200, 460), (person.name, person.address, person.phone), strict=True):
                page.drawString(at, 780 - number * 14, word)
        page.drawString(1e9, 780, "外")

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert count(blank(draw)) == (20, [])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10  # KiB


def test_a_table_that_the_order_of_the_page_tells_in_one_line() -> None:
    """Many rules are drawn on it: they are asked, and the letters are put into their cells."""

    def ruled(rules: int) -> bytes:
        def draw(page: canvas.Canvas) -> None:
            for i in range(rules):
                page.line(40, 40 + 20 * i, 400, 40 + 20 * i)

        return blank(draw)

    for rules, asked in ((30, True), (3, False)):
        document = pypdfium2.PdfDocument(ruled(rules))
        assert may_be_ruled(document[0], "班 氏名 電話番号 1 佐藤 太郎 21-1000 2 高橋 恵 21-1037", across=True) is asked
        document.close()
