"""Office formats: a list of 150 in files LibreOffice and others wrote, counted right; their malformed siblings."""

from __future__ import annotations

import io
import random
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dlp.extract.blocks import Extracted, Lost, Text
from dlp.extract.budget import Budget
from dlp.extract.registry import extract
from dlp.transfer import Part
from tests.extract import makers
from tests.extract.people import count, malformed

#: target of the conversion -> the source it is made from
CONVERSIONS = {
    "xls:MS Excel 97": "book.xlsx", "ods:calc8": "book.xlsx", "fods": "book.xlsx",
    "xml:MS Word 2003 XML": "text.docx", "fodt:OpenDocument Text Flat XML": "text.docx",
    "doc:MS Word 97": "text.docx", "rtf:Rich Text Format": "text.docx", "odt:writer8": "text.docx",
    "ppt:MS PowerPoint 97": "deck.pptx", "odp:impress8": "deck.pptx",
    "xlsx:Calc MS Excel 2007 XML": "list.csv", "xlsm:Calc MS Excel 2007 VBA XML": "list.csv",
    "docx:MS Word 2007 XML": "text.docx", "pptx:Impress MS PowerPoint 2007 XML": "deck.pptx",
}  # fmt: skip


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> dict[str, bytes]:
    """Every format, written by LibreOffice: two at a time, a profile each."""
    need("soffice")
    folder = tmp_path_factory.mktemp("office")
    (folder / "book.xlsx").write_bytes(makers.xlsx())
    (folder / "text.docx").write_bytes(makers.docx())
    (folder / "deck.pptx").write_bytes(makers.pptx())
    (folder / "list.csv").write_bytes(makers.CSV.encode("utf-8-sig"))
    found = {}

    def convert(half: int) -> None:
        for target, source in list(CONVERSIONS.items())[half::2]:
            out = folder / target.partition(":")[0]
            profile = f"-env:UserInstallation={(folder / f'profile{half}').as_uri()}"
            command = ["soffice", "--headless", profile, "--convert-to", target, "--outdir", str(out)]
            command += ["--infilter=CSV:44,34,76,1"] if source.endswith(".csv") else []
            subprocess.run([*command, str(folder / source)], check=True, capture_output=True, timeout=60)
            found[out.name] = next(out.iterdir()).read_bytes()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(convert, (0, 1)))
    return found


FORMATS = [target.partition(":")[0] for target in CONVERSIONS]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_list_is_counted(kind: str, converted: dict[str, bytes]) -> None:
    assert count(converted[kind]) == (150, [])


def test_a_title_between_two_tables_of_a_word_file_is_no_cell(tmp_path: Path, need: Callable[..., None]) -> None:
    need("soffice")
    from docx import Document

    document = Document()
    for start in range(1, 61, 20):
        document.add_paragraph(f"第{start // 20 + 1}班")
        table = document.add_table(rows=0, cols=len(makers.NARROW[0]))
        for row in (makers.NARROW[0], *makers.NARROW[start : start + 20]):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(tmp_path / "groups.docx")
    assert count(makers.office(tmp_path / "groups.docx", "doc", tmp_path)) == (60, [])


def xlwt_book() -> bytes:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("名簿")
    sheet.visibility = 2  # very hidden
    book.add_sheet("表紙").write(0, 0, "送付します")
    for y, row in enumerate(makers.ROWS):
        for x, cell in enumerate(row):
            sheet.write(y, x, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def odfpy_text() -> bytes:
    from odf.opendocument import OpenDocumentText
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentText()
    table = Table(name="名簿")
    for row in makers.ROWS:
        line = TableRow()
        for value in row:
            cell = TableCell()
            cell.addElement(P(text=value))
            line.addElement(cell)
        table.addElement(line)
    document.text.addElement(table)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def xlsxwriter_book() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("名簿")
    for y, row in enumerate(makers.ROWS):
        sheet.write_row(y, 0, row)
    book.add_worksheet("表紙").write(0, 0, "送付します")
    sheet.very_hidden()
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("make", [xlwt_book, odfpy_text, xlsxwriter_book])
def test_other_writers(make: Callable[[], bytes]) -> None:
    assert count(make()) == (150, [])


@pytest.mark.parametrize("kind", FORMATS)
def test_malformed_siblings_break_nothing(kind: str, converted: dict[str, bytes]) -> None:
    for data in malformed(converted[kind], seed=len(kind)):
        assert isinstance(extract(Part(path=("x",), data=data), Budget(seconds=20)), Extracted)


@pytest.mark.parametrize("kind", [k for k in FORMATS if k not in ("fods", "fodt", "xml")])
def test_half_a_file_is_unread(kind: str, converted: dict[str, bytes]) -> None:
    data = converted[kind]
    assert extract(Part(path=("x",), data=data[: len(data) * 2 // 3]), Budget()).unread


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "odt", "ods", "odp"])
def test_a_flipped_byte_in_a_package_is_unread(kind: str, converted: dict[str, bytes]) -> None:
    """zip keeps a checksum of every member: what was changed under way is not taken for the document."""
    import zipfile

    data = bytearray(converted[kind])
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        member = max(archive.infolist(), key=lambda m: m.compress_size if m.filename.endswith(".xml") else 0)
    data[member.header_offset + 200 + random.Random(3).randrange(100)] ^= 0x10
    assert extract(Part(path=("x",), data=bytes(data)), Budget()).unread


def test_excel_2003_xml_by_hand() -> None:
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
        for row in makers.ROWS
    )
    text = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="a"><Table>{rows}</Table></Worksheet></Workbook>'
    )
    assert count(text.encode()) == (150, [])


@pytest.mark.parametrize("kind", ["emf", "wmf"])
def test_a_metafile_of_a_list(kind: str, tmp_path: Path, need: Callable[..., None]) -> None:
    """What Office keeps as the preview of an embedded object: drawn texts, at their places."""
    need("soffice")
    from pptx import Presentation
    from pptx.util import Inches, Pt

    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box = slide.shapes.add_textbox(Inches(0), Inches(0), Inches(9), Inches(6)).text_frame
    for person in makers.PEOPLE[:20]:
        paragraph = box.add_paragraph()
        paragraph.text = f"{person.name} {person.phone}"
        paragraph.font.size = Pt(12)
    deck.save(str(tmp_path / "deck.pptx"))
    data = makers.office(tmp_path / "deck.pptx", kind, tmp_path)
    people, unread = count(data)
    assert (people >= 19 or kind == "wmf", unread) == (True, [])
    assert count(data[: len(data) // 2])[1]
    blocks = list(extract(Part(path=("x",), data=data), Budget()).blocks)
    text = "".join(b.text if isinstance(b, Text) else b.frame.write_csv() for b in blocks if not isinstance(b, Lost))
    assert all(person.phone in text for person in makers.PEOPLE[:20])  # LibreOffice's WMF writes names in Chinese sets
    for broken in malformed(data, seed=1):
        assert isinstance(extract(Part(path=("x",), data=broken), Budget()), Extracted)
