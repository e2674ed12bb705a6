"""Shared strings of a workbook that its cells show are told from those they do not."""

from __future__ import annotations

import io
import random
import zipfile

import polars as pl
import pytest

from dlp import native
from dlp.extract.blocks import Table, Text
from dlp.extract.budget import Budget
from dlp.extract.office import sheet
from dlp.native.shared import all_shown
from dlp.transfer import Part

needs_native = pytest.mark.skipif(native.library is None, reason="native code was not built")
HEAD = '<?xml version="1.0"?>\n<sst xmlns="x" count="3">'
ITEM = "<si><t>{}</t></si>"


def _strings(*items: str, end: str = "</sst>") -> bytes:
    return f"{HEAD}{''.join(items)}{end}".encode()


def _sheet(*rows: tuple[str | None, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={f"c{i}": pl.String for i in range(len(rows[0]))}, orient="row")


CELLS = (
    _sheet(("氏名", "a"), (None, "佐藤 花子です&<"), ("a", "氏名")),
    _sheet(("本町二丁目三番地四号",), ("終わり",)),
)


@needs_native
@pytest.mark.parametrize(
    ("items", "shown"),
    [
        (("氏名", "a", "佐藤 花子です&amp;&lt;", "本町二丁目三番地四号", "終わり"), True),
        (("氏名", "a", "佐藤 花子です&amp;&lt;"), True),
        ((), True),
        (("氏名", "", "a"), True),
        (("a", "氏名", "佐藤 花子です&amp;&lt;"), False),  # in another order: looked at by Python
        (("氏名", "a", "佐藤 花子でした"), False),
        (("氏名", "終わり", "消えた人"), False),
        (("氏名", "佐藤 花子です&#38;&lt;"), False),  # entities of other kinds
    ],
)
def test_strings_in_the_order_of_cells(items: tuple[str, ...], shown: bool) -> None:
    data = _strings("<si><t>氏名</t></si>" if not items else "", *map(ITEM.format, items))
    assert all_shown(data, CELLS) == shown


@needs_native
@pytest.mark.parametrize(
    "data",
    [
        _strings("<si><r><t>氏名</t></r></si>"),
        _strings("<si><t>氏名</t><rPh sb='0' eb='1'><t>シメイ</t></rPh></si>"),
        _strings("<si><t/></si>"),
        _strings("<si><t>氏名</t></si> "),
        _strings("<si><t>氏名</t></si>", end="<si><t>x"),
        _strings("<si><t>氏名", end=""),
        _strings("<si><t", end=""),
        _strings("<si>", end=""),
        b"<sst></sst>",
        b"",
        b"<a><b><c><si><t>a</t></si></sst>",
    ],
)
def test_what_is_anything_but_pieces_of_text_is_left(data: bytes) -> None:
    assert not all_shown(data, CELLS)
    assert not all_shown(data, ())


def _book(rows: list[list[str]], lost: str = "") -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for start in (0, len(rows) // 2):
        page = book.add_worksheet()
        for y, row in enumerate(rows[start : start + len(rows) // 2 + 1]):
            page.write_row(y, 0, row)
    book.close()
    if not lost:
        return out.getvalue()
    made = io.BytesIO()
    with zipfile.ZipFile(out) as given, zipfile.ZipFile(made, "w") as archive:
        for name in given.namelist():
            data = given.read(name)
            if name.endswith("sharedStrings.xml"):
                data = data.replace(b"</sst>", ITEM.format(lost).encode() + b"</sst>")
            archive.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize("lost", ["", "前の職員 高橋一郎", "&amp;&#x3042;"])
@pytest.mark.parametrize("signs", ["", '"', "\n", "|", " x "])
def test_books_say_the_same_with_and_without_native_code(
    lost: str, signs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(3)
    words = ["", "氏名", "a", "<b>&amp;", "佐藤 花子" * 4, "１２３", *(f"本町{i}" for i in range(40))]
    rows = [[rng.choice(words) for _ in range(5)] for _ in range(60)]
    rows[7][2] = f"山田{signs}太郎"
    data = _book(rows, lost)

    def read() -> list[object]:
        found = sheet.extract(Part(path=("a.xlsx",), data=data), Budget())
        return [b.frame.rows() if isinstance(b, Table) else b for b in found.blocks]

    quickly = read()
    monkeypatch.setattr(native, "library", None)
    assert quickly == read()
    said = [block.text for block in quickly if isinstance(block, Text) and block.place == "deleted cells"]
    assert bool(said) == bool(lost)
    assert quickly[0][7][2] == f"山田{signs}太郎"  # type: ignore[index]
