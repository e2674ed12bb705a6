"""A planted person in each hidden place of an Office file is found, in the files of several writers."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.extract.blocks import Why
from dlp.tuning.town import Citizen
from tests.extract import makers
from tests.extract.people import count, inspected, line
from tests.extract.test_office import xlsxwriter_book

P = makers.PEOPLE
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def planted(person: Citizen) -> str:
    return line(person)


def edited(data: bytes, changes: dict[str, Callable[[str], str]], added: dict[str, bytes | str] | None = None) -> bytes:
    """A package with some members rewritten and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, changes[name](body.decode()) if name in changes else body)
        for name, body in (added or {}).items():
            new.writestr(name, body)
    return out.getvalue()


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text: str) -> str:
    return f"<w:p>{run(text)}</w:p>"


def text_box(text: str) -> str:
    """As Word writes one: a drawing, and the same in VML for older readers."""
    drawing = (
        '<w:drawing><wp:anchor xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        ' distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0"'
        ' layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column">'
        '<wp:posOffset>0</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset>'
        '</wp:positionV><wp:extent cx="4000000" cy="900000"/><wp:wrapNone/><wp:docPr id="9" name="box"/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData'
        ' uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:cNvSpPr txBox="1"/><wps:spPr>'
        '<a:xfrm><a:off x="0" y="0"/><a:ext cx="4000000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></wps:spPr>'
        f"<wps:txbx><w:txbxContent>{paragraph(text)}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData>"
        "</a:graphic></wp:anchor></w:drawing>"
    )
    old = (
        '<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:300pt;height:70pt"><v:textbox>'
        f"<w:txbxContent>{paragraph(text)}</w:txbxContent></v:textbox></v:shape></w:pict>"
    )
    return (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice Requires="wps">{drawing}</mc:Choice><mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r></w:p>'
    )


def word() -> bytes:
    """A Word file with a person in each place: body 0, header 1, footer 2, comment 3, text box 4, deletion 5, hidden
    text 6, properties 7, embedded workbook 8, footnote 9."""
    from docx import Document

    document = Document()
    first = document.add_paragraph(planted(P[0]))
    document.sections[0].header.paragraphs[0].text = planted(P[1])
    document.sections[0].footer.paragraphs[0].text = planted(P[2])
    document.add_comment(first.runs, text=planted(P[3]), author="職員")
    document.core_properties.comments = planted(P[7])
    out = io.BytesIO()
    document.save(out)
    more = (
        text_box(planted(P[4]))
        + '<w:p><w:del w:id="90" w:author="a" w:date="2026-01-01T00:00:00Z"><w:r><w:delText xml:space="preserve">'
        + f"{planted(P[5])}</w:delText></w:r></w:del>{run('欠番')}</w:p>"
        + f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{planted(P[6])}</w:t></w:r></w:p>"
        + '<w:p><w:r><w:t>注</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    )
    notes = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes xmlns:w="{W}"><w:footnote w:type="separator"'
        f' w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote w:id="2">{paragraph(planted(P[9]))}'
        "</w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    place = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    return edited(
        out.getvalue(),
        {
            "word/document.xml": lambda xml: xml.replace("<w:sectPr", more + "<w:sectPr", 1),
            "[Content_Types].xml": lambda xml: xml.replace(
                "</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
            ),
            "word/_rels/document.xml.rels": lambda xml: xml.replace(
                "</Relationships>", f'<Relationship Id="rIdF" Type="{place}" Target="footnotes.xml"/></Relationships>'
            ),
        },
        {"word/footnotes.xml": notes, "word/embeddings/oleObject1.xlsx": small_book(P[8])},
    )


def small_book(person: Citizen) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(("氏名", "電話番号"))
    book.active.append((person.name, person.phone))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_word() -> None:
    found = inspected(word())
    assert (found.subjects, found.inspected) == (10, True)


