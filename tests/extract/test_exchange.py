"""SYLK and DIF, as spreadsheets save them for others."""

from __future__ import annotations

import pytest

from dlp.extract.plain import exchange
from tests.test_inspection_budget import inspect_bytes

ROWS = [
    ["氏名", "年齢", "住所"],
    ["霞見　壮太", "78", "葭江1-2-3"],
    ["碧江　楓子", "", "葭江4;5番地"],
    ["蒼沢　紬香", "81", "鴇ヶ森3-1"],
]


def _sylk() -> str:
    cells = (
        (y, x, cell if cell.isdigit() else '"' + cell.replace(";", ";;") + '"')
        for y, row in enumerate(ROWS, 1)
        for x, cell in enumerate(row, 1)
        if cell
    )
    return "ID;PCALCOOO32\r\n" + "".join(f"C;X{x};Y{y};K{cell}\r\n" for y, x, cell in cells) + "E\r\n"


def _dif() -> str:
    head = 'TABLE\n0,1\n"Sheet"\nVECTORS\n0,3\n""\nTUPLES\n0,4\n""\nDATA\n0,0\n""\n'
    body = "".join(
        "-1,0\nBOT\n" + "".join(f"0,{cell}\nV\n" if cell.isdigit() else f'1,0\n"{cell}"\n' for cell in row)
        for row in ROWS
    )
    return f"{head}{body}-1,0\nEOD\n"


@pytest.mark.parametrize("text", [_sylk(), _dif()], ids=["sylk", "dif"])
def test_sheets_for_exchange_are_rows(text: str) -> None:
    assert exchange.rows_of(text) == [[cell or None for cell in row] for row in ROWS]
    assert inspect_bytes(text.encode("cp932")).subjects == len(ROWS) - 1


def test_a_row_is_said_once_where_it_goes_on() -> None:
    assert exchange.rows_of('ID;PX\nC;Y1;X1;K"a"\nC;X2;K"b"\nF;Y2;X1\nC;K"c"\n') == [["a", "b"], ["c", None]]


@pytest.mark.parametrize("text", ["ID;名前\n1;霞見　壮太\n", "TABLE of contents\n0,1\n", "", "ID;PX\nnothing\n"])
def test_any_other_text_is_none(text: str) -> None:
    assert exchange.rows_of(text) is None


_HIDDEN = "".join(f"霞見 壮太{sign} 090-1111-22{i:02}\n" for i, sign in enumerate("一二三四五六七八九十"))


def test_what_only_begins_as_a_sheet_hides_nobody() -> None:
    """Ten people below a cell of SYLK, and among the pairs of DIF."""
    for head in ('ID;PWXL\nC;Y1;X1;K"a"\n', 'TABLE\n0,1\n"EXCEL"\nDATA\n0,0\n""\n-1,0\nBOT\n1,0\n"a"\n'):
        assert inspect_bytes(f"{head}{_HIDDEN}".encode()).subjects == 10


def test_a_place_too_long_to_be_one_is_none() -> None:
    assert exchange.rows_of(f'ID;PX\nC;Y{"9" * 5000};X1;K"a"\n') == [["a"]]


def test_a_lone_cell_far_to_the_right_makes_no_table_of_millions() -> None:
    """A megabyte of text was a gigabyte of blank cells; what stands there is kept all the same."""
    rows = exchange.rows_of("ID;PX\r\nC;Y1;X500;Kfar\r\n" + "".join(f"C;Y{i};X1;K{i}\r\n" for i in range(1, 60_001)))
    assert rows is not None
    assert sum(map(len, rows)) < 4_000_000
    assert [cell for cell in rows[0] if cell] == ["1", "far"]
    assert rows[-1][0] == "60000"
