"""Boxes that say one card after the other, boxes in rows on pages, and the first cell of a table in RTF."""

from __future__ import annotations

import io
from collections.abc import Iterable
from zipfile import ZipFile

import docx
import pytest
from docx.oxml import parse_xml
from odf.draw import Frame, G, Page, TextBox
from odf.opendocument import OpenDocumentPresentation, OpenDocumentText
from odf.style import MasterPage, PageLayout
from odf.table import Table, TableCell, TableRow
from odf.text import P
from pptx import Presentation
from pptx.util import Cm

from tests.extract.people import count

#: Surnames and given names in no shipped list.
_PEOPLE = [
    (f"{a}{b}　{c}{d}", f"樅入町{n}-{n + 3}", f"090-31{n}7-45{n}1")
    for n, (a, b, c, d) in enumerate(zip("樗絹鍬渚砥櫟蓬榀", "窪迫隈堂畠倉坪間", "碩迪昊敦暁椰芙綺", "哉郷嗣磨朗埜禰於", strict=True), 1)
]  # fmt: skip
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def _boxed(lines: Iterable[str]) -> str:
    said = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    return f"<w:r {_W}><w:pict><v:shape><v:textbox><w:txbxContent>{said}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"


def test_a_box_is_filled_in_as_the_others_are() -> None:
    document = docx.Document()
    for name, address, phone in _PEOPLE:
        document.add_paragraph()._p.append(parse_xml(_boxed([name, f"住所　{address}", f"電話　{phone}"])))
    assert count(_saved(document)) == (len(_PEOPLE), [])


def test_a_box_with_a_table_is_read_by_itself() -> None:
    document = docx.Document()
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    for name, address, _ in _PEOPLE[:3]:
        rows = "".join(f"<w:tr>{cell.format(a)}{cell.format(b)}</w:tr>" for a, b in (("氏名", name), ("住所", address)))
        box = _boxed([]).replace("<w:txbxContent>", f"<w:txbxContent><w:tbl>{rows}</w:tbl>")
        document.add_paragraph()._p.append(parse_xml(box))
    assert count(_saved(document)) == (3, [])


def _impress(*pages: list[tuple[str, str, str]], grouped: bool) -> bytes:
    document = OpenDocumentPresentation()
    document.automaticstyles.addElement(layout := PageLayout(name="layout"))
    document.masterstyles.addElement(master := MasterPage(name="master", pagelayoutname=layout))
    for people in pages:
        document.presentation.addElement(page := Page(masterpagename=master))
        for i, (name, _, phone) in enumerate(people):
            held = G() if grouped else page
            for x, text in ((2, name), (12, phone)):
                frame = Frame(x=f"{x}cm", y=f"{2 + 2 * i}cm", width="6cm", height="1cm")
                frame.addElement(box := TextBox())
                box.addElement(P(text=text))
                held.addElement(frame)
            if grouped:
                page.addElement(held)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


@pytest.mark.parametrize("grouped", [False, True])
def test_boxes_of_impress_that_stand_in_rows(grouped: bool) -> None:
    assert count(_impress(_PEOPLE, grouped=grouped)) == (len(_PEOPLE), [])
    assert count(_impress(_PEOPLE[:6], _PEOPLE[6:], grouped=grouped)) == (len(_PEOPLE), [])


def test_the_last_slide_holds_less() -> None:
    slides = Presentation()
    for people in (_PEOPLE[:6], _PEOPLE[6:]):
        slide = slides.slides.add_slide(slides.slide_layouts[6])
        for i, (name, _, phone) in enumerate(people):
            for x, text in ((2, name), (12, phone)):
                slide.shapes.add_textbox(Cm(x), Cm(2 + 2 * i), Cm(6), Cm(1)).text_frame.text = text
    assert count(_saved(slides)) == (len(_PEOPLE), [])


def test_a_table_of_each_ones_own_in_a_text_of_writer() -> None:
    document = OpenDocumentText()
    document.text.addElement(outer := Table(name="outer"))
    for name, address, phone in _PEOPLE:
        outer.addElement(row := TableRow())
        row.addElement(who := TableCell())
        who.addElement(P(text=name))
        row.addElement(said := TableCell())
        said.addElement(inner := Table())
        for pair in (("住所", address), ("電話", phone)):
            inner.addElement(line := TableRow())
            for text in pair:
                line.addElement(cell := TableCell())
                cell.addElement(P(text=text))
    out = io.BytesIO()
    document.write(out)
    assert ZipFile(out).testzip() is None
    assert count(out.getvalue()) == (len(_PEOPLE), [])


@pytest.mark.parametrize("between", ["\\line ", "\\par "])
def test_lines_of_the_first_cell_stay_in_it(between: str) -> None:
    def said(text: str) -> str:
        return "".join(f"\\u{ord(letter)}?" if letter > "~" else letter for letter in text)

    cells = [f"\\pard\\plain\\intbl {said(name)}{between}{phone}\\cell" for name, _, phone in _PEOPLE]
    rows = "".join(f"\\trowd\\cellx4000\\cellx8000 {a}{b}\\row" for a, b in zip(cells[::2], cells[1::2], strict=True))
    text = f"{{\\rtf1\\ansi\\uc1 \\pard {said('３年２組　緊急連絡網')}\\par {rows}\\pard\\par}}"
    assert count(text.encode()) == (len(_PEOPLE), [])