def test_a_text_box_is_read_once_and_ruby_does_not_part_a_name() -> None:
    from docx import Document

    from dlp.extract.budget import Budget
    from dlp.extract.registry import extract
    from dlp.transfer import Part

    out = io.BytesIO()
    Document().save(out)
    ruby = (
        "<w:p><w:r><w:t>氏名：</w:t></w:r><w:r><w:ruby><w:rt><w:r><w:t>きりがせ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>霧ヶ瀬"
        "</w:t></w:r></w:rubyBase></w:ruby></w:r><w:r><w:t>　汐乃江　電話：090-1234-5678</w:t></w:r></w:p>"
    )
    data = edited(
        out.getvalue(),
        {"word/document.xml": lambda xml: re.sub("<w:sectPr", text_box("四角") + ruby + "<w:sectPr", xml, count=1)},
    )
    texts = [b.text for b in extract(Part(path=("x",), data=data), Budget()).blocks]  # type: ignore[union-attr]
    assert "".join(texts).count("四角") == 1
    assert any("氏名：霧ヶ瀬　汐乃江" in text for text in texts)
    assert any("きりがせ" in text for text in texts)


def test_an_alternative_chunk_of_another_format() -> None:
    from docx import Document

    out = io.BytesIO()
    Document().save(out)
    page = f"<html><body><p>{planted(P[20])}</p></body></html>"
    assert count(edited(out.getvalue(), {}, {"word/afchunk.htm": page.encode("utf-8")})) == (1, [])


def excel() -> bytes:
    """Hidden sheet 0, very hidden sheet 1, comment 2, header 3, defined name 4, properties 5, prompt 6, text box 7,
    deleted shared string 8, another book's cells 9, embedded workbook 10, pivot cache 11."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    front = book.active
    front["A1"] = "送付票"
    for number, state in ((0, "hidden"), (1, "veryHidden")):
        sheet = book.create_sheet(f"s{number}")
        sheet.sheet_state = state
        sheet["A1"] = planted(P[number])
    front["B2"] = "x"
    front["B2"].comment = Comment(planted(P[2]), "職員")
    front.oddHeader.center.text = planted(P[3])
    book.defined_names["memo"] = DefinedName("memo", attr_text=f'"{planted(P[4])}"')
    book.properties.description = planted(P[5])
    rule = DataValidation(type="whole", promptTitle="p", prompt=planted(P[6]))
    rule.add("A5")
    front.add_data_validation(rule)
    out = io.BytesIO()
    book.save(out)
    name, phone = P[11].name, P[11].phone
    return edited(
        out.getvalue(),
        {},
        {
            "xl/sharedStrings.xml": '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"<si><t>{planted(P[8])}</t></si></sst>",
            "xl/drawings/drawing9.xml": '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
            ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody><a:p><a:r><a:t>'
            f"{planted(P[7])}</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>",
            "xl/externalLinks/externalLink1.xml": '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            '<externalBook><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>氏名</v></cell><cell r="B1">'
            f'<v>電話番号</v></cell></row><row r="2"><cell r="A2" t="str"><v>{P[9].name}</v></cell><cell r="B2" t="str">'
            f"<v>{P[9].phone}</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>",
            "xl/embeddings/Microsoft_Excel_Sheet1.xlsx": small_book(P[10]),
            "xl/pivotCache/pivotCacheDefinition1.xml": '<pivotCacheDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'<cacheFields><cacheField name="氏名"><sharedItems><s v="{name}"/></sharedItems></cacheField><cacheField name="電話番号">'
            f'<sharedItems><s v="{phone}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
            "xl/pivotCache/pivotCacheRecords1.xml": '<pivotCacheRecords xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            '<r><x v="0"/><x v="0"/></r></pivotCacheRecords>',
        },
    )


def test_excel() -> None:
    found = inspected(excel())
    assert (found.subjects, found.inspected) == (12, True)


def test_phonetic_guides_do_not_double_names() -> None:
    """Excel keeps the reading of every typed name in the same shared string."""
    book = xlsxwriter_book()

    def guided(xml: str) -> str:
        for person in P:
            text = f"<t>{person.name}</t>"
            xml = xml.replace(text, f'{text}<rPh sb="0" eb="2"><t>{person.kana}</t></rPh><phoneticPr fontId="1"/>')
        return xml

    data = edited(book, {"xl/sharedStrings.xml": guided})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("xl/sharedStrings.xml").count(b"<rPh") >= 100
    assert count(data) == (150, [])


def slides() -> bytes:
    """Slide 0, notes 1, hidden slide 2, comment 3, properties 4, embedded workbook 5."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for number in (0, 2):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(8), Inches(1))
        box.text_frame.text = planted(P[number])
    deck.slides[0].notes_slide.notes_text_frame.text = planted(P[1])
    deck.slides[1]._element.set("show", "0")
    deck.core_properties.comments = planted(P[4])
    out = io.BytesIO()
    deck.save(out)
    comment = (
        '<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cm authorId="0" dt="2026-01-01T00:00:00" idx="1">'
        '<p:pos x="10" y="10"/>'
        f"<p:text>{planted(P[3])}</p:text></p:cm></p:cmLst>"
    )
    kinds = "application/vnd.openxmlformats-officedocument.presentationml"
    places = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    authors = (
        '<p:cmAuthorLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
        '<p:cmAuthor id="0" name="職員" initials="a" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>'
    )

    def related(kind: str, target: str) -> Callable[[str], str]:
        link = f'<Relationship Id="rIdC" Type="{places}/{kind}" Target="{target}"/></Relationships>'
        return lambda xml: xml.replace("</Relationships>", link)

    return edited(
        out.getvalue(),
        {
            "ppt/slides/_rels/slide1.xml.rels": related("comments", "../comments/comment1.xml"),
            "ppt/_rels/presentation.xml.rels": related("commentAuthors", "commentAuthors.xml"),
            "[Content_Types].xml": lambda xml: xml.replace(
                "</Types>",
                f'<Override PartName="/ppt/comments/comment1.xml" ContentType="{kinds}.comments+xml"/>'
                f'<Override PartName="/ppt/commentAuthors.xml" ContentType="{kinds}.commentAuthors+xml"/></Types>',
            ),
        },
        {
            "ppt/comments/comment1.xml": comment,
            "ppt/commentAuthors.xml": authors,
            "ppt/embeddings/sheet1.xlsx": small_book(P[5]),
        },
    )


