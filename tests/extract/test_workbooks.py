"""Workbooks by writers few have: binary ones by SheetJS, Excel 95's by Gnumeric, threads of comments."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import xlwt

from dlp.extract import registry
from dlp.extract.blocks import Table
from dlp.extract.budget import Budget
from dlp.extract.office import sheet_binary
from dlp.transfer import Part
from dlp.tuning.town import Citizen, citizens
from tests.extract import makers
from tests.extract.people import count, line, malformed

SHEETJS = "xlsx@0.18.5"
PEOPLE = list(citizens(151, seed=5))
SCRIPT = """
const fs = require('fs'), X = require('./package/xlsx.js');
const {rows, note} = JSON.parse(fs.readFileSync('rows.json'));
const made = (cell) => {
  const sheet = X.utils.aoa_to_sheet(rows), book = X.utils.book_new();
  X.utils.book_append_sheet(book, X.utils.aoa_to_sheet([['表紙', 1, 2.5]]), '表紙');
  X.utils.book_append_sheet(book, sheet, '名簿');
  if (cell) sheet[cell].c = [{a: '係', t: note, T: true}];
  return book;
};
X.writeFile(made(), 'inline.xlsb', {bookType: 'xlsb'});
X.writeFile(made(), 'shared.xlsb', {bookType: 'xlsb', bookSST: true});
X.writeFile(made('B2'), 'thread.xlsb', {bookType: 'xlsb'});
X.writeFile(made('B2'), 'thread.xlsx', {bookType: 'xlsx'});
"""


def row(person: Citizen) -> list[str | int]:
    return [person.name, person.address, person.phone, person.birth.strftime("%Y/%m/%d"), 7]


@pytest.fixture(scope="module")
def sheetjs(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Path:
    """A folder of workbooks that SheetJS wrote."""
    need("node", "npm")
    folder = tmp_path_factory.mktemp("sheetjs")
    got = subprocess.run(["npm", "pack", "-s", SHEETJS], cwd=folder, timeout=120, check=False, capture_output=True)
    packed = list(folder.glob("*.tgz"))
    if got.returncode or not packed:
        need(f"{SHEETJS} (npm pack)")
    with tarfile.open(packed[0]) as tar:
        tar.extractall(folder, filter="data")
    rows = [["氏名", "住所", "電話番号", "生年月日", "班"], *map(row, PEOPLE[:150])]
    said = json.dumps({"rows": rows, "note": line(PEOPLE[150])}, ensure_ascii=False)
    (folder / "rows.json").write_text(said, encoding="utf-8")
    (folder / "write.js").write_text(SCRIPT, encoding="utf-8")
    subprocess.run(["node", "write.js"], cwd=folder, timeout=60, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("name", "people"), [("inline.xlsb", 150), ("shared.xlsb", 150), ("thread.xlsx", 151)])
def test_a_list_and_who_is_in_a_thread_of_comments(sheetjs: Path, name: str, people: int) -> None:
    assert count((sheetjs / name).read_bytes()) == (people, [])


def test_a_thread_in_a_binary_workbook(sheetjs: Path) -> None:
    assert count((sheetjs / "thread.xlsb").read_bytes()) == (151, [])


def test_torn_binary_workbooks_break_nothing(sheetjs: Path) -> None:
    for sibling in malformed((sheetjs / "inline.xlsb").read_bytes(), seed=9):
        count(sibling)


@pytest.mark.parametrize(
    ("packed", "number"),
    [(0x41200000, 8.0 * 65536), (2 | (7 << 2), 7.0), (3 | (1234 << 2), 12.34), (2 | (-5 << 2), -5.0)],
)
def test_numbers_in_thirty_bits(packed: int, number: float) -> None:
    assert sheet_binary.number_in_thirty_bits(packed & 0xFFFFFFFF) == number


@pytest.fixture(scope="module")
def gnumeric(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Callable[[str], bytes]:
    """A workbook of 150 people as Gnumeric's exporter writes it."""
    need("ssconvert")
    folder = tmp_path_factory.mktemp("gnumeric")
    (folder / "list.xlsx").write_bytes(makers.xlsx())

    def written(exporter: str) -> bytes:
        command = ["ssconvert", f"--export-type=Gnumeric_Excel:{exporter}", "list.xlsx", f"{exporter}.xls"]
        environ = {**os.environ, "WINDOWS_LANGUAGE": "ja_JP", "HOME": str(folder)}
        subprocess.run(command, cwd=folder, timeout=100, check=True, capture_output=True, env=environ)
        return (folder / f"{exporter}.xls").read_bytes()

    return written


@pytest.mark.parametrize("exporter", ["excel_biff7", "excel_biff8", "excel_dsf"])
def test_a_list_of_excel_95(gnumeric: Callable[[str], bytes], exporter: str) -> None:
    """BIFF7 in the Japanese code page, whose letters calamine takes byte by byte; alone, and beside its successor."""
    assert count(gnumeric(exporter)) == (150, [])


def test_torn_ones_break_nothing(gnumeric: Callable[[str], bytes]) -> None:
    for sibling in malformed(gnumeric("excel_biff7"), seed=11):
        count(sibling)


def test_a_sheet_with_a_cell_in_its_far_corner_is_read_without_what_lies_between() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名簿")
    for at, cells in enumerate([["氏名", "住所", "電話番号", "生年月日", "班"], *map(row, PEOPLE[:150])]):
        for column, cell in enumerate(cells):
            sheet.write(at, column, cell)
    sheet.write(1, 6, 12.5)
    sheet.write(2, 6, xlwt.Formula("G2*2"))
    sheet.write(3, 6, 1e9)
    sheet.write(65535, 255, "以上")
    kept = BytesIO()
    book.save(kept)
    data = kept.getvalue()
    assert count(data) == (150, [])
    found = registry.extract(Part(path=("a.xls",), data=data), Budget())
    frame = next(block.frame for block in found.blocks if isinstance(block, Table))
    assert frame.shape == (152, 7)
    assert frame.row(1)[4:6] == ("7", "12.5")
    assert (frame.row(3)[5], frame.row(151)[6]) == ("1000000000", "以上")
