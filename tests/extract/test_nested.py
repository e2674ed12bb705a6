"""Tables in the cells of a table belong to the row they stand in."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest

from dlp.extract.plain import nested
from tests.test_inspection_budget import inspect_bytes

PEOPLE = [
    ("霞見　壮太", "葭江1-2-3", "090-1111-2222"),
    ("碧江　楓子", "葭江45番地", "090-1111-3333"),
    ("蒼沢　紬香", "鴇ヶ森3-1", "090-1111-4444"),
]


def _document(*, head: bool) -> bytes:
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    if head:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = "氏名", "連絡先"
    for name, address, phone in PEOPLE:
        cells = table.add_row().cells
        cells[0].text = name
        inner = cells[1].add_table(rows=2, cols=2)
        for i, pair in enumerate((("住所", address), ("電話", phone))):
            for j, text in enumerate(pair):
                inner.cell(i, j).text = text
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _page() -> bytes:
    rows = "".join(
        f"<tr><td>{name}</td><td><table><tr><td>住所</td><td>{address}</td></tr><tr><td>電話</td><td>{phone}</td></tr>"
        "</table></td></tr>"
        for name, address, phone in PEOPLE
    )
    return f"<!doctype html><meta charset=utf-8><body><table>{rows}</table></body>".encode()


@pytest.mark.parametrize("head", [False, True])
def test_people_with_a_table_of_their_own_in_a_document(head: bool) -> None:
    assert inspect_bytes(_document(head=head)).subjects == len(PEOPLE)


def test_people_with_a_table_of_their_own_in_a_page() -> None:
    assert inspect_bytes(_page()).subjects == len(PEOPLE)


def test_headings_of_the_inner_tables_are_headings() -> None:
    rows = [(["甲"], [[["住所", "x"], ["電話", "1"]]]), (["乙"], [[["住所", "y"], ["電話", "2"]]])]
    assert nested.unnested(rows) == [["", "住所", "電話"], ["甲", "x", "1"], ["乙", "y", "2"]]


def test_a_page_laid_out_by_a_table_is_left() -> None:
    assert nested.unnested([(["", ""], [[["a", "b"]] * 40]), (["foot", ""], [])]) is None
    assert nested.unnested([([""], [[["a"]]]), ([""], [[["b"]]])]) is None


def test_tables_in_tables_in_tables_are_kept() -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=1)
    for name, address, phone in PEOPLE:
        inner = table.add_row().cells[0].add_table(rows=1, cols=1)
        deep = inner.cell(0, 0).add_table(rows=1, cols=3)
        for j, text in enumerate((name, address, phone)):
            deep.cell(0, j).text = text
    out = BytesIO()
    document.save(out)
    assert inspect_bytes(out.getvalue()).subjects == len(PEOPLE)