def test_powerpoint() -> None:
    found = inspected(slides())
    assert (found.subjects, found.inspected) == (6, True)


CONVERSIONS = {
    "doc:MS Word 97": word, "rtf:Rich Text Format": word, "odt:writer8": word, "fodt:OpenDocument Text Flat XML": word,
    "xls:MS Excel 97": excel, "ods:calc8": excel, "ppt:MS PowerPoint 97": slides, "odp:impress8": slides,
}  # fmt: skip
#: What LibreOffice itself does not carry over, tried with its own import of what it wrote.
DROPPED = {"doc": {8}, "rtf": {8}, "odt": {8}, "fodt": {8}, "xls": {7, 8, 9, 10, 11}, "ods": {4, 7, 8, 9, 10, 11},
           "ppt": {5}, "odp": {5}}  # fmt: skip


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> dict[str, bytes]:
    need("soffice")
    folder = tmp_path_factory.mktemp("hidden")
    found = {}
    for target, make in CONVERSIONS.items():
        kind = target.partition(":")[0]
        source = folder / f"{kind}.{ {word: 'docx', excel: 'xlsx', slides: 'pptx'}[make] }"
        source.write_bytes(make())
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [
            "soffice",
            "--headless",
            profile,
            "--convert-to",
            target,
            "--outdir",
            str(folder / "out"),
            str(source),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        found[kind] = (folder / "out" / f"{kind}.{kind}").read_bytes()
    return found


@pytest.mark.parametrize("target", CONVERSIONS)
def test_older_formats(target: str, converted: dict[str, bytes], tmp_path: Path) -> None:
    kind = target.partition(":")[0]
    planted_people = {word: 10, excel: 12, slides: 6}[CONVERSIONS[target]]
    found = inspected(converted[kind])
    assert found.inspected
    assert found.subjects == planted_people - len(DROPPED[kind])


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_a_password_is_unread(kind: str) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = {"docx": word, "xlsx": excel, "pptx": slides}[kind]()
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt("secret", out)
    assert count(out.getvalue()) == (0, [Why.ENCRYPTED])
