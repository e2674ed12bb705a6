"""Cells that a program's statements put at their places are a table's."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain import placed
from dlp.extract.plain.text import find_delimiter, of_text
from tests.test_inspection_budget import inspect_bytes

ROWS = [["氏名", "住所"], ["霞見　壮太", "葭江1-2-3"], ["碧江　楓子", "葭江45番地"], ["蒼沢　紬香", "鴇ヶ森3-1"]]


def _cells(form: str) -> str:
    said = (form.format(r=r, c=c, a="AB"[c - 1], v=v) for r, row in enumerate(ROWS, 1) for c, v in enumerate(row, 1))
    return "Sub Make()\n" + "\n".join(said) + "\nEnd Sub\n"


FORMS = {
    "vba": '    ws.Cells({r}, {c}) = "{v}"',
    "value": '    Worksheets("a").Cells({r}, "{a}").Value = "{v}"',
    "range": '    Range("{a}{r}").Value2 = "{v}"',
    "bracket": '    [{a}{r}] = "{v}"',
    "openpyxl": "ws['{a}{r}'] = '{v}'",
    "named": "ws.cell(row={r}, column={c}, value='{v}')",
    "xlsxwriter": 'sheet.write({r}, {c}, "{v}")',
    "php": "$sheet->setCellValue('{a}{r}', '{v}');",
    "script": 'sheet.getRange({r}, {c}).setValue("{v}");',
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_cells_put_at_places_are_rows(form: str) -> None:
    table, rest = of_text(_cells(form)).blocks
    assert isinstance(table, Table)
    assert [[*row] for row in table.frame.rows()] == ROWS
    assert isinstance(rest, Text)
    assert "霞見" not in rest.text
    assert not find_delimiter(_cells(form))


def test_people_in_a_macro_are_counted() -> None:
    assert inspect_bytes(_cells(FORMS["vba"]).encode("cp932")).subjects == len(ROWS) - 1


def test_a_second_sheet_is_a_table_of_its_own() -> None:
    first, second, _ = of_text(_cells(FORMS["vba"]) + _cells(FORMS["vba"]).replace("葭江", "榎坪")).blocks
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert first.frame.height + second.frame.height >= 2 * len(ROWS) - 1


def test_quotes_in_a_cell_are_its_own() -> None:
    text = 'Cells(1,1)="a ""b"""\nCells(1,2)="c"\nCells(2,1)="d"\nCells(2,2)=5\n'
    assert placed.rows_of(text) == ([[['a "b"', "c"], ["d", "5"]]], "\n\n\n\n")


@pytest.mark.parametrize(
    "text",
    [
        '[["A1","霞見　壮太"],["A2","碧江　楓子"],["B1","蒼沢　紬香"],["B2","榎坪　梓"]]',
        "INSERT INTO t VALUES ('A1','霞見　壮太'),('B1','碧江　楓子');\nINSERT INTO t VALUES ('A2','x'),('B2','y');",
        'f("A1", "x"); f("B1", "x"); f("A2", "x"); f("B2", "x")',
        'Cells(1, 1) = "a"\nCells(2, 1) = "b"\n',
    ],
)
def test_what_puts_nothing_at_places_is_left(text: str) -> None:
    assert placed.rows_of(text) is None
